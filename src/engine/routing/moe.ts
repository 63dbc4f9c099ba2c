import {
  EngineInputError,
  requireInRange,
  requirePositive,
  requirePositiveInteger,
} from '../errors.ts';
import type { StepObserver } from '../stepEvents.ts';
import { isAllFinite, requireShape, type FloatArray } from '../tensor.ts';

export interface RoutingShape {
  readonly tokens: number;
  readonly numExperts: number;
  /** Experts per token. */
  readonly topK: number;
}

export interface RoutingOptions {
  /** Make the chosen weights of a token sum to 1 (Mixtral) instead of leaving them as they are; true when left out. */
  readonly renormalise?: boolean;
  readonly observer?: StepObserver;
}

export interface Routing {
  /** (tokens, topK): the chosen experts, most probable first; of two equals the one with the lower number. */
  readonly experts: Int32Array;
  /** (tokens, topK) */
  readonly weights: Float64Array;
  /** (tokens, numExperts): softmax over all experts. */
  readonly probabilities: Float64Array;
  /** (numExperts): share of the tokens that an expert gets; sums to topK. All 0 without tokens. */
  readonly loadFraction: Float64Array;
  /** (numExperts): mean probability; sums to 1. */
  readonly meanProbability: Float64Array;
  /**
   * Switch's load-balancing loss, numExperts x sum of (share of assignments x mean probability): 1 when even, up to
   * numExperts when one expert takes all with one choice per token; 0 without tokens. (Fedus et al. 2021, equation 4.)
   */
  readonly auxiliaryLoss: number;
}

/**
 * Which experts each token goes to: softmax over the router's logits, the topK largest. (Shazeer et al. 2017; Jiang et al.
 * 2024, "Mixtral", section 2.1, which renormalises.)
 * @param logits (tokens, numExperts), finite
 */
export function routeTokens(
  logits: FloatArray,
  shape: RoutingShape,
  options: RoutingOptions = {},
): Routing {
  const { tokens, numExperts, topK } = shape;
  requirePositiveInteger('numExperts', numExperts);
  requirePositiveInteger('topK', topK);
  requireInRange('topK', topK, 1, numExperts);
  requireShape('logits', logits, { tokens, numExperts });
  if (!isAllFinite(logits)) {
    const bad = logits.findIndex((logit) => !Number.isFinite(logit));
    throw new EngineInputError(
      `logits must be finite numbers, got ${logits[bad]} for token ${Math.floor(bad / numExperts)}`,
    );
  }
  const { renormalise = true, observer } = options;
  const experts = new Int32Array(tokens * topK);
  const weights = new Float64Array(tokens * topK);
  const probabilities = new Float64Array(tokens * numExperts);
  const loadFraction = new Float64Array(numExperts);
  const meanProbability = new Float64Array(numExperts);

  for (let tokenIdx = 0; tokenIdx < tokens; tokenIdx++) {
    const row = probabilities.subarray(tokenIdx * numExperts, (tokenIdx + 1) * numExperts);
    softmaxInto(row, logits.subarray(tokenIdx * numExperts, (tokenIdx + 1) * numExperts));
    const chosen = Array.from(row.keys())
      .sort((a, b) => row[b] - row[a] || a - b)
      .slice(0, topK);
    const chosenSum = chosen.reduce((sum, expert) => sum + row[expert], 0);
    chosen.forEach((expert, rank) => {
      experts[tokenIdx * topK + rank] = expert;
      weights[tokenIdx * topK + rank] = renormalise ? row[expert] / chosenSum : row[expert];
      loadFraction[expert] += 1 / tokens;
    });
    for (let expert = 0; expert < numExperts; expert++) {
      meanProbability[expert] += row[expert] / tokens;
    }
    if (observer?.routing) {
      const part = weights.subarray(tokenIdx * topK, (tokenIdx + 1) * topK);
      observer.routing({ tokenIdx, experts: chosen, weights: Array.from(part) });
    }
  }
  const auxiliaryLoss = loadFraction.reduce(
    (sum, load, expert) => sum + (numExperts * load * meanProbability[expert]) / topK,
    0,
  );
  return { experts, weights, probabilities, loadFraction, meanProbability, auxiliaryLoss };
}

function softmaxInto(target: Float64Array, logits: FloatArray): void {
  let largest = -Infinity;
  for (const logit of logits) largest = Math.max(largest, logit);
  let sum = 0;
  for (let idx = 0; idx < target.length; idx++) {
    target[idx] = Math.exp(logits[idx] - largest);
    sum += target[idx];
  }
  for (let idx = 0; idx < target.length; idx++) target[idx] /= sum;
}

/** How evenly the experts are used. */
export interface LoadFigures {
  /** (numExperts): tokens assigned, a token counting once per chosen expert. */
  readonly assignments: Int32Array;
  /** Largest over mean: the step takes this many times longer than with an even load. 1 = even. */
  readonly imbalance: number;
  readonly idleExperts: number;
  /** exp(entropy) of the shares: how many experts it is as if there were, 1 .. numExperts. */
  readonly effectiveExperts: number;
  /** Most assignments an expert accepts; undefined without a capacity factor. */
  readonly capacityTokens?: number;
  /** Assignments beyond it, dropped in the order of the text; undefined without a capacity factor. */
  readonly droppedAssignments?: number;
}

/**
 * @param capacityFactor an expert takes at most ceil(tokens x topK / numExperts x capacityFactor) assignments (Fedus et al.
 * 2021, equation 3); unlimited when left out
 */
export function expertLoads(
  routing: Pick<Routing, 'experts'>,
  numExperts: number,
  capacityFactor?: number,
): LoadFigures {
  requirePositiveInteger('numExperts', numExperts);
  const assignments = new Int32Array(numExperts);
  for (const expert of routing.experts) assignments[expert]++;
  const total = routing.experts.length;
  const shares = Array.from(assignments, (count) => count / total).filter((share) => share > 0);
  const figures = {
    assignments,
    imbalance: total === 0 ? 1 : (Math.max(...assignments) * numExperts) / total,
    idleExperts: assignments.filter((count) => count === 0).length,
    effectiveExperts: Math.exp(shares.reduce((sum, share) => sum - share * Math.log(share), 0)),
  };
  if (capacityFactor === undefined) return figures;
  requirePositive('capacityFactor', capacityFactor);
  const capacityTokens = Math.ceil((total / numExperts) * capacityFactor);
  const droppedAssignments = assignments.reduce(
    (sum, count) => sum + Math.max(0, count - capacityTokens),
    0,
  );
  return { ...figures, capacityTokens, droppedAssignments };
}

/**
 * The gradient of the auxiliary loss with respect to the logits, the shares held fixed as they don't vary smoothly: what
 * pushes tokens off an expert that has too many.
 * @returns (tokens, numExperts)
 */
export function auxiliaryLossGradient(routing: Routing, shape: RoutingShape): Float64Array {
  const { tokens, numExperts, topK } = shape;
  requireShape('probabilities', routing.probabilities, { tokens, numExperts });
  const gradient = new Float64Array(tokens * numExperts);
  for (let tokenIdx = 0; tokenIdx < tokens; tokenIdx++) {
    const first = tokenIdx * numExperts;
    let mean = 0;
    for (let expert = 0; expert < numExperts; expert++) {
      mean += routing.probabilities[first + expert] * routing.loadFraction[expert];
    }
    for (let expert = 0; expert < numExperts; expert++) {
      gradient[first + expert] =
        (numExperts / topK / tokens) *
        routing.probabilities[first + expert] *
        (routing.loadFraction[expert] - mean);
    }
  }
  return gradient;
}
