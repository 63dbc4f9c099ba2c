import fc from 'fast-check';
import { get_encoding } from 'tiktoken';
import { describe, expect, it } from 'vitest';
import { characterClasses, CJK } from '../../../src/core/tokens/split/characterClasses.ts';
import { openTokenCounter } from '../../../src/node/openTokenCounter.ts';
import { referenceEncoder } from './reference.ts';
import { assertInPortions } from './assertInPortions.ts';
import { mixedBytes, mixedText } from './texts.ts';

// In full: `npm run test:tokens`.
const full = process.env.TOKENS_TEST === 'full';
const texts = full ? 50_000 : 800;

function isWithheld(character: string): boolean {
  const bits = characterClasses()[character.codePointAt(0) ?? 0];
  return (bits & ~CJK) === 0 && /[\p{L}\p{M}\p{N}]/u.test(character);
}

describe.each(['o200k_base', 'cl100k_base'] as const)('%s on generated texts', (encoding) => {
  it('has the ids of counting by the book', async () => {
    const counter = await openTokenCounter(encoding);
    const reference = referenceEncoder(encoding);
    await assertInPortions(
      fc.property(mixedText(24), (text) => {
        // JavaScript's Unicode is newer than OpenAI's, which the table follows.
        fc.pre(![...text].some(isWithheld));
        const ids = [...counter.encodeBytes(new TextEncoder().encode(text)).ids];
        expect(ids).toEqual(reference(text));
        expect(counter.countText(text)).toBe(ids.length);
      }),
      texts,
    );
  });

  it('has the ids of OpenAI’s tiktoken', async () => {
    const counter = await openTokenCounter(encoding);
    const reference = get_encoding(encoding);
    const differing = new Set<string>();
    await assertInPortions(
      fc.property(mixedText(24), (text) => {
        const ids = counter.encodeBytes(new TextEncoder().encode(text)).ids;
        const expected = reference.encode(text, [], []);
        if (ids.length === expected.length && ids.every((id, idx) => id === expected[idx])) return;
        differing.add(text);
      }),
      texts,
    );
    reference.free();
    expect([...differing]).toEqual([]);
  });

  it('counts bytes that are no UTF-8 as TextDecoder replaces them', async () => {
    const counter = await openTokenCounter(encoding);
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    await assertInPortions(
      fc.property(mixedBytes(12), (bytes) => {
        const text = decoder.decode(bytes);
        expect(counter.countBytes(bytes)).toBe(counter.countText(text));
        expect(counter.encodeBytes(bytes).ids.length).toBe(counter.countText(text));
      }),
      texts,
    );
  });
});
