import { shortMerger, SHORT_PIECE_BYTES } from './merge/merge.ts';
import { longMerger } from './merge/mergeLong.ts';
import type { OperationCounter } from './merge/operationCounter.ts';
import { NO_TOKEN } from './merge/noToken.ts';
import { MAX_CACHED_PIECE_BYTES, PieceCache } from './pieceCache.ts';
import { MAX_SHORT_PIECE_BYTES, ShortPieceCounts } from './shortPieceCounts.ts';
import { createSplitter } from './split/pieceSplitter.ts';
import type { TextBuffer } from './textBuffer.ts';
import { hashBytes } from './vocabulary/tokenTable.ts';
import { TokenLookup } from './vocabulary/tokenLookup.ts';
import type { Vocabulary } from './vocabulary/vocabulary.ts';

/** 2^14 slots of 64 bytes, 1 MiB: with more of them fewer pieces are merged, but more memory is waited for. */
const CACHE_SLOTS = 1 << 14;

/** Tokens of the bytes `start` to `end` of a buffer, which begin with a piece. */
export type PieceCounter = (buffer: TextBuffer, start: number, end: number) => number;

/**
 * Counts piece by piece: most pieces are one token, found by one look-up; others are remembered or merged. For every
 * vocabulary, on every platform; the kernel (kernel/countKernel.as.ts) does the same for some of them, faster.
 */
export function createPieceCounter(
  vocabulary: Vocabulary,
  counter?: OperationCounter,
): PieceCounter {
  const split = createSplitter(vocabulary);
  const shortCounts = new ShortPieceCounts();
  const lookup = new TokenLookup(vocabulary);
  const cache = new PieceCache(CACHE_SLOTS);
  const short = shortMerger(lookup, counter);
  const long = longMerger(lookup, counter);

  function countPieces({ bytes, view }: TextBuffer, textStart: number, end: number): number {
    let tokens = 0;
    let start = textStart;
    while (start < end) {
      const pieceEnd = split(bytes, start, end);
      const length = pieceEnd - start;
      if (length === 1) tokens++;
      else if (length <= MAX_SHORT_PIECE_BYTES) {
        const known = shortCounts.tokensOf(view, start, length);
        tokens += known !== 0 ? known : countShort(view, start, pieceEnd);
      } else tokens += countLong(view, start, pieceEnd);
      start = pieceEnd;
    }
    return tokens;
  }

  function countShort(view: DataView, start: number, end: number): number {
    const tokens = countUnknown(view, start, end);
    shortCounts.remember(view, start, end - start, tokens);
    return tokens;
  }

  function countLong(view: DataView, start: number, end: number): number {
    const length = end - start;
    if (length > MAX_CACHED_PIECE_BYTES) return countUnknown(view, start, end);
    const hash = hashBytes(view, start, length);
    const known = cache.tokensOf(view, start, length, hash);
    if (known !== 0) return known;
    const tokens = countUnknown(view, start, end);
    cache.remember(view, start, length, hash, tokens);
    return tokens;
  }

  function countUnknown(view: DataView, start: number, end: number): number {
    if (lookup.idOf(view, start, end) !== NO_TOKEN) return 1;
    return (end - start <= SHORT_PIECE_BYTES ? short : long).merge(view, start, end);
  }

  return countPieces;
}
