import { describe, expect, it } from 'vitest';
import {
  filesOfRequest,
  requestTree,
  type RequestNode,
} from '../../../src/core/plans/requestTree.ts';

const map = { role: 'map' as const, answersOf: [] };
const reduce = (...answersOf: number[]) => ({ role: 'reduce' as const, answersOf });
const drawn = (nodes: readonly RequestNode[]): string =>
  nodes
    .map(({ idx, children }) => (children.length === 0 ? `${idx}` : `${idx}(${drawn(children)})`))
    .join(' ');

describe('the tree of requests', () => {
  it('has the call that combines everything on top, and below each call those whose answers it carries', () => {
    const requests = [map, map, map, map, reduce(0, 1), reduce(2, 3), reduce(4, 5)];
    expect(drawn(requestTree(requests))).toBe('6(4(0 1) 5(2 3))');
  });

  it('has requests that pass a note on beside each other: a chain is no tree', () => {
    const chain = [
      { role: 'refine' as const, answersOf: [] },
      { role: 'refine' as const, answersOf: [0] },
      { role: 'refine' as const, answersOf: [1] },
    ];
    expect(drawn(requestTree(chain))).toBe('0 1 2');
    expect(requestTree([])).toEqual([]);
  });

  it('holds every request once, however long the tree of calls is', () => {
    const requests: { role: 'map' | 'reduce'; answersOf: number[] }[] = [];
    let level = Array.from({ length: 5_000 }, (_, i) => i);
    for (const idx of level) requests.push({ ...map, answersOf: [idx].slice(1) });
    while (level.length > 1) {
      const next: number[] = [];
      for (let i = 0; i < level.length; i += 3) {
        next.push(requests.length);
        requests.push(reduce(...level.slice(i, i + 3)));
      }
      level = next;
    }
    const seen = new Set<number>();
    const visit = (node: RequestNode) => {
      seen.add(node.idx);
      node.children.forEach(visit);
    };
    const roots = requestTree(requests);
    roots.forEach(visit);
    expect(roots.length).toBe(1);
    expect(seen.size).toBe(requests.length);
  });

  it('groups the stretches of a request by file and adds their tokens up', () => {
    const part = (path: string, tokens: number) => ({ path, tokens });
    const parts = [part('a', 1), part('b', 2), part('a', 4)];
    expect(filesOfRequest(parts, ({ path }) => path)).toEqual([
      { path: 'a', tokens: 5, parts: [parts[0], parts[2]] },
      { path: 'b', tokens: 2, parts: [parts[1]] },
    ]);
  });
});
