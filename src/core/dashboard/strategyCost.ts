import type { Model } from '../catalog/model.ts';
import { requestCost, type RequestCost } from '../cost/requestCost.ts';
import { unknown } from '../estimates/explained.ts';
import type { Explained } from '../estimates/explained.ts';
import { plain } from '../estimates/formulaText.ts';
import type { UsdInterval } from '../weigh/weighed.ts';
import type { StrategyInterval, StrategySize } from './strategyArithmetic.ts';

/** Calls that are alike, and so cost the same. */
interface AlikeCalls {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** The largest calls are alike; the last of them and those that combine are shorter: priced as one of what is left. */
function alikeCalls(size: StrategySize): readonly AlikeCalls[] {
  const { calls, inputTokens, largestInputTokens, outputTokens } = size;
  const full = Math.min(calls, Math.floor(inputTokens / Math.max(1, largestInputTokens)));
  const rest = calls - full;
  const each = outputTokens / calls;
  const groups: AlikeCalls[] = [];
  if (full > 0) groups.push({ calls: full, inputTokens: largestInputTokens, outputTokens: each });
  if (rest > 0) {
    const left = (inputTokens - full * largestInputTokens) / rest;
    groups.push({ calls: rest, inputTokens: left, outputTokens: each });
  }
  return groups;
}

function costOf(
  { inputTokens, outputTokens }: AlikeCalls,
  model: Model,
  at: Date,
): RequestCost | undefined {
  return requestCost({ inputTokens, outputTokens }, model.prices?.value, at);
}

/** USD of all calls; undefined: a price is unknown. Every call is priced at the tier of its own length. */
function costOfSize(size: StrategySize, model: Model, at: Date): number | undefined {
  let usd = 0;
  for (const alike of alikeCalls(size)) {
    const cost = costOf(alike, model, at);
    if (cost === undefined) return undefined;
    usd += alike.calls * cost.totalUsd;
  }
  return usd;
}

/** What a strategy costs at the two ends of the count. */
export function strategyCost(
  { low, likely, high }: StrategyInterval,
  model: Model,
  at: Date,
): UsdInterval | undefined {
  // Of an exact count all three are the same one.
  const ends = new Set([low, likely, high].filter((size) => size !== undefined));
  if (ends.size === 0) return undefined;
  let [lowUsd, highUsd] = [Infinity, -Infinity];
  for (const size of ends) {
    const usd = costOfSize(size, model, at);
    if (usd === undefined) return undefined;
    lowUsd = Math.min(lowUsd, usd);
    highUsd = Math.max(highUsd, usd);
  }
  return { lowUsd, highUsd };
}

/** The cost of the likely count with the interval of the count. */
export function strategyCostReason(
  sizes: StrategyInterval,
  interval: UsdInterval | undefined,
  model: Model,
  at: Date,
  basis: string,
): Explained {
  const name = 'strategyUsd';
  const { prices } = model;
  if (sizes.likely === undefined) return unknown(name, 'usd', 'the strategy can not be done');
  if (prices === undefined) return unknown(name, 'usd', `no price of ${model.name} is listed`);
  const groups = alikeCalls(sizes.likely);
  const costs = groups.map((alike) => costOf(alike, model, at));
  const value = costOfSize(sizes.likely, model, at);
  if (value === undefined) {
    return unknown(name, 'usd', `a price that it needs is not listed for ${model.name}`);
  }
  const tiers = costs.flatMap((cost) => cost?.tierAboveInputTokens ?? []);
  const used = costs[0]?.prices;
  const from = { unit: 'USD per million tokens', source: prices.source, asOf: prices.asOf };
  return {
    name,
    unit: 'usd',
    value,
    ...(interval !== undefined &&
      interval.lowUsd < interval.highUsd && {
        band: { low: interval.lowUsd, high: interval.highUsd, basis },
      }),
    formula: groups.map((alike, idx) => alikeText(alike, costs[idx])).join(' + '),
    inputs: [
      { name: 'price of input', value: used?.inputUsdPerMillionTokens, ...from },
      { name: 'price of output', value: used?.outputUsdPerMillionTokens, ...from },
    ],
    assumptions: [
      ...[...new Set(tiers)].map(
        (tokens) => `calls of more than ${tokens} input tokens are priced by that tier`,
      ),
      ...(groups.length > 1 ? ['calls that are not full are priced as one of their mean'] : []),
      'no cache',
    ],
  };
}

function alikeText(
  { calls, inputTokens, outputTokens }: AlikeCalls,
  cost: RequestCost | undefined,
): string {
  const { inputUsdPerMillionTokens = 0, outputUsdPerMillionTokens = 0 } = cost?.prices ?? {};
  const fee = (cost?.requestUsd ?? 0) > 0 ? ` + ${cost?.requestUsd} USD a request` : '';
  const tokens = `(${plain(inputTokens)} tokens x ${inputUsdPerMillionTokens} USD + ${plain(outputTokens)} tokens x ${outputUsdPerMillionTokens} USD) / 1000000`;
  return `${calls} calls x (${tokens}${fee})`;
}
