import type { Node } from '@vscode/tree-sitter-wasm';
import { emptyOutline, languageOf, type Language, type Outline } from '../../core/plans/outline.ts';
import { readDeclarations } from './declarations.ts';
import { parserFor } from './grammars.ts';
import { readImports } from './imports.ts';

/** Larger files are read by lines: their syntax tree takes several times their size. */
const maxParsedCharacters = 2_000_000;

const packageNodeTypes = new Set([
  'package_declaration',
  'package_clause',
  'namespace_definition',
  'namespace_declaration',
  'file_scoped_namespace_declaration',
]);

/** Reads the outline of a file by its language's grammar. Broken syntax gives what could be read of it. */
export async function parseOutline(path: string, text: string): Promise<Outline> {
  const language = languageOf(path);
  if (language === undefined || text.length > maxParsedCharacters) return emptyOutline;
  const parser = await parserFor(language);
  const tree = parser.parse(text);
  if (tree === null) return emptyOutline;
  try {
    const root = tree.rootNode;
    const packageName = packageOf(root, language);
    return {
      language,
      ...readDeclarations(root),
      imports: readImports(root, text, language),
      ...(packageName === undefined ? {} : { packageName }),
    };
  } finally {
    tree.delete();
  }
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
