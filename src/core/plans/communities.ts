import { UndirectedGraph } from 'graphology';
import louvain from 'graphology-communities-louvain';
import type { CodeIndex } from './codeIndex.ts';
import { folderOf } from './imports/projectPaths.ts';

/** An import ties two files more than a shared name; a common folder ties them a little, so that loose files have a home. */
const weights = { import: 3, symbol: 1, folder: 0.5 };

/**
 * Groups of files that need each other: communities of the dependency graph by the Louvain method (Blondel et al. 2008,
 * https://arxiv.org/abs/0803.0476), with a weak tie along each folder. The same groups on every run.
 */
export function communitiesOf(index: CodeIndex): readonly (readonly number[])[] {
  let groups = known.get(index);
  if (groups === undefined) {
    groups = findCommunities(index);
    known.set(index, groups);
  }
  return groups;
}

const known = new WeakMap<CodeIndex, readonly (readonly number[])[]>();

function findCommunities(index: CodeIndex): readonly (readonly number[])[] {
  const graph = new UndirectedGraph<object, { weight: number }>();
  index.files.forEach((_, fileIdx) => graph.addNode(String(fileIdx)));
  const tie = (a: number, b: number, weight: number) => {
    const edge = graph.edge(String(a), String(b));
    if (edge === undefined) graph.addEdge(String(a), String(b), { weight });
    else graph.updateEdgeAttribute(edge, 'weight', (before = 0) => before + weight);
  };
  for (const { from, to, kind } of index.graph.dependencies) tie(from, to, weights[kind]);
  const lastOfFolder = new Map<string, number>();
  index.files.forEach(({ path }, fileIdx) => {
    const folder = folderOf(path);
    const last = lastOfFolder.get(folder);
    if (last !== undefined) tie(last, fileIdx, weights.folder);
    lastOfFolder.set(folder, fileIdx);
  });
  if (graph.size === 0) return index.files.map((_, fileIdx) => [fileIdx]);

  const communityOf = louvain(graph, { getEdgeWeight: 'weight', randomWalk: false });
  const groups = new Map<number, number[]>();
  index.files.forEach((_, fileIdx) => {
    const community = communityOf[String(fileIdx)];
    const group = groups.get(community);
    if (group === undefined) groups.set(community, [fileIdx]);
    else group.push(fileIdx);
  });
  return [...groups.values()];
}
