import type { Model } from '../catalog/model.ts';
import { unknown } from '../estimates/explained.ts';
import type { Band, Explained, ExplainedInput } from '../estimates/explained.ts';
import { plain, sumText } from '../estimates/formulaText.ts';
import type { PlanOutline } from '../plans/plan.ts';
import type { PlanFit } from '../plans/planFit.ts';
import type { PlansReport } from '../plans/plansReport.ts';

/** Reasons of a plan's own numbers: its calls, what they send, what of the code that is. They are made when asked for. */

/** What the plans were made for, and counted with. */
export interface PlanFacts {
  readonly model: Model;
  readonly report: Pick<PlansReport, 'encoding' | 'counted' | 'question'>;
}

/** More calls than this are given by their sum. */
const maxListed = 6;
const counted = 'counted in the plan’s requests';

/** A number that was counted where it is shown. */
export function countedReason(
  name: string,
  value: number,
  source: string,
  unit: Explained['unit'] = 'count',
): Explained {
  return {
    name,
    unit,
    value,
    formula: plain(value),
    inputs: [{ name, value, source }],
    assumptions: [],
  };
}

const roleNames = {
  answer: 'that answer',
  map: 'of parts of the code',
  refine: 'that carry the note of the one before',
  reduce: 'that combine answers',
} as const;

/** Why a plan takes so many calls: what each kind of them is for. */
export function planCallsReason({ requests, notes }: PlanOutline): Explained {
  const numbers = new Map<keyof typeof roleNames, number>();
  for (const { role } of requests) numbers.set(role, (numbers.get(role) ?? 0) + 1);
  return {
    name: 'calls',
    unit: 'requests',
    value: requests.length,
    formula: [...numbers].map(([role, number]) => `${number} ${roleNames[role]}`).join(' + '),
    inputs: [],
    assumptions: notes,
  };
}

/** Tokens sent by all calls in the model's own tokens, the overhead not included. */
export function tokensSentReason(plan: PlanOutline, facts: PlanFacts): Explained {
  const { likelyRatio, lowRatio, highRatio } = facts.report.counted;
  const { requests, tokensSent } = plan;
  const each = requests.map(({ tokens }) => tokens);
  const isListed = each.length > 1 && each.length <= maxListed;
  const sum = isListed ? `(${sumText(each, plain)})` : plain(tokensSent);
  return {
    name: 'tokensSent',
    unit: 'tokens',
    value: Math.round(tokensSent * likelyRatio),
    ...bandOf(tokensSent * lowRatio, tokensSent * highRatio, facts),
    formula: `${sum} counted x ${plain(likelyRatio)}`,
    inputs: [
      {
        name: 'counted',
        value: tokensSent,
        unit: `tokens of ${facts.report.encoding}`,
        source: counted,
      },
      ratioInput(facts),
    ],
    assumptions: [
      ...(isListed || each.length === 1
        ? []
        : [
            `calls of ${plain(Math.min(...each))} to ${plain(Math.max(...each))} tokens, ${plain(tokensSent)} in all`,
          ]),
      'an answer that a call carries is taken at its reserved length',
      'the overhead is not in it',
    ],
  };
}

/** Percent of what one request may hold that the largest one takes; of the full plan, that everything takes. */
export function planFitReason(
  { tokens, lowTokens, highTokens, limitTokens }: PlanFit,
  { strategy }: PlanOutline,
  facts: PlanFacts,
): Explained {
  const name = 'sharePercent';
  if (limitTokens <= 0) return unknown(name, 'percent', 'nothing is left of the window');
  return {
    name,
    unit: 'percent',
    value: (100 * tokens) / limitTokens,
    ...bandOf((100 * lowTokens) / limitTokens, (100 * highTokens) / limitTokens, facts),
    formula: `100 x ${plain(tokens)} tokens / ${plain(limitTokens)} tokens`,
    inputs: [
      { name: 'largest request', value: tokens, unit: 'tokens', source: counted },
      ...requestLimitInputs(facts),
      ratioInput(facts),
    ],
    assumptions: [
      requestLimitBasis,
      ...(strategy === 'full' ? ['of everything in one request, before anything was cut'] : []),
    ],
  };
}

