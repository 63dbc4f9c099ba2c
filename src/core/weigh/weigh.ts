import type { Budget, Verdict } from '../budget/budget.ts';
import { budgetFor, verdictFor, type BudgetOptions } from '../budget/budgetFor.ts';
import type { Model, Sourced } from '../catalog/model.ts';
import { requestCostInterval } from '../cost/costInterval.ts';
import { priceListAt } from '../cost/priceSchedule.ts';
import type { TokenCount } from '../tokens/tokenCounter.ts';
import type { ModelSummary, UsdInterval } from './weighed.ts';

export interface Fit {
  readonly verdict: Verdict;
  /** Tokens left at the high and at the low end of the count; negative: over. Undefined: the limit is unknown. */
  readonly freeTokens?: Interval;
  readonly budget?: Budget;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Whether a count is inside what is left of the window, and by how much. */
export function fitOf(count: TokenCount, model: Model, options: BudgetOptions): Fit {
  const budget = budgetFor(model, options);
  const { verdict, lowMarginTokens, highMarginTokens } = verdictFor(
    count,
    budget,
    model.maxInputTokens?.value,
  );
  const known = lowMarginTokens !== undefined && highMarginTokens !== undefined;
  const freeTokens = known ? { low: lowMarginTokens, high: highMarginTokens } : undefined;
  return { budget, freeTokens, verdict };
}

/** USD of one request; undefined where a price that it needs is unknown. */
export function costOf(
  input: TokenCount,
  outputTokens: number,
  model: Model,
  at: Date,
  cachedShare = 0,
): UsdInterval | undefined {
  return requestCostInterval({ input, outputTokens, cachedShare }, model.prices?.value, at);
}

export function summaryOf(model: Model, at: Date): ModelSummary {
  const prices = model.prices === undefined ? undefined : priceListAt(model.prices.value, at)?.base;
  return {
    id: model.id,
    name: model.name,
    maker: model.maker,
    contextWindowTokens: model.contextWindowTokens?.value,
    maxOutputTokens: model.maxOutputTokens?.value,
    windowSource: sourceText(model.contextWindowTokens),
    priceSource: sourceText(model.prices),
    inputUsdPerMillionTokens: prices?.inputUsdPerMillionTokens,
    outputUsdPerMillionTokens: prices?.outputUsdPerMillionTokens,
  };
}

function sourceText(sourced: Sourced<unknown> | undefined): string | undefined {
  return sourced === undefined ? undefined : `${sourced.source}, ${sourced.asOf}`;
}
