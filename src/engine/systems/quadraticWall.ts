import {
  requireMultiple,
  requireNonNegativeInteger,
  requirePositive,
  requirePositiveInteger,
} from '../errors.ts';
import { layerCacheBytes } from './hybridStack.ts';

/** A model as far as its token mixing goes, in all the variants that are compared. */
export interface WallModel {
  readonly numLayers: number;
  readonly numHeads: number;
  readonly numKvHeads: number;
  readonly headDim: number;
  /** 2 (bf16) when left out. */
  readonly bytesPerElement?: number;
  /** Of the sliding variant. */
  readonly windowTokens: number;
  /** Of the flash and sliding variants: rows of queries per tile, 128 when left out. */
  readonly tileQueries?: number;
  /** Of the Mamba variant, whose channels are 2 x numHeads x headDim; 16 when left out. */
  readonly stateSize?: number;
  /** Of the MLA variant; DeepSeek-V3's 512, 64 and 128 when left out. */
  readonly kvLoraRank?: number;
  readonly qkRopeHeadDim?: number;
  readonly qkNopeHeadDim?: number;
}

export const wallVariants = ['standard', 'flash', 'sliding', 'linear', 'mamba', 'mla'] as const;
export type WallVariant = (typeof wallVariants)[number];

/** Of one prefill of one sequence. Only what mixes tokens is counted: projections and MLPs are linear in every variant. */
export interface MixingCost {
  /** Pairs of query and key whose score is computed, per head; undefined where there are none. */
  readonly scoreCells?: number;
  /** Multiplications and additions, a multiply-add being 2. */
  readonly flops: number;
  /** Beside inputs, outputs and cache: the score matrix, or what stands in its place. */
  readonly workingBytes: number;
  /** Kept for the tokens to come. */
  readonly cacheBytes: number;
  /** Read from and written to slow memory by the algorithm. */
  readonly slowMemoryBytes: number;
}

export interface WallCost {
  /** One head of one layer; cache and traffic of shared kv heads in equal parts. */
  readonly perHead: MixingCost;
  readonly perLayer: MixingCost;
  /** All layers. Layers run one after the other, so the working memory is one layer's. */
  readonly wholeModel: MixingCost;
}

/** Causal pairs (query, key) with at most `reach` keys each. */
function causalCells(tokens: number, reach: number): number {
  const ramp = Math.min(tokens, reach);
  return (ramp * (ramp + 1)) / 2 + (tokens - ramp) * reach;
}

/**
 * What mixing `tokens` tokens costs, causal, in one of six ways:
 * - `standard`: the whole n x n matrix is computed and stored, masked afterwards, twice over (scores, weights): 4 n^2 headDim
 *   FLOPs a head, n^2 numbers.
 * - `flash`: the same output from tiles in fast memory: the causal half, n (n + 1) / 2 pairs; one log-sum-exp (float32) a row.
 *   Keys and values are read once per row of tiles. (Dao et al. 2022.)
 * - `sliding`: flash over a window. Linear in n once n is above the window.
 * - `linear`: phi(k) v^T added to a state and read by phi(q), 4 headDim (headDim + 1) FLOPs a token.
 * - `mamba`: 9 FLOPs per token, channel and state number, as its authors count; a head's part is 2 headDim channels.
 * - `mla`: flash with keys of qkNopeHeadDim + qkRopeHeadDim and values of qkNopeHeadDim numbers, over a cache of
 *   kvLoraRank + qkRopeHeadDim numbers for all heads together. (DeepSeek-AI 2024, V2, section 2.1.)
 *
 * exp() and divisions are left out, as is usual.
 */
