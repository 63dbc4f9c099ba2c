import { checkCount, InputError } from '../estimates/inputError.ts';
import type { Architecture } from './architecture.ts';

/** A model as a person types it in: the widths, one kind of layer. */
export interface TypedShape {
  readonly id?: string;
  readonly numLayers: number;
  readonly numHeads: number;
  /** Default: as many as query heads (multi-head attention). */
  readonly numKvHeads?: number;
  readonly headDim: number;
  readonly hiddenSize?: number;
  readonly intermediateSize?: number;
  readonly vocabSize?: number;
  /** Sliding window of every layer; absent: full attention. */
  readonly windowTokens?: number;
  readonly contextWindowTokens?: number;
  /** Three matrices in the feed-forward (SwiGLU) or two. Default true. */
  readonly gated?: boolean;
}

/** @throws InputError naming the field when a width is not a whole number or the kv heads don't divide */
export function typedArchitecture(shape: TypedShape): Architecture {
  const numKvHeads = shape.numKvHeads ?? shape.numHeads;
  const hiddenSize = shape.hiddenSize ?? shape.numHeads * shape.headDim;
  for (const [field, value] of Object.entries({ ...shape, numKvHeads, hiddenSize })) {
    if (typeof value === 'number') checkCount(field, value, 1, 2 ** 40);
  }
  if (shape.numHeads % numKvHeads !== 0) {
    throw new InputError(
      'numKvHeads',
      numKvHeads,
      `a divisor of the ${shape.numHeads} query heads`,
    );
  }
  const { intermediateSize } = shape;
  return {
    id: shape.id ?? 'typed-in',
    name: shape.id ?? 'typed in',
    kind: 'decoder',
    attentionName: numKvHeads === shape.numHeads ? 'MHA' : numKvHeads === 1 ? 'MQA' : 'GQA',
    hiddenSize,
    vocabSize: shape.vocabSize,
    numLayers: shape.numLayers,
    mixers: [
      {
        count: shape.numLayers,
        layer: {
          kind: shape.windowTokens === undefined ? 'full' : 'sliding',
          spanTokens: shape.windowTokens,
          numHeads: shape.numHeads,
          numKvHeads,
          keyHeadDim: shape.headDim,
          valueHeadDim: shape.headDim,
          ownsKv: true,
        },
      },
    ],
    ...(intermediateSize === undefined
      ? { feedForwardsUnknownBecause: 'no feed-forward width was given' }
      : {
          feedForwards: [
            {
              count: shape.numLayers,
              layer: { kind: 'dense', intermediateSize, gated: shape.gated ?? true },
            },
          ],
        }),
    contextWindowTokens: shape.contextWindowTokens,
    sources: [],
  };
}
