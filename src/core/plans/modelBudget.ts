import type { Budget } from '../budget/budget.ts';
import type { Model } from '../catalog/model.ts';
import type { TokenCount } from '../tokens/tokenCounter.ts';

/** What a plan for a model may hold, in the tokens that its files are counted in. */
export interface CountedBudget {
  readonly budgetTokens: number;
  /** Model tokens per counted token: 1 where the count is the model's own. */
  readonly likelyRatio: number;
  readonly lowRatio: number;
  readonly highRatio: number;
}

/** Most tokens of one request's text, in the model's own tokens: what the window leaves, or less where the maker limits the input. */
export function requestLimitTokens(
  model: Model,
  { budgetTokens, overheadTokens }: Pick<Budget, 'budgetTokens' | 'overheadTokens'>,
): number {
  const maxInput = model.maxInputTokens?.value ?? Infinity;
  return Math.min(budgetTokens, Math.max(0, maxInput - overheadTokens));
}

/**
 * A model whose vocabulary is not public is planned for by the upper end of its estimate, so that no request comes out too
 * long: its budget shrinks by the ratio that the whole set has at that end.
 */
export function countedBudget(
  modelBudgetTokens: number,
  countedTokens: number,
  forModel: TokenCount,
): CountedBudget {
  if (countedTokens === 0 || forModel.exact) {
    return { budgetTokens: modelBudgetTokens, likelyRatio: 1, lowRatio: 1, highRatio: 1 };
  }
  const highRatio = Math.max(1, forModel.highTokens / countedTokens);
  return {
    budgetTokens: Math.floor(modelBudgetTokens / highRatio),
    likelyRatio: forModel.tokens / countedTokens,
    lowRatio: forModel.lowTokens / countedTokens,
    highRatio,
  };
}
