import type { Architecture } from '../architectures/architecture.ts';
import type { Model } from '../catalog/model.ts';
import type { Deployment } from '../estimates/deployment.ts';
import { gpuCount } from '../estimates/deployment.ts';
import { unknown } from '../estimates/explained.ts';
import type { Explained } from '../estimates/explained.ts';
import { fitsInMemory } from '../estimates/fit.ts';
import { InputError } from '../estimates/inputError.ts';
import { decodeSecondsPerToken } from '../estimates/latency.ts';
import { latencyFigures } from './latency.ts';
import { placeModel } from './layouts.ts';
import { prefillSampler } from './prefillSampler.ts';
import { chosenOf } from './chosen.ts';
import type { DashboardCatalogue, DashboardSnapshot } from './snapshot.ts';
import type { DashboardState } from './state.ts';
import type { StrategySize } from './strategyArithmetic.ts';

export interface StrategyLatency {
  /** All calls, one after another, from the request to the last token; undefined: unknown. */
  readonly seconds: number | undefined;
  /** Absent where the latency is unknown. */
  readonly gpus?: number;
  /** The same number with its reasons, made when it is asked for. */
  readonly reason: () => Explained;
}

const name = 'secondsOfAllCalls';

/**
 * How long a strategy takes on the chosen card, for open weights: its mean call times the calls, which wait for each other.
 * What a hosted API takes is not arithmetic, and unknown. Equal calls of equal shapes are worked out once.
 */
export function strategyLatencies(
  snapshot: DashboardSnapshot,
  state: DashboardState,
): (model: Model, size: StrategySize | undefined) => StrategyLatency {
  const { hardware, deployment: asked } = chosenOf(snapshot, state);
  const { weightDtype, kvDtype } = asked;
  const known = new Map<string, StrategyLatency>();
  const of = (architecture: Architecture, size: StrategySize): StrategyLatency => {
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
        return unknownLatency(`it does not fit on ${cards(deployment)}`);
      }
      return latencyOn(architecture, deployment, size, outputTokens);
    } catch (error) {
      // A layout that the model's heads do not allow, or a length beyond the formulas.
      if (error instanceof InputError) return unknownLatency(error.message);
      throw error;
    }
  };
  return (model, size) => {
    if (size === undefined) return unknownLatency('the strategy can not be done');
    const architecture = architectureOf(snapshot.catalogue, model.architectureId);
    if (architecture === undefined) {
      return unknownLatency(`the weights of ${model.name} are not open`);
    }
    const { calls, inputTokens, largestInputTokens, outputTokens } = size;
    const key = `${architecture.id} ${calls} ${inputTokens} ${largestInputTokens} ${outputTokens}`;
    let found = known.get(key);
    if (found === undefined) known.set(key, (found = of(architecture, size)));
    return found;
  };
}

function unknownLatency(because: string): StrategyLatency {
  return { seconds: undefined, reason: () => unknown(name, 'seconds', because) };
}

/** The number alone, of which there are a hundred on a page; the formulas of one that somebody asks about. */
function latencyOn(
  architecture: Architecture,
  deployment: Deployment,
  size: StrategySize,
  outputTokens: number,
): StrategyLatency {
  const setup = { architecture, deployment, cachedShare: 0, concurrency: 1 };
  const promptTokens = Math.max(1, Math.round(size.inputTokens / size.calls));
  const first = prefillSampler(setup, promptTokens)(promptTokens)?.seconds;
  const each = decodeSecondsPerToken(architecture, deployment, {
    contextTokens: promptTokens + Math.floor(outputTokens / 2),
    sequences: 1,
  }).value;
  return {
    seconds:
      first === undefined || each === undefined
        ? undefined
        : size.calls * (first + (outputTokens - 1) * each),
    gpus: gpuCount(deployment),
    reason: () => times(latencyFigures(setup, promptTokens, outputTokens).endToEnd, size.calls),
  };
}

const byId = new WeakMap<DashboardCatalogue, ReadonlyMap<string, Architecture>>();

function architectureOf(
  catalogue: DashboardCatalogue,
  id: string | undefined,
): Architecture | undefined {
  if (id === undefined) return undefined;
  let found = byId.get(catalogue);
  if (found === undefined) {
    // Of two of one id the first holds, as everywhere.
    found = new Map([...catalogue.architectures].reverse().map((one) => [one.id, one]));
    byId.set(catalogue, found);
  }
  return found.get(id);
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
