import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSplitter, scannerOf } from '../../../src/core/tokens/split/pieceSplitter.ts';
import type { PieceScanner, WordRule } from '../../../src/core/tokens/split/splitRule.ts';
import { mixedText } from './texts.ts';

const rules: WordRule[] = [
  { kind: 'o200k', maxDigits: 3, contractions: true },
  { kind: 'o200k', maxDigits: 1, contractions: false },
  { kind: 'cl100k', maxDigits: 3, contractions: true },
  { kind: 'cl100k', maxDigits: 1, contractions: true },
  { kind: 'deepseek', maxDigits: 3, contractions: false },
];

function pieceEnds(scan: PieceScanner, utf8: Uint8Array, textEnd: number): number[] {
  const ends: number[] = [];
  for (let start = 0; start < textEnd; start = ends[ends.length - 1]) {
    ends.push(scan(utf8, start, textEnd));
  }
  return ends;
}

describe.each(rules)('the automaton of $kind, digits by $maxDigits', (rule) => {
  const scan = scannerOf({ split: rule });
  const split = createSplitter({ split: rule });

  it('splits as the scanner, wherever the text ends in the memory it lies in', () => {
    const ascii = fc.string({ unit: 'binary-ascii', maxLength: 40 });
    fc.assert(
      fc.property(fc.oneof(ascii, mixedText(20)), ascii, (text, behind) => {
        const textEnd = new TextEncoder().encode(text).length;
        const utf8 = new TextEncoder().encode(text + behind + '\0');
        expect(pieceEnds(split, utf8, textEnd)).toEqual(pieceEnds(scan, utf8, textEnd));
      }),
      { numRuns: 2000 },
    );
  });
});
