import type { PriceList } from '../catalog/model.ts';
import type { TokenCount } from '../tokens/tokenCounter.ts';
import { priceListAt } from './priceSchedule.ts';
import { requestCost } from './requestCost.ts';

export interface CostInterval {
  readonly usd: number;
  readonly lowUsd: number;
  readonly highUsd: number;
  /** Both tiers of a price lie inside the interval of the input: the cost jumps between them. */
  readonly straddlesTierAboveInputTokens?: number;
}

export interface IntervalUsage {
  readonly input: TokenCount;
  readonly outputTokens: number;
  /** Share of the input that is read from the cache, 0 to 1. */
  readonly cachedShare?: number;
}

/**
 * The least and the most that a request with an estimated input may cost. Between the tiers'
 * boundaries the cost is linear in the input, so its extremes are at the ends and at the boundaries.
 */
export function requestCostInterval(
  { input, outputTokens, cachedShare = 0 }: IntervalUsage,
  lists: readonly PriceList[] | undefined,
  at: Date,
): CostInterval | undefined {
  if (!(cachedShare >= 0 && cachedShare <= 1)) {
    throw new RangeError(`cachedShare must be from 0 to 1, got ${cachedShare}`);
  }
  if (!(input.lowTokens <= input.tokens && input.tokens <= input.highTokens)) {
    throw new RangeError(
      `The input's interval must hold its count: ${input.lowTokens} to ${input.highTokens}, count ${input.tokens}`,
    );
  }
  const list = lists === undefined ? undefined : priceListAt(lists, at);
  if (list === undefined) return undefined;
  const costOf = (inputTokens: number) =>
    requestCost(
      { inputTokens, outputTokens, cachedInputTokens: inputTokens * cachedShare },
      [list],
      at,
    )?.totalUsd;

  const usd = costOf(input.tokens);
  if (usd === undefined) return undefined;
  const boundaries = list.tiers
    .map(({ aboveInputTokens }) => aboveInputTokens)
    .filter((boundary) => boundary >= input.lowTokens && boundary < input.highTokens);
  const points = [
    input.lowTokens,
    input.highTokens,
    ...boundaries.flatMap((boundary) => [boundary, Math.min(boundary + 1, input.highTokens)]),
  ];
  const costs = [usd, ...points.map(costOf).filter((cost) => cost !== undefined)];
  return {
    usd,
    lowUsd: Math.min(...costs),
    highUsd: Math.max(...costs),
    ...(boundaries.length > 0 && { straddlesTierAboveInputTokens: boundaries[0] }),
  };
}
