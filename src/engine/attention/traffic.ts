import { requirePositiveInteger } from '../errors.ts';
import { requireHeads, type AttentionShape } from './shape.ts';

/** Bytes between slow and fast memory, and the score matrix that has to lie in slow memory for it. */
export interface AttentionTraffic {
  readonly slowBytesRead: number;
  readonly slowBytesWritten: number;
  readonly scoreMatrixBytes: number;
}

/**
 * What attention in three separate steps moves (Dao et al. 2022, algorithm 0): read Q and K, write S; read S, write P; read
 * P and V, write O. To be set against `TiledResult.work`, which counts the same way and has no S and no P.
 */
export function naiveAttentionTraffic(
  shape: AttentionShape,
  bytesPerElement: number,
): AttentionTraffic {
  const { numHeads, numKvHeads, queryTokens, keyTokens, headDim, valueDim = headDim } = shape;
  requireHeads(numHeads, numKvHeads);
  requirePositiveInteger('bytesPerElement', bytesPerElement);
  const scores = numHeads * queryTokens * keyTokens;
  const q = numHeads * queryTokens * headDim;
  // Each query head reads its kv head's keys and values, as the tiled kernel does.
  const kv = numHeads * keyTokens * (headDim + valueDim);
  const output = numHeads * queryTokens * valueDim;
  return {
    slowBytesRead: (q + kv + 2 * scores) * bytesPerElement,
    slowBytesWritten: (2 * scores + output) * bytesPerElement,
    scoreMatrixBytes: scores * bytesPerElement,
  };
}
