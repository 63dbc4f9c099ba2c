import { EngineInputError, requirePositiveInteger } from '../errors.ts';
import { countCells } from '../masks/inspect.ts';
import { allowAll } from '../masks/mask.ts';
import type { EngineObserver, RingRoundEvent } from '../observer.ts';
import { zerosLike, type FloatArray } from '../tensor.ts';
import { sliceTokens } from './cached.ts';
import { emptyPartial, joinSinkLogits, mergePartial } from './merge.ts';
import {
  requireAttention,
  type AttentionOptions,
  type AttentionResult,
  type AttentionShape,
} from './shape.ts';
import { tiledAttention } from './tiled.ts';

/**
 * contiguous: rank r holds the r-th stretch of the text, so that under a causal mask the last rank works most. zigzag: the
 * text is cut in twice as many pieces, and rank r holds piece r from the front and piece r from the back, which evens it out.
 */
export type RingLayout = 'contiguous' | 'zigzag';

/** Tokens [start, end) of the text. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Which tokens each rank holds. Lengths that do not divide give pieces that differ by a token. */
export function ringShards(
  tokens: number,
  numRanks: number,
  layout: RingLayout,
): readonly (readonly Stretch[])[] {
  requirePositiveInteger('numRanks', numRanks);
  const pieces = layout === 'zigzag' ? 2 * numRanks : numRanks;
  const piece = (idx: number): Stretch => ({
    start: Math.floor((idx * tokens) / pieces),
    end: Math.floor(((idx + 1) * tokens) / pieces),
  });
  return Array.from({ length: numRanks }, (_, rank) =>
    layout === 'zigzag' ? [piece(rank), piece(pieces - 1 - rank)] : [piece(rank)],
  );
}

export interface RingOptions extends AttentionOptions {
  readonly numRanks: number;
  /** contiguous when left out. */
  readonly layout?: RingLayout;
  readonly observer?: EngineObserver;
}

export interface RingResult extends AttentionResult {
  readonly shards: readonly (readonly Stretch[])[];
  /** What each rank did in each round, round by round. Cells are those the mask lets through, over all heads. */
  readonly rounds: readonly (readonly RingRoundEvent[])[];
}

/** What a rank holds of the keys and values; passed on to its neighbour after each round. */
interface KvShard {
  readonly rankIdx: number;
  readonly pieces: readonly (Stretch & { readonly k: FloatArray; readonly v: FloatArray })[];
  readonly bytes: number;
}

/**
 * Ring attention (Liu et al. 2023): each rank holds a part of q, k and v; in numRanks rounds the keys and values go once
 * round the ring, each rank attends from its own queries to what it has in hand, and merges by log-sum-exp. No rank ever
 * holds all keys; the result is that of one device.
 *
 * Queries and keys are the same tokens: shape.queryTokens must be shape.keyTokens.
 */
