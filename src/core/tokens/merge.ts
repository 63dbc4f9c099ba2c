import type { OperationCounter } from './operationCounter.ts';
import { NO_TOKEN } from './noToken.ts';
import type { TokenLookup } from './vocabulary.ts';

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
  const { byteIds } = lookup.vocabulary;
  const ids = new Int32Array(SHORT_PIECE_BYTES);
  const ends = new Int32Array(SHORT_PIECE_BYTES);
  /** Rank of the pair that a part makes with the next one. */
  const ranks = new Int32Array(SHORT_PIECE_BYTES);

  function merge(view: DataView, start: number, end: number): number {
    let parts = end - start;
    const last = parts - 1;
    let best = NO_TOKEN;
    let bestPart = 0;
    for (let part = 0; part < last; part++) {
      ids[part] = byteIds[view.getUint8(start + part)];
      ends[part] = start + part + 1;
      const next = byteIds[view.getUint8(start + part + 1)];
      const rank = lookup.rankOf(view, start + part, start + part + 2, ids[part], next);
      ranks[part] = rank;
      if (rank < best) {
        best = rank;
        bestPart = part;
      }
    }
    ids[last] = byteIds[view.getUint8(end - 1)];
    ends[last] = end;
    ranks[last] = NO_TOKEN;
    if (counter !== undefined) {
      counter.lookups += last;
      counter.steps += last;
    }

    while (best !== NO_TOKEN) {
      ids[bestPart] = lookup.mergedId(best);
      ends[bestPart] = ends[bestPart + 1];
      parts--;
      for (let part = bestPart + 1; part < parts; part++) {
        ids[part] = ids[part + 1];
        ends[part] = ends[part + 1];
        ranks[part] = ranks[part + 1];
      }
      const partStart = bestPart === 0 ? start : ends[bestPart - 1];
      ranks[bestPart] =
        bestPart + 1 < parts
          ? lookup.rankOf(view, partStart, ends[bestPart + 1], ids[bestPart], ids[bestPart + 1])
          : NO_TOKEN;
      if (bestPart > 0) {
        const before = bestPart - 1;
        const beforeStart = before === 0 ? start : ends[before - 1];
        ranks[before] = lookup.rankOf(
          view,
          beforeStart,
          ends[bestPart],
          ids[before],
          ids[bestPart],
        );
      }
      if (counter !== undefined) {
        counter.merges++;
        counter.lookups += 2;
        counter.steps += parts;
      }
      best = NO_TOKEN;
      for (let part = 0; part < parts - 1; part++) {
        if (ranks[part] < best) {
          best = ranks[part];
          bestPart = part;
        }
      }
    }
    return parts;
  }

  return { merge, merged: { ids, ends } };
}
