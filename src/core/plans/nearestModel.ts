import { budgetFor, verdictFor, type BudgetOptions } from '../budget/budgetFor.ts';
import type { Model } from '../catalog/model.ts';
import { priceListAt } from '../cost/priceSchedule.ts';
import type { TokenCount } from '../tokens/tokenCounter.ts';

/**
 * What would hold everything in one request: the model with the smallest window that does for certain, the cheapest input
 * among equals; undefined: none in the catalogue does. Deprecated models are left out.
 */
export function nearestModel(
  models: readonly Model[],
  countOf: (model: Model) => TokenCount | undefined,
  options: BudgetOptions,
  at: Date,
): Model | undefined {
  const fitting = models.filter((model) => {
    if (model.deprecated) return false;
    const count = countOf(model);
    if (count === undefined) return false;
    const { verdict } = verdictFor(count, budgetFor(model, options), model.maxInputTokens?.value);
    return verdict === 'fits';
  });
  const windowOf = (model: Model) => model.contextWindowTokens?.value ?? Infinity;
  const priceOf = (model: Model) =>
    model.prices === undefined
      ? Infinity
      : (priceListAt(model.prices.value, at)?.base.inputUsdPerMillionTokens ?? Infinity);
  return fitting.reduce<Model | undefined>(
    (best, model) =>
      best === undefined ||
      windowOf(model) < windowOf(best) ||
      (windowOf(model) === windowOf(best) && priceOf(model) < priceOf(best))
        ? model
        : best,
    undefined,
  );
}
