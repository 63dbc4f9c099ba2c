import { cacheBreakEven } from '../cost/cacheBreakEven.ts';
import type { CacheBreakEven } from '../cost/cacheBreakEven.ts';
import { conversationCost } from '../cost/conversation.ts';
import type { ConversationCost, ConversationLimits } from '../cost/conversation.ts';
import type { CostSetup } from './cost.ts';
import type { Series, XY } from './series.ts';

export interface ConversationSetup {
  readonly turns: number;
  readonly promptTokensPerTurn: number;
  /** Share of turns that still find the earlier ones in the cache, 0 to 1. */
  readonly cacheHitRate: number;
}

/** A conversation whose every turn sends what one call sends, and all that was said before once more. */
export function conversationFigures(
  setup: CostSetup,
  conversation: ConversationSetup,
  limits: ConversationLimits,
): ConversationCost {
  return conversationCost(
    {
      ...conversation,
      prefixTokens: setup.input.tokens,
      outputTokensPerTurn: setup.outputTokens,
    },
    limits,
    setup.prices?.value,
    setup.at,
  );
}

/** USD spent up to each turn, without a cache and with one; at most `mostPoints` of the turns. */
export function conversationCurves(
  { turns }: ConversationCost,
  mostPoints = 60,
): readonly Series[] {
  const uncached: XY[] = [];
  const cached: XY[] = [];
  const every = Math.max(1, Math.ceil(turns.length / mostPoints));
  let usd: number | undefined = 0;
  let cachedUsd: number | undefined = 0;
  for (const turn of turns) {
    usd = plus(usd, turn.usd);
    cachedUsd = plus(cachedUsd, turn.cachedUsd);
    if (turn.turn % every !== 0 && turn.turn !== 1 && turn.turn !== turns.length) continue;
    if (usd !== undefined) uncached.push([turn.turn, usd]);
    if (cachedUsd !== undefined) cached.push([turn.turn, cachedUsd]);
  }
  return [
    { id: 'uncached', points: uncached },
    { id: 'cached', points: cached },
  ].filter(({ points }) => points.length > 0);
}

function plus(sum: number | undefined, more: number | undefined): number | undefined {
  return sum === undefined || more === undefined ? undefined : sum + more;
}

/** When keeping the text in the provider's cache pays, if every later request finds it with this hit rate. */
export function prefixBreakEven(
  setup: CostSetup,
  cacheHitRate: number,
): CacheBreakEven | undefined {
  return cacheBreakEven(
    {
      prefixTokens: setup.input.tokens,
      otherInputTokens: 0,
      outputTokens: setup.outputTokens,
      cacheHitRate,
    },
    setup.prices?.value,
    setup.at,
  );
}

/** USD spent after n requests with the same text before them, without a cache and with one. */
export function breakEvenCurves(breakEven: CacheBreakEven): readonly Series[] {
  const { uncachedUsd, writeUsd, laterUsd, breakEvenRequests } = breakEven;
  const most = Math.min(1000, Math.max(10, 2 * (breakEvenRequests ?? 5)));
  const counts = Array.from({ length: Math.min(most, 40) }, (_, idx) =>
    Math.round(1 + (idx * (most - 1)) / (Math.min(most, 40) - 1)),
  );
  return [
    { id: 'uncached', points: counts.map((n) => [n, n * uncachedUsd] as const) },
    { id: 'cached', points: counts.map((n) => [n, writeUsd + (n - 1) * laterUsd] as const) },
  ];
}
