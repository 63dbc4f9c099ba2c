import type { CostInterval } from './costInterval.ts';

/** Days of a mean month: 365.25 / 12. */
export const daysPerMonth = 30.4375;

export interface VolumeCost {
  readonly day: CostInterval;
  readonly month: CostInterval;
}

/** What so many calls a day cost. */
export function volumeCost(call: CostInterval, callsPerDay: number): VolumeCost {
  atLeastZero('callsPerDay', callsPerDay);
  return { day: times(call, callsPerDay), month: times(call, callsPerDay * daysPerMonth) };
}

function times(cost: CostInterval, factor: number): CostInterval {
  return {
    ...cost,
    usd: cost.usd * factor,
    lowUsd: cost.lowUsd * factor,
    highUsd: cost.highUsd * factor,
  };
}

export interface SelfHosting {
  readonly gpuCount: number;
  readonly gpuHourUsd: number;
  /** Share of the hours in which the GPUs work on calls, above 0 up to 1. */
  readonly utilization: number;
  /** Calls that the GPUs finish per busy hour (from the estimates, batch included). */
  readonly callsPerBusyHour: number;
}

export interface SelfHostedCost {
  /** All GPUs, day and night. */
  readonly dayUsd: number;
  readonly monthUsd: number;
  /** Calls a day at the utilization, and the cost of each of them. */
  readonly callsPerDay: number;
  readonly callUsd: number;
}

export function selfHostedCost(hosting: SelfHosting): SelfHostedCost {
  const { gpuCount, gpuHourUsd, utilization, callsPerBusyHour } = hosting;
  if (!Number.isSafeInteger(gpuCount) || gpuCount < 1) {
    throw new RangeError(`gpuCount must be a whole number from 1 up, got ${gpuCount}`);
  }
  atLeastZero('gpuHourUsd', gpuHourUsd);
  if (!(utilization > 0 && utilization <= 1)) {
    throw new RangeError(`utilization must be above 0 and at most 1, got ${utilization}`);
  }
  if (!(callsPerBusyHour > 0 && callsPerBusyHour < Infinity)) {
    throw new RangeError(`callsPerBusyHour must be above 0, got ${callsPerBusyHour}`);
  }
  const dayUsd = gpuCount * gpuHourUsd * 24;
  const callsPerDay = callsPerBusyHour * 24 * utilization;
  return { dayUsd, monthUsd: dayUsd * daysPerMonth, callsPerDay, callUsd: dayUsd / callsPerDay };
}

export interface CrossingPoint {
  /** Calls a day from which on the GPUs cost less than the hosted calls. */
  readonly callsPerDay: number;
  /** Whether the GPUs can finish that many at their utilization; if not, they never pay. */
  readonly withinCapacity: boolean;
}

/** Undefined when a hosted call costs nothing: then GPUs never pay. */
export function selfHostingCrossing(
  hostedCallUsd: number,
  hosting: SelfHosting,
): CrossingPoint | undefined {
  atLeastZero('hostedCallUsd', hostedCallUsd);
  const own = selfHostedCost(hosting);
  if (hostedCallUsd === 0) return undefined;
  const callsPerDay = own.dayUsd / hostedCallUsd;
  return { callsPerDay, withinCapacity: callsPerDay <= own.callsPerDay };
}

function atLeastZero(name: string, value: number): void {
  if (!Number.isFinite(value) || value < 0) {
    throw new RangeError(`${name} must be a number from 0 up, got ${value}`);
  }
}
