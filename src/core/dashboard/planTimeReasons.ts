import { sumOf, unknown } from '../estimates/explained.ts';
import type { Explained } from '../estimates/explained.ts';
import { plain } from '../estimates/formulaText.ts';
import type { PlannedCall, PlanOutline } from '../plans/plan.ts';
import { callTokens } from '../plans/planCost.ts';
import { callSeconds, type PlanTime, type SecondsInterval } from '../plans/planTime.ts';
import { bandOf, type PlanFacts } from './planReasons.ts';
import type { Workload } from './workload.ts';

/** Calls that are alike, and so take the same time. */
interface AlikeCalls {
  calls: number;
  readonly outputTokens: number;
  readonly prefill: Explained;
  /** Of one token of the answer. */
  readonly step: Explained;
}

/** More kinds of calls than this are given by their sum. */
const maxListed = 6;

/** How long until the first answer to the task begins: of the last call where answers are combined at the end. */
export function firstAnswerReason(
  { requests }: PlanOutline,
  time: PlanTime | undefined,
  facts: PlanFacts,
  workload: Workload,
): Explained {
  const name = 'firstAnswerSeconds';
  if (time === undefined || requests.length === 0) return unknownTime(name, workload);
  const last = requests[requests.length - 1];
  const isCombined = last.role === 'reduce' && requests.length > 1;
  const before = isCombined ? alikeOf(requests.slice(0, -1), facts, workload) : [];
  const [own] = alikeOf([isCombined ? last : requests[0]], facts, workload);
  const parts = isCombined
    ? [...callParts(before, 'BeforeSeconds'), { ...own.prefill, parts: [] }]
    : (own.prefill.parts ?? []);
  return timeOf(name, time.firstAnswer, parts, [...before, own], facts, [
    isCombined
      ? 'the calls whose answers the last one combines come before it'
      : 'until the first token of the first call',
  ]);
}

/** How long all calls take, one after the other. */
export function totalTimeReason(
  { requests }: PlanOutline,
  time: PlanTime | undefined,
  facts: PlanFacts,
  workload: Workload,
): Explained {
  const name = 'totalSeconds';
  if (time === undefined || requests.length === 0) return unknownTime(name, workload);
  const calls = alikeOf(requests, facts, workload);
  return timeOf(name, time.total, callParts(calls, 'Seconds'), calls, facts, [
    'calls one after the other',
    'each answer is as long as its reserve, and each of its tokens takes as long as the middle one',
  ]);
}

function unknownTime(name: string, { shape, chosen }: Workload): Explained {
  const because = `the shape of ${shape.architecture.id} or the rates of ${chosen.hardware.name} are not known well enough`;
  return unknown(name, 'seconds', because);
}

function timeOf(
  name: string,
  { seconds, lowSeconds, highSeconds }: SecondsInterval,
  parts: readonly Explained[],
  calls: readonly AlikeCalls[],
  facts: PlanFacts,
  assumptions: readonly string[],
): Explained {
  const slowest = calls.reduce((most, call) =>
    (call.prefill.value ?? 0) > (most.prefill.value ?? 0) ? call : most,
  );
  const { prefill, step } = slowest;
  const known = new Set(prefill.inputs.map((input) => input.name));
  const tokenBand = bandOf(0, 0, facts).band;
  const basis = [prefill.band?.basis ?? 'the estimate', ...(tokenBand ? [tokenBand.basis] : [])];
  return {
    ...sumOf(name, 'seconds', parts, {
      inputs: [...prefill.inputs, ...step.inputs.filter((input) => !known.has(input.name))],
      assumptions: [
        ...assumptions,
        ...(calls.length > 1 ? [`prefill of the longest call: ${prefill.formula}`] : []),
        ...(parts.some((part) => part.name.startsWith('answer'))
          ? [`a token of its answer: ${step.formula}`]
          : []),
        ...prefill.assumptions,
      ],
      band: { low: lowSeconds, high: highSeconds, basis: basis.join('; ') },
    }),
    value: seconds,
  };
}

/** Prefill and answers of some calls, a part each. */
function callParts(calls: readonly AlikeCalls[], suffix: string): readonly Explained[] {
  const count = calls.reduce((sum, one) => sum + one.calls, 0);
  const part = (name: string, secondsOf: (call: AlikeCalls) => readonly [number, string]) => {
    const each = calls.map((call) => ({ times: call.calls, of: secondsOf(call) }));
    const value = each.reduce((sum, { times, of: [seconds] }) => sum + times * seconds, 0);
    const formula =
      each.length <= maxListed
        ? each.map(({ times, of: [, text] }) => `${times} x ${text}`).join(' + ')
        : `${count} calls x ${plain(value / count)} s each`;
    return { name, unit: 'seconds', value, formula, inputs: [], assumptions: [] } as const;
  };
  return [
    part(`prefill${suffix}`, ({ prefill }) => [
      prefill.value ?? 0,
      `${plain(prefill.value ?? 0)} s`,
    ]),
    part(`answer${suffix}`, ({ step, outputTokens }) => [
      (step.value ?? 0) * outputTokens,
      `${plain(outputTokens)} tokens x ${plain(step.value ?? 0)} s`,
    ]),
  ];
}

function alikeOf(
  requests: readonly PlannedCall[],
  { report }: PlanFacts,
  { shape, placed }: Workload,
): readonly AlikeCalls[] {
  const alike = new Map<string, AlikeCalls>();
  const basis = { architecture: shape.architecture, deployment: placed.deployment };
  for (const call of requests) {
    const { tokens } = callTokens(call, report.counted, report.question.overheadTokens);
    const key = `${tokens} ${call.outputTokens}`;
    const known = alike.get(key);
    if (known !== undefined) known.calls += 1;
    else {
      const seconds = callSeconds(tokens, call.outputTokens, basis);
      alike.set(key, { calls: 1, outputTokens: call.outputTokens, ...seconds });
    }
  }
  return [...alike.values()];
}
