import { extendCache, type KvCache } from '../caches/kvCache.ts';
import { EngineInputError, requireNonNegativeInteger, requirePositiveInteger } from '../errors.ts';
import { causal } from '../masks/causal.ts';
import { countCells } from '../masks/inspect.ts';
import type { Mask } from '../masks/mask.ts';
import type { EngineObserver } from '../observer.ts';
import { requireShape, zerosLike, type FloatArray } from '../tensor.ts';
import { referenceAttention } from './reference.ts';
import type { AttentionOptions, AttentionResult, AttentionShape } from './shape.ts';
import { tiledAttention } from './tiled.ts';

export interface CachedOptions extends Omit<AttentionOptions, 'firstQueryIdx' | 'firstKeyIdx'> {
  /** By position in the text; causal when left out. */
  readonly mask?: Mask;
}

/**
 * One step over a cache, of one token (decode) or of many (a chunk of prefill): writes their keys and values, and attends
 * from them to all that was kept and to themselves.
 * @param q (numHeads, newTokens, headDim)
 * @param k (numKvHeads, newTokens, headDim)
 * @param v (numKvHeads, newTokens, valueDim)
 */
export function attendWithCache(
  cache: KvCache,
  q: FloatArray,
  k: FloatArray,
  v: FloatArray,
  numHeads: number,
  options: CachedOptions = {},
): AttentionResult {
  const { numKvHeads, headDim, valueDim } = cache.shape;
  requirePositiveInteger('numHeads', numHeads);
  const queryTokens = k.length / (numKvHeads * headDim);
  requireShape('q', q, { numHeads, newTokens: queryTokens, headDim });
  const firstQueryIdx = cache.nextPosition;
  const view = extendCache(cache, k, v);
  const shape = { numHeads, numKvHeads, queryTokens, keyTokens: view.tokens, headDim, valueDim };
  const { mask = causal } = options;
  if (cache.addWeights !== undefined) {
    const result = referenceAttention(q, view.k, view.v, shape, {
      ...options,
      mask,
      firstQueryIdx,
      keyPositions: view.positions,
      keepWeights: true,
    });
    cache.addWeights(result.weights ?? new Float64Array(0), view.tokens);
    return result;
  }
  const firstKeyIdx = view.positions[0] ?? 0;
  const isUnbroken = view.positions.every((position, idx) => position === firstKeyIdx + idx);
  return isUnbroken
    ? tiledAttention(q, view.k, view.v, shape, { ...options, mask, firstQueryIdx, firstKeyIdx })
    : referenceAttention(q, view.k, view.v, shape, {
        ...options,
        mask,
        firstQueryIdx,
        keyPositions: view.positions,
      });
}

export interface ChunkedPrefillOptions extends CachedOptions {
  /** Tokens in a chunk; the last may be shorter. 1 is decoding token by token. */
  readonly chunkTokens: number;
  readonly observer?: EngineObserver;
}

/** One chunk of a prefill, by the numbers. */
export interface PrefillChunk {
  readonly chunkIdx: number;
  readonly firstQueryIdx: number;
  readonly queryTokens: number;
  /** Keys there are once the chunk is written, before any eviction. */
  readonly keyTokens: number;
}

/** How a prompt is cut, after `cachedTokens` that are in the cache already. */
export function prefillChunks(
  promptTokens: number,
  chunkTokens: number,
  cachedTokens = 0,
): readonly PrefillChunk[] {
  requireNonNegativeInteger('promptTokens', promptTokens);
  requireNonNegativeInteger('cachedTokens', cachedTokens);
  requirePositiveInteger('chunkTokens', chunkTokens);
  return Array.from({ length: Math.ceil(promptTokens / chunkTokens) }, (_, chunkIdx) => {
    const start = chunkIdx * chunkTokens;
    const queryTokens = Math.min(chunkTokens, promptTokens - start);
    const firstQueryIdx = cachedTokens + start;
    return { chunkIdx, firstQueryIdx, queryTokens, keyTokens: firstQueryIdx + queryTokens };
  });
}

/**
 * Prefill in chunks over a growing cache (Agrawal et al. 2023, SARATHI): every token attends to the same keys as in one
 * shot, so the result is the same, while no step works on more than `chunkTokens` queries.
 * @param q (numHeads, queryTokens, headDim), the prompt's
 * @param k (numKvHeads, queryTokens, headDim); `shape.keyTokens` must be `shape.queryTokens`
 * @param cache may already hold an earlier part of the text
 */
export function chunkedPrefill(
  cache: KvCache,
  q: FloatArray,
  k: FloatArray,
  v: FloatArray,
  shape: AttentionShape,
  options: ChunkedPrefillOptions,
): AttentionResult {
  const { numHeads, numKvHeads, queryTokens, keyTokens, headDim, valueDim = headDim } = shape;
  if (keyTokens !== queryTokens) {
    throw new EngineInputError(
      `keyTokens must be queryTokens in a prefill, got ${keyTokens} and ${queryTokens}`,
    );
  }
  requireShape('q', q, { numHeads, queryTokens, headDim });
  requireShape('k', k, { numKvHeads, keyTokens, headDim });
  requireShape('v', v, { numKvHeads, keyTokens, valueDim });
  const output = zerosLike(q, numHeads * queryTokens * valueDim);
  const logSumExp = new Float64Array(numHeads * queryTokens);
  const { chunkTokens, observer, ...attention } = options;
  const promptStart = cache.nextPosition;
  for (const chunk of prefillChunks(queryTokens, chunkTokens, promptStart)) {
    const start = chunk.firstQueryIdx - promptStart;
    const end = start + chunk.queryTokens;
    const kept = cache.tokens;
    const result = attendWithCache(
      cache,
      sliceTokens(q, numHeads, headDim, start, end),
      sliceTokens(k, numKvHeads, headDim, start, end),
      sliceTokens(v, numKvHeads, valueDim, start, end),
      numHeads,
      attention,
    );
    for (let head = 0; head < numHeads; head++) {
      const rows = result.logSumExp.subarray(
        head * chunk.queryTokens,
        (head + 1) * chunk.queryTokens,
      );
      logSumExp.set(rows, head * queryTokens + start);
      const from = head * chunk.queryTokens * valueDim;
      const values = result.output.subarray(from, from + chunk.queryTokens * valueDim);
      output.set(values, (head * queryTokens + start) * valueDim);
    }
    if (observer?.chunk) {
      const keys = kept + chunk.queryTokens;
      const area = {
        queryTokens: chunk.queryTokens,
        firstQueryIdx: chunk.firstQueryIdx,
        keyTokens: keys,
        firstKeyIdx: chunk.firstQueryIdx - kept,
      };
      observer.chunk({
        chunkIdx: chunk.chunkIdx,
        firstQueryIdx: chunk.firstQueryIdx,
        queryTokens: chunk.queryTokens,
        keyTokens: keys,
        cellsComputed: numHeads * countCells(options.mask ?? causal, area),
        scoreCells: numHeads * chunk.queryTokens * keys,
      });
    }
  }
  return { output, logSumExp };
}

/** Tokens [start, end) of (heads, tokens, dim), as (heads, end - start, dim). */
export function sliceTokens(
  x: FloatArray,
  heads: number,
  dim: number,
  start: number,
  end: number,
): FloatArray {
  const tokens = x.length / (heads * dim);
  const sliced = zerosLike(x, heads * (end - start) * dim);
  for (let head = 0; head < heads; head++) {
    const rows = x.subarray((head * tokens + start) * dim, (head * tokens + end) * dim);
    sliced.set(rows, head * (end - start) * dim);
  }
  return sliced;
}
