// Counts the pieces of a text as pieceCounter.ts does, in AssemblyScript (TypeScript's syntax, compiled to WebAssembly by
// scripts/build-count-kernel.mjs). What is rare it leaves to TypeScript: pieces with bytes beyond ASCII are split by the rule's scanner,
// and pieces longer than the short merge is meant for are merged with the heap.
//
// Where the speed comes from:
// - it is compiled once for all threads and before it runs: TypeScript is interpreted first, then compiled, in each thread anew;
// - pieces of up to 8 bytes, nine in ten, are one 64-bit number, which is found with one comparison where it was counted before;
// - nor need it be compiled to write the vocabulary's tables, which is half of loading one;
// - tables are read without checks of bounds that the processor does not make anyway.
//
// Addresses are bytes in the memory that the vocabulary's tables lie in and all threads share. Each thread has a region of its own in it:
// arrays of the merge, the rule's automaton, two caches, and the text.

/** The end of the piece at `start`, as the split rule's scanner says. */
@external("env", "scan")
declare function scan(start: usize, end: usize): usize;
/** Tokens of a long piece. */
@external("env", "mergeLong")
declare function mergeLong(start: usize, end: usize): i32;

/** Longest piece that is merged here (SHORT_PIECE_BYTES of merge.ts). */
const SHORT_MERGE_BYTES: u32 = 160;
/** Longest piece that is looked up as one number. */
const SHORT_BYTES: u32 = 8;
const SHORT_SLOT_BITS: u32 = 15;
const SHORT_SLOT: usize = 16;
/** Longest piece that is remembered with its bytes, in one line of the processor's cache with a word before them. */
const LONG_BYTES: u32 = 60;
const LONG_SLOTS: u32 = 1 << 14;
const LONG_SLOT: usize = 64;
const AUTOMATON_BYTES: usize = 16 * 256 * 2;
/** A longer text is counted in TypeScript. */
const TEXT_BYTES: usize = 1 << 20;
/** Behind the text, so that whole words can be read at its end. */
const PADDING_BYTES: usize = 64;

const RANKS: usize = 0;
const ENDS: usize = RANKS + (SHORT_MERGE_BYTES << 2);
const AUTOMATON: usize = ENDS + (SHORT_MERGE_BYTES << 2);
const SHORT_CACHE: usize = AUTOMATON + AUTOMATON_BYTES;
const LONG_CACHE: usize = SHORT_CACHE + (SHORT_SLOT << SHORT_SLOT_BITS);
const TEXT: usize = LONG_CACHE + LONG_SLOT * LONG_SLOTS;

export function regionBytes(): usize {
  return TEXT + TEXT_BYTES + PADDING_BYTES;
}
export function automatonOffset(): usize {
  return AUTOMATON;
}
export function textOffset(): usize {
  return TEXT;
}

/** Greater than any id, as in TypeScript. */
const NO_TOKEN: i32 = 0x7fffffff;

// How a piece ends (asciiAutomaton.ts): values from here on are no states.
const EXIT_END: u32 = 0xff00;
const EXIT_BEFORE_LAST: u32 = 0xff01;
const EXIT_AFTER_LINE_END: u32 = 0xff02;
const EXIT_CONTRACTION: u32 = 0xff03;

// The vocabulary (vocabulary.ts) and this thread's region.
let table: usize = 0;
let lastSlot: u32 = 0;
let filter: usize = 0;
let lastFilterWord: u32 = 0;
let tokenStarts: usize = 0;
let tokenBytes: usize = 0;
let bytePairRanks: usize = 0;
let maxTokenBytes: u32 = 0;
let region: usize = 0;

/** Call it once before counting: where the tables are, and how many bytes the first two have. */
export function open(
  tableAt: usize, tableBytes: u32, filterAt: usize, filterBytes: u32,
  tokenStartsAt: usize, tokenBytesAt: usize, bytePairRanksAt: usize, longestTokenBytes: u32, regionAt: usize,
): void {
  table = tableAt;
  lastSlot = tableBytes - 16;
  filter = filterAt;
  lastFilterWord = (filterBytes >>> 2) - 1;
  tokenStarts = tokenStartsAt;
  tokenBytes = tokenBytesAt;
  bytePairRanks = bytePairRanksAt;
  maxTokenBytes = longestTokenBytes;
  region = regionAt;
}

