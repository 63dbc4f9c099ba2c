import { budgetFor, verdictFor, type FitVerdict } from '../budget/budgetFor.ts';
import type { Budget, Verdict } from '../budget/budget.ts';
import type { Model, TokenPrices } from '../catalog/model.ts';
import { priceListAt } from '../cost/priceSchedule.ts';
import type { TokenCount } from '../tokens/tokenCounter.ts';
import type { UsdInterval } from '../weigh/weighed.ts';
import { chosenOf } from './chosen.ts';
import { strategyLatencies, type StrategyLatency } from './fitLatency.ts';
import type { CountedText, DashboardSnapshot } from './snapshot.ts';
import { knobsOf, type DashboardState } from './state.ts';
import {
  fitStrategies,
  strategyInterval,
  type FitStrategy,
  type StrategyInterval,
} from './strategyArithmetic.ts';
import { strategyCost } from './strategyCost.ts';
import type { StrategyLimits } from './strategyReasons.ts';
import { countOf, exampleTokens, isUncounted, subjectOf, type Subject } from './subject.ts';

export const fitTabId = 'fit';
export const pageSize = 25;
/** Side by side; more do not fit beside each other. */
export const maxPinned = 4;

export const fitDefaults = {
  /** Expected length of each answer. */
  answerTokens: 1000,
  overlap: 0.1,
  retrievalTokens: 8000,
  sortBy: 'cost',
  descending: false,
  /** The strategy whose cost and verdict sort and filter. */
  strategy: 'full',
  query: '',
  /** '': any. */
  maker: '',
  /** USD per million input tokens; 0: any. */
  maxInputUsdPerMillionTokens: 0,
  /** 0: any. */
  minWindowTokens: 0,
  openWeightsOnly: false,
  onlyFitting: false,
  withDeprecated: false,
  page: 0,
  pinned: [] as readonly string[],
};
export type FitKnobs = typeof fitDefaults;

export const fitSorts = [
  'name',
  'window',
  'tokens',
  'share',
  'price',
  'cost',
  'calls',
  'latency',
  'coverage',
] as const;
export type FitSort = (typeof fitSorts)[number];

/** What one strategy means for one model. */
export interface StrategyFit extends StrategyInterval {
  readonly strategy: FitStrategy;
  readonly verdict: Verdict;
  /** Undefined: a price that it needs is unknown, or it can't be done. */
  readonly cost?: UsdInterval;
  /** What it was worked out with; absent where the window is unknown. */
  readonly limits?: StrategyLimits;
}

/** One model of the matrix. */
export interface FitRow {
  readonly model: Model;
  readonly count: TokenCount;
  readonly budget?: Budget;
  readonly fit: FitVerdict;
  /** The list price of now, without tiers. */
  readonly prices?: TokenPrices;
  readonly strategies: Readonly<Record<FitStrategy, StrategyFit>>;
}

export interface FitModel {
  readonly subject: Subject;
  /** Nothing was counted: the figures are of `exampleTokens`, and must say so. */
  readonly isExample: boolean;
  readonly knobs: FitKnobs;
  /** Rows that pass the filters, sorted. */
  readonly rows: readonly FitRow[];
  readonly pinned: readonly FitRow[];
  /** The chosen model's row, whether the filters pass it or not; undefined: unknown model. */
  readonly chosen?: FitRow;
  readonly makers: readonly string[];
  readonly numModels: number;
  /** When the prices hold. */
  readonly at: Date;
  /** Worked out when it is asked for: most rows are never seen. */
  readonly latencyOf: LatencyOf;
}

export type LatencyOf = (row: FitRow, strategy: FitStrategy) => StrategyLatency;

/** The matrix of models and strategies for a state; pure, and quick enough for every step of a slider. */
export function fitModel(
  snapshot: DashboardSnapshot,
  state: DashboardState,
  at: Date,
  counted?: CountedText,
): FitModel {
  const knobs = knobsOf(state, fitTabId, fitDefaults);
  const asked = subjectOf(snapshot, state, counted);
  const isExample = isUncounted(asked);
  const subject = isExample ? { ...asked, typedTokens: exampleTokens } : asked;
  const { model: chosenModel, budget } = chosenOf(snapshot, state);
  const { models } = snapshot.catalogue;
  const rowOf = (model: Model): FitRow | undefined => {
    const count = countOf(subject, model);
    return count === undefined ? undefined : fitRow(model, count, budget, knobs, at);
  };
  const passing = models.filter((model) => passes(model, knobs, at, chosenModel));
  const rows = passing.map(rowOf).filter((row) => row !== undefined);
  const strategy = strategyOf(knobs);
  const fitting = knobs.onlyFitting
    ? rows.filter((row) => row.strategies[strategy].verdict === 'fits')
    : rows;
  const pinned = knobs.pinned
    .slice(0, maxPinned)
    .map((id) => models.find((model) => model.id === id))
    .map((model) => model && rowOf(model))
    .filter((row) => row !== undefined);
  const chosen = chosenModel && rowOf(chosenModel);
  const latencies = strategyLatencies(snapshot, state);
  const latencyOf: LatencyOf = (row, strategy) =>
    latencies(row.model, row.strategies[strategy].likely);
  return {
    subject,
    isExample,
    knobs,
    rows: sorted(fitting, knobs, (row) => sortKey(row, knobs.sortBy, strategy, latencyOf)),
    pinned,
    ...(chosen !== undefined && { chosen }),
    makers: makersOf(models),
    numModels: models.length,
    at,
    latencyOf,
  };
}

