import { characterClasses, LETTER, NEWLINE, NUMBER, SPACE } from './characterClasses.ts';
import {
  contractionEnd,
  digitsEnd,
  letterRunEnd,
  otherRunEnd,
  whiteSpaceEnd,
} from './scanParts.ts';
import type { PieceScanner, WordRule } from './splitRule.ts';
import { codePointAt, utf8LengthOf } from '../utf8.ts';

/**
 * The scanner of OpenAI's cl100k_base (tiktoken_ext/openai_public.py):
 *
 *     (?i:'s|'t|'re|'ve|'m|'ll|'d)
 *     [^\r\n\p{L}\p{N}]?\p{L}+
 *     \p{N}{1,3}
 *      ?[^\s\p{L}\p{N}]+[\r\n]*
 *     \s*[\r\n]+|\s+(?!\S)|\s+
 */
export function cl100kScanner({ maxDigits, contractions }: WordRule): PieceScanner {
  const classes = characterClasses();

  return (utf8, start, end) => {
    const firstByte = utf8[start];
    const firstBits = firstByte < 0x80 ? classes[firstByte] : classes[codePointAt(utf8, start)];
    if ((firstBits & NUMBER) !== 0) return digitsEnd(classes, utf8, start, end, maxDigits);
    if (contractions) {
      const contraction = contractionEnd(utf8, start, end);
      if (contraction > start) return contraction;
    }

    const afterFirst = start + utf8LengthOf(firstByte);
    if ((firstBits & NEWLINE) === 0) {
      const wordStart = (firstBits & LETTER) !== 0 ? start : afterFirst;
      const word = letterRunEnd(classes, utf8, wordStart, end);
      if (word > wordStart) return word;
    }

    const otherStart = firstByte === 0x20 ? afterFirst : start;
    let other = otherRunEnd(classes, utf8, otherStart, end);
    if (other > otherStart) {
      while (other < end && (utf8[other] === 0x0a || utf8[other] === 0x0d)) other++;
      return other;
    }
    if ((firstBits & SPACE) !== 0) return whiteSpaceEnd(classes, utf8, start, end);
    throw new Error(`The split rule matches nothing at byte ${start}`);
  };
}
