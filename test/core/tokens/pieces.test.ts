import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countChunks } from '../../../src/core/tokens/countChunks.ts';
import { createLiveCount } from '../../../src/core/tokens/liveCount.ts';
import { splitForCounting } from '../../../src/core/tokens/split/safeSplit.ts';
import { openTokenCounter } from '../../../src/node/openTokenCounter.ts';
import { assertInPortions } from './assertInPortions.ts';
import { mixedBytes, mixedText } from './texts.ts';

const encodings = ['o200k_base', 'cl100k_base'];
const numRuns = process.env.TOKENS_TEST === 'full' ? 20_000 : 500;

describe.each(encodings)('a text counted in parts with %s', (encoding) => {
  it('has the count of the whole wherever it is cut', async () => {
    const counter = await openTokenCounter(encoding);
    await assertInPortions(
      fc.property(mixedBytes(20), fc.integer({ min: 1, max: 60 }), (bytes, maxBytes) => {
        const parts = [...splitForCounting(bytes, maxBytes)];
        const sum = parts.reduce((tokens, part) => tokens + counter.countBytes(part), 0);
        expect(sum).toBe(counter.countBytes(bytes));
        expect(Buffer.concat(parts).equals(bytes)).toBe(true);
      }),
      numRuns,
    );
  });

  it('is cut at every place that is safe without changing the count', async () => {
    const counter = await openTokenCounter(encoding);
    await assertInPortions(
      fc.property(mixedText(20), (text) => {
        const bytes = new TextEncoder().encode(text);
        const parts = [...splitForCounting(bytes, 1)];
        const sum = parts.reduce((tokens, part) => tokens + counter.countBytes(part), 0);
        expect(sum).toBe(counter.countBytes(bytes));
      }),
      numRuns,
    );
  });

  it('keeps its count through any edits', async () => {
    const counter = await openTokenCounter(encoding);
    const edit = fc.record({ at: fc.nat(), remove: fc.nat({ max: 12 }), insert: mixedText(3) });
    await assertInPortions(
      fc.property(
        mixedText(30),
        fc.array(edit, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 40 }),
        (start, edits, blockUnits) => {
          let text = start;
          const live = createLiveCount(counter, text, blockUnits);
          for (const { at, remove, insert } of edits) {
            const from = at % (text.length + 1);
            const removed = Math.min(remove, text.length - from);
            live.edit(from, removed, insert);
            text = text.slice(0, from) + insert + text.slice(from + removed);
            expect(live.tokens).toBe(counter.countText(text));
            expect(live.length).toBe(text.length);
            expect(live.bytes).toBe(Buffer.byteLength(text));
            const [partStart, partEnd] = [at % (text.length + 1), from].sort((a, b) => a - b);
            for (const [start, end] of [
              [0, partStart],
              [partStart >> 1, partEnd],
            ]) {
              expect(live.countRange(start, end)).toBe(counter.countText(text.slice(start, end)));
            }
          }
        },
      ),
      numRuns,
    );
  });

  it('counts every part of a text, also from within a character', async () => {
    const counter = await openTokenCounter(encoding);
    const text = '𐐀\n! 𐐀/ab 𐐀x 🙂b 12𝟗';
    const live = createLiveCount(counter, text, 1);
    for (let start = 0; start <= text.length; start++) {
      for (let end = start; end <= text.length; end++) {
        expect(live.countRange(start, end)).toBe(counter.countText(text.slice(start, end)));
      }
    }
  });
});

describe('a text that arrives in chunks', () => {
  it('has the count of the whole however the chunks are cut', async () => {
    const counter = await openTokenCounter('o200k_base');
    const sample = 'const 値 = "Привет, мир";\n// 日本語のコメント、句読点。 it\'s 12345\n';
    const unsplittable = '中'.repeat(200_000);
    const bytes = new TextEncoder().encode(
      sample.repeat(9000) + unsplittable + sample.repeat(9000),
    );
    const whole = counter.countBytes(bytes);
    for (const chunkBytes of [65_536, 100_003, 1_000_000, bytes.length]) {
      const chunks = function* () {
        for (let at = 0; at < bytes.length; at += chunkBytes) {
          yield bytes.subarray(at, at + chunkBytes);
        }
      };
      expect(countChunks(counter, chunks())).toBe(whole);
    }
    expect(countChunks(counter, [])).toBe(0);
  });

  it('stops when cancelled', async () => {
    const counter = await openTokenCounter('o200k_base');
    const bytes = new TextEncoder().encode('word '.repeat(400_000));
    let asked = 0;
    expect(countChunks(counter, [bytes], () => ++asked > 2)).toBeUndefined();
    expect(asked).toBe(3);
  });
});

describe('a live count', () => {
  it('refuses an edit outside of the text and names it', async () => {
    const live = createLiveCount(await openTokenCounter('o200k_base'), 'hello');
    expect(() => live.edit(3, 9, '')).toThrow(/3 to 12 is outside of a text of 5/);
    expect(() => live.edit(-1, 0, 'x')).toThrow(RangeError);
    expect(live.tokens).toBe(1);
  });

  it('starts and ends with nothing', async () => {
    const live = createLiveCount(await openTokenCounter('o200k_base'), '');
    live.edit(0, 0, 'hello');
    expect(live.tokens).toBe(1);
    live.edit(0, 5, '');
    expect(live.tokens).toBe(0);
  });
});
