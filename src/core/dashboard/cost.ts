import type { Model, PriceList, Sourced, TokenPrices } from '../catalog/model.ts';
import { requestCostInterval } from '../cost/costInterval.ts';
import type { CostInterval } from '../cost/costInterval.ts';
import { priceListAt } from '../cost/priceSchedule.ts';
import { requestCost } from '../cost/requestCost.ts';
import type { RequestCost } from '../cost/requestCost.ts';
import { daysPerMonth, volumeCost } from '../cost/volume.ts';
import { unknown } from '../estimates/explained.ts';
import type { Explained, ExplainedInput } from '../estimates/explained.ts';
import { plain } from '../estimates/formulaText.ts';
import type { TokenCount } from '../tokens/tokenCounter.ts';
import type { Series, XY } from './series.ts';

/** What money is worked out for. */
export interface CostSetup {
  readonly modelName: string;
  readonly prices: Sourced<readonly PriceList[]> | undefined;
  /** All that one call sends: the text with its overhead. */
  readonly input: TokenCount;
  readonly outputTokens: number;
  /** Share of the input that the provider's cache already has, 0 to 1. */
  readonly cachedShare: number;
  readonly callsPerDay: number;
  readonly at: Date;
}

export interface CostFigures {
  readonly call: Explained;
  readonly day: Explained;
  readonly month: Explained;
  readonly interval: CostInterval | undefined;
  readonly parts: RequestCost | undefined;
  /** The tier boundaries of the model's prices, ascending. */
  readonly tiersAboveInputTokens: readonly number[];
  readonly assumptions: readonly string[];
}

export function costFigures(setup: CostSetup): CostFigures {
  const { prices, input, outputTokens, cachedShare, callsPerDay, at } = setup;
  const parts = requestCost(usageOf(setup, input.tokens), prices?.value, at);
  const interval = requestCostInterval({ input, outputTokens, cachedShare }, prices?.value, at);
  const volume = interval === undefined ? undefined : volumeCost(interval, callsPerDay);
  const call = callExplained(setup, parts, interval);
  return {
    call,
    day: times('dayUsd', call, volume?.day, `${callsPerDay} calls a day`),
    month: times(
      'monthUsd',
      call,
      volume?.month,
      `${callsPerDay} calls a day x ${daysPerMonth} days`,
    ),
    interval,
    parts,
    tiersAboveInputTokens: tiersOf(prices, at),
    assumptions: parts?.assumptions ?? [],
  };
}

function usageOf({ outputTokens, cachedShare }: CostSetup, inputTokens: number) {
  return { inputTokens, outputTokens, cachedInputTokens: inputTokens * cachedShare };
}

export function tiersOf(prices: CostSetup['prices'], at: Date): readonly number[] {
  const list = prices === undefined ? undefined : priceListAt(prices.value, at);
  return (list?.tiers ?? []).map(({ aboveInputTokens }) => aboveInputTokens);
}

const partNames = [
  ['inputUsd', 'inputUsdPerMillionTokens'],
  ['cachedInputUsd', 'cachedInputUsdPerMillionTokens'],
  ['outputUsd', 'outputUsdPerMillionTokens'],
] as const;

