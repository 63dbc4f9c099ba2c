import type { Architecture } from '../architectures/architecture.ts';
import type { Deployment } from '../estimates/deployment.ts';
import type { Explained } from '../estimates/explained.ts';
import { decodeSecondsPerToken, prefillSeconds } from '../estimates/latency.ts';
import { callTokens } from './planCost.ts';
import type { CountedBudget } from './modelBudget.ts';
import type { PlanOutline, PlannedCall } from './plan.ts';

export interface SecondsInterval {
  readonly seconds: number;
  readonly lowSeconds: number;
  readonly highSeconds: number;
}

/** Where the calls are run, by the estimates' formulas. */
export interface TimeBasis {
  readonly architecture: Architecture;
  readonly deployment: Deployment;
  readonly counted: CountedBudget;
  readonly overheadTokens: number;
}

/** How long a plan takes on a named card. A hosted model's time is not arithmetic: there is none of it here. */
export interface PlanTime {
  /** Until the first token of the first answer to the task: of the last call where answers are combined at the end. */
  readonly firstAnswer: SecondsInterval;
  /** All calls one after the other. */
  readonly total: SecondsInterval;
  /** Calls that need no answer of others all at once, each on such a deployment of its own. */
  readonly atOnce: SecondsInterval;
}

/** Undefined: the shape or the card is not known well enough. Answers are taken at their reserved length. */
export function planTime(plan: PlanOutline, basis: TimeBasis): PlanTime | undefined {
  const calls: CallTime[] = [];
  const known = new Map<string, CallTime | undefined>();
  for (const call of plan.requests) {
    const key = `${call.tokens} ${call.outputTokens}`;
    if (!known.has(key)) known.set(key, callTime(call, basis));
    const time = known.get(key);
    if (time === undefined) return undefined;
    calls.push(time);
  }
  const whole = calls.map(({ prefill, decode }) => plus(prefill, decode));
  const ends: SecondsInterval[] = [];
  plan.requests.forEach(({ answersOf }, i) => {
    ends.push(plus(latest(answersOf.map((other) => ends[other])), whole[i]));
  });
  // Calls stand after those whose answers they carry: the one that combines everything is the last.
  const last = plan.requests.length - 1;
  const isCombined = plan.requests[last]?.role === 'reduce';
  const before = isCombined ? whole.slice(0, last) : [];
  return {
    firstAnswer: [...before, calls[isCombined ? last : 0].prefill].reduce(plus, none),
    total: whole.reduce(plus, none),
    atOnce: latest(ends),
  };
}

interface CallTime {
  readonly prefill: SecondsInterval;
  readonly decode: SecondsInterval;
}

function callTime(
  call: PlannedCall,
  { architecture, deployment, counted, overheadTokens }: TimeBasis,
): CallTime | undefined {
  const { tokens, lowTokens, highTokens } = callTokens(call, counted, overheadTokens);
  const at = (promptTokens: number) =>
    callSeconds(promptTokens, call.outputTokens, { architecture, deployment });
  const likely = at(tokens);
  if (likely.prefill.value === undefined || likely.step.value === undefined) return undefined;
  const low = counted.lowRatio === counted.likelyRatio ? likely : at(lowTokens);
  const high = counted.highRatio === counted.likelyRatio ? likely : at(highTokens);
  return {
    prefill: {
      seconds: likely.prefill.value,
      lowSeconds: low.prefill.band?.low ?? likely.prefill.value,
      highSeconds: high.prefill.band?.high ?? likely.prefill.value,
    },
    decode: {
      seconds: likely.step.value * call.outputTokens,
      lowSeconds: (low.step.band?.low ?? likely.step.value) * call.outputTokens,
      highSeconds: (high.step.band?.high ?? likely.step.value) * call.outputTokens,
    },
  };
}

/** The prompt of one call and one token of its answer, with their reasons. */
export function callSeconds(
  promptTokens: number,
  outputTokens: number,
  { architecture, deployment }: Pick<TimeBasis, 'architecture' | 'deployment'>,
): { readonly prefill: Explained; readonly step: Explained } {
  const prompt = Math.max(1, Math.round(promptTokens));
  const prefill = prefillSeconds(architecture, deployment, { promptTokens: prompt });
  // The cache grows by each token of the answer: its middle stands for all of them.
  const contextTokens = prompt + Math.round(outputTokens / 2);
  const step = decodeSecondsPerToken(architecture, deployment, { contextTokens });
  return { prefill, step };
}

const none: SecondsInterval = { seconds: 0, lowSeconds: 0, highSeconds: 0 };

function plus(a: SecondsInterval, b: SecondsInterval): SecondsInterval {
  return {
    seconds: a.seconds + b.seconds,
    lowSeconds: a.lowSeconds + b.lowSeconds,
    highSeconds: a.highSeconds + b.highSeconds,
  };
}

function latest(times: readonly SecondsInterval[]): SecondsInterval {
  return times.reduce(
    (a, b) => ({
      seconds: Math.max(a.seconds, b.seconds),
      lowSeconds: Math.max(a.lowSeconds, b.lowSeconds),
      highSeconds: Math.max(a.highSeconds, b.highSeconds),
    }),
    none,
  );
}
