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
