import type { Model } from '../catalog/model.ts';
import type { Deployment } from '../estimates/deployment.ts';
import { gpuCount } from '../estimates/deployment.ts';
import { unknown } from '../estimates/explained.ts';
import type { Explained } from '../estimates/explained.ts';
import { fitsInMemory } from '../estimates/fit.ts';
import { InputError } from '../estimates/inputError.ts';
import { latencyFigures } from './latency.ts';
import { placeModel } from './layouts.ts';
import { chosenOf } from './chosen.ts';
import type { DashboardSnapshot } from './snapshot.ts';
import type { DashboardState } from './state.ts';
import type { StrategySize } from './strategyArithmetic.ts';

export interface StrategyLatency {
  /** All calls, one after another, from the request to the last token. */
  readonly total: Explained;
  /** Absent where the latency is unknown. */
  readonly gpus?: number;
}

const name = 'secondsOfAllCalls';

/**
 * How long a strategy takes on the chosen card, for open weights: its mean call times the calls, which wait for each other.
 * What a hosted API takes is not arithmetic, and unknown.
 */
export function strategyLatency(
  model: Model,
  size: StrategySize | undefined,
  snapshot: DashboardSnapshot,
  state: DashboardState,
): StrategyLatency {
  const because = (reason: string) => ({ total: unknown(name, 'seconds', reason) });
  if (size === undefined) return because('the strategy can not be done');
  const architecture = snapshot.catalogue.architectures.find(
    ({ id }) => id === model.architectureId,
  );
  if (architecture === undefined) return because(`the weights of ${model.name} are not open`);
  const { hardware, deployment: asked } = chosenOf(snapshot, state);
  const { weightDtype, kvDtype } = asked;
  const outputTokens = Math.max(1, Math.round(size.outputTokens / size.calls));
  const memory = { tokens: Math.ceil(size.largestInputTokens) + outputTokens };
  try {
    const { deployment } = placeModel(
      architecture,
      hardware,
      state.gpuCount,
      { weightDtype, kvDtype },
      memory,
    );
    if (fitsInMemory(architecture, deployment, memory) === false) {
      return because(`it does not fit on ${cards(deployment)}`);
    }
    const { endToEnd } = latencyFigures(
      { architecture, deployment, cachedShare: 0, concurrency: 1 },
      size.inputTokens / size.calls,
      outputTokens,
    );
    return { total: times(endToEnd, size.calls), gpus: gpuCount(deployment) };
  } catch (error) {
    // A layout that the model's heads do not allow, or a length beyond the formulas.
    if (error instanceof InputError) return because(error.message);
    throw error;
  }
}

function cards(deployment: Deployment): string {
  return `${gpuCount(deployment)} x ${deployment.hardware.name}`;
}

function times(one: Explained, calls: number): Explained {
  if (one.value === undefined || calls === 1) return { ...one, name };
  const { band } = one;
  return {
    ...one,
    name,
    value: one.value * calls,
    ...(band !== undefined && {
      band: { ...band, low: band.low * calls, high: band.high * calls },
    }),
    formula: `${calls} calls x (${one.formula})`,
    assumptions: [...one.assumptions, 'the calls wait for each other'],
    parts: undefined,
  };
}
