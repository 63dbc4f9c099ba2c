import type { CountedBudget } from '../../../src/core/plans/modelBudget.ts';
import type { PlannedCall, PlanOutline } from '../../../src/core/plans/plan.ts';
import type { PlansReport } from '../../../src/core/plans/plansReport.ts';
import type { RecallShare } from '../../../src/core/plans/recall.ts';

/** Counted by the model's own vocabulary. */
export const exact = { budgetTokens: 124_000, likelyRatio: 1, lowRatio: 1, highRatio: 1 };
/** The upper end is what is planned by. */
export const estimate = {
  budgetTokens: 100_000,
  likelyRatio: 1.0731,
  lowRatio: 0.91,
  highRatio: 1.21,
};

function planOf(
  strategy: PlanOutline['strategy'],
  sizes: readonly number[],
  role: PlannedCall['role'],
): PlanOutline {
  const requests = sizes.map((tokens, idx): PlannedCall => {
    const isLast = role === 'map' && idx === sizes.length - 1;
    return {
      role: isLast ? 'reduce' : role,
      answersOf: isLast ? sizes.slice(1).map((_, other) => other) : [],
      tokens,
      outputTokens: 1500,
      stableTokens: Math.floor(tokens * 0.9),
    };
  });
  return {
    strategy,
    requests,
    tokensSent: sizes.reduce((sum, tokens) => sum + tokens, 0),
    coverage: 77_001 / 150_017,
    seenTokens: 77_001,
    codeTokens: 150_017,
    losses: { dependenciesTogether: 13.25, dependencies: 40, filesUnseen: 3, filesCut: 1 },
    notes: [],
  };
}

/** Plans of one call, of a few that are combined, and of many. */
export const plans: readonly PlanOutline[] = [
  {
    ...planOf('full', [121_113], 'answer'),
    cut: {
      wholeTokens: 151_000,
      tokens: 30_017,
      numFiles: 2,
      files: [
        { path: 'b.ts', tokens: 30_000 },
        { path: '</script>"c\n.ts', tokens: 17 },
      ],
    },
  },
  planOf('rag', [7_594], 'answer'),
  planOf('mapReduce', [80_001, 75_000, 9_003], 'map'),
  planOf(
    'slidingWindow',
    Array.from({ length: 40 }, (_, idx) => 30_000 + 997 * idx),
    'refine',
  ),
  planOf(
    'refine',
    Array.from({ length: 200 }, (_, idx) => 1_000 + 5_000 * idx),
    'map',
  ),
];

/** What a report says of the index of two files that it was planned on. */
export const madeIndex: PlansReport['index'] = {
  files: 2,
  chunks: 300,
  tokens: 150_000,
  importDependencies: 1,
  symbolDependencies: 3,
  externalImports: 0,
  unresolvedImports: 0,
  filesBySyntax: 2,
  problems: 0,
};

/** A report of these plans, as the host would send it. */
export function reportFor(modelId: string, counted: CountedBudget): PlansReport {
  return {
    planId: 1,
    question: {
      task: { kind: 'review' },
      subject: { kind: 'set' },
      modelId,
      reservedOutputTokens: 4_000,
      overheadTokens: 1_234,
    },
    encoding: 'o200k_base',
    counted,
    index: madeIndex,
    planned: plans.map((plan) => ({ strategy: plan.strategy, plan })),
  };
}

/** Wilson's interval, worked out by its own formula. */
export function shareOf(found: number, asked: number): RecallShare {
  const z = 1.96;
  const share = found / asked;
  const spread = z * Math.sqrt((share * (1 - share)) / asked + z ** 2 / (4 * asked ** 2));
  const end = (side: number) =>
    (share + z ** 2 / (2 * asked) + side * spread) / (1 + z ** 2 / asked);
  return {
    asked,
    found,
    share,
    lowShare: Math.max(0, end(-1)),
    highShare: Math.min(1, end(1)),
  };
}
