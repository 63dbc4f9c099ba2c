import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { lastSafeCut } from '../../src/core/files/safeCut.ts';
import type { TokenCounter } from '../../src/core/tokens/tokenCounter.ts';
import { countChunks } from '../../src/node/countChunks.ts';
import { openTokenCounter } from '../../src/node/openTokenCounter.ts';

const counters: TokenCounter[] = [];
beforeAll(async () => {
  counters.push(await openTokenCounter('o200k_base'), await openTokenCounter('cl100k_base'));
});

/** Texts full of what the split rules treat specially. */
const texts = fc
  .array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom(
          ...` \t\r\n/'-_.,;(){}<>"=+*#0123456789aAzZsStTéЖ漢語か한́\u00a0\u3000\u0085😀`,
        ),
      },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          "'s",
          "'LL",
          '\r\n',
          '\n\n',
          ' word',
          'Word',
          'HTML',
          '\n//',
          '123456',
          '  ',
        ),
      },
      { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 3 }) },
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

describe('counting in chunks', () => {
  it('adds up to the count of the whole at every safe cut', () => {
    fc.assert(
      fc.property(texts, (text) => {
        for (
          let utf8 = Buffer.from(text), cut = lastSafeCut(utf8);
          cut > 0;
          cut = lastSafeCut(utf8)
        ) {
          const whole = Buffer.from(text);
          for (const counter of counters) {
            const parts =
              counter.countBytes(whole.subarray(0, cut)) + counter.countBytes(whole.subarray(cut));
            expect(parts).toBe(counter.countBytes(whole));
          }
          utf8 = utf8.subarray(0, cut);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('gives the count of the whole, however the text is cut, and with memory that is used again', () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat(20), { minLength: 1, maxLength: 9 }), (text, lengths) => {
        const chunk = Buffer.alloc(80);
        function* chunks(): Generator<Uint8Array> {
          const characters = Array.from(text);
          for (let at = 0, turn = 0; at < characters.length; turn++) {
            const length = 1 + lengths[turn % lengths.length];
            const bytes = Buffer.from(characters.slice(at, at + length).join(''));
            chunk.fill(0).set(bytes.subarray(0, 80));
            yield bytes.length > 80 ? bytes : chunk.subarray(0, bytes.length);
            at += length;
          }
        }
        const [counter] = counters;
        expect(countChunks(counter, chunks(), () => false)).toBe(counter.countText(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('finds no cut in a run of one letter, of signs or of spaces', () => {
    for (const run of ['aaaa', '====', '    ', '\n\n\n\n', '漢漢', '']) {
      expect(lastSafeCut(Buffer.from(run))).toBe(0);
    }
  });

  it('stops when cancelled', () => {
    expect(countChunks(counters[0], [Buffer.from('a')], () => true)).toBeUndefined();
  });
});
