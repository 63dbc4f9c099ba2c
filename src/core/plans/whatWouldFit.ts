import type { BudgetOptions } from '../budget/budgetFor.ts';
import type { Model } from '../catalog/model.ts';
import { requestCostInterval, type CostInterval } from '../cost/costInterval.ts';
import type { TokenCount } from '../tokens/tokenCounter.ts';
import { plusTokens } from '../weigh/countFor.ts';
import type { CountedBudget } from './modelBudget.ts';
import { nearestModel } from './nearestModel.ts';
import type { PlanCut, PlanOutline } from './plan.ts';
import { fitOf, planFit, type PlanFit } from './planFit.ts';

/** The answer where not everything fits into one request: leave this out, or take that model. */
export interface WouldFit {
  /** Of everything in one request: uncertain or doesNotFit. */
  readonly fit: PlanFit;
  /** The smallest cut: files without which the rest fits for certain; undefined: not even one whole file fits. */
  readonly cut?: PlanCut;
  /** undefined: no model of the catalogue holds it for certain. */
  readonly nearest?: NearestModel;
}

export interface NearestModel {
  readonly model: Model;
  /** Everything in one request, in that model's tokens. */
  readonly count: TokenCount;
  /** Of that request and the reserved output; undefined: its price is unknown. */
  readonly cost?: CostInterval;
}

export interface WouldFitBasis {
  readonly counted: CountedBudget;
  /** Tokens of the files as the plans are counted. */
  readonly setTokens: number;
  readonly models: readonly Model[];
  /** The files' tokens for a model, without the words around them; undefined: they can't be told. */
  readonly countOf: (model: Model) => TokenCount | undefined;
  readonly options: BudgetOptions;
  readonly at: Date;
}

/** @param full the full plan; undefined: it was refused. The result is undefined when everything fits for certain. */
export function whatWouldFit(
  full: PlanOutline | undefined,
  { counted, setTokens, models, countOf, options, at }: WouldFitBasis,
): WouldFit | undefined {
  const fit = full === undefined ? fitOf(setTokens, counted) : planFit(full, counted);
  // A full plan that was refused although the files would fit lacks room for the task: another model has it.
  if (fit.verdict === 'fits' && full !== undefined) return undefined;
  const cut = full?.cut;
  const frameShare = Math.max(1, (cut?.wholeTokens ?? setTokens) / Math.max(1, setTokens));
  const wholeOf = (model: Model): TokenCount | undefined => {
    const count = countOf(model);
    return count && scaled(count, frameShare);
  };
  const model = nearestModel(models, wholeOf, options, at);
  const count = model && wholeOf(model);
  const nearest = model && count && { model, count, ...costOf(model, count, options, at) };
  return { fit, ...(cut && { cut }), ...(nearest && { nearest }) };
}

function costOf(
  model: Model,
  count: TokenCount,
  { reservedOutputTokens, overheadTokens }: BudgetOptions,
  at: Date,
): Pick<NearestModel, 'cost'> {
  const outputTokens = Math.min(reservedOutputTokens, model.maxOutputTokens?.value ?? Infinity);
  const input = plusTokens(count, overheadTokens);
  const cost = requestCostInterval({ input, outputTokens }, model.prices?.value, at);
  return cost === undefined ? {} : { cost };
}

/** The headers and the task come to the files' tokens in the same share for every model. */
function scaled(count: TokenCount, share: number): TokenCount {
  return {
    ...count,
    tokens: Math.ceil(count.tokens * share),
    lowTokens: Math.ceil(count.lowTokens * share),
    highTokens: Math.ceil(count.highTokens * share),
  };
}
