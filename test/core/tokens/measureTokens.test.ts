import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countParts } from '../../../src/core/tokens/countParts.ts';
import { measureTokens, TextTooLong } from '../../../src/core/tokens/estimate/measureTokens.ts';
import type { MeasureOptions } from '../../../src/core/tokens/estimate/measureTokens.ts';
import { openTokenCounter } from '../../../src/node/openTokenCounter.ts';
import '../../propertySeed.ts';
import { mixedText } from './texts.ts';

const o200k = await openTokenCounter('o200k_base');
const tekken = await openTokenCounter('tekken');
const code = 'export const answer = 42;\nfunction add(a: number, b: number) { return a + b; }\n';
const counters = new Map([
  ['o200k_base', (text: string) => Promise.resolve(o200k.countText(text))],
]);
const { signal } = new AbortController();

function measure(
  count: (text: string) => unknown,
  options: Partial<MeasureOptions> & { readonly maxUnits?: number } = {},
) {
  const ask = (text: string) => Promise.resolve(count(text) as number);
  return measureTokens({
    texts: [{ kind: 'code', text: code.repeat(20) }],
    asker: { ask, maxUnits: options.maxUnits ?? 100_000 },
    counters,
    signal,
    ...options,
  });
}

describe('texts in parts for a model to count', () => {
  it('are all of the texts, none longer than asked, with a seam wherever texts meet or part', () => {
    fc.assert(
      fc.property(
        fc.array(mixedText(12), { maxLength: 6 }),
        fc.integer({ min: 2, max: 80 }),
        (texts, maxUnits) => {
          const parts = countParts(texts, maxUnits);
          const whole = texts.filter((text) => text !== '');
          expect(parts.every((part) => part.text.length <= maxUnits)).toBe(true);
          const letters = (all: readonly string[]) => all.join('').replaceAll('\n', '');
          expect(letters(parts.map((part) => part.text))).toBe(letters(whole));
          const joins = parts.reduce((sum, part) => sum + part.seams, 0);
          expect(joins).toBeLessThanOrEqual(whole.length + parts.length);
          expect(whole.length - joins).toBeLessThanOrEqual(parts.length);
        },
      ),
    );
  });

  it('are many small ones at once', () => {
    expect(countParts(['a', '', 'b', 'c'], 100)).toEqual([{ text: 'a\nb\nc', seams: 2 }]);
  });
});

describe('a count made by the model', () => {
  it('is what the model says, without what it adds to every text', async () => {
    for (const added of [0, 1, 7]) {
      const text = code.repeat(20);
      const exact = tekken.countText(text);
      const measured = await measure((asked) => tekken.countText(asked) + added);
      expect(measured.lowTokens).toBeLessThanOrEqual(exact);
      expect(measured.highTokens).toBeGreaterThanOrEqual(exact);
      expect(measured.highTokens - measured.lowTokens).toBeLessThanOrEqual(added === 0 ? 0 : 1);
      expect(measured.byKind[0].baseTokens).toBe(o200k.countText(text));
      expect(measured.looksLike).toBeUndefined();
    }
  });

  it('has an interval for the places where texts were cut or joined, which holds the sum of all', async () => {
    const texts = [
      { kind: 'code' as const, text: code.repeat(60) },
      { kind: 'markdown' as const, text: '# Title\n\nSome words of prose.' },
      ...[1, 2, 3].map((n) => ({ kind: 'code' as const, text: `${code}// ${n}` })),
    ];
    const exact = texts.reduce((sum, { text }) => sum + tekken.countText(text), 0);
    const measured = await measure((asked) => tekken.countText(asked), { texts, maxUnits: 700 });
    expect(measured.lowTokens).toBeLessThanOrEqual(exact);
    expect(measured.highTokens).toBeGreaterThanOrEqual(exact);
    expect(measured.highTokens - measured.lowTokens).toBeLessThan(0.02 * exact);
    expect(measured.byKind.map(({ kind }) => kind)).toEqual(['code', 'markdown']);
  });

  it('is made in halves where a text is too long for a request', async () => {
    let longest = 0;
    const measured = await measure((asked) => {
      if (asked.length > 900) throw new TextTooLong('too long');
      longest = Math.max(longest, asked.length);
      return tekken.countText(asked);
    });
    const exact = tekken.countText(code.repeat(20));
    expect(longest).toBeLessThanOrEqual(900);
    expect(measured.lowTokens).toBeLessThanOrEqual(exact);
    expect(measured.highTokens).toBeGreaterThanOrEqual(exact);
  });

  it.each([
    ['a constant, as of "[object Object]"', () => 3],
    ['ten times too much', (text: string) => 10 * text.length],
    ['one for every character', (text: string) => text.length],
    ['too little', (text: string) => Math.ceil(text.length / 20)],
    ['no whole number', (text: string) => text.length / 4.5],
    ['NaN', () => NaN],
    ['less than nothing', () => -1],
    ['a text', () => '12'],
    ['nothing', () => undefined],
    ['0', () => 0],
  ])('is refused with the reason when it is %s', async (_, count) => {
    await expect(measure(count)).rejects.toMatchObject({ name: 'ImplausibleCount' });
  });

  it('that is another encoding’s says whose', async () => {
    const measured = await measure((text) => o200k.countText(text));
    expect(measured.looksLike).toBe('o200k_base');
  });

  it('ends when it is cancelled', async () => {
    const controller = new AbortController();
    let asked = 0;
    const measuring = measure(
      (text) => {
        if (++asked === 5) controller.abort();
        return tekken.countText(text);
      },
      { signal: controller.signal, maxUnits: 100 },
    );
    await expect(measuring).rejects.toMatchObject({ name: 'AbortError' });
    expect(asked).toBe(5);
  });
});
