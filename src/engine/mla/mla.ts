import type { AttentionOptions } from '../attention/shape.ts';
import { tiledAttention } from '../attention/tiled.ts';
import { createContiguousCache, type ContiguousCacheOptions } from '../caches/contiguous.ts';
import { extendCache, type KvCache } from '../caches/kvCache.ts';
import { EngineInputError, requireNonNegativeInteger } from '../errors.ts';
import { linear, mergeHeads } from '../layerMath.ts';
import { causal } from '../masks/causal.ts';
import type { Mask } from '../masks/mask.ts';
import { requireShape, zerosLike, type FloatArray } from '../tensor.ts';
import {
  besides,
  headsFirst,
  projectLatents,
  projectQueries,
  type MlaLatents,
  type MlaQueries,
  type MlaRotation,
} from './projections.ts';
import { requireMla, type MlaShape, type MlaWeights } from './shape.ts';

/**
 * expanded: keys and values of every head are rebuilt from the latents, then plain multi-head attention; the cheaper way
 * for a long prefill. absorbed: W_uk moves into the query and W_uv behind the attention, so that all heads attend to the
 * latents themselves, as multi-query attention of one wide head; the cheaper way to decode. Both give the same output.
 */
export type MlaForm = 'expanded' | 'absorbed';

export interface MlaOptions extends MlaRotation {
  readonly form: MlaForm;
  /** By position; causal when left out. */
  readonly mask?: Mask;
  /** 1 / sqrt(qkNopeHeadDim + qkRopeHeadDim) when left out; YaRN models multiply it. */
  readonly scale?: number;
  /** Earlier tokens, to which the new ones are added; from `createMlaCache`. */
  readonly cache?: KvCache;
}

export interface MlaResult {
  /** (tokens, hiddenSize) */
  readonly output: FloatArray;
  /** Numbers rebuilt from latents for this step, over all heads: what the absorbed form saves. */
  readonly expandedNumbers: number;
}

/** A cache of latents: the engine's contiguous cache with one head, whose keys are latents and values the rotated keys. */
export function createMlaCache(shape: MlaShape, options: ContiguousCacheOptions = {}): KvCache {
  const { kvLoraRank, qkRopeHeadDim } = shape;
  return createContiguousCache(
    { numKvHeads: 1, headDim: kvLoraRank, valueDim: qkRopeHeadDim },
    options,
  );
}

/**
 * Multi-head latent attention of new tokens (DeepSeek-AI 2024, DeepSeek-V2, section 2.1), over what the cache holds and
 * themselves.
 * @param x (tokens, hiddenSize)
 * @throws EngineInputError when a width does not fit
 */
export function mlaAttention(
  x: FloatArray,
  tokens: number,
  shape: MlaShape,
  weights: MlaWeights,
  options: MlaOptions,
): MlaResult {
  requireMla(shape, weights);
  requireNonNegativeInteger('tokens', tokens);
  requireShape('x', x, { tokens, hiddenSize: shape.hiddenSize });
  const { cache, form } = options;
  if (form !== 'expanded' && form !== 'absorbed') {
    throw new EngineInputError(`form must be expanded or absorbed, got ${String(form)}`);
  }
  const firstPosition = cache?.nextPosition ?? 0;
  const queries = projectQueries(x, tokens, firstPosition, shape, weights, options);
  const fresh = projectLatents(x, tokens, firstPosition, shape, weights, options);
  let latents: MlaLatents = fresh;
  let keyTokens = tokens;
  let firstKeyIdx = 0;
  if (cache !== undefined) {
    const view = extendCache(cache, fresh.latent, fresh.ropeKey);
    latents = { latent: view.k, ropeKey: view.v };
    keyTokens = view.tokens;
    firstKeyIdx = view.positions[0] ?? 0;
  }
  const headDim = shape.qkNopeHeadDim + shape.qkRopeHeadDim;
  const { mask = causal, scale = 1 / Math.sqrt(headDim) } = options;
  const attention = { mask, scale, firstQueryIdx: firstPosition, firstKeyIdx };
  const attend = form === 'expanded' ? attendExpanded : attendAbsorbed;
  const { mixed, expandedNumbers } = attend(
    queries,
    latents,
    tokens,
    keyTokens,
    shape,
    weights,
    attention,
  );
  const output = linear(mixed, weights.output, {
    rows: tokens,
    inputSize: shape.numHeads * shape.valueHeadDim,
    outputSize: shape.hiddenSize,
  });
  return { output, expandedNumbers };
}

