import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TokenEncoder } from '../../../src/core/tokens/tokenCounter.ts';
import { spanAt, tokenSpans } from '../../../src/core/tokens/tokenSpans.ts';
import { openTokenCounter } from '../../../src/node/openTokenCounter.ts';
import { mixedText } from './texts.ts';

function bytesOf(encoder: TokenEncoder, ids: readonly number[]): Buffer {
  return Buffer.concat(ids.map((id) => encoder.tokenBytes(id)));
}

describe('tokens laid over a text', () => {
  it.each(['o200k_base', 'cl100k_base', 'deepseek_v3', 'tekken'])(
    'are those of %s, without gaps, each over its own bytes',
    async (encoding) => {
      const encoder = await openTokenCounter(encoding);
      fc.assert(
        fc.property(mixedText(20), (text) => {
          const spans = tokenSpans(encoder, text) ?? [];
          const ids = [...encoder.encodeBytes(Buffer.from(text)).ids];
          expect(spans.flatMap((span) => span.ids)).toEqual(ids);
          let unit = 0;
          for (const { startUnit, endUnit, ids: own } of spans) {
            expect(startUnit).toBe(unit);
            unit = endUnit;
            expect(bytesOf(encoder, own).equals(Buffer.from(text.slice(startUnit, endUnit)))).toBe(
              true,
            );
          }
          expect(unit).toBe(text.length);
        }),
        { numRuns: 100 },
      );
    },
  );

  it('share a character that none of them holds whole', async () => {
    const encoder = await openTokenCounter('o200k_base');
    const spans = tokenSpans(encoder, 'a🫠b') ?? [];
    expect(spans.map(({ startUnit, endUnit }) => [startUnit, endUnit])).toEqual([
      [0, 1],
      [1, 3],
      [3, 4],
    ]);
    expect(spans[1].ids.length).toBeGreaterThan(1);
  });

  it('stand where the text is that an encoding composes first', async () => {
    const encoder = await openTokenCounter('qwen');
    const text = 'cafe\u0301 noe\u0308l; 한글 \u1112\u1161\u11ab end';
    const spans = tokenSpans(encoder, text) ?? [];
    expect(spans.flatMap((span) => span.ids)).toEqual([
      ...encoder.encodeBytes(Buffer.from(text)).ids,
    ]);
    expect(spans.at(-1)?.endUnit).toBe(text.length);
    for (const { startUnit, endUnit, ids } of spans) {
      const composed = text.slice(startUnit, endUnit).normalize('NFC');
      expect(bytesOf(encoder, ids).toString()).toBe(composed);
    }
  });

  it('are found by a place in the text', async () => {
    const encoder = await openTokenCounter('o200k_base');
    const text = 'const answer = 42;\n'.repeat(50);
    const spans = tokenSpans(encoder, text) ?? [];
    for (let unit = 0; unit < text.length; unit++) {
      const span = spanAt(spans, unit);
      expect(span !== undefined && span.startUnit <= unit && unit < span.endUnit).toBe(true);
    }
    expect(spanAt(spans, text.length)).toBeUndefined();
    expect(spanAt([], 0)).toBeUndefined();
  });
});
