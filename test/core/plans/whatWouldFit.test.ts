import { describe, expect, it } from 'vitest';
import { models } from '../../../src/core/catalog/models.ts';
import { findModel } from '../../../src/core/catalog/findModel.ts';
import { countedBudget, requestLimitTokens } from '../../../src/core/plans/modelBudget.ts';
import type { PlanOutline } from '../../../src/core/plans/plan.ts';
import { fitOf, planFit } from '../../../src/core/plans/planFit.ts';
import { whatWouldFit, type WouldFitBasis } from '../../../src/core/plans/whatWouldFit.ts';
import { exactCount } from '../../../src/core/tokens/estimate/estimateTokens.ts';
import { countFor } from '../../../src/core/weigh/countFor.ts';

const exact = { budgetTokens: 100_000, likelyRatio: 1, lowRatio: 1, highRatio: 1 };
/** A limit of 100,000 of the model's tokens, which are 1.1 to 1.25 of the counted ones. */
const estimated = { budgetTokens: 80_000, likelyRatio: 1.2, lowRatio: 1.1, highRatio: 1.25 };

function fullPlan(sentTokens: number, wholeTokens?: number): PlanOutline {
  return {
    strategy: 'full',
    requests: [
      { role: 'answer', answersOf: [], tokens: sentTokens, outputTokens: 1_000, stableTokens: 0 },
    ],
    tokensSent: sentTokens,
    coverage: wholeTokens === undefined ? 1 : sentTokens / wholeTokens,
    seenTokens: sentTokens,
    codeTokens: wholeTokens ?? sentTokens,
    losses: { dependencies: 0, dependenciesTogether: 0, filesUnseen: 0, filesCut: 0 },
    ...(wholeTokens === undefined
      ? {}
      : {
          cut: {
            wholeTokens,
            tokens: wholeTokens - sentTokens,
            numFiles: 1,
            files: [{ path: 'a.ts', tokens: wholeTokens - sentTokens }],
          },
        }),
    notes: [],
  };
}

describe('whether it fits', () => {
  it('has three answers, by both ends of the interval', () => {
    expect(fitOf(100_000, exact).verdict).toBe('fits');
    expect(fitOf(100_001, exact).verdict).toBe('doesNotFit');
    expect(fitOf(80_000, estimated)).toEqual({
      verdict: 'fits',
      countedTokens: 80_000,
      tokens: 96_000,
      lowTokens: 88_000,
      highTokens: 100_000,
      limitTokens: 100_000,
    });
    expect(fitOf(85_000, estimated).verdict).toBe('uncertain');
    expect(fitOf(90_900, estimated).verdict).toBe('uncertain');
    expect(fitOf(91_000, estimated).verdict).toBe('doesNotFit');
  });

  it('is asked of everything for the full plan, whatever was cut, and of the largest request for others', () => {
    expect(planFit(fullPlan(99_000, 130_000), exact).verdict).toBe('doesNotFit');
    const { requests } = fullPlan(60_000);
    const windows: PlanOutline = {
      ...fullPlan(0),
      strategy: 'slidingWindow',
      requests: [...requests, ...requests],
    };
    expect(planFit(windows, exact)).toMatchObject({ verdict: 'fits', tokens: 60_000 });
  });
});

describe('what would fit', () => {
  const options = { reservedOutputTokens: 8_000, overheadTokens: 2_000 };
  const basis: WouldFitBasis = {
    counted: { ...exact, budgetTokens: 118_000 },
    setTokens: 150_000,
    models,
    countOf: (model) =>
      countFor({ encoding: 'o200k_base', countsByKind: { code: 150_000 } }, model),
    options,
    at: new Date('2026-06-01'),
  };

  it('is nothing to ask where everything fits for certain', () => {
    expect(whatWouldFit(fullPlan(110_000), basis)).toBeUndefined();
  });

  it('is the cut that the plan made, or the model with the next larger window, at what it costs', () => {
    const found = whatWouldFit(fullPlan(117_000, 160_000), basis);
    expect(found?.fit.verdict).toBe('doesNotFit');
    expect(found?.cut).toMatchObject({ tokens: 43_000, numFiles: 1 });
    const { model, count, cost } = found?.nearest ?? {};
    // The headers and the task come to the files' tokens.
    expect(count?.tokens).toBeGreaterThanOrEqual(160_000);
    const windowTokens = model?.contextWindowTokens?.value ?? 0;
    expect((count?.highTokens ?? Infinity) + 10_000).toBeLessThanOrEqual(windowTokens);
    expect(cost === undefined || cost.lowUsd <= cost.highUsd).toBe(true);
    for (const other of models) {
      const size = other.contextWindowTokens?.value ?? 0;
      if (other.deprecated || size >= windowTokens) continue;
      const whole = countFor({ encoding: 'o200k_base', countsByKind: { code: 160_000 } }, other);
      expect(whole.highTokens + 10_000 > Math.min(size, other.maxInputTokens?.value ?? size)).toBe(
        true,
      );
    }
  });

  it('says that no model does where none does, and still names the cut', () => {
    const countOf = () => exactCount(10 ** 9, 'o200k_base');
    const found = whatWouldFit(fullPlan(117_000, 10 ** 9), { ...basis, countOf });
    expect(found?.nearest).toBeUndefined();
    expect(found?.cut?.numFiles).toBe(1);
  });

  it('is a model where the full plan was refused', () => {
    const found = whatWouldFit(undefined, basis);
    expect(found?.cut).toBeUndefined();
    expect(found?.nearest?.model.contextWindowTokens?.value).toBeGreaterThan(150_000);
  });
});

describe('the limit of a request', () => {
  it('is what the window leaves, or less where the maker limits the input', () => {
    const limited = models.find(
      ({ maxInputTokens, contextWindowTokens }) =>
        maxInputTokens !== undefined &&
        contextWindowTokens !== undefined &&
        maxInputTokens.value < contextWindowTokens.value - 50_000,
    );
    expect(limited).toBeDefined();
    if (limited === undefined) return;
    const budget = { budgetTokens: limited.contextWindowTokens?.value ?? 0, overheadTokens: 1_000 };
    expect(requestLimitTokens(limited, budget)).toBe((limited.maxInputTokens?.value ?? 0) - 1_000);
    const open = findModel('openai/gpt-4o', models);
    expect(requestLimitTokens(open, { budgetTokens: 5_000, overheadTokens: 0 })).toBe(5_000);
  });

  it('shrinks by the upper end of an estimate, so that what is planned fits for certain', () => {
    const count = { tokens: 120, lowTokens: 110, highTokens: 125, exact: false, basis: '' };
    expect(countedBudget(100_000, 100, count)).toEqual(estimated);
  });
});
