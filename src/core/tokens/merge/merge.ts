import { characterSeeds } from './characterSeeds.ts';
import type { OperationCounter } from './operationCounter.ts';
import { NO_TOKEN } from './noToken.ts';
import type { TokenLookup } from '../vocabulary/tokenLookup.ts';

/** The tokens of the last piece merged: ids and ends, in an array that the next piece overwrites. */
export interface MergedPiece {
  readonly ids: Int32Array;
  /** Byte position in the text at which each token ends. */
  readonly ends: Int32Array;
}

/** Merges the bytes `start` to `end` of a text and gives the number of tokens; they are then in `merged`. */
export interface PieceMerger {
  merge(view: DataView, start: number, end: number): number;
  readonly merged: MergedPiece;
}

/** The longest piece, in bytes, that searching the whole array for each merge is quicker for than a heap. */
export const SHORT_PIECE_BYTES = 160;

/**
 * Byte pair merging of a short piece as tiktoken does it (tiktoken/src/lib.rs, `_byte_pair_merge`): of all
 * neighbours the pair with the lowest rank, the leftmost of equals, becomes one, until none is in the vocabulary.
 */
export function shortMerger(lookup: TokenLookup, counter?: OperationCounter): PieceMerger {
  const { byteIds, bytePairRanks, split } = lookup.vocabulary;
  const seed = split.kind === 'joins' ? characterSeeds(lookup) : undefined;
  const ids = new Int32Array(SHORT_PIECE_BYTES);
  const ends = new Int32Array(SHORT_PIECE_BYTES);
  /** Rank of the pair that a part makes with the next one. */
  const ranks = new Int32Array(SHORT_PIECE_BYTES);

  function seedBytes(view: DataView, start: number, end: number): number {
    for (let idx = start; idx < end; idx++) {
      ids[idx - start] = byteIds[view.getUint8(idx)];
      ends[idx - start] = idx + 1;
    }
    return end - start;
  }

  function merge(view: DataView, start: number, end: number): number {
    let parts =
      seed === undefined ? seedBytes(view, start, end) : seed(view, start, end, ids, ends);
    const last = parts - 1;
    for (let part = 0; part < last; part++) {
      ranks[part] =
        seed === undefined
          ? bytePairRanks[view.getUint16(start + part, true)]
          : rankOfPart(view, start, part);
    }
    ranks[last] = NO_TOKEN;
    if (counter !== undefined) counter.lookups += last;

    for (;;) {
      let best = NO_TOKEN;
      let bestPart = 0;
      for (let part = 0; part < parts; part++) {
        if (ranks[part] < best) {
          best = ranks[part];
          bestPart = part;
        }
      }
      if (counter !== undefined) counter.steps += parts;
      if (best === NO_TOKEN) return parts;

      ids[bestPart] = lookup.mergedId(best);
      ends[bestPart] = ends[bestPart + 1];
      parts--;
      for (let part = bestPart + 1; part < parts; part++) {
        ids[part] = ids[part + 1];
        ends[part] = ends[part + 1];
        ranks[part] = ranks[part + 1];
      }
      // What is new to the right and to the left of the merged part.
      for (let part = bestPart; part >= 0 && part >= bestPart - 1; part--) {
        ranks[part] = part + 1 < parts ? rankOfPart(view, start, part) : NO_TOKEN;
      }
      if (counter !== undefined) {
        counter.merges++;
        counter.lookups += 2;
      }
    }
  }

  function rankOfPart(view: DataView, start: number, part: number): number {
    const partStart = part === 0 ? start : ends[part - 1];
    return lookup.rankOf(view, partStart, ends[part + 1], ids[part], ids[part + 1]);
  }

  return { merge, merged: { ids, ends } };
}
