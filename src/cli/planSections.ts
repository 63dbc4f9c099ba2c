import { formatCount, formatPercent } from '../core/format/numbers.ts';
import type { CountedBudget } from '../core/plans/modelBudget.ts';
import type { PlanInput, StrategyId } from '../core/plans/plan.ts';
import type { MeasuredRecall, RecallShare } from '../core/plans/recall.ts';
import type { Recommendation } from '../core/plans/recommend.ts';
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

export function recallLine({
  questions,
  budgetTokens,
  retrieval,
  pathOrder,
  random,
  tokensPerHit,
}: MeasuredRecall): string {
  if (questions === 0)
    return 'Retrieval could not be measured: the code holds no documented declaration and no use of another file.';
  const share = ({ share: likely, lowShare, highShare }: RecallShare) =>
    `${formatPercent(likely * 100)} (${formatPercent(lowShare * 100)} to ${formatPercent(highShare * 100)})`;
  return `Retrieval of ${formatCount(budgetTokens)} tokens found what ${questions} questions made from the code ask for in ${share(retrieval)}, ${tokensPerHit === undefined ? 'no hit' : `${formatCount(Math.round(tokensPerHit))} tokens a hit`}; path order ${share(pathOrder)}, chance ${share(random)}. It measures how well words lead to code here, not how well a model answers.`;
}

export function planHeading(
  folder: string,
  modelId: string,
  input: PlanInput,
  counted: CountedBudget,
): string {
  const estimate =
    counted.highRatio === 1
      ? 'counted exactly'
      : `planned by the upper end of its estimate, ${counted.highRatio.toFixed(2)} x ${input.counter.encoding}`;
  return `${folder} for ${modelId}: ${formatCount(input.index.files.length)} files, ${formatCount(input.index.chunks.length)} pieces, ${formatCount(input.index.graph.dependencies.length)} dependencies (${formatCount(input.index.graph.unresolvedImports)} imports unresolved); at most ${formatCount(input.budgetTokens)} tokens of text a request, ${estimate}`;
}
