import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenEncoder } from '../../../src/core/tokens/tokenEncoder.ts';
import { splitForCounting } from '../../../src/core/tokens/split/safeSplit.ts';
import { openTokenCounter } from '../../../src/node/openTokenCounter.ts';
import { loadVocabulary } from '../../../src/node/vocabularies.ts';
import golden from './golden.json' with { type: 'json' };
import { mixedText } from './texts.ts';

const encodings = Object.keys(golden.ids) as (keyof typeof golden.ids)[];
const utf8 = new TextEncoder().encode(golden.text);

describe.each(encodings)('the vocabulary %s', (encoding) => {
  it('has the ids of its maker’s tokenizer', async () => {
    const counter = await openTokenCounter(encoding);
    expect([...counter.encodeBytes(utf8).ids]).toEqual(golden.ids[encoding]);
    expect(counter.countText(golden.text)).toBe(golden.ids[encoding].length);
  });

  it('writes every text with tokens whose bytes are the text', async () => {
    const counter = await openTokenCounter(encoding);
    const { normalization } = (await loadVocabulary(encoding)).split;
    fc.assert(
      fc.property(mixedText(20), (text) => {
        const { ids } = counter.encodeBytes(new TextEncoder().encode(text));
        const bytes = Buffer.concat([...ids].map((id) => counter.tokenBytes(id)));
        expect(bytes.toString()).toBe(
          normalization === undefined ? text : text.normalize(normalization),
        );
        expect(counter.countText(text)).toBe(ids.length);
      }),
      { numRuns: 300 },
    );
  });

  it('has the count of the whole wherever a text is cut', async () => {
    const counter = await openTokenCounter(encoding);
    fc.assert(
      fc.property(mixedText(20), (text) => {
        const bytes = new TextEncoder().encode(text);
        let sum = 0;
        for (const part of splitForCounting(bytes, 1, counter.isSafeSplit)) {
          sum += counter.countBytes(part, sum > 0);
        }
        expect(sum).toBe(counter.countBytes(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it('merges long pieces as short ones, in linear time', async () => {
    const operations = { merges: 0, steps: 0, lookups: 0 };
    const counter = createTokenEncoder(await loadVocabulary(encoding), operations);
    expect(counter.countText('ab'.repeat(50_000))).toBeGreaterThan(0);
    expect(operations.merges + operations.steps + operations.lookups).toBeLessThan(100_000 * 100);
  });
});
