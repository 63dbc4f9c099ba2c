import { EngineInputError, requirePositiveInteger } from '../errors.ts';
import type { EngineObserver } from '../observer.ts';
import type { FloatArray } from '../tensor.ts';

/** The numbers a cache keeps per token: numKvHeads x (headDim + valueDim). */
export interface KvCacheShape {
  readonly numKvHeads: number;
  readonly headDim: number;
  /** headDim when left out. */
  readonly valueDim?: number;
}

export interface KvCacheOptions {
  /** How numbers are stored; float32 when left out. Float64 serves comparisons with a float64 reference. */
  readonly precision?: 'float32' | 'float64';
  /** Counted per number in `usedBytes` and `allocatedBytes`, 2 to account for bf16; what is stored when left out. */
  readonly bytesPerElement?: number;
  readonly observer?: EngineObserver;
}

/** What a cache holds, gathered for attention, in rising order of position. */
export interface KvView {
  readonly tokens: number;
  /** (numKvHeads, tokens, headDim) */
  readonly k: FloatArray;
  /** (numKvHeads, tokens, valueDim) */
  readonly v: FloatArray;
  /** (tokens): each token's place in the text. An unbroken stretch unless the cache evicts. */
  readonly positions: Int32Array;
}

/** One layer's cache of one sequence. All caches of the engine are this. */
export interface KvCache {
  readonly shape: Required<KvCacheShape>;
  /** Tokens kept now. */
  readonly tokens: number;
  /** Tokens ever written, and so the position of the next. */
  readonly nextPosition: number;
  /** Bytes of what is kept, scales and the like included. */
  readonly usedBytes: number;
  /** Bytes set aside, used or not. */
  readonly allocatedBytes: number;
  /**
   * Writes new tokens after the last; an evicting cache drops what no longer fits.
   * @param k (numKvHeads, newTokens, headDim)
   * @param v (numKvHeads, newTokens, valueDim)
   */
  append(k: FloatArray, v: FloatArray): void;
  /** What is kept, copied out. */
  read(): KvView;
  /**
   * Only caches that evict by attention have it: how much weight each token got in the last step.
   * @param weights (numHeads, queryTokens, keyTokens) over the view the step attended to: the kept tokens, then the new
   */
  readonly addWeights?: (weights: Float64Array, keyTokens: number) => void;
}

export function requireCacheShape(shape: KvCacheShape): Required<KvCacheShape> {
  const { numKvHeads, headDim, valueDim = headDim } = shape;
  requirePositiveInteger('numKvHeads', numKvHeads);
  requirePositiveInteger('headDim', headDim);
  requirePositiveInteger('valueDim', valueDim);
  return { numKvHeads, headDim, valueDim };
}

/**
 * How many tokens k and v hold.
 * @throws EngineInputError when they are no whole tokens, or not equally many
 */
export function newTokensOf(shape: Required<KvCacheShape>, k: FloatArray, v: FloatArray): number {
  const { numKvHeads, headDim, valueDim } = shape;
  const newTokens = k.length / (numKvHeads * headDim);
  if (!Number.isInteger(newTokens)) {
    throw new EngineInputError(
      `k must hold a multiple of numKvHeads ${numKvHeads} x headDim ${headDim} numbers, got ${k.length}`,
    );
  }
  if (v.length !== newTokens * numKvHeads * valueDim) {
    throw new EngineInputError(
      `v must hold numKvHeads ${numKvHeads} x tokens ${newTokens} x valueDim ${valueDim} = ` +
        `${newTokens * numKvHeads * valueDim} numbers, got ${v.length}`,
    );
  }
  return newTokens;
}

/**
 * Writes new tokens and returns all they may attend to: what the cache kept before them, then they themselves, in full
 * precision and before anything is evicted. Chunked prefill over a window cache needs exactly this: the chunk's first
 * token still sees keys that its last token pushes out.
 */
export function extendCache(cache: KvCache, k: FloatArray, v: FloatArray): KvView {
  const { numKvHeads } = cache.shape;
  const newTokens = newTokensOf(cache.shape, k, v);
  const past = cache.read();
  const firstNew = cache.nextPosition;
  cache.append(k, v);
  return {
    tokens: past.tokens + newTokens,
    k: joinTokens(past.k, k, numKvHeads),
    v: joinTokens(past.v, v, numKvHeads),
    positions: Int32Array.from({ length: past.tokens + newTokens }, (_, idx) =>
      idx < past.tokens ? past.positions[idx] : firstNew + idx - past.tokens,
    ),
  };
}

/** (heads, a, dim) and (heads, b, dim) to (heads, a + b, dim), double precision when either is. */
function joinTokens(a: FloatArray, b: FloatArray, heads: number): FloatArray {
  const length = a.length + b.length;
  const isDouble = a instanceof Float64Array || b instanceof Float64Array;
  const joined = isDouble ? new Float64Array(length) : new Float32Array(length);
  const aRow = a.length / heads;
  const bRow = b.length / heads;
  for (let head = 0; head < heads; head++) {
    joined.set(a.subarray(head * aRow, (head + 1) * aRow), head * (aRow + bRow));
    joined.set(b.subarray(head * bRow, (head + 1) * bRow), head * (aRow + bRow) + aRow);
  }
  return joined;
}
