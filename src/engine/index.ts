// The engine's table of contents, in reading order. Everything a demo or a library user needs is exported here.

export { EngineInputError } from './errors.ts';
export {
  elementCount,
  isAllFinite,
  maxAbsDifference,
  requireShape,
  tensor,
  zerosLike,
  type FloatArray,
  type NamedShape,
  type Tensor,
} from './tensor.ts';
export { createRandom, normalFloat32, normalFloat64, type Random } from './random.ts';
export type * from './observer.ts';

// Masks: who may attend to whom
export { allowAll, createMask, intervalMask } from './masks/mask.ts';
export type { Coverage, Mask, Tile } from './masks/mask.ts';
export { and, not, or } from './masks/compose.ts';
export { causal, prefixLm } from './masks/causal.ts';
export {
  chunkedLocal,
  dilatedWindow,
  sinks,
  sinksAndWindow,
  slidingWindow,
} from './masks/window.ts';
export { globalTokens, longformer, type LongformerPattern } from './masks/longformer.ts';
export { bigBird, bigBirdRows, type BigBirdPattern, type BigBirdRow } from './masks/bigBird.ts';
export { fixedSparse, stridedSparse } from './masks/sparseTransformer.ts';
export { documentMask } from './masks/document.ts';
export { createBlockMask, tileEmpty, tileFull, tilePartial } from './masks/blockMask.ts';
export type { BlockMask, MaskArea } from './masks/blockMask.ts';
export { countCells, drawMask, maskMatrix } from './masks/inspect.ts';
export { averageSpans, hierarchicalMasks, hopsBetween, receptiveField } from './masks/layers.ts';

// Positions
export { ropeFrequencies, yarnInterpolation } from './positions/ropeFrequencies.ts';
export type { RopeConfig, RopeFrequencies, RopeType } from './positions/ropeFrequencies.ts';
export { applyRope, positionsFrom, type RopePairing, type RopeShape } from './positions/rope.ts';
export { alibiBias, alibiSlopes } from './positions/alibi.ts';
export {
  addLearnedPositions,
  sinusoidalPositions,
  type LearnedPositions,
} from './positions/absolute.ts';

// Attention: the reference, then the forms that are equal to it
export { kvHeadOf } from './attention/shape.ts';
export type {
  AttentionOptions,
  AttentionResult,
  AttentionShape,
  ScoreBias,
} from './attention/shape.ts';
export { referenceAttention } from './attention/reference.ts';
export type { ReferenceOptions, ReferenceResult } from './attention/reference.ts';
export { tiledAttention, type TiledOptions, type TiledResult } from './attention/tiled.ts';
export type { TiledWork } from './attention/tiled.ts';
export { expNonPositive } from './attention/exponential.ts';
export { emptyPartial, joinSinkLogits, mergePartial } from './attention/merge.ts';
export type { PartialAttention } from './attention/merge.ts';
export { ringAttention, ringShards, ringTimeline } from './attention/ring.ts';
export type {
  RingLayout,
  RingOptions,
  RingRates,
  RingResult,
  RingRoundTime,
  Stretch,
} from './attention/ring.ts';
export { attendWithCache, chunkedPrefill, prefillChunks, sliceTokens } from './attention/cached.ts';
export type { CachedOptions, ChunkedPrefillOptions, PrefillChunk } from './attention/cached.ts';
export { streamingLlmAttention } from './attention/streamingLlm.ts';
export type { StreamingLlmOptions, StreamingLlmResult } from './attention/streamingLlm.ts';
export { heavyHitterAttention } from './attention/heavyHitter.ts';
export type { HeavyHitterAttentionOptions, HeavyHitterResult } from './attention/heavyHitter.ts';
export { sparseAttention } from './attention/dynamicSparsity.ts';
export type { SparseResult, SparsityRule } from './attention/dynamicSparsity.ts';

// Caches: one interface, five ways to keep keys and values
export { extendCache } from './caches/kvCache.ts';
export type { KvCache, KvCacheOptions, KvCacheShape, KvView } from './caches/kvCache.ts';
export { createContiguousCache, type ContiguousCacheOptions } from './caches/contiguous.ts';
export { createRingBufferCache } from './caches/ringBuffer.ts';
export { createPagedPool } from './caches/paged.ts';
export type { PagedPool, PagedPoolOptions, PagedSequence } from './caches/paged.ts';
export { createHeavyHitterCache, createSinkCache } from './caches/evicting.ts';
export type { HeavyHitterCache, HeavyHitterOptions, SinkCacheOptions } from './caches/evicting.ts';
export { createQuantizedCache } from './caches/quantized.ts';
export type { QuantizationAxis, QuantizedCacheOptions } from './caches/quantized.ts';
export { dequantizeGroups, quantizedBytes, quantizeGroups } from './caches/quantize.ts';
export type { QuantizedGroups } from './caches/quantize.ts';
export { decodeFp8, decodeFp8Array, encodeFp8, encodeFp8Array, fp8Greatest } from './caches/fp8.ts';
