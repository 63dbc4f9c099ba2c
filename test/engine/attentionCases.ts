import fc from 'fast-check';
import {
  createRandom,
  normalFloat64,
  type AttentionShape,
  type FloatArray,
} from '../../src/engine/index.ts';

export interface Qkv {
  readonly q: FloatArray;
  readonly k: FloatArray;
  readonly v: FloatArray;
}

/** Seeded normal queries, keys and values of a shape. */
export function randomQkv(shape: AttentionShape, seed: number): Qkv {
  const { numHeads, numKvHeads, queryTokens, keyTokens, headDim, valueDim = headDim } = shape;
  const random = createRandom(seed);
  return {
    q: normalFloat64(random, numHeads * queryTokens * headDim),
    k: normalFloat64(random, numKvHeads * keyTokens * headDim),
    v: normalFloat64(random, numKvHeads * keyTokens * valueDim),
  };
}

/** Multi-head, grouped-query and multi-query, on small head sizes that are and are not multiples of four. */
export const arbitraryHeads = fc
  .record({
    numKvHeads: fc.integer({ min: 1, max: 3 }),
    groupSize: fc.integer({ min: 1, max: 4 }),
    headDim: fc.integer({ min: 1, max: 9 }),
    valueDim: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ numKvHeads, groupSize, headDim, valueDim }) => ({
    numHeads: numKvHeads * groupSize,
    numKvHeads,
    headDim,
    valueDim,
  }));
