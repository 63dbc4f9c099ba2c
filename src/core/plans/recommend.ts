import {
  formatCount,
  formatInterval,
  formatPercent,
  formatSeconds,
  formatTokens,
  formatUsd,
} from '../format/numbers.ts';
import { largestRequestTokens, type PlanOutline, type StrategyId } from './plan.ts';
import type { PlanFit } from './planFit.ts';
import type { SecondsInterval } from './planTime.ts';
import { isLocal, type Task } from './task.ts';

/** What the rules weigh a plan by. */
export interface Candidate {
  readonly plan: PlanOutline;
  /** Of the full plan: whether everything fits at once, before anything was cut. */
  readonly fit: PlanFit;
  /** Of all calls, by the likely count; undefined: the price is unknown. */
  readonly usd?: number;
  /** Until the first answer begins; undefined: unknown. */
  readonly firstAnswer?: SecondsInterval;
}

export interface Circumstances {
  readonly task: Task;
  readonly setTokens: number;
  /** What a cited benchmark says against prompts of this length for this model; undefined: nothing. */
  readonly tooLong: (promptTokens: number) => string | undefined;
  /** Of the cheapest plan that could do the task; worked out unless given. */
  readonly cheapestUsd?: number;
}

/** One visible reason for or against a plan. */
export interface Rule {
  readonly id: string;
  /** When it holds, in words, for whoever asks how plans are ranked. */
  readonly when: string;
  /** 0 is only said, 1 is a mild preference, 4 and more decide: a measured failure outweighs the convenience of one call. */
  readonly points: number;
  /** The reason in words where the rule holds for the candidate. */
  readonly reason: (candidate: Candidate, circumstances: Circumstances) => string | undefined;
}

/** A question that a few thousand tokens with retrieval answer should not pay for the whole code. */
const smallPromptTokens = 16_000;

/** A person turns to something else while waiting longer. */
const longWaitSeconds = 60;
/** Less is not worth choosing a plan by. */
const smallUsd = 0.05;

/** The rules, in one place and in words. */
export const rules: readonly Rule[] = [
  {
    id: 'sees everything',
    when: 'a task on the whole, and every piece of the code is sent at least once',
    points: 3,
    reason: ({ plan }, { task }) =>
      plan.coverage === 1 && !isLocal(task) ? 'all of the code is read' : undefined,
  },
  {
    id: 'fits whole',
    when: 'everything fits into one request, even at the upper end of the count; said only: the other rules weigh what follows from it',
    points: 0,
    reason: ({ plan, fit }) =>
      plan.strategy === 'full' && fit.verdict === 'fits'
        ? `fits with ${formatPercent((1 - fit.highTokens / fit.limitTokens) * 100)} to spare${fit.lowTokens === fit.highTokens ? '' : ', even at the upper end of the estimate'}`
        : undefined,
  },
  {
    id: 'may fit whole',
    when: 'everything may fit into one request, or may not: the limit lies inside the interval of the count',
    points: -1,
    reason: ({ plan, fit }) =>
      plan.strategy === 'full' && fit.verdict === 'uncertain'
        ? `uncertain whether all of it fits: ${tokensText(fit)} of ${formatTokens(fit.limitTokens)}${cutText(plan)}`
        : undefined,
  },
  {
    id: 'does not fit whole',
    when: 'everything does not fit into one request, even at the lower end of the count',
    points: -2,
    reason: ({ plan, fit }) =>
      plan.strategy === 'full' && fit.verdict === 'doesNotFit'
        ? `does not fit: ${tokensText(fit)} of ${formatTokens(fit.limitTokens)}${cutText(plan)}`
        : undefined,
  },
  {
    id: 'one call',
    when: 'the plan is one call',
    points: 2,
    reason: ({ plan }) => (plan.requests.length === 1 ? 'one call' : undefined),
  },
  {
    id: 'whole and small',
    when: 'everything is sent at once, and that is at most 16,000 tokens',
    points: 3,
    reason: ({ plan }, { setTokens }) =>
      plan.strategy === 'full' && plan.coverage === 1 && setTokens <= smallPromptTokens
        ? `the whole code is only ${formatTokens(setTokens)} tokens`
        : undefined,
  },
  {
    id: 'everything together',
    when: 'all of the code is sent, and both ends of every dependency stand in one request',
    points: 2,
    reason: ({ plan: { losses, coverage } }) =>
      coverage === 1 &&
      losses.dependenciesTogether === losses.dependencies &&
      losses.dependencies > 0
        ? 'every dependency is seen together'
        : undefined,
  },
  {
    id: 'a question is local',
    when: 'a question, the code has more than 16,000 tokens, and the plan is RAG: what a small prompt with retrieval can answer should not pay for all of it',
    points: 4,
    reason: ({ plan }, { task, setTokens }) =>
      isLocal(task) && plan.strategy === 'rag' && setTokens > smallPromptTokens && plan.coverage > 0
        ? `a question needs few places: ${formatTokens(plan.tokensSent)} instead of ${formatTokens(setTokens)} tokens`
        : undefined,
  },
  {
    id: 'longer than measured use',
    when: 'a published benchmark found this model worse at prompts as long as the largest of the plan',
    points: -6,
    reason: ({ plan }, { tooLong }) => tooLong(largestRequestTokens(plan))?.replace(/\.$/, ''),
  },
  {
    id: 'code unseen',
    when: 'a task on the whole, and more than 5% of the code is not sent, but not more than half',
    points: -3,
    reason: ({ plan }, { task }) =>
      !isLocal(task) && plan.coverage < 0.95 && plan.coverage >= 0.5
        ? `${formatPercent((1 - plan.coverage) * 100)} of the code is not read`
        : undefined,
  },
  {
    id: 'most code unseen',
    // Whatever else speaks for it: a review of a few files is no review of the code.
    when: 'a task on the whole, and more than half of the code is not sent',
    points: -10,
    reason: ({ plan }, { task }) =>
      !isLocal(task) && plan.coverage < 0.5
        ? `${formatPercent((1 - plan.coverage) * 100)} of the code is not read, and the task is about all of it`
        : undefined,
  },
  {
    id: 'dependencies torn',
    when: 'all of the code is sent, but fewer than 80% of the dependencies stand in one request',
    points: -1,
    reason: ({ plan: { losses, coverage } }) =>
      coverage === 1 &&
      losses.dependencies > 0 &&
      losses.dependenciesTogether / losses.dependencies < 0.8
        ? `only ${formatPercent((losses.dependenciesTogether / losses.dependencies) * 100)} of the dependencies are seen together`
        : undefined,
  },
  {
    id: 'costs several times more',
    when: 'it costs more than $0.05 and more than 5 times the cheapest plan that could do the task',
    points: -2,
    reason: ({ usd }, { cheapestUsd }) =>
      usd !== undefined && cheapestUsd !== undefined && usd > smallUsd && usd > 5 * cheapestUsd
        ? `costs ${formatUsd(usd)}, ${Math.round(usd / cheapestUsd)} times the cheapest`
        : undefined,
  },
  {
    id: 'long wait',
    when: 'the first answer begins after more than a minute',
    points: -1,
    reason: ({ firstAnswer }) =>
      firstAnswer !== undefined && firstAnswer.seconds > longWaitSeconds
        ? `the first answer begins after ${formatSeconds(firstAnswer.lowSeconds)} to ${formatSeconds(firstAnswer.highSeconds)}`
        : undefined,
  },
  {
    id: 'waiting in a row',
    when: 'a sliding window or refine with more than two calls',
    points: -1,
    reason: ({ plan }) =>
      (plan.strategy === 'refine' || plan.strategy === 'slidingWindow') && plan.requests.length > 2
        ? `${plan.requests.length} calls, each waiting for the one before`
        : undefined,
  },
];

