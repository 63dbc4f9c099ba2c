import {
  formatCount,
  formatInterval,
  formatPercent,
  formatSeconds,
  formatUsd,
} from '../core/format/numbers.ts';
import type { ComparedPlan } from '../core/plans/comparePlans.ts';
import type { CountedBudget } from '../core/plans/modelBudget.ts';
import type { StrategyId } from '../core/plans/plan.ts';
import type { PlanUsd } from '../core/plans/planCost.ts';
import type { SecondsInterval } from '../core/plans/planTime.ts';
import type { MeasuredRecall, RecallShare } from '../core/plans/recall.ts';
import type { QuestionKind } from '../core/plans/recallQuestions.ts';
import { rules, type Recommendation } from '../core/plans/recommend.ts';
import type { IndexSummary } from '../node/plansCalls.ts';
import { verdictWords } from './fitSection.ts';
import type { Section } from './section.ts';

/** Words of each strategy in tables. */
export const strategyNames: Readonly<Record<StrategyId, string>> = {
  full: 'full',
  slidingWindow: 'sliding window',
  rag: 'RAG',
  mapReduce: 'chunked: map-reduce',
  refine: 'chunked: refine',
  retrievalIntoWindow: 'retrieval into a filled window',
  truncate: 'truncate by priority',
  summariseThenAsk: 'summarise, then ask',
};

export function recommendationSection(ranked: readonly Recommendation[]): Section {
  return {
    title: 'Recommended, the best first',
    columns: [
      { name: 'strategy', align: 'left' },
      { name: 'points', align: 'right' },
      { name: 'reasons', align: 'left' },
    ],
    rows: ranked
      .slice(0, 3)
      .map(({ strategy, points, reasons }) => [
        strategyNames[strategy],
        String(points),
        reasons.join('; '),
      ]),
  };
}

/** How plans are ranked: every rule with its points. */
export function rulesSection(): Section {
  return {
    title: 'The rules',
    columns: [
      { name: 'points', align: 'right' },
      { name: 'rule', align: 'left' },
      { name: 'holds when', align: 'left' },
    ],
    rows: rules.map(({ id, points, when }) => [
      points > 0 ? `+${points}` : String(points),
      id,
      when,
    ]),
    note: 'A plan has the points of all rules that hold for it; equal points: the cheaper plan, then the fewer tokens.',
  };
}

export function strategiesSection(
  plans: readonly ComparedPlan[],
  timesOf: string | undefined,
): Section {
  return {
    title: 'Strategies',
    columns: [
      { name: 'strategy', align: 'left' },
      { name: 'fits', align: 'left' },
      { name: 'calls', align: 'right' },
      { name: 'tokens sent', align: 'right' },
      { name: 'cost', align: 'right' },
      { name: 'batch', align: 'right' },
      { name: 'asked again', align: 'right' },
      { name: 'first answer', align: 'right' },
      { name: 'all calls', align: 'right' },
      { name: 'code seen', align: 'right' },
      { name: 'dependencies together', align: 'right' },
    ],
    rows: plans.map(rowOf),
    note: `${refusals(plans)}Fits: all of it in one request for full (cut where it does not), the largest request for the others. Cost: the reserved output in full, by the catalogue's prices with their tiers; asked again: what stands at the start of each call is read from the provider's cache. Times: ${timesOf ?? "unknown: a hosted model's are not arithmetic (--time-of names an open model to stand in)"}, calls one after the other. Dependencies: imports and names that lead to one declaring file; together as far as one request holds both files: half of one beside all of the other counts half. That says what was seen together, not that it was understood; a reference by name can be a coincidence.`,
  };
}

/** Why there is no plan; strategies with one reason stand together. */
function refusals(plans: readonly ComparedPlan[]): string {
  const byReason = new Map<string, string[]>();
  for (const { strategy, refused } of plans) {
    if (refused === undefined) continue;
    byReason.set(refused, [...(byReason.get(refused) ?? []), strategyNames[strategy]]);
  }
  return [...byReason].map(([reason, names]) => `${names.join(', ')}: ${reason} `).join('');
}

