import type { Model } from '../catalog/model.ts';
import { comparePlans, type ComparedPlan } from '../plans/comparePlans.ts';
import type { PlanQuestion, PlansReport } from '../plans/plansReport.ts';
import { fileOrders } from '../plans/order.ts';
import { defaultOverlap, type StrategyId } from '../plans/plan.ts';
import type { Recommendation } from '../plans/recommend.ts';
import type { Task } from '../plans/task.ts';
import { whatWouldFit, type WouldFit } from '../plans/whatWouldFit.ts';
import { modelOf } from './chosen.ts';
import type { PlanFacts } from './planReasons.ts';
import { measurementsFor } from './quality.ts';
import type { CountedText, DashboardSnapshot } from './snapshot.ts';
import { knobsOf, type DashboardState } from './state.ts';
import { countOf } from './subject.ts';
import { workloadOf, type Workload } from './workload.ts';

export const strategiesTabId = 'strategies';
export const taskKinds = ['question', 'review', 'summarise', 'migrate'] as const;
const defaultOverlapPercent = Math.round(100 * defaultOverlap);
export const strategiesDefaults = {
  task: 'review',
  /** The question, or the goal of a migration. */
  words: '',
  order: 'byTask',
  /** Most tokens of a window; 0: what the model's window leaves. */
  windowTokens: 0,
  overlapPercent: defaultOverlapPercent,
  /** The strategy whose requests are listed; '': none. */
  shown: '',
};
export type StrategiesKnobs = typeof strategiesDefaults;

/** The four plans that stand first; the others are further rows. */
export const mainStrategies: readonly StrategyId[] = ['full', 'slidingWindow', 'rag', 'mapReduce'];

export interface StrategyRow extends ComparedPlan {
  readonly isMain: boolean;
  /** 1 is recommended; absent without a plan. */
  readonly rank?: number;
  readonly reasons: readonly string[];
}

export interface StrategiesModel {
  readonly knobs: StrategiesKnobs;
  readonly workload: Workload;
  /** What "Plan" would ask for now; absent while something is missing. */
  readonly question?: PlanQuestion;
  readonly missing?: 'model' | 'window' | 'files' | 'words';
  /** Absent until something was planned. */
  readonly planned?: PlannedModel;
}

export interface PlannedModel {
  readonly report: PlansReport;
  readonly model: Model;
  /** What the reasons of the plans' numbers are made from. */
  readonly facts: PlanFacts;
  /** The prices are those of this moment. */
  readonly at: Date;
  /** The knobs ask for something else by now. */
  readonly isStale: boolean;
  readonly rows: readonly StrategyRow[];
  readonly best?: Recommendation;
  /** When not all fits at once for certain: what would. */
  readonly wouldFit?: WouldFit;
}

/** The Strategies tab: what the knobs ask for, and the plans that were made last beside each other. */
export function strategiesModel(
  snapshot: DashboardSnapshot,
  state: DashboardState,
  report: PlansReport | undefined,
  at: Date,
  counted?: CountedText,
): StrategiesModel {
  const knobs = knobsOf(state, strategiesTabId, strategiesDefaults);
  const workload = workloadOf(snapshot, state, counted);
  const asked = questionOf(state, knobs, workload);
  const planned = report && plannedModel(report, snapshot, workload, asked, at);
  return {
    knobs,
    workload,
    ...(typeof asked === 'string' ? { missing: asked } : { question: asked }),
    ...(planned && { planned }),
  };
}

function questionOf(
  state: DashboardState,
  knobs: StrategiesKnobs,
  { chosen, subject }: Workload,
): PlanQuestion | NonNullable<StrategiesModel['missing']> {
  const { model, budget } = chosen;
  if (model === undefined) return 'model';
  if (model.contextWindowTokens === undefined) return 'window';
  if (subject.fileCount === undefined || subject.fileCount === 0) return 'files';
  const task = taskOf(knobs);
  if (task === undefined) return 'words';
  return { task, subject: state.subject, modelId: model.id, ...budget, ...formOf(knobs) };
}

/** What differs from how plans are usually made; a state that was pasted may hold anything. */
function formOf({ order, windowTokens, overlapPercent }: StrategiesKnobs) {
  const known = fileOrders.find((each) => each === order && each !== 'byTask');
  const isOverlap = overlapPercent >= 0 && overlapPercent <= 50;
  return {
    ...(known !== undefined && { order: known }),
    ...(windowTokens > 0 && { windowTokens }),
    ...(isOverlap && overlapPercent !== defaultOverlapPercent && { overlap: overlapPercent / 100 }),
  };
}

function taskOf({ task, words }: StrategiesKnobs): Task | undefined {
  const said = words.trim();
  switch (task) {
    case 'summarise':
      return { kind: 'summarise' };
    case 'question':
      return said === '' ? undefined : { kind: 'question', question: said };
    case 'migrate':
      return said === '' ? undefined : { kind: 'migrate', goal: said };
    default:
      return { kind: 'review' };
  }
}

function plannedModel(
  report: PlansReport,
  snapshot: DashboardSnapshot,
  workload: Workload,
  asked: PlanQuestion | string,
  at: Date,
): PlannedModel | undefined {
  const { catalogue } = snapshot;
  const model = modelOf(catalogue, report.question.modelId);
  if (model === undefined) return undefined;
  const { overheadTokens, task } = report.question;
  const { plans, ranked } = comparePlans(report.planned, {
    model,
    counted: report.counted,
    overheadTokens,
    task,
    setTokens: report.index.tokens,
    at,
    measurements: measurementsFor([model.id, ...model.aliases], catalogue.measurements),
    timed: {
      architecture: workload.shape.architecture,
      deployment: workload.placed.deployment,
    },
  });
  const rows = plans.map((compared): StrategyRow => {
    const rank = ranked.findIndex(({ strategy }) => strategy === compared.strategy);
    return {
      ...compared,
      isMain: mainStrategies.includes(compared.strategy),
      ...(rank < 0 ? {} : { rank: rank + 1 }),
      reasons: rank < 0 ? [] : ranked[rank].reasons,
    };
  });
  const full = plans.find(({ strategy }) => strategy === 'full')?.plan;
  const wouldFit = whatWouldFit(full, {
    counted: report.counted,
    setTokens: report.index.tokens,
    models: catalogue.models,
    countOf: (other) => countOf(workload.subject, other),
    options: report.question,
    at,
  });
  return {
    report,
    model,
    facts: { model, report },
    at,
    isStale: JSON.stringify(asked) !== JSON.stringify(report.question),
    rows: [...rows].sort((a, b) => Number(b.isMain) - Number(a.isMain)),
    ...(ranked.length > 0 && { best: ranked[0] }),
    ...(wouldFit && { wouldFit }),
  };
}
