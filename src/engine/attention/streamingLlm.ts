import { createSinkCache } from '../caches/evicting.ts';
import type { EngineObserver } from '../observer.ts';
import { applyRope, positionsFrom, type RopePairing } from '../positions/rope.ts';
import type { RopeFrequencies } from '../positions/ropeFrequencies.ts';
import { zerosLike, type FloatArray } from '../tensor.ts';
import { sliceTokens } from './cached.ts';
import { referenceAttention } from './reference.ts';
import { requireAttention, type AttentionShape } from './shape.ts';

export interface StreamingLlmOptions {
  /** First tokens kept for good; the paper finds 4 enough. 0 is a plain window. */
  readonly numSinks: number;
  /** Latest tokens kept, the current one included. */
  readonly windowTokens: number;
  readonly frequencies: RopeFrequencies;
  readonly pairing: RopePairing;
  readonly observer?: EngineObserver;
}

export interface StreamingLlmResult {
  /** (numHeads, queryTokens, valueDim) */
  readonly output: FloatArray;
  /** (queryTokens): tokens in the cache at each step. */
  readonly cacheLengths: readonly number[];
  /** Positions in the text of what the last step could see. */
  readonly keptPositions: readonly number[];
}

/**
 * StreamingLLM (Xiao et al. 2023, section 3.2): token by token over a cache of sinks and window. Keys are cached before
 * rotation and rotated anew each step by their place inside the cache, so that positions never exceed numSinks +
 * windowTokens however long the text. That is why a mask alone is not StreamingLLM.
 * @param q (numHeads, queryTokens, headDim), not rotated
 * @param k (numKvHeads, keyTokens, headDim), not rotated; keyTokens equal to queryTokens
 */
export function streamingLlmAttention(
  q: FloatArray,
  k: FloatArray,
  v: FloatArray,
  shape: AttentionShape,
  options: StreamingLlmOptions,
): StreamingLlmResult {
  requireAttention(q, k, v, { ...shape, keyTokens: shape.queryTokens }, {});
  const { numHeads, numKvHeads, queryTokens, headDim, valueDim = headDim } = shape;
  const { frequencies, pairing, numSinks, windowTokens, observer } = options;
  const cache = createSinkCache(
    { numKvHeads, headDim, valueDim },
    {
      numSinks,
      windowTokens,
      precision: q instanceof Float64Array ? 'float64' : 'float32',
      ...(observer === undefined ? {} : { observer }),
    },
  );
  const output = zerosLike(q, numHeads * queryTokens * valueDim);
  const cacheLengths: number[] = [];
  for (let token = 0; token < queryTokens; token++) {
    cache.append(
      sliceTokens(k, numKvHeads, headDim, token, token + 1),
      sliceTokens(v, numKvHeads, valueDim, token, token + 1),
    );
    const view = cache.read();
    const keyShape = { numHeads: numKvHeads, tokens: view.tokens, headDim };
    const positions = positionsFrom(0, view.tokens);
    const keys = applyRope(view.k, keyShape, frequencies, positions, pairing);
    const query = applyRope(
      sliceTokens(q, numHeads, headDim, token, token + 1),
      { numHeads, tokens: 1, headDim },
      frequencies,
      [view.tokens - 1],
      pairing,
    );
    const step = {
      numHeads,
      numKvHeads,
      queryTokens: 1,
      keyTokens: view.tokens,
      headDim,
      valueDim,
    };
    const result = referenceAttention(query, keys, view.v, step);
    for (let head = 0; head < numHeads; head++) {
      const row = result.output.subarray(head * valueDim, (head + 1) * valueDim);
      output.set(row, (head * queryTokens + token) * valueDim);
    }
    cacheLengths.push(view.tokens);
  }
  return { output, cacheLengths, keptPositions: Array.from(cache.read().positions) };
}