/** Tokens of the pieces of the bytes `start` to `end`: valid UTF-8 that begins with a piece. A zero byte stands behind the text. */
export function countPieces(start: usize, end: usize): i32 {
  const automaton = region + AUTOMATON;
  const shortCache = region + SHORT_CACHE;
  let tokens = 0;
  while (start < end) {
    let idx = start;
    let state: u32 = 0;
    do {
      state = load<u16>(automaton + ((state + load<u8>(idx++)) << 1));
    } while (state < EXIT_END);
    // The byte that ended the piece is not in it.
    idx--;
    const pieceEnd = state == EXIT_END && idx < end ? idx : otherEnd(state, start, idx, end);
    const length = <u32>(pieceEnd - start);
    if (length == 1) tokens++;
    else if (length <= SHORT_BYTES) {
      // The piece's bytes and nothing of what follows.
      const key = load<u64>(start) << (<u64>(SHORT_BYTES - length) << 3);
      const slot = shortCache + (<usize>((key * 0x9e3779b97f4a7c15) >>> (64 - SHORT_SLOT_BITS)) * SHORT_SLOT);
      if (load<u64>(slot) == key && load<u32>(slot, 8) == length) tokens += load<i32>(slot, 12);
      else {
        const counted = countUnknown(start, length);
        store<u64>(slot, key);
        store<u32>(slot, length, 8);
        store<i32>(slot, counted, 12);
        tokens += counted;
      }
    } else if (length <= LONG_BYTES) tokens += countLong(start, length);
    else tokens += countUnknown(start, length);
    start = pieceEnd;
  }
  return tokens;
}

/** The end of a piece that does not simply end before the byte at `idx`. */
function otherEnd(state: u32, start: usize, idx: usize, end: usize): usize {
  if (idx >= end) return scan(start, end);
  if (state == EXIT_BEFORE_LAST) return idx - 1;
  if (state == EXIT_AFTER_LINE_END) {
    do idx--;
    while (load<u8>(idx - 1) != 0x0a && load<u8>(idx - 1) != 0x0d);
    return idx;
  }
  // A word and an apostrophe: of what may follow, the scanner knows.
  if (state == EXIT_CONTRACTION && !mayBeContraction(load<u8>(idx, 1))) return idx;
  return scan(start, end);
}

/** Whether a contraction may go on with this byte: s t r v m l d in any case, or the first of U+017F, which folds to an s. */
function mayBeContraction(byte: u8): bool {
  const letter = byte | 0x20;
  return (
    byte == 0xc5 || letter == 0x73 || letter == 0x74 || letter == 0x72 || letter == 0x76 ||
    letter == 0x6d || letter == 0x6c || letter == 0x64
  );
}

/** Tokens of a piece of 9 to 60 bytes: remembered as pieceCache.ts has it, length and count in the first word and the bytes behind. */
function countLong(start: usize, length: u32): i32 {
  const slot = region + LONG_CACHE + <usize>(hashOf(start, length) & (LONG_SLOTS - 1)) * LONG_SLOT;
  const head = load<u32>(slot);
  if ((head & 0xff) == length && areEqual(slot + 4, start, length)) return head >>> 8;
  const tokens = countUnknown(start, length);
  store<u32>(slot, length | (tokens << 8));
  memory.copy(slot + 4, start, length);
  return tokens;
}

/** Whether 8 or more bytes are equal; the last words overlap. */
function areEqual(left: usize, right: usize, length: u32): bool {
  const last = <usize>length - 8;
  for (let idx: usize = 0; idx < last; idx += 8) {
    if (load<u64>(left + idx) != load<u64>(right + idx)) return false;
  }
  return load<u64>(left + last) == load<u64>(right + last);
}

function countUnknown(start: usize, length: u32): i32 {
  if (rankOf(start, length) != NO_TOKEN) return 1;
  return length <= SHORT_MERGE_BYTES ? mergeShort(start, length) : mergeLong(start, start + length);
}

/**
 * Byte pair merging as merge.ts does it, of which only the number of tokens is kept: of all neighbours the pair with the lowest
 * rank becomes one, the leftmost of equals, until no pair is in the vocabulary.
 */
function mergeShort(start: usize, length: u32): i32 {
  const ranks = region + RANKS;
  const ends = region + ENDS;
  const last = length - 1;
  for (let part: u32 = 0; part < last; part++) {
    const pair = load<u16>(start + part);
    store<i32>(ranks + (part << 2), load<i32>(bytePairRanks + ((<usize>pair) << 2)));
    store<u32>(ends + (part << 2), part + 1);
  }
  store<i32>(ranks + (last << 2), NO_TOKEN);
  store<u32>(ends + (last << 2), length);
  let parts = length;
  while (true) {
    let best = NO_TOKEN;
    let at: usize = 0;
    for (let offset: usize = 0; offset < <usize>parts << 2; offset += 4) {
      const rank = load<i32>(ranks + offset);
      if (rank < best) {
        best = rank;
        at = offset;
      }
    }
    if (best == NO_TOKEN) break;
    // The part takes the end of the next one, which goes.
    parts--;
    const lastPart = <usize>(parts - 1) << 2;
    store<u32>(ends + at, load<u32>(ends + at, 4));
    for (let offset = at + 4; offset <= lastPart; offset += 4) {
      store<u32>(ends + offset, load<u32>(ends + offset, 4));
      store<i32>(ranks + offset, load<i32>(ranks + offset, 4));
    }
    // What is new to the right and to the left of it.
    store<i32>(ranks + at, at < lastPart ? rankOfPart(start, at) : NO_TOKEN);
    if (at > 0) store<i32>(ranks + at - 4, rankOfPart(start, at - 4));
  }
  return parts;
}

