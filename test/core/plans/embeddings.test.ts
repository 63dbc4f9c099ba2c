import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkVectors, fuseRanks, nearestChunks } from '../../../src/core/plans/embeddings.ts';

describe('the nearest chunks', () => {
  const vectors = chunkVectors([
    Float32Array.of(3, 0),
    Float32Array.of(0, 0.1),
    Float32Array.of(2, 2),
    Float32Array.of(0, 0),
  ]);

  it('are those with the largest cosine, whatever the lengths', () => {
    expect(nearestChunks(vectors, Float32Array.of(0, 9), 3)).toEqual([1, 2, 0]);
    expect(nearestChunks(vectors, Float32Array.of(1, 0.9), 2)).toEqual([2, 0]);
  });

  it('leave out what is excluded, and take a replaced chunk by its other vector', () => {
    const query = Float32Array.of(0, 1);
    expect(nearestChunks(vectors, query, 1, { excluded: new Set([1]) })).toEqual([2]);
    const replaced = { chunkIdx: 0, vector: Float32Array.of(0, 1) };
    expect(nearestChunks(vectors, query, 2, { replaced })).toEqual([0, 1]);
  });

  it('need vectors of one length', () => {
    expect(() => chunkVectors([Float32Array.of(1), Float32Array.of(1, 2)])).toThrow(/one length/);
    expect(() => nearestChunks(vectors, Float32Array.of(1), 1)).toThrow(/1 numbers, the chunks 2/);
    expect(nearestChunks(chunkVectors([]), new Float32Array(0), 5)).toEqual([]);
  });
});

describe('fused ranks', () => {
  it('add up 1 / (60 + rank), as the paper defines them', () => {
    // a: 1/61 + 1/62; b: 1/62 + 1/61; c: 1/63 alone; d: 1/63 alone.
    expect(
      fuseRanks(
        [
          [1, 2, 3],
          [2, 1, 4],
        ],
        10,
      ),
    ).toEqual([1, 2, 3, 4]);
    expect(fuseRanks([[1, 2, 3], [3]], 2)).toEqual([3, 1]);
  });

  it('keep one ranking as it is, hold everything once, and put first what every ranking has first', () => {
    const ranking = fc.uniqueArray(fc.integer({ min: 0, max: 50 }), { maxLength: 30 });
    fc.assert(
      fc.property(ranking, ranking, (a, b) => {
        expect(fuseRanks([a], 100)).toEqual(a);
        const fused = fuseRanks([a, b], 100);
        expect([...fused].sort((x, y) => x - y)).toEqual(
          [...new Set([...a, ...b])].sort((x, y) => x - y),
        );
        if (a.length > 0 && a[0] === b[0]) expect(fused[0]).toBe(a[0]);
      }),
    );
  });
});
