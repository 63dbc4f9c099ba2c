import type { Verdict } from '../budget/budget.ts';
import type { Model } from '../catalog/model.ts';
import type { TokenCount } from '../tokens/tokenCounter.ts';
import { plusTokens } from './countFor.ts';
import { budgetOf, costOf, verdictOf } from './weigh.ts';
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
  const budget = budgetOf(model, { reservedOutputTokens: outputTokens, overheadTokens: 0 });
  const freeTokens = budget && {
    low: budget.budgetTokens - last.highTokens,
    high: budget.budgetTokens - last.lowTokens,
  };
  const tooLong = outputTokens > (model.maxOutputTokens?.value ?? Infinity);
  const verdict = freeTokens === undefined ? 'unknown' : verdictOf(freeTokens);
  const inputs = Array.from({ length: turns }, (_, index) => inputOf(index + 1));
  return {
    firstInput: inputs[0],
    lastTotal,
    verdict: tooLong && verdict !== 'unknown' ? 'doesNotFit' : verdict,
    freeTokens,
    cost: sumCosts(inputs.map((input) => costOf(input, outputTokens, model, at))),
    cachedCost: turns > 1 ? cachedCostOf(inputs, outputTokens, model, at) : undefined,
  };
}

/** Each later turn reads what the turn before sent from the cache. Undefined when no price for that is listed. */
function cachedCostOf(
  inputs: readonly TokenCount[],
  outputTokens: number,
  model: Model,
  at: Date,
): UsdInterval | undefined {
  const lists = model.prices?.value ?? [];
  const listed = lists.every((list) => list.base.cachedInputUsdPerMillionTokens !== undefined);
  if (lists.length === 0 || !listed) return undefined;
  return sumCosts(
    inputs.map((input, index) => {
      const before = index === 0 ? 0 : inputs[index - 1].tokens;
      const share = input.tokens === 0 ? 0 : Math.min(1, before / input.tokens);
      return costOf(input, outputTokens, model, at, share);
    }),
  );
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

function sumCosts(costs: readonly (UsdInterval | undefined)[]): UsdInterval | undefined {
  let lowUsd = 0;
  let highUsd = 0;
  for (const cost of costs) {
    if (cost === undefined) return undefined;
    lowUsd += cost.lowUsd;
    highUsd += cost.highUsd;
  }
  return { lowUsd, highUsd };
}
