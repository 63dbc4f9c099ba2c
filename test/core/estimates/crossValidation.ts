import type { Deployment } from '../../../src/core/estimates/deployment.ts';
import { decodeSecondsPerToken, prefillSeconds } from '../../../src/core/estimates/latency.ts';
import type { Architecture } from '../../../src/core/architectures/architecture.ts';

/** One measured forward pass that constants can be fitted on. */
export interface FitPoint {
  readonly label: string;
  readonly shapeId: string;
  readonly kind: 'prefill' | 'decode';
  readonly shape: Architecture;
  readonly deployment: Deployment;
  readonly tokens: number;
  readonly measuredSeconds: number;
}

/** Predicted with constants that were fitted without it. */
export interface HeldOutPoint {
  readonly label: string;
  readonly leftOut: 'point' | 'shape';
  readonly kind: FitPoint['kind'];
  readonly measuredSeconds: number;
  readonly predictedSeconds: number;
}

interface Constants {
  readonly gemmEfficiency: number;
  readonly attentionEfficiency: number;
  /** 1 / attentionSlowdownTokens, per million tokens. */
  readonly slowdownPerMillion: number;
  readonly layerMicroseconds: number;
  readonly bandwidthEfficiency: number;
  readonly decodeLayerMicroseconds: number;
}

/**
 * What is known of each constant without these measurements, and how surely: vidur's H100 GEMMs, the FlashAttention-3
 * paper's curve, serving decode steps. Nothing is known of the slowdown of attention at great length: it starts at none.
 */
const priors: Readonly<Record<keyof Constants, { readonly at: number; readonly spread: number }>> =
  {
    gemmEfficiency: { at: 0.74, spread: 0.07 },
    attentionEfficiency: { at: 0.62, spread: 0.06 },
    slowdownPerMillion: { at: 0, spread: 3 },
    layerMicroseconds: { at: 10, spread: 15 },
    bandwidthEfficiency: { at: 0.88, spread: 0.05 },
    decodeLayerMicroseconds: { at: 30, spread: 25 },
  };
const names = Object.keys(priors) as readonly (keyof Constants)[];

/** Each point once left out: alone, or with all points of its shape. */
export function heldOutPoints(
  points: readonly FitPoint[],
  leftOut: HeldOutPoint['leftOut'],
): readonly HeldOutPoint[] {
  const predict = (one: FitPoint, constants: Constants) => ({
    label: one.label,
    leftOut,
    kind: one.kind,
    measuredSeconds: one.measuredSeconds,
    predictedSeconds: predicted(one, constants),
  });
  if (leftOut === 'point') {
    return points.map((one) => predict(one, fit(points.filter((other) => other !== one))));
  }
  return [...new Set(points.map(({ shapeId }) => shapeId))].flatMap((shapeId) => {
    const constants = fit(points.filter((one) => one.shapeId !== shapeId));
    return points.filter((one) => one.shapeId === shapeId).map((one) => predict(one, constants));
  });
}

function predicted(point: FitPoint, constants: Constants): number {
  const { shape, tokens, kind } = point;
  const deployment: Deployment = {
    ...point.deployment,
    constants: {
      chip: {
        gemmEfficiency: constants.gemmEfficiency,
        attentionEfficiency: constants.attentionEfficiency,
        attentionSlowdownTokens: 1e6 / Math.max(1e-6, constants.slowdownPerMillion),
        bandwidthEfficiency: constants.bandwidthEfficiency,
      },
      engine: {
        layerSeconds: constants.layerMicroseconds / 1e6,
        decodeLayerSeconds: constants.decodeLayerMicroseconds / 1e6,
      },
    },
  };
  const estimate =
    kind === 'prefill'
      ? prefillSeconds(shape, deployment, { promptTokens: tokens })
      : decodeSecondsPerToken(shape, deployment, { contextTokens: tokens });
  if (estimate.value === undefined) throw new Error(`${point.label}: ${estimate.unknownBecause}`);
  return estimate.value;
}

/** Least squares of the logarithms (2 % counts as one) with the priors, by shrinking steps along each constant. */
function fit(points: readonly FitPoint[]): Constants {
  const loss = (constants: Constants) => {
    const misses = points.map(
      (one) => Math.log(predicted(one, constants) / one.measuredSeconds) / 0.02,
    );
    const strays = names.map((name) => (constants[name] - priors[name].at) / priors[name].spread);
    return [...misses, ...strays].reduce((sum, each) => sum + each * each, 0);
  };
  const start: Record<keyof Constants, number> = {
    gemmEfficiency: 0,
    attentionEfficiency: 0,
    slowdownPerMillion: 0,
    layerMicroseconds: 0,
    bandwidthEfficiency: 0,
    decodeLayerMicroseconds: 0,
  };
  for (const name of names) start[name] = priors[name].at;
  let best: Constants = start;
  let bestLoss = loss(best);
  for (let step = 0.5; step > 0.002;) {
    const before = bestLoss;
    for (const name of names) {
      for (const sign of [1, -1]) {
        const moved = best[name] + sign * step * priors[name].spread;
        if (moved < 0) continue;
        const next = { ...best, [name]: moved };
        const nextLoss = loss(next);
        if (nextLoss < bestLoss) {
          best = next;
          bestLoss = nextLoss;
        }
      }
    }
    if (bestLoss > before - 1e-2) step /= 2;
  }
  return best;
}
