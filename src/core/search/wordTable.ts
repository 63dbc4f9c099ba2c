import { encodeUtf8 } from '../text/utf8Text.ts';

/** A table's words as two arrays, to send to another thread or to keep in a file. */
export interface PackedWords {
  /** The words' UTF-8 bytes, one after the other. */
  readonly bytes: Uint8Array;
  /** (numWords + 1): where each word starts in `bytes`. */
  readonly starts: Uint32Array;
}

/**
 * Numbers words: the same bytes get the same id, ids count from 0. Words are kept as bytes in one array, and found by open
 * addressing, so that half a million of them take some 10 MB, and none is a string before somebody asks for it.
 */
export class WordTable {
  #bytes: Uint8Array = new Uint8Array(1 << 16);
  #starts: Uint32Array = new Uint32Array(1 << 12);
  /** Id + 1 of the word in each slot; 0: free. */
  #slots = new Uint32Array(fewestSlots);
  #size = 0;

  /** A table of these words, which shares their memory. They are put into slots when the first is looked for. */
  static of({ bytes, starts }: PackedWords): WordTable {
    const table = new WordTable();
    table.#bytes = bytes;
    table.#starts = starts;
    table.#size = starts.length - 1;
    table.#slots = noSlots;
    return table;
  }

  get size(): number {
    return this.#size;
  }

  /** The id of the word at `source[start ... end - 1]`, a new one if it is new; `hash` is that of its bytes. */
  add(
    source: Uint8Array,
    start: number,
    end: number,
    hash: number = hashOf(source, start, end),
  ): number {
    const slot = this.#find(source, start, end, hash);
    const known = this.#slots[slot];
    if (known !== 0) return known - 1;
    const id = this.#size++;
    if (id + 2 > this.#starts.length) this.#starts = grown(this.#starts, id + 2);
    const from = this.#starts[id];
    const to = from + end - start;
    if (to > this.#bytes.length) this.#bytes = grown(this.#bytes, to);
    for (let i = start, j = from; i < end; i++, j++) this.#bytes[j] = source[i];
    this.#starts[id + 1] = to;
    this.#slots[slot] = id + 1;
    if (this.#size * 2 > this.#slots.length) this.#rehash(this.#slots.length * 2);
    return id;
  }

  /** Undefined for a word that was never added. */
  idOf(word: string): number | undefined {
    const bytes = encodeUtf8(word);
    const known = this.#slots[this.#find(bytes, 0, bytes.length, hashOf(bytes, 0, bytes.length))];
    return known === 0 ? undefined : known - 1;
  }

  /** A view, which is valid until the next word is added. */
  bytesOf(id: number): Uint8Array {
    return this.#bytes.subarray(this.#starts[id], this.#starts[id + 1]);
  }

  /** Adds the words of another table; the result gives for each of its ids the id here. */
  addAll({ bytes, starts }: PackedWords): Uint32Array {
    const ids = new Uint32Array(Math.max(0, starts.length - 1));
    for (let id = 0; id < ids.length; id++) ids[id] = this.add(bytes, starts[id], starts[id + 1]);
    return ids;
  }

  /** Copies of the words from `firstId` on. */
  packed(firstId = 0): PackedWords {
    const offset = this.#starts[firstId];
    return {
      bytes: this.#bytes.slice(offset, this.#starts[this.#size]),
      starts: this.#starts.slice(firstId, this.#size + 1).map((start) => start - offset),
    };
  }

  /** The slot of a word, or the free one where it belongs. */
  #find(source: Uint8Array, start: number, end: number, hash: number): number {
    if (this.#slots === noSlots) this.#rehash(slotsFor(this.#size));
    const mask = this.#slots.length - 1;
    for (let slot = slotHash(hash) & mask; ; slot = (slot + 1) & mask) {
      const known = this.#slots[slot];
      if (known === 0 || this.#isWord(known - 1, source, start, end)) return slot;
    }
  }

  #isWord(id: number, source: Uint8Array, start: number, end: number): boolean {
    const from = this.#starts[id];
    if (this.#starts[id + 1] - from !== end - start) return false;
    for (let i = start, j = from; i < end; i++, j++) if (source[i] !== this.#bytes[j]) return false;
    return true;
  }

  #rehash(numSlots: number): void {
    this.#slots = new Uint32Array(numSlots);
    const mask = this.#slots.length - 1;
    for (let id = 0; id < this.#size; id++) {
      const hash = hashOf(this.#bytes, this.#starts[id], this.#starts[id + 1]);
      let slot = slotHash(hash) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = id + 1;
    }
  }
}

const noSlots = new Uint32Array(0);
const fewestSlots = 1 << 13;

/** A power of two, at most half full with this many words. */
function slotsFor(numWords: number): number {
  let slots = fewestSlots;
  while (numWords * 2 > slots) slots *= 2;
  return slots;
}

/** FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) of bytes; made byte by byte where they are read anyway. */
export function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = firstHash;
  for (let i = start; i < end; i++) hash = hashedByte(hash, bytes[i]);
  return hash;
}

export const firstHash = 0x811c9dc5 | 0;

export function hashedByte(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

/** Its high bits folded in: short words differ in few bits. */
function slotHash(hash: number): number {
  return (hash ^ (hash >>> 15)) >>> 0;
}

export function grown<T extends Uint8Array | Uint32Array>(array: T, atLeast: number): T {
  const larger = new (array.constructor as new (length: number) => T)(
    Math.max(array.length * 2, atLeast),
  );
  larger.set(array);
  return larger;
}