/** Rank of the pair that a part makes with the next one. */
function rankOfPart(start: usize, at: usize): i32 {
  const ends = region + ENDS + at;
  const from: u32 = at == 0 ? 0 : load<u32>(ends - 4);
  return rankOf(start + from, load<u32>(ends, 4) - from);
}

/** Id of the token of exactly these bytes, which is its rank as well, or NO_TOKEN (`TokenLookup.find`). */
function rankOf(start: usize, length: u32): i32 {
  if (length > maxTokenBytes) return NO_TOKEN;
  const hash = hashOf(start, length);
  const bits = load<u32>(filter + (<usize>((hash >>> 5) & lastFilterWord) << 2));
  if (((bits >>> (hash & 31)) & 1) == 0) return NO_TOKEN;
  const key = keyOf(start, length, hash);
  let slot = (hash << 4) & lastSlot;
  while (true) {
    const at = table + slot;
    const slotLength = load<u32>(at, 8);
    if (slotLength == length && load<u64>(at) == key) {
      const id = load<i32>(at, 12);
      if (length <= 8) return id;
      const token = tokenBytes + load<u32>(tokenStarts + (<usize>id << 2));
      if (areEqual(token, start, length)) return id;
    } else if (slotLength == 0) break;
    slot = (slot + 16) & lastSlot;
  }
  return NO_TOKEN;
}

/** A slot's first two words: the first eight bytes, or the first four and the hash. */
function keyOf(start: usize, length: u32, hash: u32): u64 {
  return length > 8
    ? <u64>load<u32>(start) | (<u64>hash << 32)
    : load<u64>(start) & (<u64>-1 >>> (<u64>(8 - length) << 3));
}

/** Writes every token where it is looked up, as `writeTokens` of tokenTable.ts does. */
export function writeTokens(
  numIds: i32, tableAt: usize, tableBytes: u32, filterAt: usize, filterBytes: u32,
  tokenStartsAt: usize, tokenBytesAt: usize, bytePairRanksAt: usize, byteIdsAt: usize,
): void {
  const last = tableBytes - 16;
  const lastWord = (filterBytes >>> 2) - 1;
  for (let id = 0; id < numIds; id++) {
    const starts = tokenStartsAt + (<usize>id << 2);
    const start = tokenBytesAt + load<u32>(starts);
    const length = load<u32>(starts, 4) - load<u32>(starts);
    if (length == 0) continue;
    if (length == 1) store<i32>(byteIdsAt + (<usize>load<u8>(start) << 2), id);
    if (length == 2) store<i32>(bytePairRanksAt + (<usize>load<u16>(start) << 2), id);
    const hash = hashOf(start, length);
    let slot = (hash << 4) & last;
    while (load<u32>(tableAt + slot, 8) != 0) slot = (slot + 16) & last;
    store<u64>(tableAt + slot, keyOf(start, length, hash));
    store<u32>(tableAt + slot, length, 8);
    store<i32>(tableAt + slot, id, 12);
    const word = filterAt + (<usize>((hash >>> 5) & lastWord) << 2);
    store<u32>(word, load<u32>(word) | (1 << (hash & 31)));
  }
}

/** `hashBytes` of tokenTable.ts. */
function hashOf(start: usize, length: u32): u32 {
  let hash: u32;
  if (length <= 4) hash = (load<u32>(start) & lowBytes(length)) * 0x9e3779b1;
  else {
    hash = load<u32>(start) * 0x9e3779b1;
    const lastWord = start + ((length - 1) & ~3);
    for (let idx = start + 4; idx < lastWord; idx += 4) {
      hash = ((hash ^ (hash >>> 15)) + load<u32>(idx)) * 0x85ebca6b;
    }
    const last = load<u32>(lastWord) & lowBytes(((length - 1) & 3) + 1);
    hash = ((hash ^ (hash >>> 15)) + last) * 0x85ebca6b;
  }
  hash += length;
  return hash ^ (hash >>> 15);
}

/** A mask of the lowest 1 to 4 bytes of a word. */
// @ts-ignore: decorator
@inline
function lowBytes(length: u32): u32 {
  return <u32>-1 >>> ((4 - length) << 3);
}