export function ringAttention(
  q: FloatArray,
  k: FloatArray,
  v: FloatArray,
  shape: AttentionShape,
  options: RingOptions,
): RingResult {
  requireAttention(q, k, v, shape, options);
  const { numHeads, numKvHeads, queryTokens: tokens, headDim, valueDim = headDim } = shape;
  const { numRanks, layout = 'contiguous', mask = allowAll, sinkLogits, observer } = options;
  const { firstQueryIdx = 0, firstKeyIdx = 0 } = options;
  if (shape.keyTokens !== tokens) {
    throw new EngineInputError(
      `keyTokens must be queryTokens in a ring, got ${shape.keyTokens} and ${tokens}`,
    );
  }
  if (layout !== 'contiguous' && layout !== 'zigzag') {
    throw new EngineInputError(`layout must be contiguous or zigzag, got ${String(layout)}`);
  }
  const shards = ringShards(tokens, numRanks, layout);
  const queries = shards.map((pieces) =>
    pieces.map((piece) => sliceTokens(q, numHeads, headDim, piece.start, piece.end)),
  );
  let inHand: KvShard[] = shards.map((stretches, rankIdx) => {
    const pieces = stretches.map((piece) => ({
      ...piece,
      k: sliceTokens(k, numKvHeads, headDim, piece.start, piece.end),
      v: sliceTokens(v, numKvHeads, valueDim, piece.start, piece.end),
    }));
    const bytes = pieces.reduce((sum, piece) => sum + piece.k.byteLength + piece.v.byteLength, 0);
    return { rankIdx, pieces, bytes };
  });
  // One array for all, as ranks write rows of their own only.
  const merged = emptyPartial(numHeads * tokens, valueDim);
  const rounds: RingRoundEvent[][] = [];

  for (let round = 0; round < numRanks; round++) {
    const events = shards.map((stretches, rankIdx): RingRoundEvent => {
      const kv = inHand[rankIdx];
      let cellsComputed = 0;
      let cells = 0;
      stretches.forEach((stretch, stretchIdx) => {
        const queryTokens = stretch.end - stretch.start;
        for (const piece of kv.pieces) {
          const keyTokens = piece.end - piece.start;
          const area = {
            queryTokens,
            keyTokens,
            firstQueryIdx: firstQueryIdx + stretch.start,
            firstKeyIdx: firstKeyIdx + piece.start,
          };
          const allowed = numHeads * countCells(mask, area);
          cells += numHeads * queryTokens * keyTokens;
          cellsComputed += allowed;
          if (allowed === 0) continue;
          const part = tiledAttention(
            queries[rankIdx][stretchIdx],
            piece.k,
            piece.v,
            { numHeads, numKvHeads, queryTokens, keyTokens, headDim, valueDim },
            {
              mask,
              firstQueryIdx: area.firstQueryIdx,
              firstKeyIdx: area.firstKeyIdx,
              ...(options.scale === undefined ? {} : { scale: options.scale }),
              ...(options.scoreBias === undefined ? {} : { scoreBias: options.scoreBias }),
            },
          );
          mergePartial(
            merged,
            part,
            (row) => Math.floor(row / queryTokens) * tokens + stretch.start + (row % queryTokens),
          );
        }
      });
      const bytesSent = round < numRanks - 1 ? kv.bytes : 0;
      const cellsSkipped = cells - cellsComputed;
      const kvRankIdx = kv.rankIdx;
      return { round, rankIdx, kvRankIdx, cellsComputed, cellsSkipped, bytesSent };
    });
    rounds.push(events);
    if (observer?.ringRound) events.forEach(observer.ringRound);
    // Everyone passes to the right: rank r receives from r - 1.
    inHand = inHand.map((_, rankIdx) => inHand[(rankIdx + numRanks - 1) % numRanks]);
  }
  if (sinkLogits !== undefined && tokens > 0) joinSinkLogits(merged, sinkLogits, tokens);
  const output = zerosLike(q, merged.output.length);
  output.set(merged.output);
  return { output, logSumExp: merged.logSumExp, shards, rounds };
}

export interface RingRates {
  /** Of one rank. */
  readonly flopPerSecond: number;
  /** Of one link, in one direction. */
  readonly linkBytesPerSecond: number;
}

export interface RingRoundTime {
  /** Of the slowest rank. */
  readonly computeSeconds: number;
  readonly transferSeconds: number;
  /** The longer of the two: the transfer runs while the ranks compute, and all wait for the slowest. */
  readonly roundSeconds: number;
  /** Share of the ranks' time spent computing. */
  readonly utilization: number;
}

/**
 * How long each round takes on given hardware: 2 (headDim + valueDim) FLOPs per cell, transfer hidden behind compute as
 * far as it goes. What the rounds say is counted, what the rates say is assumed.
 */
export function ringTimeline(
  rounds: readonly (readonly RingRoundEvent[])[],
  flopsPerCell: number,
  rates: RingRates,
): readonly RingRoundTime[] {
  return rounds.map((events) => {
    const seconds = events.map(
      (event) => (event.cellsComputed * flopsPerCell) / rates.flopPerSecond,
    );
    const computeSeconds = Math.max(...seconds);
    const transferSeconds =
      Math.max(...events.map((event) => event.bytesSent)) / rates.linkBytesPerSecond;
    const roundSeconds = Math.max(computeSeconds, transferSeconds);
    const busySeconds = seconds.reduce((sum, one) => sum + one, 0) / events.length;
    const utilization = roundSeconds === 0 ? 0 : busySeconds / roundSeconds;
    return { computeSeconds, transferSeconds, roundSeconds, utilization };
  });
}
