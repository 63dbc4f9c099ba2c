import { describe, expect, it } from 'vitest';
import { architectures } from '../../../src/core/architectures/architectures.ts';
import { models } from '../../../src/core/catalog/models.ts';
import type { DashboardSnapshot } from '../../../src/core/dashboard/snapshot.ts';
import { emptyFileTable } from '../../../src/core/dashboard/snapshot.ts';
import { initialState, type DashboardState } from '../../../src/core/dashboard/state.ts';
import { strategiesModel, strategiesTabId } from '../../../src/core/dashboard/strategies.ts';
import { hardware } from '../../../src/core/hardware/hardware.ts';
import type { PlanOutline, StrategyId } from '../../../src/core/plans/plan.ts';
import type { PlanQuestion, PlansReport } from '../../../src/core/plans/plansReport.ts';
import { effectiveMeasurements } from '../../../src/core/quality/effectiveContext.ts';
import { madeIndex } from './madePlans.ts';

const snapshot: DashboardSnapshot = {
  catalogue: { models, architectures, hardware, measurements: effectiveMeasurements },
  files: {
    ...emptyFileTable,
    paths: ['a.ts', 'b.ts'],
    tokens: [90_000, 60_000],
    bytes: [360_000, 240_000],
    lines: [9_000, 6_000],
    kinds: [0, 0],
  },
  now: {
    status: { type: 'ready', leftOutFiles: 0, problems: 0 },
    set: { checked: [], unchecked: [] },
    overheadFiles: [],
    settings: { modelId: 'openai/gpt-4o', reservedOutputTokens: 4_000, overheadTokens: 0 },
  },
};
const at = new Date('2026-01-01');
const knobs = (values: Record<string, string>): DashboardState => ({
  ...initialState,
  tabs: { [strategiesTabId]: values },
});

function plan(strategy: StrategyId, sizes: readonly number[], coverage: number): PlanOutline {
  return {
    strategy,
    requests: sizes.map((tokens) => ({
      role: 'answer',
      answersOf: [],
      tokens,
      outputTokens: 4_000,
      stableTokens: tokens,
    })),
    tokensSent: sizes.reduce((sum, tokens) => sum + tokens, 0),
    coverage,
    seenTokens: coverage * 150_000,
    codeTokens: 150_000,
    losses: {
      dependenciesTogether: 3,
      dependencies: 4,
      filesUnseen: coverage < 1 ? 1 : 0,
      filesCut: 0,
    },
    ...(coverage < 1 && {
      cut: {
        wholeTokens: 151_000,
        tokens: 30_000,
        numFiles: 1,
        files: [{ path: 'b.ts', tokens: 30_000 }],
      },
    }),
    notes: [],
  };
}

function reportFor(question: PlanQuestion): PlansReport {
  return {
    planId: 1,
    question,
    encoding: 'o200k_base',
    counted: { budgetTokens: 124_000, likelyRatio: 1, lowRatio: 1, highRatio: 1 },
    index: madeIndex,
    planned: [
      { strategy: 'full', plan: plan('full', [120_000], 0.8) },
      { strategy: 'refine', plan: plan('refine', [80_000, 80_000], 1) },
      { strategy: 'mapReduce', plan: plan('mapReduce', [80_000, 75_000, 9_000], 1) },
      { strategy: 'rag', refused: 'A budget of 3 tokens holds no piece of a.ts' },
    ],
  };
}

describe('the tab Strategies', () => {
  it('asks for what the knobs say, and says what is missing', () => {
    const { question } = strategiesModel(snapshot, initialState, undefined, at);
    expect(question).toEqual({
      task: { kind: 'review' },
      subject: { kind: 'set' },
      modelId: 'openai/gpt-4o',
      reservedOutputTokens: 4_000,
      overheadTokens: 0,
    });
    const missing = (state: DashboardState) =>
      strategiesModel(snapshot, state, undefined, at).missing;
    expect(missing(knobs({ task: 'question', words: ' ' }))).toBe('words');
    expect(missing({ ...initialState, modelId: 'no/such-model' })).toBe('model');
    expect(missing({ ...initialState, subject: { kind: 'typed', tokens: 5 } })).toBe('files');
    const asked = strategiesModel(
      snapshot,
      knobs({ task: 'question', words: 'why? ' }),
      undefined,
      at,
    );
    expect(asked.question?.task).toEqual({ kind: 'question', question: 'why?' });
    const formed = { order: 'path', windowTokens: 9_000, overlapPercent: 25 };
    const state = { ...initialState, tabs: { [strategiesTabId]: formed } };
    expect(strategiesModel(snapshot, state, undefined, at).question).toMatchObject({
      order: 'path',
      windowTokens: 9_000,
      overlap: 0.25,
    });
    const wrong = { order: 'nonsense', windowTokens: -5, overlapPercent: 900 };
    const pasted = { ...initialState, tabs: { [strategiesTabId]: wrong } };
    expect(strategiesModel(snapshot, pasted, undefined, at).question).toEqual(question);
  });

  it('shows the four plans first, each with cost and time, the best with its reasons, what would hold all', () => {
    const { question } = strategiesModel(snapshot, initialState, undefined, at);
    expect(question).toBeDefined();
    if (question === undefined) return;
    const { planned } = strategiesModel(snapshot, initialState, reportFor(question), at);
    expect(planned?.isStale).toBe(false);
    expect(planned?.rows.map(({ strategy }) => strategy)).toEqual([
      'full',
      'mapReduce',
      'rag',
      'refine',
    ]);
    const [full, mapReduce, rag] = planned?.rows ?? [];
    expect(full.cost?.once?.usd).toBeGreaterThan(0);
    expect(full.time?.firstAnswer.seconds).toBeGreaterThan(0);
    // Both read everything; refine needs one call less, and so costs less.
    expect(planned?.best?.strategy).toBe('refine');
    expect(mapReduce.rank).toBe(2);
    expect(planned?.best?.reasons).toContain('all of the code is read');
    expect(rag.refused).toContain('a.ts');
    expect(rag.rank).toBeUndefined();
    expect(full.fit?.verdict).toBe('doesNotFit');
    expect(mapReduce.fit?.verdict).toBe('fits');
    expect(planned?.wouldFit?.cut?.files).toEqual([{ path: 'b.ts', tokens: 30_000 }]);
    const nearest = planned?.wouldFit?.nearest;
    expect(nearest?.model.contextWindowTokens?.value).toBeGreaterThan(151_000);
    expect(nearest?.count.highTokens).toBeGreaterThan(150_000);
    const later = { ...initialState, reservedOutputTokens: 5_000 };
    expect(strategiesModel(snapshot, later, reportFor(question), at).planned?.isStale).toBe(true);
  });
});
