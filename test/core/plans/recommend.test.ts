import { describe, expect, it } from 'vitest';
import type { PlanOutline, StrategyId } from '../../../src/core/plans/plan.ts';
import type { PlanFit } from '../../../src/core/plans/planFit.ts';
import { recommend, rules, type Circumstances } from '../../../src/core/plans/recommend.ts';

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
    seenTokens: coverage * tokens,
    codeTokens: tokens,
    losses: {
      dependenciesTogether: together * 100,
      dependencies: 100,
      filesUnseen: 0,
      filesCut: 0,
    },
    notes: [],
  };
}

const fitting = (tokens: number, limitTokens = 190_000): PlanFit => ({
  verdict: 'fits',
  tokens,
  countedTokens: tokens,
  lowTokens: tokens,
  highTokens: tokens,
  limitTokens,
});

const plans = [
  { plan: planLike('full', 1, 128_000, 1), fit: fitting(128_000), usd: 0.3 },
  { plan: planLike('rag', 1, 4_000, 0.03, 0.02), fit: fitting(4_000), usd: 0.01 },
  { plan: planLike('mapReduce', 4, 130_000, 1, 0.6), fit: fitting(32_500), usd: 0.4 },
];
const circumstances: Circumstances = {
  task: { kind: 'question', question: 'where is x' },
  setTokens: 128_000,
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

  it('says how long a long wait is with both ends of its interval, and of a short one nothing', () => {
    const waiting = (seconds: number) =>
      plans.map((entry) => ({
        ...entry,
        firstAnswer: { seconds, lowSeconds: 0.8 * seconds, highSeconds: 1.2 * seconds },
      }));
    const reasonsOf = (seconds: number) => recommend(waiting(seconds), circumstances)[0].reasons;
    expect(reasonsOf(300)).toContain('the first answer begins after 4 min to 6 min');
    expect(reasonsOf(30).join('; ')).not.toContain('begins after');
  });

  it('takes no plan for a task on the whole that reads little of it, however short its prompt', () => {
    const ranked = recommend(plans, {
      ...circumstances,
      task: { kind: 'review' },
      tooLong: (promptTokens) => (promptTokens > 8_000 ? 'usable to 8K' : undefined),
    });
    expect(ranked.at(-1)?.strategy).toBe('rag');
    expect(ranked.at(-1)?.reasons).toContain(
      '97% of the code is not read, and the task is about all of it',
    );
  });

  it('prefers the cheaper of equals', () => {
    const twins = [
      { plan: planLike('refine', 1, 1_000, 1), fit: fitting(1_000), usd: 2 },
      { plan: planLike('mapReduce', 1, 1_000, 1), fit: fitting(1_000), usd: 1 },
    ];
    expect(recommend(twins, circumstances)[0].strategy).toBe('mapReduce');
  });

  it('weighs whether everything fits, may fit, or does not, and says by how much', () => {
    const cut = { wholeTokens: 200_000, tokens: 72_000, numFiles: 7, files: [] };
    const cutPlan = { ...planLike('full', 1, 128_000, 0.64), cut };
    const ranked = (fit: PlanFit) =>
      recommend([{ plan: cutPlan, fit }, plans[2]], {
        ...circumstances,
        task: { kind: 'review' },
      }).find(({ strategy }) => strategy === 'full');
    const estimate = {
      tokens: 200_000,
      countedTokens: 200_000,
      lowTokens: 180_000,
      highTokens: 230_000,
    };
    const uncertain = ranked({ ...estimate, verdict: 'uncertain', limitTokens: 190_000 });
    expect(uncertain?.reasons).toContain(
      'uncertain whether all of it fits: 180K to 230K tokens of 190K; 7 files are left out',
    );
    const not = ranked({ ...estimate, verdict: 'doesNotFit', limitTokens: 150_000 });
    expect(not?.reasons).toContain(
      'does not fit: 180K to 230K tokens of 150K; 7 files are left out',
    );
    expect((uncertain?.points ?? 0) > (not?.points ?? 0)).toBe(true);
    expect(not?.held).toContainEqual({ id: 'does not fit whole', points: -2 });
  });

  it('says that an estimate fits even at its upper end', () => {
    const fit = { ...fitting(100_000), lowTokens: 90_000, highTokens: 152_000 };
    const [best] = recommend([{ plan: plans[0].plan, fit }], {
      ...circumstances,
      task: { kind: 'review' },
    });
    expect(best.reasons).toContain('fits with 20% to spare, even at the upper end of the estimate');
  });

  it('goes by rules that are data: each with a name of its own, points, and words for when it holds', () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    for (const { points, when } of rules) {
      expect(Number.isInteger(points)).toBe(true);
      expect(when.length).toBeGreaterThan(10);
    }
    for (const { points, held } of recommend(plans, circumstances))
      expect(held.reduce((sum, rule) => sum + rule.points, 0)).toBe(points);
  });

  it('ranks a plan of more requests than a function takes arguments', () => {
    const asked: number[] = [];
    recommend([{ plan: planLike('slidingWindow', 200_000, 4e6, 1), fit: fitting(20) }], {
      ...circumstances,
      tooLong: (promptTokens) => {
        asked.push(promptTokens);
        return undefined;
      },
    });
    expect(asked).toEqual([20]);
  });
});
