import {
  characterClasses,
  LETTER,
  LOWER_RUN,
  NEWLINE,
  NUMBER,
  SPACE,
  UPPER_RUN,
} from './characterClasses.ts';
import { contractionEnd, digitsEnd, otherRunEnd, whiteSpaceEnd } from './scanParts.ts';
import type { PieceScanner, WordRule } from './splitRule.ts';
import { codePointAt, utf8LengthOf } from '../utf8.ts';

/**
 * The scanner of OpenAI's o200k_base (tiktoken_ext/openai_public.py), with U = `\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}` and
 * L = `\p{Ll}\p{Lm}\p{Lo}\p{M}`:
 *
 *     [^\r\n\p{L}\p{N}]?[U]*[L]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?
 *     [^\r\n\p{L}\p{N}]?[U]+[L]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?
 *     \p{N}{1,3}
 *      ?[^\s\p{L}\p{N}]+[\r\n/]*
 *     \s*[\r\n]+|\s+(?!\S)|\s+
 */
export function o200kScanner({ maxDigits, contractions }: WordRule): PieceScanner {
  const classes = characterClasses();

  return (utf8, start, end) => {
    const firstByte = utf8[start];
    const firstBits = firstByte < 0x80 ? classes[firstByte] : classes[codePointAt(utf8, start)];
    if ((firstBits & NUMBER) !== 0) return digitsEnd(classes, utf8, start, end, maxDigits);

    const afterFirst = start + utf8LengthOf(firstByte);
    const isLetter = (firstBits & LETTER) !== 0;
    if ((firstBits & NEWLINE) === 0) {
      const wordStart = isLetter ? start : afterFirst;
      let word = wordEnd(classes, utf8, wordStart, end);
      // A mark is both what may precede a word and what may be in one.
      if ((firstBits & (UPPER_RUN | LETTER)) === UPPER_RUN && !endsInLowerRun(word)) {
        return withContraction(utf8, afterFirst, end, contractions);
      }
      if (word < 0) word = -word;
      if (word > wordStart) return withContraction(utf8, word, end, contractions);
    }

    const otherStart = firstByte === 0x20 ? afterFirst : start;
    let other = otherRunEnd(classes, utf8, otherStart, end);
    if (other > otherStart) {
      while (other < end && isLineEndOrSlash(utf8[other])) other++;
      return other;
    }
    if ((firstBits & SPACE) !== 0) return whiteSpaceEnd(classes, utf8, start, end);
    throw new Error(`The split rule matches nothing at byte ${start}`);
  };
}

function endsInLowerRun(word: number): boolean {
  return word > 0;
}

/**
 * The end of `[U]*[L]+` at `start`; where that fails, minus the end of `[U]+`, which is `-start` when that fails too.
 */
function wordEnd(classes: Uint8Array, utf8: Uint8Array, start: number, end: number): number {
  let idx = start;
  // What `[U]*` has to give back so that `[L]+` matches: all after the last character that is in both.
  let afterLastInBoth = -1;
  while (idx < end) {
    const byte = utf8[idx];
    const bits = byte < 0x80 ? classes[byte] : classes[codePointAt(utf8, idx)];
    if ((bits & UPPER_RUN) === 0) {
      if ((bits & LOWER_RUN) === 0) break;
      return lowerRunEnd(classes, utf8, idx, end);
    }
    idx += byte < 0x80 ? 1 : utf8LengthOf(byte);
    if ((bits & LOWER_RUN) !== 0) afterLastInBoth = idx;
  }
  return afterLastInBoth >= 0 ? afterLastInBoth : -idx;
}

function lowerRunEnd(classes: Uint8Array, utf8: Uint8Array, start: number, end: number): number {
  let idx = start;
  while (idx < end) {
    const byte = utf8[idx];
    if (byte < 0x80) {
      if ((classes[byte] & LOWER_RUN) === 0) break;
      idx++;
    } else {
      if ((classes[codePointAt(utf8, idx)] & LOWER_RUN) === 0) break;
      idx += utf8LengthOf(byte);
    }
  }
  return idx;
}

function withContraction(
  utf8: Uint8Array,
  word: number,
  end: number,
  contractions: boolean,
): number {
  return contractions ? contractionEnd(utf8, word, end) : word;
}

function isLineEndOrSlash(byte: number): boolean {
  return byte === 0x0a || byte === 0x0d || byte === 0x2f;
}
