import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetBar } from '../../../src/core/dashboard/budgetBar.ts';
import { fitModel } from '../../../src/core/dashboard/fit.ts';
import { plainSize } from '../../../src/core/dashboard/plainSize.ts';
import { initialState } from '../../../src/core/dashboard/state.ts';
import type { DashboardState, KnobValue } from '../../../src/core/dashboard/state.ts';
import {
  strategySize,
  type StrategyInput,
} from '../../../src/core/dashboard/strategyArithmetic.ts';
import { exampleTokens, subjectOf } from '../../../src/core/dashboard/subject.ts';
import { madeSnapshot } from './madeSnapshot.ts';

const at = new Date('2026-11-01T12:00:00Z');
const typed = (
  tokens: number,
  knobs: Readonly<Record<string, KnobValue>> = {},
): DashboardState => ({
  ...initialState,
  subject: { kind: 'typed', tokens },
  tabs: { fit: knobs },
});
const input: StrategyInput = {
  tokens: 250_000,
  limitTokens: 100_000,
  overheadTokens: 1000,
  answerTokens: 2000,
  overlap: 0.1,
  retrievalTokens: 8000,
};

describe('the arithmetic of a strategy', () => {
  it('is as worked out by hand for 250,000 tokens in windows of 100,000', () => {
    expect(strategySize('full', input)).toBeUndefined();
    // 1 + ceil(150,000 / 90,000) windows; two repeat 10,000; three times 1,000 of overhead.
    expect(strategySize('slidingWindow', input)).toEqual({
      calls: 3,
      inputTokens: 273_000,
      largestInputTokens: 101_000,
      outputTokens: 6000,
      coverage: 1,
      seenAtOnce: 0.4,
    });
    expect(strategySize('rag', input)).toEqual({
      calls: 1,
      inputTokens: 9000,
      largestInputTokens: 9000,
      outputTokens: 2000,
      coverage: 0.032,
      seenAtOnce: 0.032,
    });
    // Three parts and one call that reads their three answers.
    expect(strategySize('chunked', input)).toMatchObject({
      calls: 4,
      inputTokens: 250_000 + 3 * 2000 + 4 * 1000,
      outputTokens: 8000,
    });
  });

  it('is one call where all fits, and none where nothing does', () => {
    for (const strategy of ['full', 'slidingWindow', 'rag', 'chunked'] as const) {
      expect(strategySize(strategy, { ...input, tokens: 500 })?.calls).toBe(1);
      expect(strategySize(strategy, { ...input, limitTokens: 0 })).toBeUndefined();
    }
    expect(strategySize('chunked', { ...input, answerTokens: 60_000 })).toBeUndefined();
  });

  it('sends everything, in calls that hold no more than they may', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e9 }),
        fc.integer({ min: 10, max: 2e6 }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        (tokens, limitTokens, overlap) => {
          for (const strategy of ['slidingWindow', 'chunked'] as const) {
            const size = strategySize(strategy, {
              ...input,
              tokens,
              limitTokens,
              overlap,
              answerTokens: 0,
            });
            expect(size).toBeDefined();
            if (size === undefined) return;
            expect(size.inputTokens).toBeGreaterThanOrEqual(tokens);
            expect(size.largestInputTokens).toBeLessThanOrEqual(limitTokens + input.overheadTokens);
            expect(size.inputTokens).toBeLessThanOrEqual(size.calls * size.largestInputTokens);
          }
        },
      ),
    );
  });
});

describe('the matrix while nothing is counted', () => {
  it('shows an example, and says so; of a workspace without a file it shows nothing but 0', () => {
    const notAnalyzed = madeSnapshot([], { status: { type: 'notAnalyzed' } });
    const example = fitModel(notAnalyzed, initialState, at);
    expect(example.isExample).toBe(true);
    expect(example.chosen?.count.tokens).toBe(exampleTokens);
    expect(example.rows.length).toBeGreaterThan(100);
    const empty = fitModel(madeSnapshot([]), initialState, at);
    expect(empty).toMatchObject({ isExample: false, chosen: { count: { tokens: 0 } } });
  });
});

