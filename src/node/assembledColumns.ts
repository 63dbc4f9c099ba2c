import type { Assembled } from '../core/plans/assembleIndex.ts';
import type { Dependency } from '../core/plans/dependencyGraph.ts';
import { WordTable } from '../core/search/wordTable.ts';
import type { Column } from './columnFile.ts';

/** Stands for no line. */
const NONE = 0xffff_ffff;
const kinds = ['import', 'symbol'] as const;

/** Graph and search as columns. */
export function columnsOfAssembled({ graph, search }: Assembled): Readonly<Record<string, Column>> {
  const { dependencies, numFiles, externalImports, unresolvedImports } = graph;
  const from = new Uint32Array(dependencies.length);
  const to = new Uint32Array(dependencies.length);
  const kind = new Uint8Array(dependencies.length);
  const line = new Uint32Array(dependencies.length);
  dependencies.forEach((dependency, i) => {
    from[i] = dependency.from;
    to[i] = dependency.to;
    kind[i] = kinds.indexOf(dependency.kind);
    line[i] = dependency.line ?? NONE;
  });
  const terms = search.terms.packed();
  return {
    'graph.counts': Uint32Array.of(numFiles, externalImports, unresolvedImports),
    'graph.from': from,
    'graph.to': to,
    'graph.kind': kind,
    'graph.line': line,
    'search.termBytes': terms.bytes,
    'search.termStarts': terms.starts,
    'search.postingStarts': search.postingStarts,
    'search.postingDocuments': search.postingDocuments,
    'search.postingCounts': search.postingCounts,
    'search.documentLengths': search.documentLengths,
    'search.averageLength': Float64Array.of(search.averageLength),
  };
}

/** The opposite; the search shares the columns' memory. */
export function assembledOf(columns: ReadonlyMap<string, Column>): Assembled {
  const u32 = (name: string) => columns.get(name) as Uint32Array;
  const [numFiles, externalImports, unresolvedImports] = u32('graph.counts');
  const from = u32('graph.from');
  const to = u32('graph.to');
  const kind = columns.get('graph.kind') as Uint8Array;
  const line = u32('graph.line');
  const dependencies: Dependency[] = [];
  for (let i = 0; i < from.length; i++) {
    const ends = { from: from[i], to: to[i], kind: kinds[kind[i]] };
    dependencies.push(line[i] === NONE ? ends : { ...ends, line: line[i] });
  }
  const documentLengths = u32('search.documentLengths');
  return {
    graph: { numFiles, dependencies, externalImports, unresolvedImports },
    search: {
      numDocuments: documentLengths.length,
      terms: WordTable.of({
        bytes: columns.get('search.termBytes') as Uint8Array,
        starts: u32('search.termStarts'),
      }),
      postingStarts: u32('search.postingStarts'),
      postingDocuments: u32('search.postingDocuments'),
      postingCounts: columns.get('search.postingCounts') as Uint16Array,
      documentLengths,
      averageLength: (columns.get('search.averageLength') as Float64Array)[0],
    },
  };
}
