import {
  characterClasses,
  LETTER,
  LOWER_RUN,
  NEWLINE,
  NUMBER,
  SPACE,
  UPPER_RUN,
} from './characterClasses.ts';
import { hasPair } from './characterPairs.ts';
import type { SafeSplit } from '../tokenCounter.ts';
import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import { codePointAt, wellFormedLength } from '../utf8.ts';

const APOSTROPHE = 0x27;
const SLASH = 0x2f;

/**
 * Whether a text may be cut between two neighbouring characters with the same tokens on both sides as in the whole,
 * whatever stands around them. No split rule has a piece that goes on over
 * - a letter and what is neither letter, mark nor the apostrophe of a contraction;
 * - a number and what is none;
 * - a line end and what is neither white space nor a slash;
 * and none looks behind, so pieces on the right are those of a text that starts there.
 */
export function isSafeSplit(before: number, after: number): boolean {
  const classes = characterClasses();
  const left = classes[before];
  const right = classes[after];
  if ((left & LETTER) !== 0) return (right & (UPPER_RUN | LOWER_RUN)) === 0 && after !== APOSTROPHE;
  if ((left & NUMBER) !== 0) return (right & NUMBER) === 0;
  return (left & NEWLINE) !== 0 && (right & SPACE) === 0 && after !== SLASH;
}

/** Whether a text may be cut before the UTF-16 unit `idx`, which has units on both sides. */
export function isSafeTextSplit(
  text: string,
  idx: number,
  isSafe: SafeSplit = isSafeSplit,
): boolean {
  const after = text.codePointAt(idx) ?? 0;
  const unitBefore = text.charCodeAt(idx - 1);
  const isLow = unitBefore >= 0xdc00 && unitBefore <= 0xdfff;
  const before = isLow && idx >= 2 ? (text.codePointAt(idx - 2) ?? 0) : unitBefore;
  const isPair = before > 0xffff;
  // Next to half a surrogate pair nothing is cut: it would be another character with its other half.
  if ((isLow && !isPair) || isSurrogate(after) || isSurrogate(before)) return false;
  return isSafe(before, after);
}

function isSurrogate(codePoint: number): boolean {
  return codePoint >= 0xd800 && codePoint <= 0xdfff;
}

/**
 * Where texts may be cut for a vocabulary: as `isSafeSplit` has it, but never inside an added token; where merges go
 * over the whole text, wherever no token has the two characters beside each other.
 */
export function safeSplitOf({ split, pairs }: Pick<Vocabulary, 'split' | 'pairs'>): SafeSplit {
  let byRule: SafeSplit = isSafeSplit;
  if (split.kind === 'joins' && split.normalization === undefined) byRule = () => true;
  // Its pieces of white space end at no line end.
  if (split.kind === 'gpt2') byRule = (left, right) => !isLineEnd(left) && isSafeSplit(left, right);
  if (pairs === undefined) return byRule;
  return (left, right) => byRule(left, right) && !hasPair(pairs, left, right);
}

function isLineEnd(codePoint: number): boolean {
  return codePoint === 0x0a || codePoint === 0x0d;
}

/** Whether bytes may be cut before `idx`; next to bytes that are no UTF-8 they may not. */
export function isSafeSplitAt(
  utf8: Uint8Array,
  idx: number,
  isSafe: SafeSplit = isSafeSplit,
): boolean {
  if (wellFormedLength(utf8, idx, utf8.length) < 0) return false;
  let start = idx - 1;
  while (start > 0 && idx - start < 4 && (utf8[start] & 0xc0) === 0x80) start--;
  if (wellFormedLength(utf8, start, idx) !== idx - start) return false;
  return isSafe(codePointAt(utf8, start), codePointAt(utf8, idx));
}

/**
 * Where to cut bytes from `start` on into a part of at most `maxBytes`: the last safe place within, else the first
 * beyond (a single piece can be longer than any limit), else `undefined`: no safe place in the rest.
 */
export function nextSafeSplit(
  utf8: Uint8Array,
  start: number,
  maxBytes: number,
  isSafe: SafeSplit = isSafeSplit,
): number | undefined {
  const limit = start + maxBytes;
  for (let idx = Math.min(limit, utf8.length - 1); idx > start; idx--) {
    if (isSafeSplitAt(utf8, idx, isSafe)) return idx;
  }
  for (let idx = limit + 1; idx < utf8.length; idx++) {
    if (isSafeSplitAt(utf8, idx, isSafe)) return idx;
  }
  return undefined;
}

/**
 * Parts of a text, in order and without copying, whose counts add up to the count of the whole. A part is at most
 * `maxBytes` long, longer only where no safe place lies within that.
 */
export function* splitForCounting(
  utf8: Uint8Array,
  maxBytes: number,
  isSafe: SafeSplit = isSafeSplit,
): Generator<Uint8Array> {
  if (!(maxBytes >= 1)) throw new RangeError(`maxBytes is ${maxBytes}, it must be at least 1`);
  let start = 0;
  while (utf8.length - start > maxBytes) {
    const end = nextSafeSplit(utf8, start, maxBytes, isSafe);
    if (end === undefined) break;
    yield utf8.subarray(start, end);
    start = end;
  }
  if (start < utf8.length) yield utf8.subarray(start);
}