function rowOf({ strategy, plan, fit, cost, time, tokensSent }: ComparedPlan): string[] {
  const name = strategyNames[strategy];
  if (plan === undefined) return [name, 'refused', '-', '-', '-', '-', '-', '-', '-', '-', '-'];
  const { dependenciesTogether, dependencies } = plan.losses;
  return [
    name,
    fit === undefined ? '' : verdictWords[fit.verdict],
    formatCount(plan.requests.length),
    formatCount(tokensSent?.tokens ?? plan.tokensSent),
    usdText(cost?.once),
    usdText(cost?.batch),
    usdText(cost?.again),
    secondsText(time?.firstAnswer),
    secondsText(time?.total),
    formatPercent(plan.coverage * 100),
    dependencies === 0 ? 'none found' : formatPercent((dependenciesTogether / dependencies) * 100),
  ];
}

function usdText(cost: PlanUsd | undefined): string {
  return cost === undefined ? 'unknown' : formatInterval(cost.lowUsd, cost.highUsd, formatUsd);
}

function secondsText(time: SecondsInterval | undefined): string {
  return time === undefined
    ? 'unknown'
    : formatInterval(time.lowSeconds, time.highSeconds, formatSeconds);
}

const kindNames: Readonly<Record<QuestionKind, string>> = {
  documentation: 'documentation for its declaration',
  use: 'a use for the definition',
  import: 'an import for its file',
};

export function recallLines({
  questions,
  budgetTokens,
  retrieval,
  pathOrder,
  random,
  byKind,
  at,
  tokensPerHit,
  embeddings,
}: MeasuredRecall): string[] {
  if (questions === 0)
    return [
      'Retrieval could not be measured: the code holds no documented declaration, no import and no use of another file.',
    ];
  const share = ({ share: likely, lowShare, highShare }: RecallShare) =>
    `${formatPercent(likely * 100)} (${formatPercent(lowShare * 100)} to ${formatPercent(highShare * 100)})`;
  return [
    `Retrieval of ${formatCount(budgetTokens)} tokens found what ${questions} questions made from the code ask for in ${share(retrieval)}, ${tokensPerHit === undefined ? 'no hit' : `${formatCount(Math.round(tokensPerHit))} tokens a hit`}; path order ${share(pathOrder)}, chance ${share(random)}.`,
    ...(embeddings === undefined
      ? []
      : [
          `With embeddings by ${embeddings.modelName}: alone ${share(embeddings.alone)}, fused with words ${share(embeddings.fused)}.`,
        ]),
    `By what asks: ${byKind.map((each) => `${kindNames[each.kind]} ${share(each)}`).join('; ')}. Among the first pieces: ${at.map((each) => `${each.k}: ${formatPercent(each.share * 100)}`).join(', ')}.`,
    'It measures how well words lead to code here, not how well a model answers, nor questions that need several places at once.',
  ];
}

/** What is planned: of which folder, for which model, counted with what. */
export interface PlanHeading {
  readonly folder: string;
  readonly modelId: string;
  readonly encoding: string;
  readonly counted: CountedBudget;
}

export function planHeading(
  summary: IndexSummary,
  { folder, modelId, encoding, counted }: PlanHeading,
): string {
  const { paths, chunks, importDependencies, symbolDependencies } = summary;
  const { externalImports, unresolvedImports } = summary;
  const estimate =
    counted.highRatio === 1
      ? 'counted exactly'
      : `planned by the upper end of its estimate, ${counted.highRatio.toFixed(2)} x ${encoding}`;
  return `${folder} for ${modelId}: ${formatCount(paths.length)} files, ${formatCount(chunks)} pieces, ${formatCount(importDependencies)} imports and ${formatCount(symbolDependencies)} references by name (${formatCount(externalImports)} imports lead outside, ${formatCount(unresolvedImports)} are unresolved); at most ${formatCount(counted.budgetTokens)} tokens of text a request, ${estimate}`;
}