export interface Recommendation {
  readonly strategy: StrategyId;
  readonly points: number;
  readonly reasons: readonly string[];
  /** The rules that hold, in the order of `reasons`. */
  readonly held: readonly { readonly id: string; readonly points: number }[];
}

/** "190K to 230K tokens". */
function tokensText({ lowTokens, highTokens }: PlanFit): string {
  return `${formatInterval(lowTokens, highTokens, formatTokens)} tokens`;
}

function cutText({ cut }: PlanOutline): string {
  return cut === undefined ? '' : `; ${formatCount(cut.numFiles)} files are left out`;
}

/** The plans in order, the best first; equal points: the cheaper, then the fewer tokens. Each with its reasons. */
export function recommend(
  candidates: readonly Candidate[],
  circumstances: Circumstances,
): Recommendation[] {
  const known: Circumstances = {
    cheapestUsd: cheapest(candidates, circumstances),
    ...circumstances,
  };
  return candidates
    .map((candidate) => {
      const held = rules
        .map((rule) => ({ rule, reason: rule.reason(candidate, known) }))
        .filter(({ reason }) => reason !== undefined);
      return {
        candidate,
        points: held.reduce((sum, { rule }) => sum + rule.points, 0),
        reasons: held.map(({ reason }) => reason as string),
        held: held.map(({ rule: { id, points } }) => ({ id, points })),
      };
    })
    .sort(
      (a, b) =>
        b.points - a.points ||
        (a.candidate.usd ?? Infinity) - (b.candidate.usd ?? Infinity) ||
        a.candidate.plan.tokensSent - b.candidate.plan.tokensSent,
    )
    .map(({ candidate, points, reasons, held }) => ({
      strategy: candidate.plan.strategy,
      points,
      reasons,
      held,
    }));
}

/** The least that a plan costs which could do the task: one that reads a twentieth of the code is no cheaper review. */
function cheapest(candidates: readonly Candidate[], { task }: Circumstances): number | undefined {
  const prices = candidates
    .filter(({ plan }) => isLocal(task) || plan.coverage >= 0.95)
    .map(({ usd }) => usd)
    .filter((usd): usd is number => usd !== undefined && usd > 0);
  return prices.length === 0 ? undefined : Math.min(...prices);
}
