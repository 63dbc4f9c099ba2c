import { EngineInputError, requireNonNegativeInteger, requirePositiveInteger } from '../errors.ts';

/** What one layer keeps of the tokens before, by kind. Sizes as in the model's configuration. */
export type LayerKind =
  | {
      readonly kind: 'full';
      readonly numKvHeads: number;
      readonly headDim: number;
      /** headDim when left out. */
      readonly valueDim?: number;
    }
  | {
      readonly kind: 'sliding';
      readonly numKvHeads: number;
      readonly headDim: number;
      readonly valueDim?: number;
      readonly windowTokens: number;
    }
  | {
      readonly kind: 'chunked';
      readonly numKvHeads: number;
      readonly headDim: number;
      readonly valueDim?: number;
      readonly chunkTokens: number;
    }
  | { readonly kind: 'mla'; readonly kvLoraRank: number; readonly qkRopeHeadDim: number }
  | {
      readonly kind: 'mamba';
      readonly innerSize: number;
      readonly stateSize: number;
      readonly convKernelTokens: number;
    }
  | {
      readonly kind: 'mamba2';
      readonly numHeads: number;
      readonly headDim: number;
      readonly stateSize: number;
      readonly numGroups: number;
      readonly convKernelTokens: number;
    }
  | {
      readonly kind: 'gatedDeltaRule';
      readonly numKeyHeads: number;
      readonly numValueHeads: number;
      readonly keyDim: number;
      readonly valueDim: number;
      readonly convKernelTokens: number;
    }
  | { readonly kind: 'linear'; readonly numHeads: number; readonly headDim: number }
  | { readonly kind: 'rwkv'; readonly channels: number }
  /** Keeps nothing of its own: an MLP, or attention over another layer's cache. */
  | { readonly kind: 'none' };

export interface CacheConventions {
  /** Of keys, values and convolution columns; 2 (bf16) when left out. */
  readonly bytesPerElement?: number;
  /** Of recurrent states; 4 (float32) when left out, as serving engines keep them. */
  readonly stateBytesPerElement?: number;
  /**
   * Tokens a window of W keeps between steps. `window` (when left out): W. `windowMinusOne`: W - 1, which is all the next
   * token needs besides itself, as in Hugging Face transformers.
   */
  readonly slidingKeeps?: 'window' | 'windowMinusOne';
  /**
   * Columns a convolution over k tokens keeps. `kernelMinusOne` (when left out): k - 1, which is all the next token needs.
   * `kernel`: k, as in Hugging Face transformers.
   */
  readonly convolutionKeeps?: 'kernelMinusOne' | 'kernel';
}

/** Bytes that `layer` keeps of `tokens` tokens of one sequence. */
export function layerCacheBytes(
  layer: LayerKind,
  tokens: number,
  conventions: CacheConventions = {},
): number {
  requireNonNegativeInteger('tokens', tokens);
  for (const [name, value] of Object.entries(layer)) {
    if (typeof value === 'number') requirePositiveInteger(`${layer.kind} layer's ${name}`, value);
  }
  const { bytesPerElement = 2, stateBytesPerElement = 4 } = conventions;
  const { slidingKeeps = 'window', convolutionKeeps = 'kernelMinusOne' } = conventions;
  const keysAndValues = (
    kept: number,
    heads: { numKvHeads: number; headDim: number; valueDim?: number },
  ) =>
    kept * heads.numKvHeads * (heads.headDim + (heads.valueDim ?? heads.headDim)) * bytesPerElement;
  const convolution = (channels: number, kernelTokens: number) =>
    channels * (convolutionKeeps === 'kernel' ? kernelTokens : kernelTokens - 1) * bytesPerElement;
  // A recurrent state is there from the first token on, whatever the length.
  switch (layer.kind) {
    case 'full':
      return keysAndValues(tokens, layer);
    case 'sliding': {
      const { windowTokens } = layer;
      const most = slidingKeeps === 'window' ? windowTokens : windowTokens - 1;
      return keysAndValues(Math.min(tokens, most), layer);
    }
    case 'chunked':
      return keysAndValues(Math.min(tokens, layer.chunkTokens), layer);
    case 'mla':
      return tokens * (layer.kvLoraRank + layer.qkRopeHeadDim) * bytesPerElement;
    case 'mamba':
      return (
        layer.innerSize * layer.stateSize * stateBytesPerElement +
        convolution(layer.innerSize, layer.convKernelTokens)
      );
    case 'mamba2': {
      const inner = layer.numHeads * layer.headDim;
      const channels = inner + 2 * layer.numGroups * layer.stateSize;
      return (
        inner * layer.stateSize * stateBytesPerElement +
        convolution(channels, layer.convKernelTokens)
      );
    }
    case 'gatedDeltaRule': {
      const keys = layer.numKeyHeads * layer.keyDim;
      const values = layer.numValueHeads * layer.valueDim;
      const state = layer.numValueHeads * layer.keyDim * layer.valueDim;
      return state * stateBytesPerElement + convolution(2 * keys + values, layer.convKernelTokens);
    }
    case 'linear':
      return layer.numHeads * layer.headDim * (layer.headDim + 1) * stateBytesPerElement;
    case 'rwkv':
      // Numerator, denominator and largest exponent, and the two last inputs of the token shift.
      return layer.channels * (3 * stateBytesPerElement + 2 * bytesPerElement);
    case 'none':
      return 0;
  }
}

export interface StackCache {
  readonly bytesPerLayer: readonly number[];
  readonly totalBytes: number;
  /** Bytes by kind of layer, only kinds that occur. */
  readonly bytesByKind: Readonly<Partial<Record<LayerKind['kind'], number>>>;
  /** What one more token adds. */
  readonly bytesOfNextToken: number;
}

/** The cache of a whole stack, layer by layer: layers of different kinds are summed, never averaged. */
export function stackCacheBytes(
  layers: readonly LayerKind[],
  tokens: number,
  conventions: CacheConventions = {},
): StackCache {
  const bytesPerLayer = layers.map((layer) => layerCacheBytes(layer, tokens, conventions));
  const bytesByKind: Partial<Record<LayerKind['kind'], number>> = {};
  layers.forEach(({ kind }, idx) => {
    bytesByKind[kind] = (bytesByKind[kind] ?? 0) + bytesPerLayer[idx];
  });
  const sum = (bytes: readonly number[]) => bytes.reduce((total, one) => total + one, 0);
  const totalBytes = sum(bytesPerLayer);
  const longer = sum(layers.map((layer) => layerCacheBytes(layer, tokens + 1, conventions)));
  return { bytesPerLayer, totalBytes, bytesByKind, bytesOfNextToken: longer - totalBytes };
}

/**
 * `pattern` over and over until there are `numLayers`: `repeatLayers([local, local, local, local, local, global], 48)` is
 * Gemma 3's five to one.
 */
export function repeatLayers<Layer>(
  pattern: readonly Layer[],
  numLayers: number,
): readonly Layer[] {
  requireNonNegativeInteger('numLayers', numLayers);
  if (pattern.length === 0) {
    throw new EngineInputError('pattern must name at least one layer, got none');
  }
  return Array.from({ length: numLayers }, (_, idx) => pattern[idx % pattern.length]);
}
