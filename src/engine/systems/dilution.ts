import type { AttentionShape } from '../attention/shape.ts';
import {
  EngineInputError,
  requireFinite,
  requireInRange,
  requirePositiveInteger,
} from '../errors.ts';
import { createRandom } from '../random.ts';

export interface NeedlePlan {
  readonly tokens: number;
  /** Where the needle is, 0 .. tokens - 1. */
  readonly needleIdx: number;
  /** Score of the needle's key, after scaling. */
  readonly needleScore: number;
  /** Standard deviation of the other keys' scores, whose mean is 0; 0 = all alike. */
  readonly distractorDeviation: number;
  readonly seed: number;
}

/** Ready for any attention of the engine: one head, one query at the end of the text. */
export interface NeedleInputs {
  /** (1, 1, headDim) */
  readonly q: Float64Array;
  /** (1, tokens, headDim) */
  readonly k: Float64Array;
  /** (1, tokens, 1): 1 for the needle, 0 for the rest, so that the output is the weight on the needle. */
  readonly v: Float64Array;
  readonly shape: AttentionShape;
  /** Position of the query: tokens - 1, the last token's own. */
  readonly firstQueryIdx: number;
}

function requirePlan(plan: NeedlePlan): void {
  requirePositiveInteger('tokens', plan.tokens);
  if (!Number.isInteger(plan.needleIdx)) {
    throw new EngineInputError(`needleIdx must be an integer, got ${plan.needleIdx}`);
  }
  requireInRange('needleIdx', plan.needleIdx, 0, plan.tokens - 1);
  requireFinite('needleScore', plan.needleScore);
  requireFinite('distractorDeviation', plan.distractorDeviation);
  requireInRange('distractorDeviation', plan.distractorDeviation, 0, Infinity);
}

/**
 * A head that knows what it looks for, by construction: every key lies along the query, the needle's at `needleScore`, the
 * others' at random. Run it under any mask, bias or kernel: `output[0]` is the weight on the needle. With `headDim` of an even
 * number above 1 the direction has equal parts in all dimensions, so that RoPE can turn it.
 */
export function needleInputs(plan: NeedlePlan, headDim = 1): NeedleInputs {
  requirePlan(plan);
  requirePositiveInteger('headDim', headDim);
  const { tokens, needleIdx, needleScore, distractorDeviation } = plan;
  const random = createRandom(plan.seed);
  const q = new Float64Array(headDim).fill(1);
  const k = new Float64Array(tokens * headDim);
  const v = new Float64Array(tokens);
  for (let kvIdx = 0; kvIdx < tokens; kvIdx++) {
    // Drawn for the needle as well, so that moving it changes no other token.
    const drawn = random.normal() * distractorDeviation;
    const score = kvIdx === needleIdx ? needleScore : drawn;
    // q . k / sqrt(headDim) = score, with equal parts in every dimension.
    k.fill(score / Math.sqrt(headDim), kvIdx * headDim, (kvIdx + 1) * headDim);
  }
  v[needleIdx] = 1;
  return {
    q,
    k,
    v,
    shape: {
      numHeads: 1,
      numKvHeads: 1,
      queryTokens: 1,
      keyTokens: tokens,
      headDim,
      valueDim: 1,
    },
    firstQueryIdx: tokens - 1,
  };
}

/**
 * The weight on a needle among n distractors of random scores, on average over many of them: e^s / (e^s + n e^(deviation^2 / 2)).
 * It falls as 1 / n, and to hold it the score must grow as ln n.
 */
export function expectedNeedleWeight(
  needleScore: number,
  numDistractors: number,
  distractorDeviation = 0,
): number {
  requireFinite('needleScore', needleScore);
  requireInRange('numDistractors', numDistractors, 0, Number.MAX_SAFE_INTEGER);
  requireInRange('distractorDeviation', distractorDeviation, 0, Number.MAX_VALUE);
  // A needle that is alone has all the weight, however low its score.
  if (numDistractors === 0) return 1;
  return 1 / (1 + numDistractors * Math.exp(distractorDeviation ** 2 / 2 - needleScore));
}

