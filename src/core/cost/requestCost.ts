import type { PriceList, TokenPrices } from '../catalog/model.ts';
import { priceListAt } from './priceSchedule.ts';

/** Tokens of one request. The three cache counts are parts of `inputTokens` and disjoint. */
export interface TokenUsage {
  /** All input: what is read from the cache and written to it included. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens?: number;
  /** Written to the cache for the usual time (five minutes at Anthropic). */
  readonly cacheWriteTokens?: number;
  readonly cacheWriteOneHourTokens?: number;
}

export interface RequestCost {
  readonly totalUsd: number;
  /** Input that neither comes from the cache nor goes into it. */
  readonly inputUsd: number;
  readonly cachedInputUsd: number;
  readonly cacheWriteUsd: number;
  readonly outputUsd: number;
  /** Fee per request. */
  readonly requestUsd: number;
  /** The prices that were used. */
  readonly prices: TokenPrices;
  /** Present when a tier re-prices the request. */
  readonly tierAboveInputTokens?: number;
  /** What had to be assumed, in words. */
  readonly assumptions: readonly string[];
}

/**
 * Cost in USD of one request: the price list of the date and time of day, its tier by the total
 * input (which re-prices input, cache and output alike), cached and written tokens at their own
 * prices. A cache price that is not listed is the next wider one's (one hour -> write -> input).
 * Undefined when a price that the request needs is unknown.
 */
export function requestCost(
  usage: TokenUsage,
  lists: readonly PriceList[] | undefined,
  at: Date,
): RequestCost | undefined {
  checkUsage(usage);
  const list = lists === undefined ? undefined : priceListAt(lists, at);
  if (list === undefined) return undefined;
  const tier = list.tiers
    .filter(({ aboveInputTokens }) => usage.inputTokens > aboveInputTokens)
    .at(-1);
  const prices: TokenPrices = { ...list.base, ...tier };
  return priced(usage, prices, tier?.aboveInputTokens);
}

function priced(
  usage: TokenUsage,
  prices: TokenPrices,
  tierAboveInputTokens: number | undefined,
): RequestCost | undefined {
  const cached = usage.cachedInputTokens ?? 0;
  const written = usage.cacheWriteTokens ?? 0;
  const writtenOneHour = usage.cacheWriteOneHourTokens ?? 0;
  const input = prices.inputUsdPerMillionTokens;
  const cacheWrite = prices.cacheWriteUsdPerMillionTokens ?? input;

  const inputUsd = usd(usage.inputTokens - cached - written - writtenOneHour, input);
  const cachedInputUsd = usd(cached, prices.cachedInputUsdPerMillionTokens ?? input);
  const writeUsd = usd(written, cacheWrite);
  const oneHourUsd = usd(writtenOneHour, prices.cacheWriteOneHourUsdPerMillionTokens ?? cacheWrite);
  const outputUsd = usd(usage.outputTokens, prices.outputUsdPerMillionTokens);
  if (
    inputUsd === undefined ||
    cachedInputUsd === undefined ||
    writeUsd === undefined ||
    oneHourUsd === undefined ||
    outputUsd === undefined
  ) {
    return undefined;
  }
  const requestUsd = prices.requestUsd ?? 0;
  const cacheWriteUsd = writeUsd + oneHourUsd;
  return {
    totalUsd: inputUsd + cachedInputUsd + cacheWriteUsd + outputUsd + requestUsd,
    inputUsd,
    cachedInputUsd,
    cacheWriteUsd,
    outputUsd,
    requestUsd,
    prices,
    ...(tierAboveInputTokens !== undefined && { tierAboveInputTokens }),
    assumptions: assumptionsOf(prices, cached, written, writtenOneHour),
  };
}

/** Undefined when there are tokens and no price. */
function usd(tokens: number, usdPerMillionTokens: number | undefined): number | undefined {
  if (tokens === 0) return 0;
  return usdPerMillionTokens === undefined ? undefined : (tokens * usdPerMillionTokens) / 1e6;
}

function assumptionsOf(
  prices: TokenPrices,
  cached: number,
  written: number,
  writtenOneHour: number,
): readonly string[] {
  const assumptions: string[] = [];
  if (cached > 0 && prices.cachedInputUsdPerMillionTokens === undefined) {
    assumptions.push('No price for cached input is listed: cached tokens cost what input costs.');
  }
  if (written > 0 && prices.cacheWriteUsdPerMillionTokens === undefined) {
    assumptions.push('No price for writing to the cache is listed: written tokens cost input.');
  }
  if (writtenOneHour > 0 && prices.cacheWriteOneHourUsdPerMillionTokens === undefined) {
    assumptions.push('No price for keeping the cache one hour is listed: the usual write price.');
  }
  return assumptions;
}

function checkUsage(usage: TokenUsage): void {
  const counts = {
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    cachedInputTokens: usage.cachedInputTokens ?? 0,
    cacheWriteTokens: usage.cacheWriteTokens ?? 0,
    cacheWriteOneHourTokens: usage.cacheWriteOneHourTokens ?? 0,
  };
  for (const [name, value] of Object.entries(counts)) {
    if (!Number.isFinite(value) || value < 0) {
      throw new RangeError(`${name} must be a number of tokens from 0 up, got ${value}`);
    }
  }
  const parts = counts.cachedInputTokens + counts.cacheWriteTokens + counts.cacheWriteOneHourTokens;
  if (parts > usage.inputTokens) {
    throw new RangeError(
      `inputTokens (${usage.inputTokens}) includes what the cache reads and writes (${parts}), ` +
        'so it can not be less',
    );
  }
}
