import { characterClasses, LETTER, NUMBER, SPACE } from './characterClasses.ts';
import { digitsEnd, letterRunEnd, otherRunEnd, whiteSpaceRun } from './scanParts.ts';
import type { Gpt2Rule, PieceScanner } from './splitRule.ts';
import { codePointAt, utf8LengthOf } from '../utf8.ts';

const APOSTROPHE = 0x27;

/**
 * The scanner of GPT-2 (openai/gpt-2 src/encoder.py; Hugging Face's ByteLevel with `use_regex`):
 *
 *     's|'t|'re|'ve|'m|'ll|'d
 *      ?\p{L}+
 *      ?\p{N}+
 *      ?[^\s\p{L}\p{N}]+
 *     \s+(?!\S)|\s+
 *
 * With `digitsApart` every digit is a piece before that, and the text ends beside it.
 */
export function gpt2Scanner({ digitsApart }: Gpt2Rule): PieceScanner {
  const classes = characterClasses();
  const bitsAt = (utf8: Uint8Array, idx: number) =>
    utf8[idx] < 0x80 ? classes[utf8[idx]] : classes[codePointAt(utf8, idx)];

  return (utf8, start, end) => {
    const contraction = contractionEnd(utf8, start, end);
    if (contraction > start) return contraction;
    const runStart = utf8[start] === 0x20 ? start + 1 : start;
    if (runStart < end) {
      const bits = bitsAt(utf8, runStart);
      if ((bits & LETTER) !== 0) return letterRunEnd(classes, utf8, runStart, end);
      if ((bits & NUMBER) !== 0) {
        if (!digitsApart) return digitsEnd(classes, utf8, runStart, end, Infinity);
        return runStart > start ? runStart : start + utf8LengthOf(utf8[start]);
      }
      if ((bits & SPACE) === 0) return otherRunEnd(classes, utf8, runStart, end);
    }
    const { runEnd, lastStart } = whiteSpaceRun(classes, utf8, start, end);
    const textEnds = runEnd === end || (digitsApart && (bitsAt(utf8, runEnd) & NUMBER) !== 0);
    return textEnds || lastStart === start ? runEnd : lastStart;
  };
}

/** In lower case only. */
function contractionEnd(utf8: Uint8Array, start: number, end: number): number {
  if (start + 1 >= end || utf8[start] !== APOSTROPHE) return start;
  const pair = String.fromCharCode(utf8[start + 1], start + 2 < end ? utf8[start + 2] : 0);
  if (pair === 're' || pair === 've' || pair === 'll') return start + 3;
  return 'stmd'.includes(pair[0]) ? start + 2 : start;
}
