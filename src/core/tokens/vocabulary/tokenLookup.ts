import { NO_TOKEN } from '../merge/noToken.ts';
import { pairRank } from '../merge/pairMerges.ts';
import { hashBytes, KEEP_BYTES, LAST_FILTER_WORD, viewOf } from './tokenTable.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Looks tokens up in the text of a buffer; one per thread. */
export class TokenLookup {
  readonly vocabulary: Vocabulary;
  readonly #table: Int32Array;
  readonly #filter: Int32Array;
  readonly #lastSlot: number;
  readonly #tokenStarts: Int32Array;
  readonly #tokenView: DataView;

  constructor(vocabulary: Vocabulary) {
    this.vocabulary = vocabulary;
    this.#table = vocabulary.table;
    this.#filter = vocabulary.filter;
    this.#lastSlot = vocabulary.table.length - 4;
    this.#tokenStarts = vocabulary.tokenStarts;
    this.#tokenView = viewOf(vocabulary.tokenBytes);
  }

  /** Id of the token of exactly these bytes, or NO_TOKEN. `length` is at least 1. */
  find(view: DataView, start: number, length: number, hash: number): number {
    const inFilter = this.#filter[(hash >>> 5) & LAST_FILTER_WORD] >>> hash;
    if ((inFilter & 1) === 0) return NO_TOKEN;
    const table = this.#table;
    const lastSlot = this.#lastSlot;
    const isLong = length > 8;
    let first = view.getInt32(start, true);
    let second: number;
    if (isLong) second = hash;
    else if (length > 4) second = view.getInt32(start + 4, true) & KEEP_BYTES[length - 4];
    else {
      first &= KEEP_BYTES[length];
      second = 0;
    }
    let slot = (hash << 2) & lastSlot;
    for (;;) {
      const slotLength = table[slot + 2];
      if (slotLength === length && table[slot] === first && table[slot + 1] === second) {
        const id = table[slot + 3];
        if (!isLong || this.#isToken(view, start, length, id)) return id;
      } else if (slotLength === 0) return NO_TOKEN;
      slot = (slot + 4) & lastSlot;
    }
  }

  /** Id of the token of the bytes `start` to `end`, at least one, or NO_TOKEN. */
  idOf(view: DataView, start: number, end: number): number {
    const length = end - start;
    if (length > this.vocabulary.maxTokenBytes) return NO_TOKEN;
    return this.find(view, start, length, hashBytes(view, start, length));
  }

  /** Rank of merging two neighbouring parts, which end at `end`: the lowest goes first. NO_TOKEN: they do not. */
  rankOf(view: DataView, start: number, end: number, left: number, right: number): number {
    const { merges } = this.vocabulary;
    return merges === undefined ? this.idOf(view, start, end) : pairRank(merges, left, right);
  }

  /** Id of the token that the merge of a rank makes. */
  mergedId(rank: number): number {
    const { merges } = this.vocabulary;
    return merges === undefined ? rank : merges.resultIds[rank];
  }

  #isToken(view: DataView, start: number, length: number, id: number): boolean {
    const tokenView = this.#tokenView;
    const tokenStart = this.#tokenStarts[id];
    // The first word is known to be equal; the last is read so that it ends with the token.
    for (let idx = 4; idx < length - 4; idx += 4) {
      if (view.getInt32(start + idx, true) !== tokenView.getInt32(tokenStart + idx, true)) {
        return false;
      }
    }
    return (
      view.getInt32(start + length - 4, true) === tokenView.getInt32(tokenStart + length - 4, true)
    );
  }
}
