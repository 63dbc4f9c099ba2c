import { daysPerMonth, selfHostingCrossing } from '../cost/volume.ts';
import type { CrossingPoint } from '../cost/volume.ts';
import { gpuCount } from '../estimates/deployment.ts';
import type { Deployment } from '../estimates/deployment.ts';
import { unknown } from '../estimates/explained.ts';
import { plain, secondsText } from '../estimates/formulaText.ts';
import type { Explained } from '../estimates/explained.ts';
import { latencyFigures } from './latency.ts';
import type { LatencySetup } from './latency.ts';
import { logSpaced } from './series.ts';
import type { Series, XY } from './series.ts';

export interface HostingSetup {
  readonly latency: LatencySetup;
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** Share of the hours in which the GPUs work on calls, above 0 up to 1. */
  readonly utilization: number;
  /** What an hour of one GPU costs; undefined: the person has not said, and nobody else knows. */
  readonly gpuHourUsd: number | undefined;
}

/** Calls that one replica finishes in a busy hour: prefill for itself, decode together with the others. */
export function callsPerBusyHour(setup: HostingSetup): Explained {
  const name = 'callsPerBusyHour';
  const { latency, promptTokens, outputTokens } = setup;
  const { timeToFirstToken, perOutputToken } = latencyFigures(latency, promptTokens, outputTokens);
  const prefill = timeToFirstToken.value;
  const decode = perOutputToken.value;
  if (prefill === undefined || decode === undefined) {
    const why = timeToFirstToken.unknownBecause ?? perOutputToken.unknownBecause;
    return unknown(name, 'requests', why ?? 'the latency is not known');
  }
  // Requests wait for each other in the queue, but the GPUs do not.
  const queue = timeToFirstToken.parts?.find((part) => part.name === 'queueSeconds')?.value ?? 0;
  const busy = prefill - queue + (outputTokens * decode) / latency.concurrency;
  return {
    name,
    unit: 'requests',
    value: 3600 / busy,
    formula: `3600 s / (${secondsText(prefill - queue)} of prefill + ${outputTokens} tokens x ${secondsText(decode)} / ${latency.concurrency} together)`,
    inputs: timeToFirstToken.inputs,
    assumptions: [
      ...timeToFirstToken.assumptions,
      'calls follow each other without a gap while the GPUs are busy',
    ],
  };
}

export interface HostingFigures {
  readonly callsPerBusyHour: Explained;
  readonly gpus: number;
  /** Calls a day that one replica finishes at the utilization. */
  readonly callsPerDay: Explained;
  /** USD of an hour of one GPU below which self-hosting costs less than the hosted calls at this many a day. */
  readonly breakEvenGpuHourUsd: Explained;
  /** Undefined while the price of a GPU hour or of a hosted call is not known. */
  readonly crossing?: CrossingPoint;
}

export function hostingFigures(
  setup: HostingSetup,
  hostedCallUsd: number | undefined,
  callsPerDay: number,
): HostingFigures {
  const perHour = callsPerBusyHour(setup);
  const gpus = gpuCount(setup.latency.deployment);
  const capacity = capacityOf(perHour, setup.utilization);
  const crossing =
    perHour.value === undefined || setup.gpuHourUsd === undefined || hostedCallUsd === undefined
      ? undefined
      : selfHostingCrossing(hostedCallUsd, {
          gpuCount: gpus,
          gpuHourUsd: setup.gpuHourUsd,
          utilization: setup.utilization,
          callsPerBusyHour: perHour.value,
        });
  return {
    callsPerBusyHour: perHour,
    gpus,
    callsPerDay: capacity,
    breakEvenGpuHourUsd: breakEvenGpuHour(
      setup.latency.deployment,
      capacity,
      hostedCallUsd,
      callsPerDay,
    ),
    ...(crossing !== undefined && { crossing }),
  };
}

function capacityOf(perHour: Explained, utilization: number): Explained {
  const name = 'callsPerDay';
  if (perHour.value === undefined) {
    return unknown(name, 'requests', perHour.unknownBecause ?? 'not known');
  }
  return {
    name,
    unit: 'requests',
    value: perHour.value * 24 * utilization,
    formula: `${plain(perHour.value)} an hour x 24 h x ${utilization}`,
    inputs: perHour.inputs,
    assumptions: perHour.assumptions,
  };
}

/** Replicas that finish so many calls a day; at least one. */
function replicasFor(callsPerDay: number, capacity: number): number {
  return Math.max(1, Math.ceil(callsPerDay / capacity - 1e-9));
}

function breakEvenGpuHour(
  deployment: Deployment,
  capacity: Explained,
  hostedCallUsd: number | undefined,
  callsPerDay: number,
): Explained {
  const name = 'breakEvenGpuHourUsd';
  if (capacity.value === undefined) {
    return unknown(name, 'usd', capacity.unknownBecause ?? 'not known');
  }
  if (hostedCallUsd === undefined)
    return unknown(name, 'usd', 'the price of a hosted call is not known');
  const replicas = replicasFor(callsPerDay, capacity.value);
  const gpus = replicas * gpuCount(deployment);
  return {
    name,
    unit: 'usd',
    value: (callsPerDay * hostedCallUsd) / (24 * gpus),
    formula: `${callsPerDay} calls a day x ${plain(hostedCallUsd)} USD / (24 h x ${gpus} GPUs)`,
    inputs: [],
    assumptions: [
      `${replicas} replica(s) of ${gpuCount(deployment)} x ${deployment.hardware.name}, day and night`,
      'neither people nor power, network or storage are counted',
    ],
  };
}

const pointsPerLine = 49;

/** USD a month against calls a day: hosted calls, and GPUs of which another replica is added whenever one is full. */
export function hostingCurves(
  setup: HostingSetup,
  figures: HostingFigures,
  hostedCallUsd: number | undefined,
  callsPerDay: number,
): readonly Series[] {
  const capacity = figures.callsPerDay.value;
  const most = Math.max(1e5, 10 ** Math.ceil(Math.log10(Math.max(1, callsPerDay) * 2)));
  const counts = logSpaced(1, most, pointsPerLine);
  const series: Series[] = [];
  if (hostedCallUsd !== undefined && hostedCallUsd > 0) {
    const points = counts.map((n): XY => [n, n * hostedCallUsd * daysPerMonth]);
    series.push({ id: 'hosted', points });
  }
  const { gpuHourUsd } = setup;
  if (gpuHourUsd !== undefined && gpuHourUsd > 0 && capacity !== undefined) {
    const monthUsd = figures.gpus * gpuHourUsd * 24 * daysPerMonth;
    // The first steps are steep: both sides of each, where they can be told apart.
    const steps = Array.from({ length: 4 }, (_, idx) => (idx + 1) * capacity)
      .filter((one) => one >= 1 && one < most)
      .flatMap((one) => [one, one * 1.000001]);
    const points = [...counts, ...steps]
      .sort((a, b) => a - b)
      .map((n): XY => [n, replicasFor(n, capacity) * monthUsd]);
    series.push({ id: 'selfHosted', points });
  }
  return series;
}
