import {
  characterClasses,
  CJK,
  LETTER,
  LOWER_RUN,
  NEWLINE,
  NUMBER,
  SPACE,
  SYMBOL,
} from './characterClasses.ts';
import { digitsEnd } from './scanParts.ts';
import type { PieceScanner } from './splitRule.ts';
import { codePointAt, utf8LengthOf } from '../utf8.ts';

/** Letters and marks: what has the lower-run bit, and the upper-case letters. */
const WORD = LETTER | LOWER_RUN;

/**
 * The scanner of DeepSeek V3 (tokenizer.json, three Split steps): numbers by three; then runs of Han and kana
 * (U+4E00-U+9FA5, U+3040-U+30FF); and within each part that these leave, runs and rest alike:
 *
 *     [!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+
 *     [^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+
 *      ?[\p{P}\p{S}]+[\r\n]*
 *     \s*[\r\n]+|\s+(?!\S)|\s+
 *
 * A part's end is a text's end for the last rule. What no rule matches (controls) is a piece of its own.
 */
export function deepSeekScanner(): PieceScanner {
  const classes = characterClasses();

  return (utf8, start, end) => {
    const bitsAt = (idx: number) => classes[codePointAt(utf8, idx)];
    const first = bitsAt(start);
    if ((first & NUMBER) !== 0) return digitsEnd(classes, utf8, start, end, 3);
    const script = first & CJK;
    /** The end of the characters from `from` on that have one of the bits and are in the part. */
    const runEnd = (from: number, wanted: number) => {
      let idx = from;
      while (idx < end) {
        const bits = bitsAt(idx);
        if ((bits & wanted) === 0 || (bits & CJK) !== script) break;
        idx += utf8LengthOf(utf8[idx]);
      }
      return idx;
    };

    const afterFirst = start + utf8LengthOf(utf8[start]);
    if (utf8[start] < 0x80 && (first & SYMBOL) !== 0) {
      let idx = afterFirst;
      while (idx < end && isAsciiLetter(utf8[idx])) idx++;
      if (idx > afterFirst) return idx;
    }
    if ((first & WORD) !== 0) return runEnd(start, WORD);
    if ((first & (NEWLINE | SYMBOL)) === 0) {
      const word = runEnd(afterFirst, WORD);
      if (word > afterFirst) return word;
    }
    const symbolsStart = utf8[start] === 0x20 ? afterFirst : start;
    const symbols = runEnd(symbolsStart, SYMBOL);
    if (symbols > symbolsStart) {
      // Line ends are in no CJK part, so there is none after a CJK symbol's part.
      return script === 0 ? runEnd(symbols, NEWLINE) : symbols;
    }
    if ((first & SPACE) !== 0) return whiteSpaceEnd(runEnd(start, SPACE));

    let idx = afterFirst;
    while (idx < end) {
      const bits = bitsAt(idx);
      if ((bits & (WORD | SPACE | SYMBOL | NUMBER)) !== 0 || (bits & CJK) !== script) break;
      const next = idx + utf8LengthOf(utf8[idx]);
      // This one would go with the word after it.
      if (runEnd(next, WORD) > next) break;
      idx = next;
    }
    return idx;

    function whiteSpaceEnd(spacesEnd: number): number {
      let lastStart = start;
      let lineEnd = -1;
      for (let at = start; at < spacesEnd; at += utf8LengthOf(utf8[at])) {
        lastStart = at;
        if ((bitsAt(at) & NEWLINE) !== 0) lineEnd = at + 1;
      }
      if (lineEnd >= 0) return lineEnd;
      const partEnds =
        spacesEnd === end ||
        (bitsAt(spacesEnd) & NUMBER) !== 0 ||
        (bitsAt(spacesEnd) & CJK) !== script;
      return partEnds || lastStart === start ? spacesEnd : lastStart;
    }
  };
}

function isAsciiLetter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}
