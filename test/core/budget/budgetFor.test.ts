import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import manifest from '../../../package.json';
import { budgetFor, defaultBudgetOptions, verdictFor } from '../../../src/core/budget/budgetFor.ts';
import { findModel } from '../../../src/core/catalog/findModel.ts';
import { models } from '../../../src/core/catalog/models.ts';
import type { TokenCount } from '../../../src/core/tokens/tokenCounter.ts';

function count(lowTokens: number, tokens = lowTokens, highTokens = tokens): TokenCount {
  return { lowTokens, tokens, highTokens, exact: lowTokens === highTokens, basis: 'test' };
}

const sonnet = findModel('claude-sonnet-4-5', models);
const options = { reservedOutputTokens: 8000, overheadTokens: 2000 };

describe('what is kept free where nobody says otherwise', () => {
  it('is the same in a terminal as by the settings of the extension', () => {
    const settings = manifest.contributes.configuration.properties;
    expect(defaultBudgetOptions).toEqual({
      reservedOutputTokens: settings['contextBudget.reservedOutputTokens'].default,
      overheadTokens: settings['contextBudget.overheadTokens'].default,
    });
  });
});

describe('the budget of a model', () => {
  it('is the window less what is reserved and the overhead', () => {
    expect(budgetFor(sonnet, options)).toEqual({
      contextWindowTokens: 200_000,
      reservedOutputTokens: 8000,
      overheadTokens: 2000,
      budgetTokens: 190_000,
    });
  });

  it('reserves no more than the model can write, and is never negative', () => {
    const budget = budgetFor(sonnet, { reservedOutputTokens: 1e9, overheadTokens: 0 });
    expect(budget?.reservedOutputTokens).toBe(64_000);
    expect(budgetFor(sonnet, { reservedOutputTokens: 0, overheadTokens: 1e9 })?.budgetTokens).toBe(
      0,
    );
  });

  it('is unknown when the window is, and names a reserve that can not be', () => {
    const unknown = { ...sonnet, contextWindowTokens: undefined };
    expect(budgetFor(unknown, options)).toBeUndefined();
    expect(() => budgetFor(sonnet, { reservedOutputTokens: -1, overheadTokens: 0 })).toThrow(
      'reservedOutputTokens must be a number of tokens from 0 up, got -1',
    );
  });
});

describe('the verdict', () => {
  const budget = budgetFor(sonnet, options);

  it('fits at the limit, does not one above, and is uncertain when the interval straddles it', () => {
    expect(verdictFor(count(190_000), budget)).toMatchObject({
      verdict: 'fits',
      marginTokens: 0,
      sharePercent: 100,
      limitedBy: 'contextWindow',
    });
    expect(verdictFor(count(190_001), budget).verdict).toBe('doesNotFit');
    const straddles = verdictFor(count(180_000, 188_000, 200_000), budget);
    expect(straddles).toMatchObject({
      verdict: 'uncertain',
      marginTokens: 2000,
      lowMarginTokens: -10_000,
      highMarginTokens: 10_000,
    });
  });

  it('honours the maximum input apart from the window', () => {
    const gpt = findModel('openai/gpt-5.4-mini', models);
    expect(gpt.maxInputTokens?.value).toBe(272_000);
    const wide = budgetFor(gpt, { reservedOutputTokens: 1000, overheadTokens: 2000 });
    expect(wide?.budgetTokens).toBe(397_000);
    expect(verdictFor(count(300_000), wide, gpt.maxInputTokens?.value)).toMatchObject({
      verdict: 'doesNotFit',
      limitedBy: 'maxInput',
      limitTokens: 270_000,
    });
  });

  it('is unknown without a window, except that too much input is too much', () => {
    expect(verdictFor(count(5), undefined)).toEqual({ verdict: 'unknown' });
    expect(verdictFor(count(5), undefined, 10)).toEqual({ verdict: 'unknown' });
    expect(verdictFor(count(11), undefined, 10).verdict).toBe('doesNotFit');
  });

  it('has no share of a limit of zero', () => {
    const none = budgetFor(sonnet, { reservedOutputTokens: 0, overheadTokens: 200_000 });
    expect(verdictFor(count(0), none)).toMatchObject({ verdict: 'fits', marginTokens: 0 });
    expect(verdictFor(count(0), none).sharePercent).toBeUndefined();
  });

  it('only gets worse as the count grows', () => {
    const order = ['fits', 'uncertain', 'doesNotFit'];
    fc.assert(
      fc.property(fc.nat(400_000), fc.nat(50_000), fc.nat(50_000), (low, width, more) => {
        const before = verdictFor(count(low, low, low + width), budget);
        const after = verdictFor(count(low + more, low + more, low + more + width), budget);
        expect(order.indexOf(after.verdict)).toBeGreaterThanOrEqual(order.indexOf(before.verdict));
      }),
    );
  });
});