export const requestLimitBasis =
  'a request may hold the window without reserved output and overhead, and no more than the maker takes as input';

/** What the most tokens of one request are worked out from. */
export function requestLimitInputs({ model, report }: PlanFacts): readonly ExplainedInput[] {
  const { reservedOutputTokens, overheadTokens } = report.question;
  const knob = { unit: 'tokens', source: 'the knobs above and the settings, when it was planned' };
  const facts = [
    ['context window', model.contextWindowTokens],
    ['most input', model.maxInputTokens],
  ] as const;
  return [
    ...facts.flatMap(([name, fact]) =>
      fact === undefined
        ? []
        : [{ name, value: fact.value, unit: 'tokens', source: fact.source, asOf: fact.asOf }],
    ),
    { name: 'reserved output', value: reservedOutputTokens, ...knob },
    { name: 'overhead', value: overheadTokens, ...knob },
  ];
}

/** Percent of the code that is sent at least once. */
export function coverageReason(
  { coverage, seenTokens, codeTokens }: PlanOutline,
  { encoding }: PlanFacts['report'],
): Explained {
  const from = { unit: `tokens of ${encoding}`, source: counted };
  return {
    name: 'coveragePercent',
    unit: 'percent',
    value: 100 * coverage,
    formula: codeTokens === 0 ? '100' : `100 x ${plain(seenTokens)} / ${plain(codeTokens)} tokens`,
    inputs: [
      { name: 'sent at least once', value: seenTokens, ...from },
      { name: 'all pieces of the code', value: codeTokens, ...from },
    ],
    assumptions: [],
  };
}

/** Percent of the dependencies whose two files one request holds. */
export function togetherReason({ losses }: PlanOutline): Explained {
  const { dependencies, dependenciesTogether } = losses;
  const name = 'togetherPercent';
  if (dependencies === 0) return unknown(name, 'percent', 'no dependency was found in the code');
  return {
    name,
    unit: 'percent',
    value: (100 * dependenciesTogether) / dependencies,
    formula: `100 x ${plain(dependenciesTogether)} together / ${plain(dependencies)} dependencies`,
    inputs: [
      { name: 'dependencies', value: dependencies, source: 'imports and names found in the code' },
      { name: 'together', value: dependenciesTogether, source: counted },
    ],
    assumptions: [
      'a dependency counts as far as one request holds both its files: half of one beside all of the other is half',
    ],
  };
}

/** Of an exact count there is none. */
export function bandOf(
  low: number,
  high: number,
  { model, report }: PlanFacts,
): { readonly band?: Band } {
  const { lowRatio, highRatio } = report.counted;
  if (lowRatio === highRatio) return {};
  const basis = `${plain(lowRatio)} to ${plain(highRatio)} tokens of ${model.name} for each of ${report.encoding}`;
  return { band: { low, high, basis } };
}

export function ratioInput({ model, report }: PlanFacts): ExplainedInput {
  const { encoding, counted: ratios } = report;
  return {
    name: `tokens of ${model.name} for each of ${encoding}`,
    value: ratios.likelyRatio,
    source: model.tokenizer.source === '' ? 'the table of ratios' : model.tokenizer.source,
  };
}

/** How many of the model's tokens one counted token is at most: what plans are made by. */
export function ratioReason(facts: PlanFacts): Explained {
  const { counted: ratios } = facts.report;
  return {
    name: 'highRatio',
    unit: 'times',
    value: ratios.highRatio,
    formula: plain(ratios.highRatio),
    inputs: [ratioInput(facts)],
    assumptions: [
      `${plain(ratios.lowRatio)} at least, ${plain(ratios.likelyRatio)} likely, ${plain(ratios.highRatio)} at most: the files by their kinds of content`,
      'planned by the most, so that no request comes out too long',
    ],
  };
}