export function strategyOf({ strategy }: Pick<FitKnobs, 'strategy'>): FitStrategy {
  return fitStrategies.find((one) => one === strategy) ?? 'full';
}

export function fitRow(
  model: Model,
  count: TokenCount,
  options: { readonly reservedOutputTokens: number; readonly overheadTokens: number },
  knobs: FitKnobs,
  at: Date,
): FitRow {
  const budget = budgetFor(model, options);
  const fit = verdictFor(count, budget, model.maxInputTokens?.value);
  const prices = model.prices && priceListAt(model.prices.value, at)?.base;
  const strategyFit = (strategy: FitStrategy): StrategyFit =>
    fitOfStrategy(strategy, model, count, fit, options.overheadTokens, knobs, at);
  return {
    model,
    count,
    fit,
    ...(budget !== undefined && { budget }),
    ...(prices !== undefined && { prices }),
    strategies: madeWhenAsked(strategyFit),
  };
}

/** Of most rows only the strategy that sorts is looked at: the others are worked out for the rows that are shown. */
function madeWhenAsked(
  make: (strategy: FitStrategy) => StrategyFit,
): Readonly<Record<FitStrategy, StrategyFit>> {
  const made: Partial<Record<FitStrategy, StrategyFit>> = {};
  const of = (strategy: FitStrategy) => (made[strategy] ??= make(strategy));
  return {
    get full() {
      return of('full');
    },
    get slidingWindow() {
      return of('slidingWindow');
    },
    get rag() {
      return of('rag');
    },
    get chunked() {
      return of('chunked');
    },
  };
}

function fitOfStrategy(
  strategy: FitStrategy,
  model: Model,
  count: TokenCount,
  fit: FitVerdict,
  overheadTokens: number,
  knobs: FitKnobs,
  at: Date,
): StrategyFit {
  const { limitTokens } = fit;
  if (limitTokens === undefined) return { strategy, verdict: 'unknown' };
  const answerTokens = Math.min(knobs.answerTokens, model.maxOutputTokens?.value ?? Infinity);
  const { overlap, retrievalTokens } = knobs;
  const limits: StrategyLimits = {
    limitTokens,
    overheadTokens,
    answerTokens,
    overlap: Math.min(0.5, Math.max(0, overlap)),
    retrievalTokens: Math.max(1, retrievalTokens),
  };
  const sizes = strategyInterval(strategy, count, limits);
  const verdict =
    sizes.high !== undefined ? 'fits' : sizes.low !== undefined ? 'uncertain' : 'doesNotFit';
  const cost = strategyCost(sizes, model, at);
  return { ...sizes, strategy, verdict, limits, ...(cost !== undefined && { cost }) };
}

function passes(model: Model, knobs: FitKnobs, at: Date, chosen: Model | undefined): boolean {
  if (model.deprecated && !knobs.withDeprecated && model !== chosen) return false;
  if (knobs.maker !== '' && model.maker !== knobs.maker) return false;
  if (knobs.openWeightsOnly && model.architectureId === undefined) return false;
  const window = model.contextWindowTokens?.value;
  if (knobs.minWindowTokens > 0 && (window === undefined || window < knobs.minWindowTokens)) {
    return false;
  }
  if (knobs.maxInputUsdPerMillionTokens > 0) {
    const price =
      model.prices && priceListAt(model.prices.value, at)?.base.inputUsdPerMillionTokens;
    if (price === undefined || price > knobs.maxInputUsdPerMillionTokens) return false;
  }
  if (knobs.query === '') return true;
  const words = knobs.query.toLowerCase().split(/\s+/).filter(Boolean);
  const text = `${model.id} ${model.name} ${model.maker} ${model.aliases.join(' ')}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Unknown values come last in either direction; equals by name. */
function sorted(
  rows: readonly FitRow[],
  knobs: FitKnobs,
  keyOf: (row: FitRow) => number | undefined,
): FitRow[] {
  const sign = knobs.descending ? -1 : 1;
  const byName = (a: FitRow, b: FitRow) => (a.model.name < b.model.name ? -1 : 1);
  if (knobs.sortBy === 'name') return [...rows].sort((a, b) => sign * byName(a, b));
  const keys = new Map(rows.map((row) => [row, keyOf(row)]));
  return [...rows].sort((a, b) => {
    const [keyA, keyB] = [keys.get(a), keys.get(b)];
    if (keyA === undefined || keyB === undefined) {
      return keyA === keyB ? byName(a, b) : keyA === undefined ? 1 : -1;
    }
    return sign * (keyA - keyB) || byName(a, b);
  });
}

function sortKey(
  row: FitRow,
  sortBy: string,
  strategy: FitStrategy,
  latencyOf: LatencyOf,
): number | undefined {
  switch (sortBy) {
    case 'window':
      return row.model.contextWindowTokens?.value;
    case 'tokens':
      return row.count.tokens;
    case 'share':
      return row.fit.sharePercent;
    case 'price':
      return row.prices?.inputUsdPerMillionTokens;
    case 'calls':
      return row.strategies[strategy].high?.calls;
    case 'latency':
      return latencyOf(row, strategy).seconds;
    case 'coverage':
      return row.strategies[strategy].likely?.seenAtOnce;
    default:
      return row.strategies[strategy].cost?.highUsd;
  }
}

const makers = new WeakMap<readonly Model[], readonly string[]>();

function makersOf(models: readonly Model[]): readonly string[] {
  let found = makers.get(models);
  if (found === undefined) {
    found = [...new Set(models.map(({ maker }) => maker))].sort();
    makers.set(models, found);
  }
  return found;
}
