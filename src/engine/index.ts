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
export type * from './stepEvents.ts';

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
export { naiveAttentionTraffic, type AttentionTraffic } from './attention/traffic.ts';
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
export { compareOccupancy, type Occupancy } from './caches/fragmentation.ts';
export { createHeavyHitterCache, createSinkCache } from './caches/evicting.ts';
export type { HeavyHitterCache, HeavyHitterOptions, SinkCacheOptions } from './caches/evicting.ts';
export { createQuantizedCache } from './caches/quantized.ts';
export type { QuantizationAxis, QuantizedCacheOptions } from './caches/quantized.ts';
export { dequantizeGroups, quantizedBytes, quantizeGroups } from './caches/quantize.ts';
export type { QuantizedGroups } from './caches/quantize.ts';
export { decodeFp8, decodeFp8Array, encodeFp8, encodeFp8Array, fp8Greatest } from './caches/fp8.ts';

// Multi-head latent attention
export { createMlaCache, mlaAttention } from './mla/mla.ts';
export type { MlaForm, MlaOptions, MlaResult } from './mla/mla.ts';
export type { MlaRotation } from './mla/projections.ts';
export { mlaCacheNumbersPerToken, type MlaShape, type MlaWeights } from './mla/shape.ts';

// State space: a state of fixed size instead of a cache
export { s4dConvolution, s4dKernel, s4dRecurrence } from './stateSpace/s4d.ts';
export type { S4dParameters, ScanResult, ScanShape } from './stateSpace/s4d.ts';
export { selectiveScan, selectiveScanBlocks, stateShares } from './stateSpace/selectiveScan.ts';
export type { SelectiveInputs, SelectiveScanOptions } from './stateSpace/selectiveScan.ts';
export { mambaBlock } from './stateSpace/mambaBlock.ts';
export type {
  MambaOptions,
  MambaShape,
  MambaState,
  MambaWeights,
} from './stateSpace/mambaBlock.ts';
export { ssd, ssdBlocks } from './stateSpace/ssd.ts';
export type { SsdInputs, SsdOptions, SsdResult, SsdShape } from './stateSpace/ssd.ts';
export { mamba2Block } from './stateSpace/mamba2Block.ts';
export type { Mamba2Options, Mamba2Shape, Mamba2Weights } from './stateSpace/mamba2Block.ts';
export { copyingTask, selectiveCopying } from './stateSpace/selectiveCopying.ts';
export type { CopyingResult, CopyingTask } from './stateSpace/selectiveCopying.ts';

// Linear: attention without the n x n matrix
export {
  linformerAttention,
  lowRankError,
  poolingProjection,
  randomProjection,
  singularValues,
  type LinformerShape,
} from './linear/linformer.ts';
export {
  eluPlusOne,
  linearAttentionChunked,
  linearAttentionParallel,
  linearAttentionRecurrent,
} from './linear/linearAttention.ts';
export type {
  LinearAttentionOptions,
  LinearAttentionResult,
  LinearAttentionShape,
  LinearAttentionState,
} from './linear/linearAttention.ts';
export { gatedDeltaRule, gatedDeltaRuleChunked } from './linear/gatedDeltaRule.ts';
export type {
  DeltaRuleInputs,
  DeltaRuleOptions,
  DeltaRuleResult,
  DeltaRuleShape,
} from './linear/gatedDeltaRule.ts';
export { rwkvDecays, rwkvTimeMixing, rwkvTimeMixingParallel } from './linear/rwkv.ts';
export type { RwkvInputs, RwkvOptions, RwkvResult, RwkvShape, RwkvState } from './linear/rwkv.ts';

// Recurrence over segments
export {
  relativeSinusoids,
  segmentMask,
  transformerXlAttention,
  transformerXlSegments,
  transformerXlTerms,
} from './recurrence/transformerXl.ts';
export type {
  SegmentedStackShape,
  TransformerXlShape,
  TransformerXlTerms,
  TransformerXlWeights,
} from './recurrence/transformerXl.ts';

// Routing: mixture of experts
export { auxiliaryLossGradient, expertLoads, routeTokens } from './routing/moe.ts';
export type { LoadFigures, Routing, RoutingOptions, RoutingShape } from './routing/moe.ts';
export { trainRouter, type BalancingRun, type BalancingStep } from './routing/balancing.ts';

// Systems: what it takes to serve it
export {
  allReduceBytes,
  splitHeadsOverRanks,
  tensorParallelAttention,
  tensorParallelMlp,
} from './systems/tensorParallel.ts';
export type {
  AllReduceBytes,
  HeadSplit,
  ParallelAttentionShape,
  ParallelAttentionWeights,
  ParallelMlpShape,
  ParallelOptions,
  ParallelResult,
} from './systems/tensorParallel.ts';
export { continuousBatching, rooflineClock, staticBatching } from './systems/batching.ts';
export type {
  RequestTiming,
  ServingOptions,
  ServingRequest,
  ServingRun,
  StepClock,
  StepWork,
} from './systems/batching.ts';
export { layerCacheBytes, repeatLayers, stackCacheBytes } from './systems/hybridStack.ts';
export type { CacheConventions, LayerKind, StackCache } from './systems/hybridStack.ts';
export { mixingCost, wallVariants } from './systems/quadraticWall.ts';
export type { MixingCost, WallCost, WallModel, WallVariant } from './systems/quadraticWall.ts';
export {
  expectedNeedleWeight,
  needleDepthCurve,
  needleInputs,
  needleScoreFor,
  positionInfluence,
} from './systems/dilution.ts';
export type { DepthPlan, NeedleInputs, NeedlePlan } from './systems/dilution.ts';
export { simdAttention, type SimdOptions, type SimdResult } from './simd/simdAttention.ts';
