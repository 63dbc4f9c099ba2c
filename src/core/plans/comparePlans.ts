import type { Model } from '../catalog/model.ts';
import type { Architecture } from '../architectures/architecture.ts';
import type { Deployment } from '../estimates/deployment.ts';
import type { EffectiveMeasurement } from '../quality/effectiveContext.ts';
import { judgeLength } from '../quality/judgeLength.ts';
import type { CountedBudget } from './modelBudget.ts';
import type { PlanOutline, StrategyId } from './plan.ts';
import { planCost, type PlanCost } from './planCost.ts';
import { planFit, type PlanFit } from './planFit.ts';
import { planTime, type PlanTime } from './planTime.ts';
import { recommend, type Recommendation } from './recommend.ts';
import type { Task } from './task.ts';

/** One strategy with what it comes to, or why it can't be done. */
export interface ComparedPlan {
  readonly strategy: StrategyId;
  readonly plan?: PlanOutline;
  readonly refused?: string;
  readonly fit?: PlanFit;
  readonly cost?: PlanCost;
  readonly time?: PlanTime;
  /** Tokens sent by all calls in the model's own tokens, the overhead not included. */
  readonly tokensSent?: { readonly tokens: number; readonly low: number; readonly high: number };
}

export interface ComparisonBasis {
  readonly model: Model;
  readonly counted: CountedBudget;
  readonly overheadTokens: number;
  readonly task: Task;
  /** By the encoding that the plans are counted with. */
  readonly setTokens: number;
  readonly at: Date;
  /** How far the model's window was found usable. */
  readonly measurements: readonly EffectiveMeasurement[];
  /** Where times are worked out for; absent: times are unknown. */
  readonly timed?: { readonly architecture: Architecture; readonly deployment: Deployment };
}

/** Costs, times and ranks plans: the one comparison behind the command line, the editor and the dashboard. */
export function comparePlans(
  planned: readonly {
    readonly strategy: StrategyId;
    readonly plan?: PlanOutline;
    readonly refused?: string;
  }[],
  basis: ComparisonBasis,
): { readonly plans: readonly ComparedPlan[]; readonly ranked: readonly Recommendation[] } {
  const { counted, overheadTokens, timed, task, setTokens } = basis;
  const plans = planned.map(({ strategy, plan, refused }): ComparedPlan => {
    if (plan === undefined) return { strategy, ...(refused === undefined ? {} : { refused }) };
    const { tokensSent } = plan;
    const time = timed && planTime(plan, { ...timed, counted, overheadTokens });
    return {
      strategy,
      plan,
      fit: planFit(plan, counted),
      cost: planCost(plan, basis),
      ...(time === undefined ? {} : { time }),
      tokensSent: {
        tokens: Math.round(tokensSent * counted.likelyRatio),
        low: Math.round(tokensSent * counted.lowRatio),
        high: Math.round(tokensSent * counted.highRatio),
      },
    };
  });
  const candidates = plans.flatMap(({ plan, fit, cost, time }) =>
    plan === undefined || fit === undefined
      ? []
      : [{ plan, fit, usd: cost?.once?.usd, firstAnswer: time?.firstAnswer }],
  );
  const ranked = recommend(candidates, {
    task,
    setTokens,
    tooLong: (promptTokens) => {
      const { finding, sentences } = judgeLength(
        basis.measurements,
        promptTokens * counted.likelyRatio,
      );
      return finding === 'tooLong' ? sentences[0] : undefined;
    },
  });
  return { plans, ranked };
}
