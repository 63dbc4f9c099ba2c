import type {
  Architecture,
  AttentionMixer,
  FeedForward,
  MlaMixer,
  TokenMixer,
} from './architecture.ts';

/** Weights counted from the shape; norms and biases (under 0.1 %) are left out. */
export interface ParameterCounts {
  readonly total: number;
  /** Read for one token: the chosen experts only, the head, not the embedding table. */
  readonly activePerToken: number;
  readonly mixers: number;
  readonly feedForwards: number;
  readonly embedding: number;
  /** 0 when tied to the embedding. */
  readonly head: number;
}

function attentionParameters(mixer: AttentionMixer, hiddenSize: number): number {
  const queries = mixer.numHeads * mixer.keyHeadDim;
  const output = mixer.numHeads * mixer.valueHeadDim;
  const keysAndValues = mixer.ownsKv
    ? mixer.numKvHeads * (mixer.keyHeadDim + mixer.valueHeadDim)
    : 0;
  return hiddenSize * (queries + keysAndValues + output);
}

/** DeepSeek-V2, arXiv 2405.04434, section 2.1. */
function mlaParameters(mixer: MlaMixer, hiddenSize: number): number {
  const { numHeads, kvLoraRank, qkRopeHeadDim, qkNopeHeadDim, valueHeadDim, qLoraRank } = mixer;
  const queryWidth = numHeads * (qkNopeHeadDim + qkRopeHeadDim);
  const query =
    qLoraRank === undefined ? hiddenSize * queryWidth : qLoraRank * (hiddenSize + queryWidth);
  return (
    query +
    hiddenSize * (kvLoraRank + qkRopeHeadDim) +
    kvLoraRank * numHeads * (qkNopeHeadDim + valueHeadDim) +
    numHeads * valueHeadDim * hiddenSize
  );
}

function mixerParameters(mixer: TokenMixer, hiddenSize: number): number {
  if (mixer.kind === 'state') return mixer.parameters;
  if (mixer.kind === 'mla') return mlaParameters(mixer, hiddenSize);
  return attentionParameters(mixer, hiddenSize);
}

function feedForwardParameters(
  feedForward: FeedForward,
  hiddenSize: number,
): { readonly total: number; readonly active: number } {
  const matrices = feedForward.gated ? 3 : 2;
  if (feedForward.kind === 'dense') {
    const total = matrices * hiddenSize * feedForward.intermediateSize;
    return { total, active: total };
  }
  const expert = matrices * hiddenSize * feedForward.expertIntermediateSize;
  const always =
    matrices * hiddenSize * feedForward.sharedIntermediateSize +
    hiddenSize * feedForward.routedExperts;
  return {
    total: feedForward.routedExperts * expert + always,
    active: feedForward.expertsPerToken * expert + always,
  };
}

/** Undefined when the shape is not fully known. */
export function countParameters(architecture: Architecture): ParameterCounts | undefined {
  const { hiddenSize, vocabSize, mixers, feedForwards } = architecture;
  if (!hiddenSize || !vocabSize || !mixers || !feedForwards) return undefined;
  const mixerTotal = sum(mixers.map((g) => g.count * mixerParameters(g.layer, hiddenSize)));
  const ffn = feedForwards.map((g) => ({
    count: g.count,
    ...feedForwardParameters(g.layer, hiddenSize),
  }));
  const ffnTotal = sum(ffn.map((g) => g.count * g.total));
  const embedding = vocabSize * hiddenSize;
  const tied = architecture.tiedEmbeddings === true || architecture.kind === 'encoder';
  const head = tied ? 0 : embedding;
  return {
    total: mixerTotal + ffnTotal + embedding + head,
    activePerToken: mixerTotal + sum(ffn.map((g) => g.count * g.active)) + embedding,
    mixers: mixerTotal,
    feedForwards: ffnTotal,
    embedding,
    head,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
