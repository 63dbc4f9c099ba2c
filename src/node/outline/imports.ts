import type { Node } from '@vscode/tree-sitter-wasm';
import { decodeUtf8, encodeUtf8 } from '../../core/text/utf8Text.ts';
import type { ImportStatement, Language } from '../../core/plans/outline.ts';

/** Reads what a file imports: by the tree where the language has import statements, by calls where it loads by call. */
export function readImports(root: Node, utf8: Uint8Array, language: Language): ImportStatement[] {
  const imports: ImportStatement[] = [];
  for (const node of root.namedChildren) {
    if (node === null) continue;
    for (const specifier of specifiersOf(node, language))
      imports.push({ specifier, line: node.startPosition.row });
  }
  if (language === 'typescript' || language === 'tsx' || language === 'javascript') {
    const known = new Set(imports.map((statement) => statement.specifier));
    imports.push(...readCalls(utf8).filter((call) => !known.has(call.specifier)));
  }
  return imports;
}

function specifiersOf(node: Node, language: Language): string[] {
  switch (language) {
    case 'typescript':
    case 'tsx':
    case 'javascript': {
      const source =
        node.childForFieldName('source') ?? node.firstNamedChild?.childForFieldName('source');
      const isImport = node.type === 'import_statement' || node.type === 'export_statement';
      return isImport && source !== null && source !== undefined ? [unquote(source.text)] : [];
    }
    case 'python':
      return pythonSpecifiers(node);
    case 'go':
      return node.type === 'import_declaration' ? quotedIn(node.text) : [];
    case 'rust':
      if (node.type === 'use_declaration')
        return rustPaths(onOneLine(node.childForFieldName('argument')));
      if (node.type === 'mod_item' && node.childForFieldName('body') === null) {
        return [`mod ${node.childForFieldName('name')?.text ?? ''}`];
      }
      return [];
    case 'java':
      return node.type === 'import_declaration'
        ? [onOneLine(node).replace(/^import (static )?/, '')]
        : [];
    case 'cpp':
      return node.type === 'preproc_include' ? [node.childForFieldName('path')?.text ?? ''] : [];
    case 'c-sharp':
      return node.type === 'using_directive'
        ? [onOneLine(node).replace(/^(global )?using (static )?([\w.]+ ?= ?)?/, '')]
        : [];
    case 'php':
      if (node.type === 'namespace_use_declaration') {
        return [
          onOneLine(node)
            .replace(/^use (function |const )?/, '')
            .split(' as ')[0],
        ];
      }
      return /^(require|include)(_once)?\b/.test(node.text) ? quotedIn(node.text).slice(0, 1) : [];
    case 'ruby':
      if (node.type !== 'call' || !/^require(_relative)?\b/.test(node.text)) return [];
      return quotedIn(node.text)
        .slice(0, 1)
        .map((name) => (node.text.startsWith('require_relative') ? `./${name}` : name));
    case 'css':
      return node.type === 'import_statement' ? quotedIn(node.text).slice(0, 1) : [];
    case 'bash': {
      const sourced = /^(?:source|\.)\s+(['"]?)([^\s'";]+)\1/.exec(node.text);
      return node.type === 'command' && sourced !== null ? [sourced[2]] : [];
    }
  }
}

function pythonSpecifiers(node: Node): string[] {
  if (node.type === 'import_statement') {
    return onOneLine(node)
      .replace(/^import /, '')
      .split(',')
      .map((name) => name.split(' as ')[0].trim())
      .filter((name) => name !== '');
  }
  if (node.type !== 'import_from_statement') return [];
  const module = node.childForFieldName('module_name')?.text ?? '';
  // "from .a import b" may mean the module a.b or a name in a: both are offered, the one that exists is taken.
  const names = node
    .childrenForFieldName('name')
    .map((name) => onOneLine(name).split(' as ')[0])
    .filter((name) => name !== '');
  return names.length === 0 ? [module] : names.map((name) => `${module}:${name}`);
}

/**
 * A statement with one space where there is white space, and without the sign that ends it. What follows is then matched in a time
 * that grows with its length: a pattern that itself runs over white space tries each of its places from each other one.
 */
function onOneLine(node: Node | null): string {
  const text = (node?.text ?? '').replace(/\s+/g, ' ').trim();
  return text.endsWith(';') ? text.slice(0, -1).trimEnd() : text;
}

/** Braces in braces that anybody writes; text that is made to be deep would end the stack. */
const deepestUse = 20;

/** "a::{b, c::d}" is two paths. */
function rustPaths(use: string, groups = 0): string[] {
  if (groups > deepestUse) return [];
  const compact = use.replace(/ as \w+/g, '').replaceAll(' ', '');
  const open = compact.indexOf('{');
  if (open < 0) return compact === '' ? [] : [compact];
  const prefix = compact.slice(0, open);
  const inner = compact.slice(open + 1, compact.endsWith('}') ? -1 : undefined);
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i <= inner.length; i++) {
    if (i === inner.length || (inner[i] === ',' && depth === 0)) {
      if (i > start) parts.push(inner.slice(start, i));
      start = i + 1;
    } else if (inner[i] === '{') depth++;
    else if (inner[i] === '}') depth--;
  }
  return parts.flatMap((part) => rustPaths(prefix + part, groups + 1));
}

const loadCall = /\b(?:require|import)\s*\(\s*(['"])([^'"\n]{1,500})\1\s*[,)]/g;

function readCalls(utf8: Uint8Array): ImportStatement[] {
  if (!mayLoad(utf8)) return [];
  const text = decodeUtf8(utf8);
  const imports: ImportStatement[] = [];
  let line = 0;
  let from = 0;
  for (const match of text.matchAll(loadCall)) {
    for (
      let at = text.indexOf('\n', from);
      at >= 0 && at < match.index;
      at = text.indexOf('\n', at + 1)
    )
      line++;
    from = match.index;
    imports.push({ specifier: match[2], line });
  }
  return imports;
}

const loaders = ['require', 'import'].map(encodeUtf8);

/** Whether a call may stand in the text: most texts hold none, and are not made a string to look. */
function mayLoad(utf8: Uint8Array): boolean {
  const bytes = Buffer.from(utf8.buffer, utf8.byteOffset, utf8.length);
  return loaders.some((loader) => {
    for (let at = bytes.indexOf(loader); at >= 0; at = bytes.indexOf(loader, at + 1)) {
      let next = at + loader.length;
      while (bytes[next] <= 32 || bytes[next] > 0x7f) next++;
      if (bytes[next] === OPEN_PAREN) return true;
    }
    return false;
  });
}

const OPEN_PAREN = 0x28;

function quotedIn(text: string): string[] {
  return [...text.matchAll(/(["'`])([^"'`\n]+)\1/g)].map((match) => match[2]);
}

function unquote(text: string): string {
  return text.replace(/^['"`]|['"`]$/g, '');
}
