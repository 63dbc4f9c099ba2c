import type { FeedForward, TokenMixer } from '../architectures/architecture.ts';
import { kvBytesPerElement } from './dtypes.ts';
import type { KvDtype } from './dtypes.ts';
import { attentionPairs, chunkedPairs, meanKeys, touchedExperts } from './operators.ts';
import type { Gemm } from './operators.ts';
import { kvHeadsPerGpu } from './kvCache.ts';

/** One pass of new tokens over a cache, on one GPU of a tensor-parallel group. */
export interface Step {
  readonly newTokens: number;
  /** Tokens already in the cache, of each sequence. */
  readonly cachedTokens: number;
  readonly sequences: number;
  readonly tensorParallel: number;
  readonly weightBytesPerElement: number;
  readonly activationBytesPerElement: number;
  readonly kvDtype: KvDtype;
}

export interface AttentionWork {
  readonly flops: number;
  /** Keys that the longest query runs over. */
  readonly keyTokens: number;
  /** Mean over the (query, key) pairs. */
  readonly meanKeyTokens: number;
  readonly kvBytes: number;
}

/** Matrix products of a token mixer: projections in and out, split over the ranks. */
export function mixerGemms(mixer: TokenMixer, hiddenSize: number, step: Step): readonly Gemm[] {
  const rows = step.newTokens * step.sequences;
  const share = 1 / step.tensorParallel;
  if (mixer.kind === 'state') {
    // Projections only differ in width; the last one leads back to the hidden size.
    const columns = (mixer.parameters / hiddenSize) * share;
    return [product(step, rows, hiddenSize, columns)];
  }
  if (mixer.kind === 'mla') {
    const { numHeads, kvLoraRank, qkRopeHeadDim, qkNopeHeadDim, valueHeadDim, qLoraRank } = mixer;
    const queries = numHeads * (qkNopeHeadDim + qkRopeHeadDim) * share;
    const expanded = numHeads * (qkNopeHeadDim + valueHeadDim) * share;
    // Keys and values of cached tokens are expanded from their latents again in every chunk.
    const keyRows = (step.newTokens + step.cachedTokens) * step.sequences;
    return [
      ...(qLoraRank === undefined
        ? [product(step, rows, hiddenSize, queries)]
        : [product(step, rows, hiddenSize, qLoraRank), product(step, rows, qLoraRank, queries)]),
      product(step, rows, hiddenSize, kvLoraRank + qkRopeHeadDim),
      product(step, keyRows, kvLoraRank, expanded),
      product(step, rows, numHeads * valueHeadDim * share, hiddenSize),
    ];
  }
  const heads = mixer.numHeads * share;
  const kvHeads = mixer.ownsKv
    ? kvHeadsPerGpu(mixer.numHeads, mixer.numKvHeads, step.tensorParallel)
    : 0;
  const inputs = heads * mixer.keyHeadDim + kvHeads * (mixer.keyHeadDim + mixer.valueHeadDim);
  return [
    product(step, rows, hiddenSize, inputs),
    product(step, rows, heads * mixer.valueHeadDim, hiddenSize),
  ];
}

/** Matrix products of a feed-forward; a mixture of experts runs one group of rows per touched expert. */
export function feedForwardGemms(
  feedForward: FeedForward,
  hiddenSize: number,
  step: Step,
): readonly { readonly gemm: Gemm; readonly times: number }[] {
  const rows = step.newTokens * step.sequences;
  const inputs = feedForward.gated ? 2 : 1;
  const pair = (tokens: number, width: number, times: number) => {
    const columns = width / step.tensorParallel;
    return [
      { gemm: product(step, tokens, hiddenSize, inputs * columns), times },
      { gemm: product(step, tokens, columns, hiddenSize), times },
    ];
  };
  if (feedForward.kind === 'dense') return pair(rows, feedForward.intermediateSize, 1);
  const { routedExperts, expertsPerToken } = feedForward;
  const touched = touchedExperts(routedExperts, expertsPerToken, rows);
  const rowsEach = touched === 0 ? 0 : (rows * expertsPerToken) / touched;
  return [
    ...pair(rowsEach, feedForward.expertIntermediateSize, touched),
    ...pair(rows, feedForward.sharedIntermediateSize, 1),
    { gemm: product(step, rows, hiddenSize, routedExperts), times: 1 },
  ];
}