describe('the matrix', () => {
  it('has every model with its verdict, as the Budget section says it', () => {
    const { chosen, numModels } = fitModel(madeSnapshot([]), typed(100_000), at);
    expect(numModels).toBeGreaterThan(300);
    expect(chosen?.model.id).toBe('openai/gpt-4o');
    expect(chosen?.fit).toMatchObject({ verdict: 'fits', marginTokens: 128_000 - 8000 - 100_000 });
    expect(fitModel(madeSnapshot([]), typed(120_001), at).chosen?.fit.verdict).toBe('doesNotFit');
  });

  it('sorts in both directions, unknown last in either', () => {
    for (const descending of [false, true]) {
      const { rows } = fitModel(
        madeSnapshot([]),
        typed(50_000, { sortBy: 'price', descending }),
        at,
      );
      const prices = rows.map(({ prices: list }) => list?.inputUsdPerMillionTokens);
      const known = prices.filter((price) => price !== undefined);
      const ordered = [...known].sort((a, b) => (descending ? b - a : a - b));
      expect(prices.slice(0, known.length)).toEqual(ordered);
      expect(prices.slice(known.length).every((price) => price === undefined)).toBe(true);
    }
  });

  it('filters by words, maker, window, price and open weights', () => {
    const rowsOf = (knobs: Readonly<Record<string, KnobValue>>) =>
      fitModel(madeSnapshot([]), typed(50_000, knobs), at).rows;
    expect(rowsOf({ query: 'claude SONNET' }).every(({ model }) => /sonnet/i.test(model.id))).toBe(
      true,
    );
    expect(rowsOf({ maker: 'OpenAI' }).every(({ model }) => model.maker === 'OpenAI')).toBe(true);
    expect(
      rowsOf({ minWindowTokens: 400_000 }).every(
        ({ model }) => (model.contextWindowTokens?.value ?? 0) >= 400_000,
      ),
    ).toBe(true);
    expect(
      rowsOf({ maxInputUsdPerMillionTokens: 0.5 }).every(
        ({ prices }) => (prices?.inputUsdPerMillionTokens ?? 1) <= 0.5,
      ),
    ).toBe(true);
    const open = rowsOf({ openWeightsOnly: true });
    expect(open.length).toBeGreaterThan(10);
    expect(open.every(({ model }) => model.architectureId !== undefined)).toBe(true);
    expect(rowsOf({ query: 'no such model' })).toEqual([]);
  });

  it('knows the latency of open weights only, and says why it knows no other', () => {
    const { rows, latencyOf } = fitModel(madeSnapshot([]), typed(50_000), at);
    const open = rows.find(({ model }) => model.id === 'meta/llama-3.1-8b-instruct');
    const hosted = rows.find(({ model }) => model.architectureId === undefined);
    expect(open && latencyOf(open, 'full').seconds).toBeGreaterThan(0.5);
    expect(hosted && latencyOf(hosted, 'full').reason().unknownBecause).toContain('are not open');
  });

  it('holds up to four models side by side, and forgets those that are gone', () => {
    const ids = [
      'openai/gpt-4o',
      'gone/model',
      'openai/gpt-oss-20b',
      'zai/glm-5',
      'qwen/qwen3-32b',
    ];
    const { pinned } = fitModel(madeSnapshot([]), typed(1000, { pinned: ids }), at);
    expect(pinned.map(({ model }) => model.id)).toEqual(
      ids.filter((id) => id !== 'gone/model').slice(0, 3),
    );
  });

  it('stands at a thousand million tokens, and at none', () => {
    for (const tokens of [0, 1_000_000_000]) {
      const { rows, latencyOf } = fitModel(madeSnapshot([]), typed(tokens), at);
      expect(rows.length).toBeGreaterThan(250);
      const numbers = rows.flatMap((row) => [
        row.strategies.chunked.cost?.highUsd ?? 0,
        row.strategies.slidingWindow.likely?.calls ?? 0,
        latencyOf(row, 'rag').seconds ?? 0,
      ]);
      expect(numbers.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
    }
  });
});

describe('the subject', () => {
  const files = [
    ['src/a.ts', 600],
    ['srcOther/b.ts', 300],
  ] as const;

  it('of nothing counted is unknown, not 0', () => {
    const snapshot = madeSnapshot([], { status: { type: 'notAnalyzed' } });
    expect(subjectOf(snapshot, initialState).text).toBeUndefined();
  });

  it('of a folder is what lies in it, not what begins like it', () => {
    const state = { ...initialState, subject: { kind: 'folder', path: 'src' } as const };
    expect(subjectOf(madeSnapshot(files), state)).toMatchObject({
      kind: 'folder',
      fileCount: 1,
      lines: 60,
    });
  });

  it('of a text that was not counted falls back to the set', () => {
    const state = { ...initialState, subject: { kind: 'text' } as const };
    expect(subjectOf(madeSnapshot(files), state)).toMatchObject({
      kind: 'workspace',
      fileCount: 2,
    });
  });

  it('is so many words, pages and lines', () => {
    expect(plainSize(10_000, {})).toMatchObject({
      words: 7500,
      pages: 15,
      lines: 1000,
      isLinesCounted: false,
    });
    expect(plainSize(10_000, { lines: 12 })).toMatchObject({ lines: 12, isLinesCounted: true });
  });
});

describe('the bar of the window', () => {
  const overhead = {
    settingTokens: 100,
    systemPromptTokens: 0,
    toolDefinitionTokens: 50,
    instructionTokens: 0,
    totalTokens: 150,
  };

  it('keeps used, overhead, free and reserved apart, and they are the window', () => {
    const { scaleTokens, segments } = budgetBar(
      1000,
      { lowTokens: 300, highTokens: 400 },
      overhead,
      200,
    );
    expect(segments.map(({ part, tokens }) => [part, tokens])).toEqual([
      ['setting', 100],
      ['toolDefinitions', 50],
      ['used', 300],
      ['usedAtMost', 100],
      ['free', 250],
      ['reserved', 200],
    ]);
    expect(scaleTokens).toBe(1000);
  });

  it('shows what is too much beyond the window', () => {
    const { scaleTokens, segments } = budgetBar(
      1000,
      { lowTokens: 900, highTokens: 1000 },
      overhead,
      200,
    );
    expect(segments.at(-1)).toEqual({ part: 'over', startTokens: 1000, tokens: 350 });
    expect(scaleTokens).toBe(1350);
  });

  it('never has pieces over each other', () => {
    const tokens = fc.integer({ min: 0, max: 1e7 });
    fc.assert(
      fc.property(tokens, tokens, tokens, tokens, (windowTokens, low, more, reserved) => {
        const kept = Math.min(reserved, windowTokens);
        const count = { lowTokens: low, highTokens: low + more };
        const { scaleTokens, segments } = budgetBar(windowTokens, count, overhead, kept);
        let end = 0;
        for (const { startTokens, tokens: size } of segments) {
          expect(startTokens).toBeGreaterThanOrEqual(end);
          end = startTokens + size;
        }
        expect(end).toBeLessThanOrEqual(scaleTokens);
      }),
    );
  });
});
