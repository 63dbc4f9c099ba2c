import { instantiateKernel, tableAddresses } from '../kernel/compiledKernel.ts';
import type { WasmMemory } from '../kernel/sharedMemory.ts';
import type { Vocabulary } from './vocabulary.ts';

export const FILTER_BITS = 1 << 21;
export const LAST_FILTER_WORD = FILTER_BITS / 32 - 1;

export function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}

type WrittenTables = Pick<
  Vocabulary,
  'tokenBytes' | 'tokenStarts' | 'table' | 'filter' | 'bytePairRanks' | 'byteIds'
>;

/** The same at its full speed from the first token on, where the tables lie in the kernel’s memory. @returns whether it was done */
export function writeTokensByKernel(
  tables: WrittenTables,
  memory: WasmMemory | undefined,
): boolean {
  const never = () => {
    throw new Error('Nothing is counted here');
  };
  const kernel = memory && instantiateKernel({ memory, scan: never, mergeLong: never });
  if (kernel === undefined) return false;
  const { tokenStarts, byteIds } = tables;
  kernel.writeTokens(tokenStarts.length - 1, ...tableAddresses(tables), byteIds.byteOffset);
  return true;
}

/**
 * Writes every token, but those left out, where it is looked up. Apart from the rest, because a short function with a
 * long loop is compiled soonest.
 */
export function writeTokens(
  { tokenBytes, tokenStarts, table, filter, bytePairRanks, byteIds }: WrittenTables,
  leftOut: ReadonlySet<number>,
): void {
  const view = viewOf(tokenBytes);
  const numIds = tokenStarts.length - 1;
  for (let id = 0; id < numIds; id++) {
    const start = tokenStarts[id];
    const length = tokenStarts[id + 1] - start;
    if (length === 0 || (leftOut.size > 0 && leftOut.has(id))) continue;
    if (length === 1) byteIds[tokenBytes[start]] = id;
    if (length === 2) bytePairRanks[view.getUint16(start, true)] = id;
    const hash = hashBytes(view, start, length);
    writeSlot(table, view, start, length, hash, id);
    filter[(hash >>> 5) & LAST_FILTER_WORD] |= 1 << hash;
  }
}

/** Keeps the lowest n bytes of a little-endian word, n = 0 to 4. */
export const KEEP_BYTES = Int32Array.of(0, 0xff, 0xffff, 0xffffff, -1);

/**
 * Hash of the bytes at `start`; reads whole words, so up to 7 bytes beyond the piece must exist.
 * Pieces of up to 8 bytes, which nearly all are, take two words and no loop.
 */
export function hashBytes(view: DataView, start: number, length: number): number {
  let hash: number;
  if (length <= 4) {
    hash = Math.imul(view.getInt32(start, true) & KEEP_BYTES[length], 0x9e3779b1);
  } else {
    hash = Math.imul(view.getInt32(start, true), 0x9e3779b1);
    const lastWord = start + ((length - 1) & ~3);
    for (let idx = start + 4; idx < lastWord; idx += 4) {
      hash = Math.imul((hash ^ (hash >>> 15)) + view.getInt32(idx, true), 0x85ebca6b);
    }
    const last = view.getInt32(lastWord, true) & KEEP_BYTES[((length - 1) & 3) + 1];
    hash = Math.imul((hash ^ (hash >>> 15)) + last, 0x85ebca6b);
  }
  hash += length;
  return hash ^ (hash >>> 15);
}

/**
 * A slot: the first four bytes, the next four (or for tokens over 8 bytes the hash), the length, the id.
 * So tokens of up to 8 bytes are compared by words alone.
 */
function writeSlot(
  table: Int32Array,
  view: DataView,
  start: number,
  length: number,
  hash: number,
  id: number,
): void {
  const lastWord = table.length - 4;
  let slot = (hash << 2) & lastWord;
  while (table[slot + 2] !== 0) slot = (slot + 4) & lastWord;
  table[slot] = view.getInt32(start, true) & KEEP_BYTES[Math.min(length, 4)];
  table[slot + 1] =
    length > 8 ? hash : length > 4 ? view.getInt32(start + 4, true) & KEEP_BYTES[length - 4] : 0;
  table[slot + 2] = length;
  table[slot + 3] = id;
}
