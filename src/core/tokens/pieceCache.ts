/** Pieces of more bytes are not remembered. */
export const MAX_CACHED_PIECE_BYTES = 60;

const SLOT_WORDS = 16;
const KEEP_BYTES = Int32Array.of(0, 0xff, 0xffff, 0xffffff, -1);

/**
 * How many tokens pieces had that needed merging. Bounded: a slot per hash, the newer piece takes it. A slot is one
 * cache line of 64 bytes: length and count in the first word, the piece's own bytes in the rest, so that a hit is
 * certain and not merely an equal hash.
 */
export class PieceCache {
  readonly #words: Int32Array;
  readonly #lastSlot: number;

  /** `slots` is a power of two. */
  constructor(slots: number) {
    this.#words = new Int32Array(slots * SLOT_WORDS);
    this.#lastSlot = (slots - 1) * SLOT_WORDS;
  }

  /** Tokens of the piece, or 0 when it is not remembered. */
  tokensOf(view: DataView, start: number, length: number, hash: number): number {
    const words = this.#words;
    let slot = (hash * SLOT_WORDS) & this.#lastSlot;
    const head = words[slot];
    if ((head & 0xff) !== length) return 0;
    slot++;
    const wholeEnd = start + (length & ~3);
    for (let idx = start; idx < wholeEnd; idx += 4) {
      if (words[slot++] !== view.getInt32(idx, true)) return 0;
    }
    const rest = length & 3;
    if (rest !== 0 && words[slot] !== (view.getInt32(wholeEnd, true) & KEEP_BYTES[rest])) return 0;
    return head >> 8;
  }

  remember(view: DataView, start: number, length: number, hash: number, tokens: number): void {
    const words = this.#words;
    let slot = (hash * SLOT_WORDS) & this.#lastSlot;
    words[slot++] = length | (tokens << 8);
    for (let idx = 0; idx < length; idx += 4) {
      words[slot++] = view.getInt32(start + idx, true) & KEEP_BYTES[Math.min(4, length - idx)];
    }
  }
}
