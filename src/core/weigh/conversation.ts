import type { Verdict } from '../budget/budget.ts';
import type { Model } from '../catalog/model.ts';
import { conversationCost } from '../cost/conversation.ts';
import type { TokenCount } from '../tokens/tokenCounter.ts';
import { plusTokens } from './countFor.ts';
import { fitOf } from './weigh.ts';
import type { UsdInterval } from './weighed.ts';

export interface Conversation {
  /** Files with their path lines. */
  readonly context: TokenCount;
  readonly prompt: TokenCount;
  readonly overheadTokens: number;
  /** Expected length of each answer. */
  readonly outputTokens: number;
  readonly turns: number;
}

export interface WeighedConversation {
  /** Input of the first request. */
  readonly firstInput: TokenCount;
  /** What the window holds when the last answer is complete. */
  readonly lastTotal: TokenCount;
  readonly verdict: Verdict;
  readonly freeTokens?: { readonly low: number; readonly high: number };
  readonly cost?: UsdInterval;
  readonly cachedCost?: UsdInterval;
}

/** More turns than this are a day's work, and the sum below is one request each. */
export const maxTurns = 1000;

/**
 * A conversation in which every turn sends everything said before once more, as chat interfaces do: turn t has
 * overhead + context + t prompts + (t - 1) answers of input. Later prompts are taken to be as long as the first.
 */
export function weighConversation(
  conversation: Conversation,
  model: Model,
  at: Date,
): WeighedConversation {
  const { outputTokens, overheadTokens, prompt, context } = conversation;
  const turns = Math.max(1, Math.min(maxTurns, Math.floor(conversation.turns) || 1));
  const inputOf = (turn: number): TokenCount =>
    plusTokens(sumOf(context, prompt, turn), overheadTokens + (turn - 1) * outputTokens);
  const last = inputOf(turns);
  const lastTotal = plusTokens(last, outputTokens);
  const { verdict, freeTokens } = fitOf(last, model, {
    reservedOutputTokens: outputTokens,
    overheadTokens: 0,
  });
  const tooLong = outputTokens > (model.maxOutputTokens?.value ?? Infinity);
  const costAt = (end: 'lowTokens' | 'highTokens') =>
    conversationCost(
      {
        turns,
        prefixTokens: context[end] + overheadTokens,
        promptTokensPerTurn: prompt[end],
        outputTokensPerTurn: outputTokens,
        cacheHitRate: 1,
      },
      {},
      model.prices?.value,
      at,
    );
  const [low, high] = [costAt('lowTokens'), costAt('highTokens')];
  return {
    firstInput: inputOf(1),
    lastTotal,
    verdict: tooLong && verdict !== 'unknown' ? 'doesNotFit' : verdict,
    freeTokens,
    cost: usdInterval(low.totalUsd, high.totalUsd),
    cachedCost:
      turns > 1 && listsCachedPrice(model)
        ? usdInterval(low.totalCachedUsd, high.totalCachedUsd)
        : undefined,
  };
}

/** Without a listed price for cached input, a cost with caching would be the cost without, twice. */
function listsCachedPrice(model: Model): boolean {
  const lists = model.prices?.value ?? [];
  return (
    lists.length > 0 &&
    lists.every((list) => list.base.cachedInputUsdPerMillionTokens !== undefined)
  );
}

function usdInterval(lowUsd?: number, highUsd?: number): UsdInterval | undefined {
  return lowUsd === undefined || highUsd === undefined ? undefined : { lowUsd, highUsd };
}

function sumOf(context: TokenCount, prompt: TokenCount, prompts: number): TokenCount {
  return {
    tokens: context.tokens + prompts * prompt.tokens,
    lowTokens: context.lowTokens + prompts * prompt.lowTokens,
    highTokens: context.highTokens + prompts * prompt.highTokens,
    exact: context.exact && prompt.exact,
    basis: context.basis,
  };
}
