import { NO_TOKEN } from './noToken.ts';

/** Merges as a Hugging Face tokenizer lists them: which pairs of tokens become one, in order of rank. */
export interface MergeList {
  /** The token that each merge makes. */
  readonly resultIds: Int32Array;
  /** Bytes of the left token of each merge; the right one is the rest of the result. */
  readonly leftLengths: Uint16Array;
}

/** Merges ready for look-up by the two tokens' ids; on shared memory like the vocabulary. */
export interface PairMerges {
  /** Open addressing, four words a slot: left id, right id, rank + 1 (0 is a free slot), unused. */
  readonly table: Int32Array;
  /** The token that the merge of each rank makes. */
  readonly resultIds: Int32Array;
}

function slotOf(left: number, right: number, lastSlot: number): number {
  const hash = Math.imul(Math.imul(left, 0x9e3779b1) ^ right, 0x85ebca6b);
  return ((hash ^ (hash >>> 15)) << 2) & lastSlot;
}

/** Writes the merge of a rank into the table; of two of the same pair the first counts. */
export function addPairMerge(table: Int32Array, left: number, right: number, rank: number): void {
  const lastSlot = table.length - 4;
  let slot = slotOf(left, right, lastSlot);
  while (table[slot + 2] !== 0) {
    if (table[slot] === left && table[slot + 1] === right) return;
    slot = (slot + 4) & lastSlot;
  }
  table[slot] = left;
  table[slot + 1] = right;
  table[slot + 2] = rank + 1;
}

/** Rank of the merge of two neighbouring tokens, or NO_TOKEN. */
export function pairRank({ table }: PairMerges, left: number, right: number): number {
  const lastSlot = table.length - 4;
  let slot = slotOf(left, right, lastSlot);
  for (;;) {
    const rank = table[slot + 2];
    if (rank === 0) return NO_TOKEN;
    if (table[slot] === left && table[slot + 1] === right) return rank - 1;
    slot = (slot + 4) & lastSlot;
  }
}
