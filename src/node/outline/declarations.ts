import type { Node } from '@vscode/tree-sitter-wasm';
import type { Declaration } from '../../core/plans/outline.ts';

/** Node types of all grammars that declare something, by what they declare. */
const kindOfType: Readonly<Record<string, Declaration['kind']>> = {
  function_declaration: 'function',
  generator_function_declaration: 'function',
  function_definition: 'function',
  function_item: 'function',
  function_signature: 'function',
  method_definition: 'function',
  method_declaration: 'function',
  constructor_declaration: 'function',
  method: 'function',
  singleton_method: 'function',
  class_declaration: 'type',
  abstract_class_declaration: 'type',
  class_definition: 'type',
  class_specifier: 'type',
  struct_specifier: 'type',
  enum_specifier: 'type',
  class: 'type',
  interface_declaration: 'type',
  type_alias_declaration: 'type',
  type_declaration: 'type',
  type_definition: 'type',
  type_item: 'type',
  enum_declaration: 'type',
  record_declaration: 'type',
  struct_declaration: 'type',
  trait_declaration: 'type',
  delegate_declaration: 'type',
  struct_item: 'type',
  enum_item: 'type',
  union_item: 'type',
  trait_item: 'type',
  internal_module: 'module',
  module: 'module',
  mod_item: 'module',
  namespace_definition: 'module',
  namespace_declaration: 'module',
  file_scoped_namespace_declaration: 'module',
  impl_item: 'module',
  lexical_declaration: 'value',
  variable_declaration: 'value',
  const_declaration: 'value',
  var_declaration: 'value',
  const_item: 'value',
  static_item: 'value',
  macro_definition: 'value',
  assignment: 'value',
};

const maxDepth = 1;

export interface ReadDeclarations {
  readonly declarations: readonly Declaration[];
  readonly cutLines: readonly number[];
}

/** Reads the declarations at the top of a file and one level inside its classes, modules and namespaces. */
export function readDeclarations(root: Node): ReadDeclarations {
  const declarations: Declaration[] = [];
  const cutLines = new Set<number>();
  readBody(root, 0, declarations, cutLines);
  cutLines.delete(0);
  return { declarations, cutLines: [...cutLines].sort((a, b) => a - b) };
}

function readBody(
  body: Node,
  depth: number,
  declarations: Declaration[],
  cutLines: Set<number>,
): void {
  let docStartLine = -1;
  let docEndLine = -2;
  for (const child of body.namedChildren) {
    if (child === null) continue;
    const startLine = child.startPosition.row;
    if (child.type.endsWith('comment')) {
      // Comments on lines that follow each other belong together, and to what stands right below them.
      if (startLine > docEndLine + 1) docStartLine = startLine;
      docEndLine = endLineOf(child);
      continue;
    }
    const firstLine = docStartLine >= 0 && startLine <= docEndLine + 1 ? docStartLine : startLine;
    cutLines.add(firstLine);
    docStartLine = -1;
    docEndLine = -2;

    const declared = unwrap(child);
    const kind = kindOfType[declared.type];
    if (kind === undefined) continue;
    const common = { kind, startLine, endLine: endLineOf(child), docStartLine: firstLine, depth };
    for (const name of namesOf(declared)) declarations.push({ name, ...common });
    const inner = bodyOf(declared, kind);
    // A namespace adds no depth of its own: what is inside it is the top of the file to its reader.
    if (inner !== null && depth <= maxDepth - (kind === 'module' ? 0 : 1)) {
      readBody(inner, kind === 'module' ? depth : depth + 1, declarations, cutLines);
    }
  }
}

/** Some grammars end a line-based node on column 0 of the line after it. */
function endLineOf(node: Node): number {
  const { row, column } = node.endPosition;
  return column === 0 && row > node.startPosition.row ? row - 1 : row;
}

/** The declaration inside `export ...`, a decorator, a template or a bare statement. */
function unwrap(node: Node): Node {
  switch (node.type) {
    case 'export_statement':
      return unwrapInto(node.childForFieldName('declaration'), node);
    case 'decorated_definition':
      return unwrapInto(node.childForFieldName('definition'), node);
    case 'ambient_declaration':
    case 'template_declaration':
      return unwrapInto(node.lastNamedChild, node);
    case 'expression_statement':
      return unwrapInto(node.firstNamedChild, node);
    default:
      return node;
  }
}

function unwrapInto(inner: Node | null, outer: Node): Node {
  return inner === null ? outer : unwrap(inner);
}

function bodyOf(declared: Node, kind: Declaration['kind']): Node | null {
  if (kind !== 'type' && kind !== 'module') return null;
  const body = declared.childForFieldName('body');
  if (body !== null) return body;
  return declared.type === 'file_scoped_namespace_declaration' ? declared : null;
}

function namesOf(declared: Node): string[] {
  const name = declared.childForFieldName('name');
  if (name !== null) return [lastSegment(name.text)];
  switch (declared.type) {
    case 'lexical_declaration':
    case 'variable_declaration':
    case 'const_declaration':
    case 'var_declaration':
    case 'type_declaration':
      return declared.namedChildren
        .map((child) => child?.childForFieldName('name'))
        .filter((child) => child?.type.endsWith('identifier') === true)
        .map((child) => child?.text ?? '');
    case 'assignment': {
      const left = declared.childForFieldName('left');
      return left?.type === 'identifier' ? [left.text] : [];
    }
    default: {
      const declarator = innermostDeclarator(declared);
      return declarator === undefined ? [] : [lastSegment(declarator.text)];
    }
  }
}

/** C and C++ wrap a name in declarators: `int *(*f)(x)`. */
function innermostDeclarator(node: Node): Node | undefined {
  let inner = node.childForFieldName('declarator');
  if (inner === null) return undefined;
  for (
    let next = inner.childForFieldName('declarator');
    next !== null;
    next = inner.childForFieldName('declarator')
  ) {
    inner = next;
  }
  return inner.type.endsWith('identifier') ? inner : undefined;
}

function lastSegment(name: string): string {
  return name.replace(/^.*(?:::|\.)/s, '').trim();
}
