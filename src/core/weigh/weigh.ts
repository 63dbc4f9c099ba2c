import type { Budget, Verdict } from '../budget/budget.ts';
import type { Model, Sourced } from '../catalog/model.ts';
import { requestCostInterval } from '../cost/costInterval.ts';
import { priceListAt } from '../cost/priceSchedule.ts';
import type { TokenCount } from '../tokens/tokenCounter.ts';
import type { ModelSummary, UsdInterval } from './weighed.ts';

/** What is kept free of a window before anything is used. */
export interface Reserves {
  readonly reservedOutputTokens: number;
  readonly overheadTokens: number;
}

export interface Fit {
  readonly verdict: Verdict;
  /** Tokens left at the high and at the low end of the count; negative: over. Undefined: the limit is unknown. */
  readonly freeTokens?: { readonly low: number; readonly high: number };
  readonly budget?: Budget;
}

/** What is left of a model's window for files and prompt. Undefined: no source names the window. */
export function budgetOf(model: Model, reserves: Reserves): Budget | undefined {
  const contextWindowTokens = model.contextWindowTokens?.value;
  if (contextWindowTokens === undefined) return undefined;
  const { overheadTokens } = reserves;
  const maxOutputTokens = model.maxOutputTokens?.value ?? Infinity;
  const reservedOutputTokens = Math.min(reserves.reservedOutputTokens, maxOutputTokens);
  const afterOutput = contextWindowTokens - reservedOutputTokens;
  // Some makers limit the input apart from the window; the smaller one is met first.
  const inputTokens = Math.min(afterOutput, model.maxInputTokens?.value ?? Infinity);
  const budgetTokens = inputTokens - overheadTokens;
  return { contextWindowTokens, reservedOutputTokens, overheadTokens, budgetTokens };
}

/** Whether a count is inside what is left of the window, and by how much. */
export function fitOf(count: TokenCount, model: Model, reserves: Reserves): Fit {
  const budget = budgetOf(model, reserves);
  if (budget === undefined) return { verdict: 'unknown' };
  const freeTokens = {
    low: budget.budgetTokens - count.highTokens,
    high: budget.budgetTokens - count.lowTokens,
  };
  return { budget, freeTokens, verdict: verdictOf(freeTokens) };
}

export function verdictOf(freeTokens: { readonly low: number; readonly high: number }): Verdict {
  if (freeTokens.low >= 0) return 'fits';
  return freeTokens.high < 0 ? 'doesNotFit' : 'uncertain';
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
