import { EngineInputError } from '../errors.ts';
import { requireShape, zerosLike, type FloatArray } from '../tensor.ts';
import {
  kvHeadOf,
  requireAttention,
  type AttentionOptions,
  type AttentionResult,
  type AttentionShape,
} from './shape.ts';

export interface ReferenceOptions extends AttentionOptions {
  /** (keyTokens): positions of the keys when they are no unbroken stretch, as in a cache that evicts. */
  readonly keyPositions?: ArrayLike<number>;
  /** Also return the weights, numHeads x queryTokens x keyTokens numbers. */
  readonly keepWeights?: boolean;
}

export interface ReferenceResult extends AttentionResult {
  /** (numHeads, queryTokens, keyTokens), 0 where masked; only with `keepWeights`. */
  readonly weights?: Float64Array;
}

/**
 * Attention as the definition has it, softmax(q k^T / sqrt(headDim) + bias) v, one row of scores at a time (Vaswani et al.
 * 2017, equation 1). Plain on purpose: every faster form in this folder is tested equal to it.
 *
 * Masked keys are never read, so NaN in them does no harm; NaN in an allowed key gives a row of NaN. A value whose weight is
 * exactly 0 is not read either.
 * @throws EngineInputError when a length or option does not fit
 */
export function referenceAttention(
  q: FloatArray,
  k: FloatArray,
  v: FloatArray,
  shape: AttentionShape,
  options: ReferenceOptions = {},
): ReferenceResult {
  requireAttention(q, k, v, shape, options);
  const { numHeads, queryTokens, keyTokens, headDim, valueDim = headDim } = shape;
  const { mask, scoreBias, sinkLogits, keyPositions } = options;
  const { firstQueryIdx = 0, firstKeyIdx = 0, scale = 1 / Math.sqrt(headDim) } = options;
  if (keyPositions !== undefined) {
    requireShape('keyPositions', keyPositions, { keyTokens });
    if (options.firstKeyIdx !== undefined) {
      throw new EngineInputError('firstKeyIdx must be left out when keyPositions are given');
    }
  }

  const output = zerosLike(q, numHeads * queryTokens * valueDim);
  const logSumExp = new Float64Array(numHeads * queryTokens);
  const weights = options.keepWeights
    ? new Float64Array(numHeads * queryTokens * keyTokens)
    : undefined;
  const row = new Float64Array(keyTokens);
  const sum = new Float64Array(valueDim);

  for (let headIdx = 0; headIdx < numHeads; headIdx++) {
    const kvStart = kvHeadOf(headIdx, shape) * keyTokens;
    for (let query = 0; query < queryTokens; query++) {
      const qIdx = firstQueryIdx + query;
      const rowIdx = headIdx * queryTokens + query;
      const qStart = rowIdx * headDim;

      // Pass 1: scores and their largest. Subtracting the largest keeps exp() from overflowing, nothing more.
      let largest = sinkLogits?.[headIdx] ?? -Infinity;
      for (let key = 0; key < keyTokens; key++) {
        const kvIdx = keyPositions?.[key] ?? firstKeyIdx + key;
        if (mask !== undefined && !mask(qIdx, kvIdx)) {
          row[key] = -Infinity;
          continue;
        }
        const kStart = (kvStart + key) * headDim;
        let dot = 0;
        for (let dim = 0; dim < headDim; dim++) dot += q[qStart + dim] * k[kStart + dim];
        row[key] = dot * scale + (scoreBias?.(headIdx, qIdx, kvIdx) ?? 0);
        if (row[key] > largest) largest = row[key];
      }

      // Pass 2: exponentials and their sum. A row of -Infinity alone sums to 0.
      const shift = largest === -Infinity ? 0 : largest;
      let denominator = sinkLogits === undefined ? 0 : Math.exp(sinkLogits[headIdx] - shift);
      for (let key = 0; key < keyTokens; key++) {
        // exp(-Infinity) is 0 and costs as much as any other: masked keys are half of a causal row.
        row[key] = row[key] === -Infinity ? 0 : Math.exp(row[key] - shift);
        denominator += row[key];
      }
      logSumExp[rowIdx] = shift + Math.log(denominator);
      if (denominator === 0) continue;

      // Pass 3: the weighted mean of the values.
      sum.fill(0);
      for (let key = 0; key < keyTokens; key++) {
        const weight = row[key] / denominator;
        if (weight === 0) continue;
        if (weights !== undefined) weights[rowIdx * keyTokens + key] = weight;
        const vStart = (kvStart + key) * valueDim;
        for (let dim = 0; dim < valueDim; dim++) sum[dim] += weight * v[vStart + dim];
      }
      output.set(sum, rowIdx * valueDim);
    }
  }
  return weights === undefined ? { output, logSumExp } : { output, logSumExp, weights };
}
