import type { Budget } from '../budget/budget.ts';
import { budgetFor, verdictFor, type BudgetOptions, type FitVerdict } from '../budget/budgetFor.ts';
import type { Model } from '../catalog/model.ts';
import { requestCostInterval, type CostInterval } from '../cost/costInterval.ts';
import type { FileCount } from '../files/scanReport.ts';
import { estimateTokens, exactCount, type CountsByKind } from '../tokens/estimateTokens.ts';
import type { EncodingName, TokenCount } from '../tokens/tokenCounter.ts';

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

export function countsByKind(files: readonly FileCount[]): CountsByKind {
  const sums: Partial<Record<FileCount['kind'], number>> = {};
  for (const { kind, tokens } of files) sums[kind] = (sums[kind] ?? 0) + tokens;
  return sums;
}

/** Exact where the files were counted with the model's own vocabulary, else an estimate from o200k_base. */
export function countForModel(model: Model, counts: CountsByEncoding): TokenCount {
  const { encoding, exact, family } = model.tokenizer;
  const own = exact ? counts.get(encoding) : undefined;
  if (own !== undefined) {
    return exactCount(
      own.reduce((sum, file) => sum + file.tokens, 0),
      encoding,
    );
  }
  const base = counts.get('o200k_base');
  if (base === undefined) throw new Error('Estimates need the counts by o200k_base');
  return estimateTokens(countsByKind(base), family);
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
