import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  estimateTokens,
  type CountsByKind,
} from '../../../src/core/tokens/estimate/estimateTokens.ts';
import {
  learntRatio,
  parseLearnt,
  withLearnt,
  type LearntCount,
} from '../../../src/core/tokens/estimate/learntRatios.ts';
import { familyRatios } from '../../../src/core/tokens/estimate/ratios.ts';
import '../../propertySeed.ts';

const kinds = ['code', 'markdown', 'json', 'chinese'] as const;
const families = Object.keys(familyRatios);

function counted(kind: LearntCount['kind'], baseTokens: number, tokens: number): LearntCount {
  const source = 'the count endpoint';
  return { kind, baseTokens, lowTokens: tokens, highTokens: tokens, source, asOf: '2026-11-28' };
}

const anyCount = fc
  .record({
    kind: fc.constantFrom(...kinds),
    baseTokens: fc.integer({ min: 1, max: 5_000_000 }),
    ratio: fc.double({ min: 0.3, max: 4, noNaN: true }),
    slack: fc.integer({ min: 0, max: 20 }),
    source: fc.constantFrom('an editor model', 'the count endpoint'),
  })
  .map(({ kind, baseTokens, ratio, slack, source }): LearntCount => {
    const tokens = Math.max(1, Math.round(baseTokens * ratio));
    const lowTokens = Math.max(0, tokens - slack);
    return { kind, baseTokens, lowTokens, highTokens: tokens + slack, source, asOf: '2026-11-28' };
  });

describe('ratios that exact counts have taught', () => {
  it('hold every count that was made, whatever else was counted', () => {
    const counts = fc.array(anyCount, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(counts, fc.constantFrom(...families), (all, family) => {
        const learnt = withLearnt([], all);
        for (const { kind, baseTokens, lowTokens, highTokens } of learnt) {
          const estimate = estimateTokens({ [kind]: baseTokens }, family, learnt);
          const newest = learnt
            .filter((c) => c.kind === kind && c.baseTokens === baseTokens)
            .at(-1);
          // Two sources may say different things of one base count: a text as long is told by the newer.
          const isNewest = newest?.lowTokens === lowTokens && newest.highTokens === highTokens;
          if (baseTokens < 1000 || isNewest) {
            expect(estimate.lowTokens).toBeLessThanOrEqual(lowTokens);
            expect(estimate.highTokens).toBeGreaterThanOrEqual(highTokens);
          }
          expect(estimate.lowTokens).toBeLessThanOrEqual(estimate.tokens);
          expect(estimate.tokens).toBeLessThanOrEqual(estimate.highTokens);
          expect(estimate.exact).toBe(false);
        }
      }),
    );
  });

  it('hold the sum of a measurement of several kinds', () => {
    const measurement = fc.tuple(...kinds.map((kind) => anyCount.map((c) => ({ ...c, kind }))));
    fc.assert(
      fc.property(measurement, fc.array(anyCount, { maxLength: 5 }), (all, earlier) => {
        const learnt = withLearnt(withLearnt([], earlier), all);
        const countsByKind: CountsByKind = Object.fromEntries(
          all.map((c) => [c.kind, c.baseTokens]),
        );
        const { lowTokens, highTokens } = estimateTokens(countsByKind, 'claude', learnt);
        expect(lowTokens).toBeLessThanOrEqual(all.reduce((sum, c) => sum + c.lowTokens, 0));
        expect(highTokens).toBeGreaterThanOrEqual(all.reduce((sum, c) => sum + c.highTokens, 0));
      }),
    );
  });

  it('are never narrower than the spread of files, but where the family’s table is', () => {
    fc.assert(
      fc.property(fc.array(anyCount, { minLength: 1, maxLength: 6 }), (all) => {
        const prior = familyRatios.claude.byKind.code;
        const ratio = learntRatio(
          all.map((c) => ({ ...c, kind: 'code' })),
          'code',
          prior,
        );
        if (ratio === undefined) throw new Error('no ratio');
        const least = Math.min(...all.map((c) => c.lowTokens / c.baseTokens));
        const most = Math.max(...all.map((c) => c.highTokens / c.baseTokens));
        expect(ratio.low).toBeLessThanOrEqual(Math.max(least * 0.9, Math.min(least, prior.low)));
        expect(ratio.high).toBeGreaterThanOrEqual(Math.min(most * 1.1, Math.max(most, prior.high)));
      }),
    );
  });

  it('narrow the interval of a family that nobody could measure', () => {
    const before = estimateTokens({ code: 100_000 }, 'claude');
    const learnt = withLearnt([], [counted('code', 200_000, 300_000)]);
    const after = estimateTokens({ code: 100_000 }, 'claude', learnt);
    const width = (count: typeof before) => count.highTokens - count.lowTokens;
    expect(after.tokens).toBe(150_000);
    expect(width(after)).toBeLessThan(width(before) / 2);
    expect(after.basis).toMatch(
      /^o200k_base x 1\.35-1\.65 for code \(measured with the model on 2026-11-28\)$/,
    );
    // Another kind keeps its estimate, and says where that is from.
    const mixed = estimateTokens({ code: 1000, json: 1000 }, 'claude', learnt);
    expect(mixed.basis).toMatch(/for code \(measured .*for json \(from the old public vocabulary/);
  });

  it('say of the very text that was measured what was measured', () => {
    const learnt = withLearnt([], [counted('code', 200_000, 300_000), counted('json', 500, 900)]);
    const { tokens, lowTokens, highTokens, basis } = estimateTokens(
      { code: 200_000, json: 500 },
      'claude',
      learnt,
    );
    expect(tokens).toBe(300_900);
    expect(highTokens - lowTokens).toBeLessThan(0.021 * tokens);
    expect(basis).toMatch(/^measured with the model on 2026-11-28/);
  });

  it('are wide after a short text', () => {
    const prior = familyRatios.claude.byKind.code;
    const short = learntRatio([counted('code', 25, 38)], 'code', prior);
    const long = learntRatio([counted('code', 2_500_000, 3_800_000)], 'code', prior);
    expect(short?.low).toBeLessThan(1.52 * 0.75);
    expect(long?.low).toBeGreaterThan(1.52 * 0.89);
  });

  it('keep twenty counts of a kind, and of a text counted again the newer', () => {
    let learnt = withLearnt([], [counted('json', 10, 20)]);
    for (let i = 1; i <= 30; i++) learnt = withLearnt(learnt, [counted('code', i, 2 * i)]);
    expect(learnt.filter((c) => c.kind === 'code')).toHaveLength(20);
    expect(learnt.filter((c) => c.kind === 'json')).toHaveLength(1);
    learnt = withLearnt(learnt, [counted('code', 30, 61)]);
    expect(learnt.filter((c) => c.baseTokens === 30)).toEqual([counted('code', 30, 61)]);
  });

  it('are read back as they were, and nothing else is', () => {
    const learnt = { 'anthropic/claude': withLearnt([], [counted('code', 10, 20)]) };
    expect(parseLearnt(JSON.parse(JSON.stringify(learnt)))).toEqual(learnt);
    for (const wrong of [null, 7, 'x', [], { m: 7 }, { m: [null, { kind: 'code' }] }]) {
      expect(parseLearnt(wrong)).toEqual({});
    }
    const half = { m: [{ ...counted('code', 10, 20), lowTokens: -1 }, counted('code', 5, 9)] };
    expect(parseLearnt(half)).toEqual({ m: [counted('code', 5, 9)] });
    expect(withLearnt([], [counted('code', 0, 0)])).toEqual([]);
  });
});
