import type { PriceList } from '../catalog/model.ts';
import { requestCost } from './requestCost.ts';

export interface Conversation {
  readonly turns: number;
  /** Sent with every turn: context set, system prompt, tools. */
  readonly prefixTokens: number;
  /** What the person adds each turn. */
  readonly promptTokensPerTurn: number;
  /** What the model writes each turn; it is input of all later turns. */
  readonly outputTokensPerTurn: number;
  /** Share of turns that still find the earlier ones in the provider's cache, 0 to 1. */
  readonly cacheHitRate: number;
}

export interface ConversationTurn {
  /** From 1. */
  readonly turn: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Input that an earlier turn has already sent. */
  readonly repeatedInputTokens: number;
  /** Without any cache, and with one; undefined: a price is unknown. */
  readonly usd?: number;
  readonly cachedUsd?: number;
}

export interface ConversationCost {
  readonly turns: readonly ConversationTurn[];
  readonly totalInputTokens: number;
  readonly totalOutputTokens: number;
  readonly totalUsd?: number;
  readonly totalCachedUsd?: number;
  /** First turn that no longer fits (input and output together in the window, or input in its limit). */
  readonly windowFullAtTurn?: number;
}

export interface ConversationLimits {
  readonly contextWindowTokens?: number;
  readonly maxInputTokens?: number;
}

/**
 * Turn t sends prefix + t prompts + (t - 1) outputs, so tokens grow with the square of the turns.
 * With a cache, a turn that hits reads the input of the turn before and writes the rest; one that
 * misses writes all of it. The cost of a hit rate is the mean of both.
 */
export function conversationCost(
  conversation: Conversation,
  limits: ConversationLimits,
  prices: readonly PriceList[] | undefined,
  at: Date,
): ConversationCost {
  check(conversation);
  const turns = Array.from({ length: conversation.turns }, (_, index) =>
    turnOf(conversation, index + 1, prices, at),
  );
  const full = windowFullAtTurn(conversation, limits);
  const totalUsd = sum(turns.map(({ usd }) => usd));
  const totalCachedUsd = sum(turns.map(({ cachedUsd }) => cachedUsd));
  return {
    turns,
    totalInputTokens: turns.reduce((total, { inputTokens }) => total + inputTokens, 0),
    totalOutputTokens: conversation.turns * conversation.outputTokensPerTurn,
    ...(totalUsd !== undefined && { totalUsd }),
    ...(totalCachedUsd !== undefined && { totalCachedUsd }),
    ...(full !== undefined && { windowFullAtTurn: full }),
  };
}

function inputAt(conversation: Conversation, turn: number): number {
  const { prefixTokens, promptTokensPerTurn, outputTokensPerTurn } = conversation;
  return prefixTokens + turn * promptTokensPerTurn + (turn - 1) * outputTokensPerTurn;
}

function turnOf(
  conversation: Conversation,
  turn: number,
  prices: readonly PriceList[] | undefined,
  at: Date,
): ConversationTurn {
  const inputTokens = inputAt(conversation, turn);
  const outputTokens = conversation.outputTokensPerTurn;
  const repeatedInputTokens = turn === 1 ? 0 : inputAt(conversation, turn - 1);
  const usdWith = (cachedInputTokens: number, cacheWriteTokens: number) =>
    requestCost({ inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens }, prices, at)
      ?.totalUsd;
  const usd = usdWith(0, 0);
  const hit = usdWith(repeatedInputTokens, inputTokens - repeatedInputTokens);
  const miss = usdWith(0, inputTokens);
  const rate = conversation.cacheHitRate;
  return {
    turn,
    inputTokens,
    outputTokens,
    repeatedInputTokens,
    ...(usd !== undefined && { usd }),
    ...(hit !== undefined && miss !== undefined && { cachedUsd: rate * hit + (1 - rate) * miss }),
  };
}

/**
 * The first turn that does not fit, however many are planned; undefined: no limit is known, or none
 * is ever reached because nothing is added.
 */
export function windowFullAtTurn(
  conversation: Conversation,
  { contextWindowTokens, maxInputTokens }: ConversationLimits,
): number | undefined {
  const { outputTokensPerTurn, promptTokensPerTurn } = conversation;
  const inputLimit = Math.min(
    contextWindowTokens === undefined ? Infinity : contextWindowTokens - outputTokensPerTurn,
    maxInputTokens ?? Infinity,
  );
  if (inputLimit === Infinity) return undefined;
  if (inputAt(conversation, 1) > inputLimit) return 1;
  const growth = promptTokensPerTurn + outputTokensPerTurn;
  if (growth === 0) return undefined;
  return Math.floor((inputLimit - inputAt(conversation, 1)) / growth) + 2;
}

function sum(values: readonly (number | undefined)[]): number | undefined {
  let total = 0;
  for (const value of values) {
    if (value === undefined) return undefined;
    total += value;
  }
  return total;
}

function check(conversation: Conversation): void {
  const { turns, cacheHitRate } = conversation;
  if (!Number.isSafeInteger(turns) || turns < 1 || turns > 100_000) {
    throw new RangeError(`turns must be a whole number from 1 to 100000, got ${turns}`);
  }
  if (!(cacheHitRate >= 0 && cacheHitRate <= 1)) {
    throw new RangeError(`cacheHitRate must be from 0 to 1, got ${cacheHitRate}`);
  }
  for (const name of ['prefixTokens', 'promptTokensPerTurn', 'outputTokensPerTurn'] as const) {
    const value = conversation[name];
    if (!Number.isFinite(value) || value < 0) {
      throw new RangeError(`${name} must be a number of tokens from 0 up, got ${value}`);
    }
  }
}
