import type { Node, Parser, Tree } from '@vscode/tree-sitter-wasm';
import { decodeUtf8 } from '../../core/text/utf8Text.ts';
import { emptyOutline, languageOf, type Language, type Outline } from '../../core/plans/outline.ts';
import { readDeclarations } from './declarations.ts';
import { parserFor } from './grammars.ts';
import { readImports } from './imports.ts';
import { lexisOf } from './lexis.ts';
import { withoutBodies } from './withoutBodies.ts';

/** Larger files are read by lines: their syntax tree takes several times their size. */
const maxParsedBytes = 2_000_000;

const packageNodeTypes = new Set([
  'package_declaration',
  'package_clause',
  'namespace_definition',
  'namespace_declaration',
  'file_scoped_namespace_declaration',
]);

/** Reads the outline of a file by its language's grammar. Broken syntax gives what could be read of it. */
export async function parseOutline(path: string, utf8: Uint8Array): Promise<Outline> {
  const language = languageOf(path);
  if (language === undefined || utf8.length > maxParsedBytes) return emptyOutline;
  const parser = await parserFor(language);
  const tree = parseWithoutBodies(parser, utf8, language) ?? parser.parse(decodeUtf8(utf8));
  if (tree === null) return emptyOutline;
  try {
    const root = tree.rootNode;
    const packageName = packageOf(root, language);
    return {
      language,
      ...readDeclarations(root),
      imports: readImports(root, utf8, language),
      ...(packageName === undefined ? {} : { packageName }),
    };
  } finally {
    tree.delete();
  }
}

/** Undefined where the whole text has to be parsed. */
function parseWithoutBodies(
  parser: Parser,
  utf8: Uint8Array,
  language: Language,
): Tree | undefined {
  const lexis = lexisOf[language];
  const kept = lexis === undefined ? undefined : withoutBodies(utf8, lexis);
  if (kept === undefined) return undefined;
  const tree = parser.parse(decodeUtf8(kept));
  if (tree?.rootNode.hasError !== true) return tree ?? undefined;
  // An outline of broken code depends on all of it.
  tree.delete();
  return undefined;
}

function packageOf(root: Node, language: Language): string | undefined {
  if (language !== 'java' && language !== 'c-sharp' && language !== 'php' && language !== 'go')
    return undefined;
  const node = root.namedChildren.find(
    (child) => child !== null && packageNodeTypes.has(child.type),
  );
  const name = node?.childForFieldName('name') ?? node?.firstNamedChild;
  return name?.text;
}
