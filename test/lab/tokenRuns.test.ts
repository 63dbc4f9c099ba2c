import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TokensPicture } from '../../src/lab/picture.ts';
import { tokenRuns } from '../../webview-ui/lab/tokenRuns.ts';

const picture = (tokens: TokensPicture['tokens'], togglesControl?: string): TokensPicture => ({
  kind: 'tokens',
  title: 'tokens',
  summary: 'tokens',
  tokens,
  ...(togglesControl === undefined ? {} : { togglesControl }),
});

describe('the text of a tokens picture', () => {
  it('is shown token by token up to 256 tokens, and wherever tokens can be picked', () => {
    const same = (count: number) =>
      Array.from({ length: count }, () => ({ text: 'a', category: 0 }));
    expect(tokenRuns(picture(same(256)))).toHaveLength(256);
    expect(tokenRuns(picture(same(257)))).toHaveLength(1);
    expect(tokenRuns(picture(same(257), 'global'))).toHaveLength(257);
  });

  it('leaves out no token and orders none anew, in at most 512 stretches', () => {
    const token = fc.record({
      text: fc.string({ maxLength: 3 }),
      strength: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(token, { minLength: 257, maxLength: 1500 }), (tokens) => {
        const runs = tokenRuns(picture(tokens));
        expect(runs.length).toBeLessThanOrEqual(512);
        expect(runs.map(({ text }) => text).join('')).toBe(tokens.map(({ text }) => text).join(''));
        expect(runs.map(({ start }) => start)).toEqual([
          0,
          ...runs.slice(0, -1).map(({ end }) => end),
        ]);
        expect(runs.at(-1)?.end).toBe(tokens.length);
      }),
      { numRuns: 30 },
    );
  });

  it('shows the one strong token of a long text, and what most tokens of a stretch are', () => {
    const tokens = Array.from({ length: 8192 }, (_, idx) => ({
      text: 'a',
      strength: idx === 5000 ? 1 : (idx % 3) / 10,
    }));
    const runs = tokenRuns(picture(tokens));
    const strongest = runs.filter(({ strength }) => strength === 1);
    expect(strongest).toHaveLength(1);
    expect(strongest[0].start <= 5000 && 5000 < strongest[0].end).toBe(true);
    const mixed = Array.from({ length: 8192 }, (_, idx) => ({
      text: 'a',
      category: idx % 4 === 0 ? 1 : 2,
    }));
    expect(tokenRuns(picture(mixed)).every(({ category }) => category === 2)).toBe(true);
  });
});