/** What the heads say, (tokens, numHeads x valueHeadDim), before the output projection. */
interface Mixed {
  readonly mixed: FloatArray;
  readonly expandedNumbers: number;
}

/** k = [W_uk c ; k_rope], v = W_uv c, and multi-head attention. */
function attendExpanded(
  queries: MlaQueries,
  { latent, ropeKey }: MlaLatents,
  tokens: number,
  keyTokens: number,
  shape: MlaShape,
  weights: MlaWeights,
  options: AttentionOptions,
): Mixed {
  const { numHeads, kvLoraRank, qkNopeHeadDim, qkRopeHeadDim, valueHeadDim } = shape;
  const width = qkNopeHeadDim + valueHeadDim;
  const expanded = linear(latent, weights.kvUp, {
    rows: keyTokens,
    inputSize: kvLoraRank,
    outputSize: numHeads * width,
  });
  const nopeKeys = headsFirst(expanded, keyTokens, numHeads, width, 0, qkNopeHeadDim);
  const v = headsFirst(expanded, keyTokens, numHeads, width, qkNopeHeadDim, valueHeadDim);
  const k = besides(nopeKeys, ropeKey, numHeads, keyTokens, qkNopeHeadDim, qkRopeHeadDim);
  const q = besides(queries.nope, queries.rope, numHeads, tokens, qkNopeHeadDim, qkRopeHeadDim);
  const headDim = qkNopeHeadDim + qkRopeHeadDim;
  const { output } = tiledAttention(
    q,
    k,
    v,
    {
      numHeads,
      numKvHeads: numHeads,
      queryTokens: tokens,
      keyTokens,
      headDim,
      valueDim: valueHeadDim,
    },
    options,
  );
  return {
    mixed: mergeHeads(output, tokens, numHeads, valueHeadDim),
    expandedNumbers: k.length + v.length,
  };
}

/** q' = [W_uk^T q_nope ; q_rope] against [c ; k_rope], whose values are c; then W_uv. */
function attendAbsorbed(
  queries: MlaQueries,
  { latent, ropeKey }: MlaLatents,
  tokens: number,
  keyTokens: number,
  shape: MlaShape,
  weights: MlaWeights,
  options: AttentionOptions,
): Mixed {
  const { numHeads, kvLoraRank, qkNopeHeadDim, qkRopeHeadDim, valueHeadDim } = shape;
  const absorbed = zerosLike(queries.nope, numHeads * tokens * kvLoraRank);
  const row = new Float64Array(kvLoraRank);
  for (let head = 0; head < numHeads; head++) {
    const keyRows = head * (qkNopeHeadDim + valueHeadDim);
    for (let token = 0; token < tokens; token++) {
      const at = head * tokens + token;
      row.fill(0);
      for (let dim = 0; dim < qkNopeHeadDim; dim++) {
        const factor = queries.nope[at * qkNopeHeadDim + dim];
        const weightStart = (keyRows + dim) * kvLoraRank;
        for (let rank = 0; rank < kvLoraRank; rank++) {
          row[rank] += factor * weights.kvUp[weightStart + rank];
        }
      }
      absorbed.set(row, at * kvLoraRank);
    }
  }
  const q = besides(absorbed, queries.rope, numHeads, tokens, kvLoraRank, qkRopeHeadDim);
  const k = besides(latent, ropeKey, 1, keyTokens, kvLoraRank, qkRopeHeadDim);
  const { output } = tiledAttention(
    q,
    k,
    latent,
    {
      numHeads,
      numKvHeads: 1,
      queryTokens: tokens,
      keyTokens,
      headDim: kvLoraRank + qkRopeHeadDim,
      valueDim: kvLoraRank,
    },
    options,
  );
  const mixed = zerosLike(output, tokens * numHeads * valueHeadDim);
  for (let head = 0; head < numHeads; head++) {
    const valueRows = head * (qkNopeHeadDim + valueHeadDim) + qkNopeHeadDim;
    for (let token = 0; token < tokens; token++) {
      const from = (head * tokens + token) * kvLoraRank;
      for (let dim = 0; dim < valueHeadDim; dim++) {
        let sum = 0;
        for (let rank = 0; rank < kvLoraRank; rank++) {
          sum += weights.kvUp[(valueRows + dim) * kvLoraRank + rank] * output[from + rank];
        }
        mixed[(token * numHeads + head) * valueHeadDim + dim] = sum;
      }
    }
  }
  return { mixed, expandedNumbers: 0 };
}
