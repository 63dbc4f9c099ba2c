import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8 } from '../../../src/core/text/utf8Text.ts';
import { termsOfWord, wordsOf } from '../../../src/core/search/terms.ts';
import { WordCounter } from '../../../src/core/search/wordCounter.ts';
import { WordTable } from '../../../src/core/search/wordTable.ts';
import { addTerms, mostTerms } from '../../../src/core/search/wordTerms.ts';

const textOf = (table: WordTable, id: number) => decodeUtf8(table.bytesOf(id));
const utf8 = (text: string) => new TextEncoder().encode(text);

/** The words of a text that have terms, with how often. */
function countedWords(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of wordsOf(text)) {
    if (/^[\w$]+$/.test(word) && word.length > 64) continue;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

const pieces = fc.constantFrom(
  'parseHttpHeader',
  'HTTP_Server2',
  '$x',
  '12',
  '12ab',
  ' ',
  '\n',
  '日本 語',
  '\u00a0',
  '\u3000',
  '\ufeff',
  'é',
  '-',
  '😀',
  'x'.repeat(70),
);

describe('words', () => {
  it('are counted on bytes as the expression finds them in the text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 30 }),
        (parts) => {
          const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(utf8(parts.join('')));
          const table = new WordTable();
          const { wordIds, counts } = new WordCounter(table).count(utf8(text));
          const found = [...wordIds].map((id, i) => [textOf(table, id), counts[i]] as const);
          expect(new Map(found)).toEqual(countedWords(text));
        },
      ),
    );
  });

  it('are split at capitals, digits and underscores as the expression would', () => {
    const part = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g;
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z_$][\w$]{0,12}$/), (word) => {
        const expected = new Set(
          [
            word.toLowerCase(),
            ...(word.match(part) ?? []).map((piece) => piece.toLowerCase()),
          ].filter((term) => term.length >= 2),
        );
        expect(new Set(termsOfWord(word))).toEqual(expected);
      }),
    );
  });

  it('are split on bytes as in the text', () => {
    const names = fc.stringMatching(/^[A-Za-z_$][\w$]{0,70}$/);
    const others = fc.constantFrom('日本語', '12', 'é', '', 'a', 'x'.repeat(64), 'x'.repeat(65));
    fc.assert(
      fc.property(fc.oneof(names, others), (word) => {
        const table = new WordTable();
        table.add(utf8('before'), 0, 6);
        const ids = new Uint32Array(mostTerms(utf8(word)) + 1);
        const end = addTerms(utf8(word), table, ids, 1);
        expect([...ids.subarray(1, end)].map((id) => textOf(table, id))).toEqual(termsOfWord(word));
      }),
    );
  });

  it('keep their numbers, and get those of another table when they are added to it', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (words) => {
        const table = new WordTable();
        const ids = words.map((word) => table.add(utf8(word), 0, utf8(word).length));
        const other = new WordTable();
        other.add(utf8('zero'), 0, 4);
        const idOf = other.addAll(table.packed());
        words.forEach((word, i) => {
          const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(utf8(word));
          expect(textOf(table, ids[i])).toBe(text);
          expect(textOf(other, idOf[ids[i]])).toBe(text);
          expect(table.idOf(text)).toBe(ids[i]);
        });
        expect(table.size).toBe(new Set(ids).size);
      }),
    );
  });
});
