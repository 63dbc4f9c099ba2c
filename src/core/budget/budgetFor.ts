import type { Model } from '../catalog/model.ts';
import type { TokenCount } from '../tokens/tokenCounter.ts';
import type { Budget, Verdict } from './budget.ts';

export interface BudgetOptions {
  /** Kept free for the answer. */
  readonly reservedOutputTokens: number;
  /** System prompt, tool definitions, instruction files. */
  readonly overheadTokens: number;
}

/** What is kept free where nobody says otherwise: the defaults of the settings of the same names (package.json). */
export const defaultBudgetOptions: BudgetOptions = {
  reservedOutputTokens: 8000,
  overheadTokens: 0,
};

/**
 * window - reserved output - overhead, never below 0; undefined when the window is not known. The
 * model's own limit of output caps what is worth reserving.
 */
export function budgetFor(model: Model, options: BudgetOptions): Budget | undefined {
  checkTokens('reservedOutputTokens', options.reservedOutputTokens);
  checkTokens('overheadTokens', options.overheadTokens);
  const contextWindowTokens = model.contextWindowTokens?.value;
  if (contextWindowTokens === undefined) return undefined;
  const reservedOutputTokens = Math.min(
    options.reservedOutputTokens,
    model.maxOutputTokens?.value ?? Infinity,
    contextWindowTokens,
  );
  const { overheadTokens } = options;
  return {
    contextWindowTokens,
    reservedOutputTokens,
    overheadTokens,
    budgetTokens: Math.max(0, contextWindowTokens - reservedOutputTokens - overheadTokens),
  };
}

export interface FitVerdict {
  readonly verdict: Verdict;
  /** Most tokens of the user's own text: the budget, or less where the maker limits the input. */
  readonly limitTokens?: number;
  /** Which of the two limits: reserved output counts against the window only. */
  readonly limitedBy?: 'contextWindow' | 'maxInput';
  /** limit - count: what is left, negative when too much; low and high of the interval. */
  readonly marginTokens?: number;
  readonly lowMarginTokens?: number;
  readonly highMarginTokens?: number;
  /** Count in percent of the limit, and its interval; absent when the limit is 0. */
  readonly sharePercent?: number;
  readonly lowSharePercent?: number;
  readonly highSharePercent?: number;
}

/**
 * Whether a count fits: all of its interval within the limit, none of it, or it straddles the limit.
 * `maxInputTokens` limits text and overhead together, apart from the window.
 */
export function verdictFor(
  count: TokenCount,
  budget: Budget | undefined,
  maxInputTokens?: number,
): FitVerdict {
  const windowLimit = budget?.budgetTokens;
  const inputLimit =
    maxInputTokens === undefined
      ? undefined
      : Math.max(0, maxInputTokens - (budget?.overheadTokens ?? 0));
  if (windowLimit === undefined) {
    // Without the window only "too much" can be known.
    const tooMuch = inputLimit !== undefined && count.lowTokens > inputLimit;
    return tooMuch ? fit(count, inputLimit, 'maxInput') : { verdict: 'unknown' };
  }
  return inputLimit !== undefined && inputLimit < windowLimit
    ? fit(count, inputLimit, 'maxInput')
    : fit(count, windowLimit, 'contextWindow');
}

function fit(
  count: TokenCount,
  limitTokens: number,
  limitedBy: 'contextWindow' | 'maxInput',
): FitVerdict {
  const percent = (tokens: number) => (100 * tokens) / limitTokens;
  return {
    verdict:
      count.highTokens <= limitTokens
        ? 'fits'
        : count.lowTokens > limitTokens
          ? 'doesNotFit'
          : 'uncertain',
    limitTokens,
    limitedBy,
    marginTokens: limitTokens - count.tokens,
    lowMarginTokens: limitTokens - count.highTokens,
    highMarginTokens: limitTokens - count.lowTokens,
    ...(limitTokens > 0 && {
      sharePercent: percent(count.tokens),
      lowSharePercent: percent(count.lowTokens),
      highSharePercent: percent(count.highTokens),
    }),
  };
}

function checkTokens(name: string, value: number): void {
  if (!Number.isFinite(value) || value < 0) {
    throw new RangeError(`${name} must be a number of tokens from 0 up, got ${value}`);
  }
}
