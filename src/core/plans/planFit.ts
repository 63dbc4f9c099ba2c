import type { Verdict } from '../budget/budget.ts';
import type { CountedBudget } from './modelBudget.ts';
import { largestRequestTokens, type PlanOutline } from './plan.ts';

/** Whether what a strategy means to send at once fits, in the model's own tokens. */
export interface PlanFit {
  /** fits: even at the upper end of the count. doesNotFit: not even at its lower end. uncertain: the limit lies between them. */
  readonly verdict: Exclude<Verdict, 'unknown'>;
  readonly tokens: number;
  /** `tokens` as the plans are counted. */
  readonly countedTokens: number;
  readonly lowTokens: number;
  readonly highTokens: number;
  /** Most tokens of one request's text. */
  readonly limitTokens: number;
}

/**
 * Three-valued, because a model without a public vocabulary has an interval of tokens. Asked of the full plan: whether
 * everything fits into one request, whatever was cut after that; of the others: whether their largest request does.
 */
export function planFit(plan: PlanOutline, counted: CountedBudget): PlanFit {
  return fitOf(plan.cut?.wholeTokens ?? largestRequestTokens(plan), counted);
}

/** Of so many tokens as they are counted. */
export function fitOf(
  countedTokens: number,
  { budgetTokens, likelyRatio, lowRatio, highRatio }: CountedBudget,
): PlanFit {
  const limitTokens = Math.floor(budgetTokens * highRatio);
  const lowTokens = Math.round(countedTokens * lowRatio);
  return {
    verdict:
      countedTokens <= budgetTokens ? 'fits' : lowTokens > limitTokens ? 'doesNotFit' : 'uncertain',
    tokens: Math.round(countedTokens * likelyRatio),
    countedTokens,
    lowTokens,
    highTokens: Math.round(countedTokens * highRatio),
    limitTokens,
  };
}
