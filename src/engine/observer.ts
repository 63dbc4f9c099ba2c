import type { StepObserver } from './stepEvents.ts';

/**
 * What the engine can be watched doing. Every member is optional, and an event is only built when someone asked for its
 * kind (`if (observer?.tile) observer.tile({ ... })`), so that nothing is paid when nobody watches. An observer must not
 * change the arrays it is shown; it copies what it wants to keep, as they are reused.
 */
export interface EngineObserver extends StepObserver {
  readonly tile?: (event: TileEvent) => void;
  readonly ringRound?: (event: RingRoundEvent) => void;
  readonly chunk?: (event: ChunkEvent) => void;
  readonly cacheWrite?: (event: CacheWriteEvent) => void;
  readonly eviction?: (event: EvictionEvent) => void;
}

/** One tile of the score matrix, computed or skipped, by the tiled kernel. */
export interface TileEvent {
  readonly headIdx: number;
  /** Which tile, counted in tiles. */
  readonly row: number;
  readonly column: number;
  readonly coverage: 'empty' | 'partial' | 'full';
  /** Rows of queries and columns of keys in this tile, as indices into q and k. */
  readonly queryStart: number;
  readonly queryEnd: number;
  readonly keyStart: number;
  readonly keyEnd: number;
  /** Scores this tile computed (0 when empty) and did not have to. */
  readonly cellsComputed: number;
  readonly cellsSkipped: number;
  /** (queryEnd - queryStart): the running maximum of each row after this tile; -Infinity while nothing was seen. */
  readonly runningMax: Float64Array;
  /** (queryEnd - queryStart): the running sum of exp(score - runningMax). */
  readonly runningSum: Float64Array;
  /** Bytes this tile moved between slow memory and fast memory: K and V tiles in; Q in and output out with the row. */
  readonly slowBytesRead: number;
  readonly slowBytesWritten: number;
}

/** One rank in one round of ring attention. */
export interface RingRoundEvent {
  readonly round: number;
  readonly rankIdx: number;
  /** Whose keys and values the rank works on in this round. */
  readonly kvRankIdx: number;
  readonly cellsComputed: number;
  readonly cellsSkipped: number;
  /** Bytes of keys and values the rank passes on while it computes; 0 in the last round. */
  readonly bytesSent: number;
}

/** One chunk of a chunked prefill. */
export interface ChunkEvent {
  readonly chunkIdx: number;
  readonly firstQueryIdx: number;
  readonly queryTokens: number;
  /** Keys in the cache once the chunk is written. */
  readonly keyTokens: number;
  readonly cellsComputed: number;
  /** Scores a plain attention would hold at once for this chunk: numHeads x queryTokens x keyTokens. */
  readonly scoreCells: number;
}

/** Tokens written to a cache. */
export interface CacheWriteEvent {
  readonly firstPosition: number;
  readonly tokens: number;
  /** Where they went, counted in the storage's own slots (contiguous), or the blocks touched (paged). */
  readonly slots: readonly number[];
  readonly bytesWritten: number;
}

/** Tokens dropped from a cache. */
export interface EvictionEvent {
  /** Positions in the text. */
  readonly positions: readonly number[];
  readonly reason: 'window' | 'budget';
}
