/** What one layer does to mix tokens; every width is a count of elements, not bytes. */
export type TokenMixer = AttentionMixer | MlaMixer | StateMixer;

export interface AttentionMixer {
  /**
   * full: all earlier tokens; sliding: the last `spanTokens`, own position included; chunked: the own block of
   * `spanTokens` (Llama 4); encoder: both directions, no cache; cross: keys of an encoder of `spanTokens`.
   */
  readonly kind: 'full' | 'sliding' | 'chunked' | 'encoder' | 'cross';
  /** Window, chunk or encoder length in tokens; absent for full and encoder. */
  readonly spanTokens?: number;
  readonly numHeads: number;
  readonly numKvHeads: number;
  readonly keyHeadDim: number;
  readonly valueHeadDim: number;
  /** False: reads the KV cache of another layer and keeps none (Gemma 3n, YOCO). */
  readonly ownsKv: boolean;
}

/** Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434): caches one latent and one rotary key a token. */
export interface MlaMixer {
  readonly kind: 'mla';
  readonly numHeads: number;
  readonly kvLoraRank: number;
  readonly qLoraRank?: number;
  readonly qkRopeHeadDim: number;
  readonly qkNopeHeadDim: number;
  readonly valueHeadDim: number;
  /** Width of the sparse-attention index key kept beside the latent (DeepSeek V3.2, GLM 5). */
  readonly indexHeadDim?: number;
}

/** A layer whose memory does not grow with the text: Mamba, Mamba-2, gated delta rule, linear attention. */
export interface StateMixer {
  readonly kind: 'state';
  readonly name: string;
  readonly stateElements: number;
  /** 4: the recurrent state is float32 in every implementation we read. */
  readonly stateBytesPerElement: number;
  readonly convChannels: number;
  readonly convKernel: number;
  /** Weights of its projections. */
  readonly parameters: number;
}

export type FeedForward =
  | { readonly kind: 'dense'; readonly intermediateSize: number; readonly gated: boolean }
  | {
      readonly kind: 'moe';
      readonly routedExperts: number;
      readonly expertsPerToken: number;
      readonly expertIntermediateSize: number;
      /** All shared experts together; 0: none. */
      readonly sharedIntermediateSize: number;
      readonly gated: boolean;
    };

export interface LayerGroup<Kind> {
  readonly count: number;
  readonly layer: Kind;
}

/** How positions beyond the trained length are reached. */
export interface RopeScaling {
  readonly type: string;
  readonly factor?: number;
  /** Trained length before scaling. */
  readonly originalContextWindowTokens?: number;
}

export interface ArchitectureSource {
  readonly text: string;
  /** ISO date on which it was read. */
  readonly asOf: string;
}

/** A model's shape. Absent is unknown. */
export interface Architecture {
  readonly id: string;
  readonly name: string;
  readonly kind: 'decoder' | 'encoder';
  readonly attentionName: string;
  readonly hiddenSize?: number;
  readonly vocabSize?: number;
  readonly tiedEmbeddings?: boolean;
  readonly numLayers?: number;
  /** Layers that mix tokens, by kind; absent: unknown, and `mixersUnknownBecause` says why. */
  readonly mixers?: readonly LayerGroup<TokenMixer>[];
  readonly mixersUnknownBecause?: string;
  readonly feedForwards?: readonly LayerGroup<FeedForward>[];
  readonly feedForwardsUnknownBecause?: string;
  readonly contextWindowTokens?: number;
  readonly ropeScaling?: RopeScaling;
  /** Rotary positions; absent where the record says nothing of them. */
  readonly hasRope?: true;
  readonly weightDtype?: string;
  readonly publishedParameters?: number;
  readonly sources: readonly ArchitectureSource[];
  readonly notes?: string;
}

/** Length the model was trained at before any RoPE scaling; undefined when not known. */
export function trainedContextTokens(architecture: Architecture): number | undefined {
  return architecture.ropeScaling?.originalContextWindowTokens ?? architecture.contextWindowTokens;
}