/** The score a needle needs to hold `weight` among n distractors: the inverse of `expectedNeedleWeight`. */
export function needleScoreFor(
  weight: number,
  numDistractors: number,
  distractorDeviation = 0,
): number {
  if (!(weight > 0 && weight < 1)) {
    throw new EngineInputError(`weight must be between 0 and 1, got ${weight}`);
  }
  requireInRange('numDistractors', numDistractors, 1, Number.MAX_SAFE_INTEGER);
  return Math.log(weight / (1 - weight)) + Math.log(numDistractors) + distractorDeviation ** 2 / 2;
}

export interface DepthPlan {
  readonly tokens: number;
  readonly numLayers: number;
  /** What each token of distance costs a score, as ALiBi's slope; 0 = positions don't matter. */
  readonly slope: number;
  /** Share of a layer's output that is the token itself, passed on by the residual stream, 0 to 1. */
  readonly residualShare: number;
  /** Score of the needle's key in every layer, above the others' 0; 0 = an ordinary token. */
  readonly needleScore: number;
}

/**
 * How much each position of a stack's input weighs in its last token: attention rollout, the product of the layers' weights
 * (Abnar & Zuidema 2020), where every layer is causal, scores fall with distance, and the residual stream passes tokens on.
 * Two things pull, with no training: falling scores and the residual stream favour the end, and the causal mask the start,
 * to which layer upon layer hands things down. With a gentle slope and some layers both win over what lies between: lost in
 * the middle, by construction; with steep slopes only the end is left, with many layers only the start. (The mechanism: Wu et
 * al. 2025, "On the Emergence of Position Bias in Transformers"; the finding: Liu et al. 2023, "Lost in the Middle".)
 * @param needleIdx the token that carries `needleScore`; none when left out
 * @returns (tokens), sums to 1
 */
export function positionInfluence(plan: DepthPlan, needleIdx?: number): Float64Array {
  const { tokens, numLayers, slope, residualShare, needleScore } = plan;
  requirePositiveInteger('tokens', tokens);
  requirePositiveInteger('numLayers', numLayers);
  requireFinite('slope', slope);
  requireInRange('slope', slope, 0, Infinity);
  requireInRange('residualShare', residualShare, 0, 1);
  requireFinite('needleScore', needleScore);
  if (needleIdx !== undefined) requireInRange('needleIdx', needleIdx, 0, tokens - 1);

  let influence = new Float64Array(tokens);
  influence[tokens - 1] = 1;
  for (let layer = 0; layer < numLayers; layer++) {
    const next = influence.map((share) => share * residualShare);
    for (let qIdx = 0; qIdx < tokens; qIdx++) {
      const share = influence[qIdx] * (1 - residualShare);
      if (share === 0) continue;
      // The largest score of the row is that of the token itself, 0, or the needle's: subtracted, no exponential overflows.
      const sees = needleIdx !== undefined && needleIdx <= qIdx;
      const largest = sees ? Math.max(0, scoreOf(qIdx, needleIdx)) : 0;
      let sum = 0;
      for (let kvIdx = 0; kvIdx <= qIdx; kvIdx++) sum += Math.exp(scoreOf(qIdx, kvIdx) - largest);
      for (let kvIdx = 0; kvIdx <= qIdx; kvIdx++) {
        next[kvIdx] += (share * Math.exp(scoreOf(qIdx, kvIdx) - largest)) / sum;
      }
    }
    influence = next;
  }
  return influence;

  function scoreOf(qIdx: number, kvIdx: number): number {
    return (kvIdx === needleIdx ? needleScore : 0) - slope * (qIdx - kvIdx);
  }
}

/**
 * The needle's influence on the last token for each depth it may have: the curve of the needle test, computed.
 * @param depths positions; every token's when left out
 */
export function needleDepthCurve(
  plan: DepthPlan,
  depths?: readonly number[],
): readonly { readonly needleIdx: number; readonly influence: number }[] {
  requirePositiveInteger('tokens', plan.tokens);
  const places = depths ?? Array.from({ length: plan.tokens }, (_, idx) => idx);
  return places.map((needleIdx) => {
    if (!Number.isInteger(needleIdx)) {
      throw new EngineInputError(`depths must be integers, got ${needleIdx}`);
    }
    return { needleIdx, influence: positionInfluence(plan, needleIdx)[needleIdx] };
  });
}
