/** A rectangle of query positions [queryStart, queryEnd) and key positions [keyStart, keyEnd). */
export interface Tile {
  readonly queryStart: number;
  readonly queryEnd: number;
  readonly keyStart: number;
  readonly keyEnd: number;
}

/** What a mask lets through of a tile. `mixed` is always a safe answer: the cells are then asked one by one. */
export type Coverage = 'empty' | 'full' | 'mixed';

/**
 * May the token at position qIdx attend to the token at position kvIdx? True = may.
 *
 * Any function of two positions is a mask. One that also knows its shape can say, without asking every cell, that a tile
 * is empty or full: `coverage`. With it, a block mask of 8,192 x 8,192 tokens takes a moment instead of 67 million calls.
 */
export interface Mask {
  (qIdx: number, kvIdx: number): boolean;
  readonly coverage?: (tile: Tile) => Coverage;
}

/** A mask from a predicate and, when known, its answer for whole tiles. */
export function createMask(
  mayAttend: (qIdx: number, kvIdx: number) => boolean,
  coverage: (tile: Tile) => Coverage,
): Mask {
  return Object.assign((qIdx: number, kvIdx: number) => mayAttend(qIdx, kvIdx), { coverage });
}

/**
 * The mask of one interval of keys per query, [firstKey(q), endKey(q)), where neither bound ever falls as q grows. Causal,
 * sliding-window, chunked and prefix masks are all of this kind, and for all of them the four corners decide a tile.
 */
export function intervalMask(
  firstKey: (qIdx: number) => number,
  endKey: (qIdx: number) => number,
): Mask {
  return createMask(
    (qIdx, kvIdx) => kvIdx >= firstKey(qIdx) && kvIdx < endKey(qIdx),
    ({ queryStart, queryEnd, keyStart, keyEnd }) => {
      const lastQuery = queryEnd - 1;
      if (keyEnd <= firstKey(queryStart) || keyStart >= endKey(lastQuery)) return 'empty';
      if (keyStart >= firstKey(lastQuery) && keyEnd <= endKey(queryStart)) return 'full';
      return 'mixed';
    },
  );
}

/** Everything attends to everything: bidirectional attention, as in an encoder. */
export const allowAll: Mask = createMask(
  () => true,
  () => 'full',
);
