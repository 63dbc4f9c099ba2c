import { EngineInputError, requireInRange, requirePositiveInteger } from '../errors.ts';
import { zerosLike, type FloatArray } from '../tensor.ts';
import { sliceTokens } from './cached.ts';
import { referenceAttention } from './reference.ts';
import { kvHeadOf, type AttentionOptions, type AttentionShape } from './shape.ts';

/** Which keys of a row stay: the heaviest `topK`, or the fewest that carry `keepMass` of the weight. */
export type SparsityRule = { readonly topK: number } | { readonly keepMass: number };

export interface SparseResult {
  /** (numHeads, queryTokens, valueDim), of the kept weights, made to sum to 1 again. */
  readonly output: FloatArray;
  /** (numHeads, queryTokens): keys kept, and the share of the weight they carried. */
  readonly keptKeys: Int32Array;
  readonly keptMass: Float64Array;
}

/**
 * Attention that looks at its weights and drops the light ones, row by row: how much of full attention is needed at all.
 * Of equal weights the earlier key stays. The sink logit's share of a row's weight belongs to no key and cannot be kept.
 *
 * By definition, not a fast form: it computes all weights to choose among them.
 */
export function sparseAttention(
  q: FloatArray,
  k: FloatArray,
  v: FloatArray,
  shape: AttentionShape,
  rule: SparsityRule,
  options: AttentionOptions = {},
): SparseResult {
  requireRule(rule);
  const { numHeads, queryTokens, keyTokens, headDim, valueDim = headDim } = shape;
  const output = zerosLike(q, numHeads * queryTokens * valueDim);
  const keptKeys = new Int32Array(numHeads * queryTokens);
  const keptMass = new Float64Array(numHeads * queryTokens);
  const oneQuery = { ...shape, queryTokens: 1 };
  const sum = new Float64Array(valueDim);

  for (let query = 0; query < queryTokens; query++) {
    const { weights = new Float64Array(0) } = referenceAttention(
      sliceTokens(q, numHeads, headDim, query, query + 1),
      k,
      v,
      oneQuery,
      { ...options, firstQueryIdx: (options.firstQueryIdx ?? 0) + query, keepWeights: true },
    );
    for (let headIdx = 0; headIdx < numHeads; headIdx++) {
      const row = weights.subarray(headIdx * keyTokens, (headIdx + 1) * keyTokens);
      const { kept, mass } = chooseKeys(row, rule);
      const rowIdx = headIdx * queryTokens + query;
      keptKeys[rowIdx] = kept.length;
      keptMass[rowIdx] = mass;
      sum.fill(0);
      const kvStart = kvHeadOf(headIdx, shape) * keyTokens;
      for (const key of kept) {
        const weight = row[key] / mass;
        for (let dim = 0; dim < valueDim; dim++) {
          sum[dim] += weight * v[(kvStart + key) * valueDim + dim];
        }
      }
      output.set(sum, rowIdx * valueDim);
    }
  }
  return { output, keptKeys, keptMass };
}

function requireRule(rule: SparsityRule): void {
  if ('topK' in rule) requirePositiveInteger('topK', rule.topK);
  else if ('keepMass' in rule) requireInRange('keepMass', rule.keepMass, 0, 1);
  else throw new EngineInputError(`rule must have topK or keepMass, got ${JSON.stringify(rule)}`);
}

/** The keys of one row of weights that the rule keeps, heaviest first; never one of weight 0. */
function chooseKeys(
  row: Float64Array,
  rule: SparsityRule,
): { readonly kept: readonly number[]; readonly mass: number } {
  const order = Array.from(row.keys()).filter((key) => row[key] !== 0);
  order.sort((a, b) => row[b] - row[a] || a - b);
  const total = order.reduce((sum, key) => sum + row[key], 0);
  const kept: number[] = [];
  let mass = 0;
  for (const key of order) {
    if ('topK' in rule ? kept.length >= rule.topK : mass >= rule.keepMass * total) break;
    kept.push(key);
    mass += row[key];
  }
  return { kept, mass };
}
