/** Pieces of up to so many bytes, nine in ten, are kept as two words. */
export const MAX_SHORT_PIECE_BYTES = 8;

/** Which bits of the first four and of the next four bytes belong to a piece, by its length. */
const FIRST_WORD = Int32Array.of(0, 0xff, 0xffff, 0xffffff, -1, -1, -1, -1, -1);
const SECOND_WORD = Int32Array.of(0, 0, 0, 0, 0, 0xff, 0xffff, 0xffffff, -1);

const SLOT_BITS = 15;

/**
 * How many tokens short pieces have. The text of a project is the same few thousand pieces over and over, so nearly
 * all are found here, in memory that stays near the processor. Bounded: a slot per hash, the newer piece takes it.
 */
export class ShortPieceCounts {
  /** Four words a slot: the piece's bytes in two, its length, its tokens. */
  readonly #words = new Int32Array(4 << SLOT_BITS);

  /** Tokens of the piece, or 0 when it is not remembered. `length` is 1 to 8. */
  tokensOf(view: DataView, start: number, length: number): number {
    const first = view.getInt32(start, true) & FIRST_WORD[length];
    const second = view.getInt32(start + 4, true) & SECOND_WORD[length];
    const slot = slotOf(first, second);
    const words = this.#words;
    const differs = (words[slot] ^ first) | (words[slot + 1] ^ second) | (words[slot + 2] ^ length);
    return differs === 0 ? words[slot + 3] : 0;
  }

  remember(view: DataView, start: number, length: number, tokens: number): void {
    const first = view.getInt32(start, true) & FIRST_WORD[length];
    const second = view.getInt32(start + 4, true) & SECOND_WORD[length];
    const slot = slotOf(first, second);
    const words = this.#words;
    words[slot] = first;
    words[slot + 1] = second;
    words[slot + 2] = length;
    words[slot + 3] = tokens;
  }
}

function slotOf(first: number, second: number): number {
  const hash = Math.imul(first, 0x9e3779b1) + Math.imul(second, 0x85ebca6b);
  return (Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> (32 - SLOT_BITS)) << 2;
}
