import { createSplitter } from './pieceSplitter.ts';
import { shortMerger, SHORT_PIECE_BYTES } from './merge.ts';
import type { PieceMerger } from './merge.ts';
import { longMerger } from './mergeLong.ts';
import type { OperationCounter } from './operationCounter.ts';
import { MAX_CACHED_PIECE_BYTES, PieceCache } from './pieceCache.ts';
import { everyKindOfPiece } from './everyKindOfPiece.ts';
import { MAX_SHORT_PIECE_BYTES, ShortPieceCounts } from './shortPieceCounts.ts';
import { TextBuffer } from './textBuffer.ts';
import type { Encoded, TokenEncoder } from './tokenCounter.ts';
import { NO_TOKEN } from './noToken.ts';
import { hashBytes, TokenLookup } from './vocabulary.ts';
import type { Vocabulary } from './vocabulary.ts';

/** So many that the engine has noted what it met by the time it compiles. */
const ROUNDS_BEFORE_USE = 6;
/** 2^15 slots of 64 bytes: 2 MiB. */
const CACHE_SLOTS = 1 << 15;

/**
 * Counts and encodes with one vocabulary: split into pieces; most pieces are one token, found by one look-up; others
 * are remembered or merged. Keeps buffers of its own, so one encoder serves one thread; the vocabulary is shared.
 */
export function createTokenEncoder(
  vocabulary: Vocabulary,
  counter?: OperationCounter,
): TokenEncoder {
  const split = createSplitter(vocabulary.split);
  const shortCounts = new ShortPieceCounts();
  const lookup = new TokenLookup(vocabulary);
  const cache = new PieceCache(CACHE_SLOTS);
  const buffer = new TextBuffer(vocabulary.split.normalization);
  const short = shortMerger(lookup, counter);
  const long = longMerger(lookup, counter);

  function mergerOf(length: number): PieceMerger {
    return length <= SHORT_PIECE_BYTES ? short : long;
  }

  function countPieces(): number {
    const { bytes, view, length: end } = buffer;
    let tokens = 0;
    let start = 0;
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
    return mergerOf(end - start).merge(view, start, end);
  }

  function encodePieces(): Encoded {
    const { bytes, view, length: end } = buffer;
    const ids = new GrowingIds(Math.ceil(end / 3));
    let start = 0;
    while (start < end) {
      const pieceEnd = split(bytes, start, end);
      const id = lookup.idOf(view, start, pieceEnd);
      if (id !== NO_TOKEN) ids.add(id, pieceEnd);
      else {
        const merger = mergerOf(pieceEnd - start);
        const tokens = merger.merge(view, start, pieceEnd);
        const { merged } = merger;
        for (let k = 0; k < tokens; k++) ids.add(merged.ids[k], merged.ends[k]);
      }
      start = pieceEnd;
    }
    return ids.result();
  }

  const encoder: TokenEncoder = {
    encoding: vocabulary.encoding,
    countBytes(utf8) {
      buffer.setBytes(utf8);
      const tokens = countPieces();
      buffer.release();
      return tokens;
    },
    countText(text) {
      buffer.setText(text);
      const tokens = countPieces();
      buffer.release();
      return tokens;
    },
    encodeBytes(utf8) {
      buffer.setBytes(utf8);
      const encoded = encodePieces();
      buffer.release();
      return encoded;
    },
    tokenBytes(id) {
      const { tokenStarts, numIds, encoding } = vocabulary;
      const start = id < numIds ? tokenStarts[id] : undefined;
      if (start === undefined || tokenStarts[id + 1] === start) {
        throw new RangeError(
          `${encoding} has no ordinary token ${id}; its ids run from 0 to ${numIds - 1}`,
        );
      }
      return vocabulary.tokenBytes.slice(start, tokenStarts[id + 1]);
    },
  };
  const sample = everyKindOfPiece();
  for (let round = 0; round < ROUNDS_BEFORE_USE; round++) encoder.countBytes(sample);
  return encoder;
}

class GrowingIds {
  #ids: Uint32Array;
  #ends: Uint32Array;
  #length = 0;

  constructor(expected: number) {
    this.#ids = new Uint32Array(Math.max(16, expected));
    this.#ends = new Uint32Array(Math.max(16, expected));
  }

  add(id: number, end: number): void {
    if (this.#length === this.#ids.length) {
      const longer = this.#length * 2;
      const ids = new Uint32Array(longer);
      ids.set(this.#ids);
      this.#ids = ids;
      const ends = new Uint32Array(longer);
      ends.set(this.#ends);
      this.#ends = ends;
    }
    this.#ids[this.#length] = id;
    this.#ends[this.#length++] = end;
  }

  result(): Encoded {
    return {
      ids: this.#ids.slice(0, this.#length),
      byteEnds: this.#ends.slice(0, this.#length),
    };
  }
}
