import { describe, expect, it } from 'vitest';
import { contentKinds } from '../../../src/core/files/contentKind.ts';
import { estimateTokens, exactCount } from '../../../src/core/tokens/estimate/estimateTokens.ts';
import { familyRatios } from '../../../src/core/tokens/estimate/ratios.ts';

describe('an estimate by another family’s ratio', () => {
  it('weighs each kind of text by its own ratio', () => {
    const count = estimateTokens({ code: 1000, chinese: 100 }, 'llama-2');
    expect(count.tokens).toBe(1290 + 135);
    expect(count.exact).toBe(false);
    expect(count.basis).toContain('for code');
    expect(count.basis).toContain('for chinese');
    expect(count.basis).toContain('2026');
  });

  it('reaches for Claude from the old vocabulary to what users report on code', () => {
    const { lowTokens, tokens, highTokens } = estimateTokens({ code: 100_000 }, 'claude');
    expect(lowTokens).toBe(112_000);
    expect(tokens).toBe(157_000);
    expect(highTokens).toBe(208_000);
  });

  it('takes the range of all known families for one that nobody knows', () => {
    const unheardOf = estimateTokens({ code: 1000 }, 'no-such-family');
    expect(unheardOf).toEqual(estimateTokens({ code: 1000 }, 'unknown'));
    expect(unheardOf.lowTokens).toBeLessThanOrEqual(990);
    expect(unheardOf.highTokens).toBeGreaterThanOrEqual(1290);
    expect(estimateTokens({ code: 1000 }, 'constructor')).toEqual(unheardOf);
  });

  it('has low <= likely <= high for every family and kind', () => {
    for (const [family, { byKind }] of Object.entries(familyRatios)) {
      for (const kind of contentKinds) {
        const { low, likely, high } = byKind[kind];
        expect(low, `${family} ${kind}`).toBeGreaterThan(0.5);
        expect(low, `${family} ${kind}`).toBeLessThanOrEqual(likely);
        expect(likely, `${family} ${kind}`).toBeLessThanOrEqual(high);
      }
    }
  });

  it('is nothing for no text', () => {
    expect(estimateTokens({}, 'claude')).toMatchObject({ tokens: 0, lowTokens: 0, highTokens: 0 });
  });
});

describe('an exact count', () => {
  it('has no interval and names what it was counted with', () => {
    expect(exactCount(7, 'o200k_base')).toEqual({
      tokens: 7,
      lowTokens: 7,
      highTokens: 7,
      exact: true,
      basis: 'counted with o200k_base',
    });
  });
});
