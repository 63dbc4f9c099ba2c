import { LETTER, NEWLINE, NUMBER, SPACE } from './characterClasses.ts';
import { codePointAt, utf8LengthOf } from '../utf8.ts';

/*
 * The parts that the split rules share. Each takes valid UTF-8 and gives the end of what it matched.
 */

/** The end of up to `maxDigits` characters of `\p{N}`, of which one is known to stand at `start`. */
export function digitsEnd(
  classes: Uint8Array,
  utf8: Uint8Array,
  start: number,
  end: number,
  maxDigits: number,
): number {
  let idx = start;
  for (let digits = 0; digits < maxDigits && idx < end; digits++) {
    const byte = utf8[idx];
    const bits = byte < 0x80 ? classes[byte] : classes[codePointAt(utf8, idx)];
    if ((bits & NUMBER) === 0) break;
    idx += utf8LengthOf(byte);
  }
  return idx;
}

/** The end of `\p{L}*`. */
export function letterRunEnd(
  classes: Uint8Array,
  utf8: Uint8Array,
  start: number,
  end: number,
): number {
  let idx = start;
  while (idx < end) {
    const byte = utf8[idx];
    if (byte < 0x80) {
      if ((classes[byte] & LETTER) === 0) break;
      idx++;
    } else {
      if ((classes[codePointAt(utf8, idx)] & LETTER) === 0) break;
      idx += utf8LengthOf(byte);
    }
  }
  return idx;
}

/** The end of `[^\s\p{L}\p{N}]*`: marks, punctuation, symbols, controls. */
export function otherRunEnd(
  classes: Uint8Array,
  utf8: Uint8Array,
  start: number,
  end: number,
): number {
  let idx = start;
  while (idx < end) {
    const byte = utf8[idx];
    const bits = byte < 0x80 ? classes[byte] : classes[codePointAt(utf8, idx)];
    if ((bits & (LETTER | NUMBER | SPACE)) !== 0) break;
    idx += utf8LengthOf(byte);
  }
  return idx;
}

/**
 * The end of `\s*[\r\n]+|\s+(?!\S)|\s+` where white space is known to stand at `start`: up to the last line end
 * of the run; else the run up to the text's end; else all of it but the last character, which goes with the next word.
 */
export function whiteSpaceEnd(
  classes: Uint8Array,
  utf8: Uint8Array,
  start: number,
  end: number,
): number {
  let idx = start;
  let lastStart = start;
  let lineEnd = -1;
  while (idx < end) {
    const byte = utf8[idx];
    const bits = byte < 0x80 ? classes[byte] : classes[codePointAt(utf8, idx)];
    if ((bits & SPACE) === 0) break;
    lastStart = idx;
    idx += utf8LengthOf(byte);
    if ((bits & NEWLINE) !== 0) lineEnd = idx;
  }
  if (lineEnd >= 0) return lineEnd;
  return idx === end || lastStart === start ? idx : lastStart;
}

/** A run of white space that is known to begin at `start`: its end, and where its last character begins. */
export function whiteSpaceRun(
  classes: Uint8Array,
  utf8: Uint8Array,
  start: number,
  end: number,
): { readonly runEnd: number; readonly lastStart: number } {
  let runEnd = start;
  let lastStart = start;
  while (runEnd < end) {
    const byte = utf8[runEnd];
    const bits = byte < 0x80 ? classes[byte] : classes[codePointAt(utf8, runEnd)];
    if ((bits & SPACE) === 0) break;
    lastStart = runEnd;
    runEnd += utf8LengthOf(byte);
  }
  return { runEnd, lastStart };
}

const APOSTROPHE = 0x27;

/** The end of `'s|'t|'re|'ve|'m|'ll|'d` in any case at `start`, or `start` when none stands there. */
export function contractionEnd(utf8: Uint8Array, start: number, end: number): number {
  if (start + 1 >= end || utf8[start] !== APOSTROPHE) return start;
  const first = utf8[start + 1] | 0x20;
  const second = start + 2 < end ? utf8[start + 2] | 0x20 : 0;
  switch (first) {
    case 0x73: // s
    case 0x74: // t
    case 0x6d: // m
    case 0x64: // d
      return start + 2;
    case 0x72: // r
    case 0x76: // v
      return second === 0x65 ? start + 3 : start;
    case 0x6c: // l
      return second === 0x6c ? start + 3 : start;
    default:
      // Case folding makes U+017F (long s: c5 bf) an s.
      return utf8[start + 1] === 0xc5 && start + 2 < end && utf8[start + 2] === 0xbf
        ? start + 3
        : start;
  }
}