export function mixingCost(variant: WallVariant, model: WallModel, tokens: number): WallCost {
  const { numLayers, numHeads, numKvHeads, headDim, windowTokens } = model;
  const { bytesPerElement = 2, tileQueries = 128, stateSize = 16 } = model;
  const { kvLoraRank = 512, qkRopeHeadDim = 64, qkNopeHeadDim = 128 } = model;
  requireNonNegativeInteger('tokens', tokens);
  const sizes = { numLayers, numHeads, numKvHeads, headDim, windowTokens, tileQueries, stateSize };
  for (const [name, value] of Object.entries({ ...sizes, kvLoraRank, qkRopeHeadDim })) {
    requirePositiveInteger(name, value);
  }
  requirePositiveInteger('qkNopeHeadDim', qkNopeHeadDim);
  requirePositive('bytesPerElement', bytesPerElement);
  requireMultiple('numHeads', numHeads, 'numKvHeads', numKvHeads);

  const conventions = { bytesPerElement };
  const float32Bytes = 4;
  const tiled = (
    cells: number,
    keyDim: number,
    valueDim: number,
    cacheBytes: number,
  ): MixingCost => {
    const queriesAndOutput = tokens * (keyDim + valueDim) * bytesPerElement;
    const logSumExpBytes = tokens * float32Bytes;
    // A row of tiles reads the keys that any of its queries needs; cells / tileQueries is their number, summed over rows.
    const rows = tileQueries < tokens ? cells / tileQueries : tokens;
    const keysAndValues = rows * (keyDim + valueDim) * bytesPerElement;
    return {
      scoreCells: cells,
      flops: 2 * cells * (keyDim + valueDim),
      workingBytes: logSumExpBytes,
      cacheBytes,
      slowMemoryBytes: queriesAndOutput + keysAndValues + logSumExpBytes,
    };
  };
  const headShare = (layerBytes: number) => layerBytes / numHeads;

  const costs: Record<WallVariant, () => MixingCost> = {
    standard() {
      const matrixBytes = tokens * tokens * bytesPerElement;
      return {
        scoreCells: tokens * tokens,
        flops: 4 * tokens * tokens * headDim,
        workingBytes: matrixBytes,
        cacheBytes: headShare(
          layerCacheBytes({ kind: 'full', numKvHeads, headDim }, tokens, conventions),
        ),
        // q, k, v in, output out; scores written and read, weights written and read.
        slowMemoryBytes: 4 * tokens * headDim * bytesPerElement + 4 * matrixBytes,
      };
    },
    flash() {
      const cache = layerCacheBytes({ kind: 'full', numKvHeads, headDim }, tokens, conventions);
      return tiled(causalCells(tokens, tokens), headDim, headDim, headShare(cache));
    },
    sliding() {
      const layer = { kind: 'sliding', numKvHeads, headDim, windowTokens } as const;
      const cache = layerCacheBytes(layer, tokens, conventions);
      return tiled(causalCells(tokens, windowTokens), headDim, headDim, headShare(cache));
    },
    linear() {
      const stateBytes = layerCacheBytes({ kind: 'linear', numHeads: 1, headDim }, tokens);
      return {
        flops: 4 * tokens * headDim * (headDim + 1),
        workingBytes: stateBytes,
        cacheBytes: stateBytes,
        slowMemoryBytes: 4 * tokens * headDim * bytesPerElement + stateBytes,
      };
    },
    mamba() {
      const channels = 2 * headDim;
      const layer = { kind: 'mamba', innerSize: channels, stateSize, convKernelTokens: 4 } as const;
      const stateBytes = channels * stateSize * float32Bytes;
      return {
        flops: 9 * tokens * channels * stateSize,
        workingBytes: stateBytes,
        cacheBytes: layerCacheBytes(layer, tokens, conventions),
        // u, delta and y per channel; B and C are shared by all channels of the layer.
        slowMemoryBytes:
          tokens * (3 * channels + headShare(2 * stateSize)) * bytesPerElement + stateBytes,
      };
    },
    mla() {
      const cache = layerCacheBytes(
        { kind: 'mla', kvLoraRank, qkRopeHeadDim },
        tokens,
        conventions,
      );
      const keyDim = qkNopeHeadDim + qkRopeHeadDim;
      return tiled(causalCells(tokens, tokens), keyDim, qkNopeHeadDim, headShare(cache));
    },
  };
  const perHead = costs[variant]();
  const perLayer = scaled(perHead, numHeads, numHeads);
  return { perHead, perLayer, wholeModel: scaled(perLayer, numLayers, 1) };
}

function scaled(cost: MixingCost, factor: number, workingFactor: number): MixingCost {
  return {
    ...cost,
    flops: cost.flops * factor,
    workingBytes: cost.workingBytes * workingFactor,
    cacheBytes: cost.cacheBytes * factor,
    slowMemoryBytes: cost.slowMemoryBytes * factor,
  };
}