function callExplained(
  setup: CostSetup,
  cost: RequestCost | undefined,
  interval: CostInterval | undefined,
): Explained {
  const name = 'callUsd';
  const { prices, input, outputTokens } = setup;
  if (cost === undefined) return unknown(name, 'usd', priceUnknownBecause(setup));
  const cached = input.tokens * setup.cachedShare;
  const tokensOf = {
    inputUsd: input.tokens - cached,
    cachedInputUsd: cached,
    outputUsd: outputTokens,
  };
  const parts: Explained[] = partNames
    .filter(([part]) => tokensOf[part] > 0)
    .map(([part, price]) => {
      const usd = cost.prices[price] ?? cost.prices.inputUsdPerMillionTokens ?? 0;
      return {
        name: part,
        unit: 'usd',
        value: cost[part],
        formula: `${plain(tokensOf[part])} tokens x ${usd} USD / 1000000`,
        inputs: [],
        assumptions: [],
      };
    });
  if (cost.requestUsd > 0) {
    const formula = `${cost.requestUsd} USD a request`;
    parts.push({
      name: 'requestUsd',
      unit: 'usd',
      value: cost.requestUsd,
      formula,
      inputs: [],
      assumptions: [],
    });
  }
  return {
    name,
    unit: 'usd',
    value: cost.totalUsd,
    ...(interval !== undefined &&
      interval.lowUsd < interval.highUsd && {
        band: { low: interval.lowUsd, high: interval.highUsd, basis: input.basis },
      }),
    formula:
      parts.map((part) => part.formula).join(' + ') ||
      '0 USD (nothing is sent and nothing answered)',
    inputs: priceInputs(prices, cost.prices),
    assumptions: [
      ...(cost.tierAboveInputTokens === undefined
        ? []
        : [
            `prices of the tier above ${cost.tierAboveInputTokens} input tokens, for the whole request`,
          ]),
      ...cost.assumptions,
    ],
    ...(parts.length > 0 && { parts }),
  };
}

export function priceInputs(
  prices: CostSetup['prices'],
  used: TokenPrices,
): readonly ExplainedInput[] {
  if (prices === undefined) return [];
  const from = { unit: 'USD per million tokens', source: prices.source, asOf: prices.asOf };
  return [
    { name: 'price of input', value: used.inputUsdPerMillionTokens, ...from },
    { name: 'price of cached input', value: used.cachedInputUsdPerMillionTokens, ...from },
    { name: 'price of output', value: used.outputUsdPerMillionTokens, ...from },
  ];
}

export function priceUnknownBecause({ modelName, prices }: CostSetup): string {
  return prices === undefined
    ? `no price of ${modelName} is listed`
    : `a price that this call needs is not listed for ${modelName}`;
}

function times(
  name: string,
  call: Explained,
  cost: CostInterval | undefined,
  factor: string,
): Explained {
  if (call.value === undefined || cost === undefined) {
    return unknown(name, 'usd', call.unknownBecause ?? 'the price is not known');
  }
  return {
    name,
    unit: 'usd',
    value: cost.usd,
    ...(call.band !== undefined && {
      band: { low: cost.lowUsd, high: cost.highUsd, basis: call.band.basis },
    }),
    formula: `${plain(call.value)} USD a call x ${factor}`,
    inputs: call.inputs,
    assumptions: call.assumptions,
  };
}

/**
 * USD of one call against its input, as areas that stack up: input, cached input, output. Where a tier begins, two points lie
 * one token apart.
 */
export function callCostCurves(setup: CostSetup, mostTokens: number): readonly Series[] {
  const boundaries = tiersOf(setup.prices, setup.at).filter((one) => one < mostTokens);
  const steps = 24;
  const even = Array.from({ length: steps + 1 }, (_, idx) =>
    Math.round((idx * mostTokens) / steps),
  );
  const tokens = [...even, ...boundaries.flatMap((one) => [one, one + 1])].sort((a, b) => a - b);
  const lines = partNames.map(([id]) => ({ id, points: [] as XY[] }));
  for (const inputTokens of new Set(tokens)) {
    const cost = requestCost(usageOf(setup, inputTokens), setup.prices?.value, setup.at);
    if (cost === undefined) return [];
    for (const line of lines) line.points.push([inputTokens, cost[line.id]]);
  }
  return lines.filter(({ points }) => points.some(([, usd]) => usd > 0));
}

/** How far the chart of one call shows: what is sent and every tier boundary, with room behind. */
export function callCostMostTokens(setup: CostSetup, model: Model | undefined): number {
  const tiers = tiersOf(setup.prices, setup.at);
  const window = model?.contextWindowTokens?.value;
  const shown = Math.max(10_000, 1.25 * setup.input.highTokens, ...tiers.map((one) => 1.5 * one));
  const most =
    window !== undefined && setup.input.highTokens <= window ? Math.min(shown, window) : shown;
  // A round end, so that the axis does not crawl while a slider moves.
  const step = 10 ** Math.floor(Math.log10(most)) / 2;
  return Math.max(Math.ceil(most / step) * step, ...tiers.map((one) => one + 1));
}
