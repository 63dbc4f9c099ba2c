import { requireNonNegativeInteger, requirePositiveInteger } from '../errors.ts';
import { createRandom } from '../random.ts';
import { requireShape, type FloatArray } from '../tensor.ts';
import { auxiliaryLossGradient, expertLoads, routeTokens } from './moe.ts';

export interface BalancingRun {
  readonly tokens: number;
  readonly hiddenSize: number;
  readonly numExperts: number;
  readonly topK: number;
  /** Gradient steps. */
  readonly numSteps: number;
  readonly learningRate: number;
  /** Weight of the Switch loss beside the task's; 0 = no balancing. */
  readonly auxiliaryWeight: number;
  readonly seed: number;
}

export interface BalancingStep {
  /** (tokens, topK): the experts that each token goes to, most probable first. */
  readonly experts: Int32Array;
  readonly loadFraction: Float64Array;
  readonly auxiliaryLoss: number;
  /** Mean squared distance between a token and what its experts make of it. */
  readonly taskLoss: number;
  readonly effectiveExperts: number;
}

/**
 * A mixture of experts trained for real, small enough to watch: each expert holds one vector, a token is answered with its
 * experts' vectors times their weights, and the task is to answer a token with itself. Router and experts start random
 * and learn by gradient descent on task loss + auxiliaryWeight x Switch loss. An expert that is chosen early learns early,
 * so is chosen more: without the Switch loss the load collapses. It is a toy's behaviour, not a trained language model's.
 * @param x (tokens, hiddenSize)
 * @returns one entry per step, the first before any learning
 */
export function trainRouter(x: FloatArray, run: BalancingRun): readonly BalancingStep[] {
  const { tokens, hiddenSize, numExperts, topK, numSteps, learningRate, auxiliaryWeight } = run;
  requirePositiveInteger('tokens', tokens);
  requirePositiveInteger('hiddenSize', hiddenSize);
  requireNonNegativeInteger('numSteps', numSteps);
  requireShape('x', x, { tokens, hiddenSize });
  const shape = { tokens, numExperts, topK };
  const random = createRandom(run.seed);
  const small = () => random.normal() / Math.sqrt(hiddenSize);
  const router = Float64Array.from({ length: numExperts * hiddenSize }, small);
  const expertVectors = Float64Array.from({ length: numExperts * hiddenSize }, small);
  const logits = new Float64Array(tokens * numExperts);
  const error = new Float64Array(hiddenSize);
  const steps: BalancingStep[] = [];

  for (let step = 0; step <= numSteps; step++) {
    for (let tokenIdx = 0; tokenIdx < tokens; tokenIdx++) {
      for (let expert = 0; expert < numExperts; expert++) {
        let sum = 0;
        for (let dim = 0; dim < hiddenSize; dim++) {
          sum += x[tokenIdx * hiddenSize + dim] * router[expert * hiddenSize + dim];
        }
        logits[tokenIdx * numExperts + expert] = sum;
      }
    }
    const routing = routeTokens(logits, shape, { renormalise: false });
    const logitGradient = auxiliaryLossGradient(routing, shape).map((g) => g * auxiliaryWeight);
    const expertGradient = new Float64Array(expertVectors.length);
    let taskLoss = 0;

    for (let tokenIdx = 0; tokenIdx < tokens; tokenIdx++) {
      const chosen = routing.experts.subarray(tokenIdx * topK, (tokenIdx + 1) * topK);
      const row = tokenIdx * numExperts;
      for (let dim = 0; dim < hiddenSize; dim++) {
        error[dim] = -x[tokenIdx * hiddenSize + dim];
        for (const expert of chosen) {
          error[dim] +=
            routing.probabilities[row + expert] * expertVectors[expert * hiddenSize + dim];
        }
        taskLoss += error[dim] ** 2 / tokens;
      }
      // d(task)/d(probability) of each chosen expert, then back through the softmax to every logit.
      let mean = 0;
      const pull = Float64Array.from(chosen, (expert) => {
        let sum = 0;
        for (let dim = 0; dim < hiddenSize; dim++) {
          const here = expert * hiddenSize + dim;
          sum += (2 / tokens) * error[dim] * expertVectors[here];
          expertGradient[here] += (2 / tokens) * error[dim] * routing.probabilities[row + expert];
        }
        mean += sum * routing.probabilities[row + expert];
        return sum;
      });
      for (let expert = 0; expert < numExperts; expert++) {
        const rank = chosen.indexOf(expert);
        logitGradient[row + expert] +=
          routing.probabilities[row + expert] * ((rank < 0 ? 0 : pull[rank]) - mean);
      }
    }
    steps.push({
      experts: routing.experts,
      loadFraction: routing.loadFraction,
      auxiliaryLoss: routing.auxiliaryLoss,
      taskLoss,
      effectiveExperts: expertLoads(routing, numExperts).effectiveExperts,
    });

    for (let idx = 0; idx < expertVectors.length; idx++) {
      expertVectors[idx] -= learningRate * expertGradient[idx];
    }
    for (let tokenIdx = 0; tokenIdx < tokens; tokenIdx++) {
      for (let expert = 0; expert < numExperts; expert++) {
        const slope = learningRate * logitGradient[tokenIdx * numExperts + expert];
        for (let dim = 0; dim < hiddenSize; dim++) {
          router[expert * hiddenSize + dim] -= slope * x[tokenIdx * hiddenSize + dim];
        }
      }
    }
  }
  return steps;
}
