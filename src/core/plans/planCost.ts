import type { Model } from '../catalog/model.ts';
import { requestCostInterval } from '../cost/costInterval.ts';
import type { CountedBudget } from './modelBudget.ts';
import type { PlanOutline, PlannedCall } from './plan.ts';

export interface CostBasis {
  readonly model: Model;
  readonly counted: CountedBudget;
  /** Sent with every call before the code: system prompt, tools. */
  readonly overheadTokens: number;
  readonly at: Date;
}

export interface PlanUsd {
  readonly usd: number;
  readonly lowUsd: number;
  readonly highUsd: number;
}

/** What a plan costs; a part is undefined when its price is unknown. The output is taken at its reserved length. */
export interface PlanCost {
  /** Every call as if it were the first. */
  readonly once?: PlanUsd;
  /** The overhead is read from the provider's prompt cache in all calls but the first. */
  readonly cached?: PlanUsd;
  /** Another task over the same code while it is in the cache: the stable start of each call is read from it. */
  readonly again?: PlanUsd;
  /** By the maker's batch prices, for work that can wait. */
  readonly batch?: PlanUsd;
}

/** Which of a plan's costs; see `PlanCost`. */
export type PlanCostKind = keyof PlanCost;

/** The cost of all calls: tiers are taken by the size of each call, an estimated count by both its ends. */
export function planCost(plan: PlanOutline, basis: CostBasis): PlanCost {
  const [once, cached, again, batch] = (['once', 'cached', 'again', 'batch'] as const).map((kind) =>
    costOfCalls(plan, basis, kind),
  );
  return {
    ...(once && { once }),
    ...(cached && { cached }),
    ...(again && { again }),
    ...(batch && { batch }),
  };
}

/** The prices that a kind of cost is worked out by; undefined: not listed. */
export function pricesOf({ prices, batchPrices }: Model, kind: PlanCostKind): Model['prices'] {
  return kind === 'batch' ? batchPrices : prices;
}

/** Share of a call's input that is read from the cache. */
export function cachedShareOf(
  { tokens, stableTokens }: PlannedCall,
  idx: number,
  kind: PlanCostKind,
  overheadTokens: number,
): number {
  const cached = {
    once: 0,
    batch: 0,
    cached: idx === 0 ? 0 : overheadTokens,
    again: overheadTokens + stableTokens,
  }[kind];
  return Math.min(1, cached / Math.max(1, tokens + overheadTokens));
}

function costOfCalls(
  { requests }: PlanOutline,
  { model, counted, overheadTokens, at }: CostBasis,
  kind: PlanCostKind,
): PlanUsd | undefined {
  const lists = pricesOf(model, kind)?.value;
  const total = { usd: 0, lowUsd: 0, highUsd: 0 };
  for (const [idx, call] of requests.entries()) {
    const input = callTokens(call, counted, overheadTokens);
    const cost = requestCostInterval(
      {
        input: { ...input, exact: model.tokenizer.exact, basis: 'planned' },
        outputTokens: call.outputTokens,
        cachedShare: cachedShareOf(call, idx, kind, overheadTokens),
      },
      lists,
      at,
    );
    if (cost === undefined) return undefined;
    total.usd += cost.usd;
    total.lowUsd += cost.lowUsd;
    total.highUsd += cost.highUsd;
  }
  return total;
}

/** A call's input in the model's own tokens. */
export function callTokens(
  { tokens }: PlannedCall,
  { likelyRatio, lowRatio, highRatio }: CountedBudget,
  overheadTokens: number,
) {
  return {
    tokens: tokens * likelyRatio + overheadTokens,
    lowTokens: tokens * lowRatio + overheadTokens,
    highTokens: tokens * highRatio + overheadTokens,
  };
}