function product(step: Step, rows: number, inner: number, columns: number): Gemm {
  return {
    rows,
    inner,
    columns,
    weightBytesPerElement: step.weightBytesPerElement,
    activationBytesPerElement: step.activationBytesPerElement,
  };
}

/** Scores and weighted values of one layer: 2 x heads x (key + value width) FLOPs per (query, key) pair. */
export function attentionWork(mixer: TokenMixer, step: Step): AttentionWork {
  const { newTokens, cachedTokens, sequences } = step;
  const all = newTokens + cachedTokens;
  if (mixer.kind === 'state') {
    // Reading and writing the state: decay, outer product, inner product, each two operations an element.
    const flops = (6 * mixer.stateElements * newTokens * sequences) / step.tensorParallel;
    const keyTokens = Math.max(1, newTokens);
    return { flops, keyTokens, meanKeyTokens: 1, kvBytes: 0 };
  }
  const heads = mixer.numHeads / step.tensorParallel;
  if (mixer.kind === 'mla') {
    const width = mixer.qkNopeHeadDim + mixer.qkRopeHeadDim + mixer.valueHeadDim;
    const flops = 2 * heads * width * attentionPairs(newTokens, cachedTokens) * sequences;
    const kvBytes = 2 * heads * width * all * sequences;
    return { flops, keyTokens: all, meanKeyTokens: meanKeys(cachedTokens, all), kvBytes };
  }
  const span = mixer.spanTokens ?? Infinity;
  const pairs =
    mixer.kind === 'encoder'
      ? newTokens * newTokens
      : mixer.kind === 'cross'
        ? newTokens * span
        : mixer.kind === 'chunked'
          ? chunkedPairs(newTokens, cachedTokens, span)
          : attentionPairs(newTokens, cachedTokens, span);
  const width = mixer.keyHeadDim + mixer.valueHeadDim;
  const keyTokens = Math.max(1, Math.min(all, span));
  const kvHeads = kvHeadsPerGpu(mixer.numHeads, mixer.numKvHeads, step.tensorParallel);
  const read = Math.min(all, span + newTokens);
  return {
    flops: 2 * heads * width * pairs * sequences,
    keyTokens,
    meanKeyTokens: Math.min(span, meanKeys(cachedTokens, all)),
    kvBytes: kvHeads * width * kvBytesPerElement(step.kvDtype, mixer.keyHeadDim) * read * sequences,
  };
}

/** Widths that elementwise kernels pass over, on one GPU: heads with RoPE, kv heads, and feed-forward. */
export function mixerWidths(mixer: TokenMixer, tensorParallel: number) {
  if (mixer.kind === 'state') {
    return { heads: (2 * mixer.convChannels) / tensorParallel, kv: 0 };
  }
  if (mixer.kind === 'mla') {
    const width = mixer.qkRopeHeadDim + mixer.qkNopeHeadDim;
    return {
      heads: (2 * mixer.numHeads * width) / tensorParallel,
      kv: mixer.kvLoraRank + mixer.qkRopeHeadDim,
    };
  }
  const kvHeads = kvHeadsPerGpu(mixer.numHeads, mixer.numKvHeads, tensorParallel);
  return {
    heads: (mixer.numHeads / tensorParallel + kvHeads) * mixer.keyHeadDim,
    kv: mixer.ownsKv ? kvHeads * mixer.keyHeadDim : 0,
  };
}

export function feedForwardWidth(feedForward: FeedForward, tensorParallel: number): number {
  const width =
    feedForward.kind === 'dense'
      ? feedForward.intermediateSize
      : feedForward.expertsPerToken * feedForward.expertIntermediateSize +
        feedForward.sharedIntermediateSize;
  return width / tensorParallel;
}
