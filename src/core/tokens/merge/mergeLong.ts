import { characterSeeds } from './characterSeeds.ts';
import { RankHeap } from './rankHeap.ts';
import type { PieceMerger } from './merge.ts';
import type { OperationCounter } from './operationCounter.ts';
import { NO_TOKEN } from './noToken.ts';
import type { TokenLookup } from '../vocabulary/tokenLookup.ts';

/**
 * Byte pair merging of a long piece in O(n log n): parts know their neighbours, the pairs wait in a heap, and a pair
 * whose part has changed since is passed over when it comes up. Same result as the short merger.
 */
export function longMerger(lookup: TokenLookup, counter?: OperationCounter): PieceMerger {
  const { byteIds, bytePairRanks, split } = lookup.vocabulary;
  const seed = split.kind === 'joins' ? characterSeeds(lookup) : undefined;
  let merged = { ids: new Int32Array(0), ends: new Int32Array(0) };
  let ranks = new Int32Array(0);
  let previous = new Int32Array(0);
  const heap = new RankHeap(counter);

  /** Parts are named by the position of their first byte in the piece; a part ends where the next starts. */
  function merge(view: DataView, start: number, end: number): number {
    const length = end - start;
    // Fresh arrays, given back after the piece: a long piece is rare and may be huge.
    const ids = new Int32Array(length);
    const ends = new Int32Array(length);
    ranks = new Int32Array(length);
    previous = new Int32Array(length);
    heap.clear();
    if (seed === undefined) {
      for (let part = 0; part < length; part++) {
        ids[part] = byteIds[view.getUint8(start + part)];
        ends[part] = part + 1;
        previous[part] = part - 1;
      }
    } else placeSeeds(seed(view, start, end, ids, ends), start, ids, ends);
    for (let part = 0; part < length; part = ends[part]) {
      const rank = firstRank(view, start, length, part, ids, ends);
      ranks[part] = rank;
      if (rank !== NO_TOKEN) heap.append(rank, part);
    }
    heap.arrange();
    if (counter !== undefined) counter.lookups += length;

    while (heap.size > 0) {
      const part = heap.smallestPosition();
      const rank = heap.smallestRank();
      heap.removeSmallest();
      if (ranks[part] !== rank) continue;
      const next = ends[part];
      const partEnd = ends[next];
      ids[part] = lookup.mergedId(rank);
      ends[part] = partEnd;
      ranks[next] = NO_TOKEN;
      if (partEnd < length) previous[partEnd] = part;
      rerank(view, start, length, part, ids, ends);
      if (part > 0) rerank(view, start, length, previous[part], ids, ends);
      if (counter !== undefined) {
        counter.merges++;
        counter.lookups += 2;
      }
    }

    let tokens = 0;
    for (let part = 0; part < length;) {
      const partEnd = ends[part];
      ids[tokens] = ids[part];
      ends[tokens++] = start + partEnd;
      part = partEnd;
    }
    merged = { ids, ends };
    ranks = previous = new Int32Array(0);
    heap.clear();
    return tokens;
  }

  /** Moves parts in a row to their positions, from the last on: a position is never before the place in the row. */
  function placeSeeds(parts: number, start: number, ids: Int32Array, ends: Int32Array): void {
    for (let row = parts - 1; row >= 0; row--) {
      const part = row === 0 ? 0 : ends[row - 1] - start;
      const partEnd = ends[row] - start;
      ids[part] = ids[row];
      ends[part] = partEnd;
      if (partEnd < previous.length) previous[partEnd] = part;
    }
  }

  function firstRank(
    view: DataView,
    start: number,
    length: number,
    part: number,
    ids: Int32Array,
    ends: Int32Array,
  ): number {
    const next = ends[part];
    if (next === length) return NO_TOKEN;
    if (seed === undefined) return bytePairRanks[view.getUint16(start + part, true)];
    return lookup.rankOf(view, start + part, start + ends[next], ids[part], ids[next]);
  }

  function rerank(
    view: DataView,
    start: number,
    length: number,
    part: number,
    ids: Int32Array,
    ends: Int32Array,
  ): void {
    const next = ends[part];
    const rank =
      next < length
        ? lookup.rankOf(view, start + part, start + ends[next], ids[part], ids[next])
        : NO_TOKEN;
    ranks[part] = rank;
    if (rank !== NO_TOKEN) heap.push(rank, part);
  }

  return {
    merge,
    get merged() {
      return merged;
    },
  };
}
