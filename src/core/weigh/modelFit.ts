import type { Budget } from '../budget/budget.ts';
import { budgetFor, verdictFor, type BudgetOptions, type FitVerdict } from '../budget/budgetFor.ts';
import type { Model } from '../catalog/model.ts';
import { requestCostInterval, type CostInterval } from '../cost/costInterval.ts';
import type { FileCount } from '../files/scanReport.ts';
import type { EncodingName, TokenCount } from '../tokens/tokenCounter.ts';
import { countFor, sumByKind } from './countFor.ts';

/** What files weigh for one model, whether they fit, and what sending them once costs. */
export interface ModelFit extends FitVerdict {
  readonly model: Model;
  readonly count: TokenCount;
  /** Undefined: the window is unknown. */
  readonly budget?: Budget;
  /** The input alone, without a cache; undefined: the price is unknown. */
  readonly inputCost?: CostInterval;
}

/** The same files counted by several encodings; o200k_base is always among them. */
export type CountsByEncoding = ReadonlyMap<EncodingName, readonly FileCount[]>;

/** Exact where the files were counted with the model's own vocabulary, else an estimate from o200k_base. */
export function countForModel(model: Model, counts: CountsByEncoding): TokenCount {
  const { encoding, exact } = model.tokenizer;
  const own = exact ? counts.get(encoding) : undefined;
  if (own !== undefined) return countFor(sumByKind(own, encoding), model);
  const base = counts.get('o200k_base');
  if (base === undefined) throw new Error('Estimates need the counts by o200k_base');
  return countFor(sumByKind(base, 'o200k_base'), model);
}

/** @param at the time whose prices hold */
export function fitForModel(
  model: Model,
  counts: CountsByEncoding,
  options: BudgetOptions,
  at: Date,
): ModelFit {
  const count = countForModel(model, counts);
  const budget = budgetFor(model, options);
  return {
    model,
    count,
    budget,
    ...verdictFor(count, budget, model.maxInputTokens?.value),
    inputCost: requestCostInterval({ input: count, outputTokens: 0 }, model.prices?.value, at),
  };
}
