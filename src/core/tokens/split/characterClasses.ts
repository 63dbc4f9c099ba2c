import { characterClassRuns } from './characterClasses.generated.ts';

/*
 * What the split rules ask about a character, one bit per question, so that a scanner asks several at once.
 * The classes are Unicode general categories; white space is Unicode's White_Space as Rust's `\s` has it
 * (with U+0085, without U+FEFF), which is not JavaScript's `\s`.
 */

/** May stand in the upper-case run of a word: Lu, Lt, Lm, Lo, M. */
export const UPPER_RUN = 1;
/** May stand in the lower-case run of a word: Ll, Lm, Lo, M. */
export const LOWER_RUN = 2;
/** `\p{L}`. A mark has both run bits and not this one. */
export const LETTER = 4;
/** `\p{N}`. */
export const NUMBER = 8;
/** `\s`, line ends included. */
export const SPACE = 16;
/** Carriage return and line feed. */
export const NEWLINE = 32;
/** `\p{P}` or `\p{S}`. */
export const SYMBOL = 64;
/** The blocks that DeepSeek's rule splits off first: U+4E00-U+9FA5 and U+3040-U+30FF. */
export const CJK = 128;

/** One byte of class bits for every code point, U+0000 to U+10FFFF. */
let table: Uint8Array | undefined;

/** The table of class bits by code point; built once from runs, in about a millisecond. */
export function characterClasses(): Uint8Array {
  table ??= expandRuns(characterClassRuns);
  return table;
}

/** By one pass over the characters: taking the text apart into strings took ten times as long, in every thread. */
function expandRuns(runs: string): Uint8Array {
  const classes = new Uint8Array(0x110000);
  let start = 0;
  let end = 0;
  let number = 0;
  for (let idx = 0; idx <= runs.length; idx++) {
    const character = runs.charAt(idx);
    if (character === ':') {
      end = start + number;
      number = 0;
    } else if (character === ' ' || character === '') {
      if (number !== 0) classes.fill(number, start, end);
      start = end;
      number = 0;
    } else number = number * 36 + digit36(runs.charCodeAt(idx));
  }
  return classes;
}

/** 0 to 9 and a to z as numbers. */
function digit36(unit: number): number {
  return unit < 0x3a ? unit - 0x30 : unit - 0x61 + 10;
}
