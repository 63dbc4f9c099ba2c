import {
  EngineInputError,
  requireFinite,
  requireMultiple,
  requireNonNegativeInteger,
  requirePositiveInteger,
} from '../errors.ts';
import type { Mask } from '../masks/mask.ts';
import { requireShape, type FloatArray } from '../tensor.ts';

/**
 * One sequence's attention. q is (numHeads, queryTokens, headDim), k is (numKvHeads, keyTokens, headDim), v is
 * (numKvHeads, keyTokens, valueDim), the output (numHeads, queryTokens, valueDim).
 */
export interface AttentionShape {
  readonly numHeads: number;
  /** numHeads = multi-head, 1 = multi-query, a divisor between = grouped-query attention. */
  readonly numKvHeads: number;
  readonly queryTokens: number;
  readonly keyTokens: number;
  readonly headDim: number;
  /** headDim when left out; MLA's values are narrower than its keys. */
  readonly valueDim?: number;
}

/** Added to the scaled score of a head, a query position and a key position. */
export type ScoreBias = (headIdx: number, qIdx: number, kvIdx: number) => number;

export interface AttentionOptions {
  /** Who may attend to whom, by position; everyone when left out. A query that may attend to nothing gives zeros. */
  readonly mask?: Mask;
  /** Position of the first query, 0 when left out: for decoding over a cache of n tokens it is n. */
  readonly firstQueryIdx?: number;
  /** Position of the first key, 0 when left out. */
  readonly firstKeyIdx?: number;
  /** 1 / sqrt(headDim) when left out. */
  readonly scale?: number;
  readonly scoreBias?: ScoreBias;
  /**
   * (numHeads): one learned logit per head that joins the softmax's denominator and has no value (gpt-oss), so that a head
   * may attend to nothing much.
   */
  readonly sinkLogits?: FloatArray;
}

export interface AttentionResult {
  /** (numHeads, queryTokens, valueDim), in the precision of q. */
  readonly output: FloatArray;
  /**
   * (numHeads, queryTokens): ln of the sum of exp(score), the sink logit's included; -Infinity where a query attends to
   * nothing. With it, results over parts of the keys merge into the result over all.
   */
  readonly logSumExp: Float64Array;
}

/** Which kv head a query head reads: floor(headIdx x numKvHeads / numHeads). (Ainslie et al. 2023, GQA, section 2.2.) */
export function kvHeadOf(headIdx: number, shape: AttentionShape): number {
  return Math.floor((headIdx * shape.numKvHeads) / shape.numHeads);
}

export function requireHeads(numHeads: number, numKvHeads: number): void {
  requirePositiveInteger('numHeads', numHeads);
  requirePositiveInteger('numKvHeads', numKvHeads);
  requireMultiple('numHeads', numHeads, 'numKvHeads', numKvHeads);
}

/** Checks all of it, once, at the public edge; the mathematics below checks nothing. */
export function requireAttention(
  q: FloatArray,
  k: FloatArray,
  v: FloatArray,
  shape: AttentionShape,
  options: AttentionOptions,
): void {
  const { numHeads, numKvHeads, queryTokens, keyTokens, headDim, valueDim = headDim } = shape;
  requireHeads(numHeads, numKvHeads);
  requirePositiveInteger('headDim', headDim);
  requirePositiveInteger('valueDim', valueDim);
  requireShape('q', q, { numHeads, queryTokens, headDim });
  requireShape('k', k, { numKvHeads, keyTokens, headDim });
  requireShape('v', v, { numKvHeads, keyTokens, valueDim });
  requireNonNegativeInteger('firstQueryIdx', options.firstQueryIdx ?? 0);
  requireNonNegativeInteger('firstKeyIdx', options.firstKeyIdx ?? 0);
  if (options.scale !== undefined) requireFinite('scale', options.scale);
  if (options.sinkLogits !== undefined) {
    requireShape('sinkLogits', options.sinkLogits, { numHeads });
    if (options.sinkLogits.some((logit) => Number.isNaN(logit))) {
      throw new EngineInputError('sinkLogits must be numbers, got NaN');
    }
  }
}
