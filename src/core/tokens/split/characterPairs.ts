import { codePointAt, utf8LengthOf } from '../utf8.ts';

/** Characters beside each other, as a set of bits by hash: of what it does not have, no token has it. */
export type CharacterPairs = Int32Array;

const HASH_BITS = 22;
const SPACE = 0x20;
/** SentencePiece's sign for a space. */
const SPACE_SIGN = 0x2581;

function bitOf(before: number, after: number): number {
  const hash = Math.imul(before, 0x9e3779b1) ^ Math.imul(after, 0x85ebca6b);
  return Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) >>> (32 - HASH_BITS);
}

/** Memory of 512 KiB for pairs. */
export const CHARACTER_PAIRS_BYTES = 2 ** HASH_BITS / 8;

/** Adds all pairs of a token, which must be UTF-8; tokens that are not are parts of characters and have no pair. */
export function addPairs(
  pairs: CharacterPairs,
  utf8: Uint8Array,
  start: number,
  end: number,
): void {
  let before = -1;
  for (let idx = start; idx < end; idx += utf8LengthOf(utf8[idx])) {
    const sign = codePointAt(utf8, idx);
    const after = sign === SPACE_SIGN ? SPACE : sign;
    if (before >= 0) {
      const bit = bitOf(before, after);
      pairs[bit >> 5] |= 1 << (bit & 31);
    }
    before = after;
  }
}

/** Whether a token may have these two beside each other; the sign of a space is a space. */
export function hasPair(pairs: CharacterPairs, before: number, after: number): boolean {
  const bit = bitOf(before === SPACE_SIGN ? SPACE : before, after === SPACE_SIGN ? SPACE : after);
  return (pairs[bit >> 5] & (1 << (bit & 31))) !== 0;
}
