import type { WordTable } from '../search/wordTable.ts';
import type { Outline } from './outline.ts';
import { projectPaths } from './imports/projectPaths.ts';
import { resolveImport } from './imports/resolveImport.ts';

/** A file as the graph reads it. */
export interface GraphFile {
  readonly path: string;
  readonly outline: Outline;
  /** Ids of the file's words, for symbol references; repeats do no harm. */
  readonly wordIds: Uint32Array;
}

export type DependencyKind = 'import' | 'symbol';

/** The file `from` needs the file `to`; between two files each kind stands once. */
export interface Dependency {
  readonly from: number;
  readonly to: number;
  readonly kind: DependencyKind;
  /** Of an import: the line of the first statement, from 0. */
  readonly line?: number;
}

export interface DependencyGraph {
  readonly numFiles: number;
  readonly dependencies: readonly Dependency[];
  /** Imports that lead outside the workspace. */
  readonly externalImports: number;
  /** Imports whose target should be here and is not: left out, generated, or misspelt. */
  readonly unresolvedImports: number;
}

/** Shorter names ("id", "get") say too little for a match by name. */
const shortestSymbol = 4;

/**
 * The dependency graph of a workspace: imports, resolved by each language's rules, and symbol references, which are matches
 * by name: a file that holds the name of something declared at the top of exactly one other file refers to it. A match by
 * name can be a coincidence; that it asks for exactly one declaring file keeps those few.
 */
export function dependencyGraph(
  files: readonly GraphFile[],
  textOf: (fileIdx: number) => string,
  words: WordTable,
): DependencyGraph {
  const project = projectPaths(
    files.map(({ path, outline }) => ({ path, packageName: outline.packageName })),
    textOf,
  );
  const dependencies: Dependency[] = [];
  // The last file that each file was found to be needed by, by kind.
  const seen = {
    import: new Int32Array(files.length).fill(-1),
    symbol: new Int32Array(files.length).fill(-1),
  };
  const add = (from: number, to: number, kind: DependencyKind, line?: number) => {
    if (from === to || seen[kind][to] === from) return;
    seen[kind][to] = from;
    dependencies.push({ from, to, kind, ...(line === undefined ? {} : { line }) });
  };

  let externalImports = 0;
  let unresolvedImports = 0;
  files.forEach(({ path, outline }, from) => {
    if (outline.language === undefined) return;
    for (const { specifier, line } of outline.imports) {
      const resolution = resolveImport(specifier, path, outline.language, project);
      if (resolution === 'external') externalImports++;
      else if (resolution === 'unresolved') unresolvedImports++;
      else for (const to of resolution) add(from, to, 'import', line);
    }
  });

  const declaredIn = new Int32Array(words.size).fill(-1);
  for (const [name, fileIdx] of uniqueDeclarations(files)) {
    const wordId = words.idOf(name);
    if (wordId !== undefined) declaredIn[wordId] = fileIdx;
  }
  files.forEach(({ wordIds }, from) => {
    for (const wordId of wordIds) {
      const to = declaredIn[wordId];
      if (to >= 0) add(from, to, 'symbol');
    }
  });
  return { numFiles: files.length, dependencies, externalImports, unresolvedImports };
}

/** Names declared at the top of exactly one file, with that file. */
function uniqueDeclarations(files: readonly GraphFile[]): Map<string, number> {
  const declaredIn = new Map<string, number>();
  const ambiguous = new Set<string>();
  files.forEach(({ outline }, fileIdx) => {
    for (const { name, depth, kind } of outline.declarations) {
      if (depth > 0 || kind === 'module' || name.length < shortestSymbol || ambiguous.has(name))
        continue;
      const other = declaredIn.get(name);
      if (other === undefined) declaredIn.set(name, fileIdx);
      else if (other !== fileIdx) {
        declaredIn.delete(name);
        ambiguous.add(name);
      }
    }
  });
  return declaredIn;
}
