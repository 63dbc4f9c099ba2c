import { EngineInputError, requireFinite } from '../errors.ts';
import { requireShape, zerosLike, type FloatArray } from '../tensor.ts';
import type { RopeFrequencies } from './ropeFrequencies.ts';

/**
 * Which two numbers of a head turn together. HF rotates halves, (i, i + d/2); Meta's code and the paper rotate neighbours,
 * (2i, 2i + 1). The same mathematics on permuted weights, so different numbers on the same ones.
 */
export type RopePairing = 'halves' | 'adjacent';

export interface RopeShape {
  readonly numHeads: number;
  readonly tokens: number;
  readonly headDim: number;
}

/**
 * Rotates pair i of every head of the token at position p by the angle p x inverseFrequencies[i] (Su et al. 2021,
 * equation 34). The score of two rotated vectors depends on the distance of their positions only. With fewer frequencies
 * than headDim / 2 the rest of the head passes unrotated (partial rotary).
 * @param x (numHeads, tokens, headDim), left as it is
 * @param positions (tokens), whole or not (interpolation), from 0
 * @returns (numHeads, tokens, headDim), in the precision of x
 */
export function applyRope(
  x: FloatArray,
  shape: RopeShape,
  { inverseFrequencies, attentionFactor }: RopeFrequencies,
  positions: ArrayLike<number>,
  pairing: RopePairing,
): FloatArray {
  const { numHeads, tokens, headDim } = shape;
  requireShape('x', x, { numHeads, tokens, headDim });
  requireShape('positions', positions, { tokens });
  const numPairs = inverseFrequencies.length;
  if (2 * numPairs > headDim) {
    throw new EngineInputError(
      `inverseFrequencies must hold at most headDim / 2 = ${headDim / 2} numbers, got ${numPairs}`,
    );
  }
  const rotated = zerosLike(x, x.length);
  rotated.set(x);
  const [stride, partner] = pairing === 'halves' ? [1, numPairs] : [2, 1];
  for (let tokenIdx = 0; tokenIdx < tokens; tokenIdx++) {
    requireFinite('positions', positions[tokenIdx]);
    for (let pair = 0; pair < numPairs; pair++) {
      const angle = positions[tokenIdx] * inverseFrequencies[pair];
      const cos = Math.cos(angle) * attentionFactor;
      const sin = Math.sin(angle) * attentionFactor;
      for (let headIdx = 0; headIdx < numHeads; headIdx++) {
        const at = (headIdx * tokens + tokenIdx) * headDim + pair * stride;
        const first = x[at];
        const second = x[at + partner];
        rotated[at] = first * cos - second * sin;
        rotated[at + partner] = second * cos + first * sin;
      }
    }
  }
  return rotated;
}

/** The whole numbers from `first`: the positions of an unbroken stretch of tokens. */
export function positionsFrom(first: number, tokens: number): Int32Array {
  return Int32Array.from({ length: tokens }, (_, idx) => first + idx);
}
