import { createHeavyHitterCache } from '../caches/evicting.ts';
import type { EngineObserver } from '../observer.ts';
import type { FloatArray } from '../tensor.ts';
import { chunkedPrefill } from './cached.ts';
import type { AttentionOptions, AttentionResult, AttentionShape } from './shape.ts';

export interface HeavyHitterAttentionOptions extends Omit<
  AttentionOptions,
  'firstQueryIdx' | 'firstKeyIdx'
> {
  readonly budgetTokens: number;
  readonly recentTokens: number;
  readonly observer?: EngineObserver;
}

export interface HeavyHitterResult extends AttentionResult {
  /** Positions of the tokens left at the end, rising, and the attention each has drawn. */
  readonly survivors: readonly { readonly position: number; readonly score: number }[];
}

/**
 * Decoding token by token under a budget of cached tokens (H2O, Zhang et al. 2023, algorithm 1): the latest stay, and of
 * the others those that drew most attention. With a budget of the whole length it is the reference.
 * @param q (numHeads, queryTokens, headDim); keyTokens equal to queryTokens
 */
export function heavyHitterAttention(
  q: FloatArray,
  k: FloatArray,
  v: FloatArray,
  shape: AttentionShape,
  options: HeavyHitterAttentionOptions,
): HeavyHitterResult {
  const { budgetTokens, recentTokens, observer, ...attention } = options;
  const { numKvHeads, headDim, valueDim = headDim } = shape;
  const cache = createHeavyHitterCache(
    { numKvHeads, headDim, valueDim },
    {
      budgetTokens,
      recentTokens,
      precision: q instanceof Float64Array ? 'float64' : 'float32',
      ...(observer === undefined ? {} : { observer }),
    },
  );
  const result = chunkedPrefill(cache, q, k, v, shape, { ...attention, chunkTokens: 1 });
  const { scores } = cache;
  const survivors = Array.from(cache.read().positions, (position, idx) => ({
    position,
    score: scores[idx],
  }));
  return { ...result, survivors };
}
