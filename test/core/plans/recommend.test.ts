import { describe, expect, it } from 'vitest';
import type { PlanOutline, StrategyId } from '../../../src/core/plans/plan.ts';
import { recommend, type Circumstances } from '../../../src/core/plans/recommend.ts';

function planLike(
  strategy: StrategyId,
  calls: number,
  tokens: number,
  coverage: number,
  together = 1,
): PlanOutline {
  return {
    strategy,
    requests: Array.from({ length: calls }, () => ({
      role: 'answer' as const,
      answersOf: [],
      stableTokens: 0,
      tokens: tokens / calls,
      outputTokens: 1_000,
    })),
    tokensSent: tokens,
    coverage,
    losses: {
      dependenciesTogether: together * 100,
      dependencies: 100,
      filesUnseen: 0,
      filesCut: 0,
    },
    notes: [],
  };
}

const plans = [
  { plan: planLike('full', 1, 128_000, 1), usd: 0.3 },
  { plan: planLike('rag', 1, 4_000, 0.03, 0.02), usd: 0.01 },
  { plan: planLike('mapReduce', 4, 130_000, 1, 0.6), usd: 0.4 },
];
const circumstances: Circumstances = {
  task: { kind: 'question', question: 'where is x' },
  setTokens: 128_000,
  budgetTokens: 190_000,
  tooLong: () => undefined,
};

describe('the recommendation', () => {
  it('does not pay for 128K tokens where retrieval of 4K answers a question', () => {
    const [best] = recommend(plans, circumstances);
    expect(best.strategy).toBe('rag');
    expect(best.reasons.join('; ')).toContain('4K instead of 128K tokens');
  });

  it('reads everything at once for a review that fits', () => {
    const [best] = recommend(plans, { ...circumstances, task: { kind: 'review' } });
    expect(best.strategy).toBe('full');
    expect(best.reasons).toContain('one call');
    expect(best.reasons.join('; ')).toMatch(/fits with 3\d(\.\d)?\s?% to spare/);
  });

  it('says and weighs what a benchmark found against so long a prompt', () => {
    const tooLong = (promptTokens: number) =>
      promptTokens > 32_768 ? 'RULER drops beyond 32K' : undefined;
    const ranked = recommend(plans, { ...circumstances, task: { kind: 'review' }, tooLong });
    const full = ranked.find((entry) => entry.strategy === 'full');
    expect(full?.reasons).toContain('RULER drops beyond 32K');
    expect(ranked[0].strategy).toBe('mapReduce');
  });

  it('prefers the cheaper of equals', () => {
    const twins = [
      { plan: planLike('refine', 1, 1_000, 1), usd: 2 },
      { plan: planLike('mapReduce', 1, 1_000, 1), usd: 1 },
    ];
    expect(recommend(twins, circumstances)[0].strategy).toBe('mapReduce');
  });
});
