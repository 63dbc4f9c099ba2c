import { countKernelOf } from './kernel/countKernel.ts';
import { createSplitter } from './split/pieceSplitter.ts';
import { shortMerger, SHORT_PIECE_BYTES } from './merge/merge.ts';
import { longMerger } from './merge/mergeLong.ts';
import type { OperationCounter } from './merge/operationCounter.ts';
import { everyKindOfPiece } from './everyKindOfPiece.ts';
import { createPieceCounter, type PieceCounter } from './pieceCounter.ts';
import { safeSplitOf, splitForCounting } from './split/safeSplit.ts';
import { segmenterOf } from './segments.ts';
import { TextBuffer } from './textBuffer.ts';
import type { Encoded, TokenEncoder } from './tokenCounter.ts';
import { NO_TOKEN } from './merge/noToken.ts';
import { TokenLookup } from './vocabulary/tokenLookup.ts';
import type { Vocabulary } from './vocabulary/vocabulary.ts';

/** Twice, so that the engine has noted every kind before it compiles; more would only compile what few texts need. */
const ROUNDS_BEFORE_USE = 2;
/** A longer text is counted in parts, each of which fits into the kernel's memory and into a cache of the processor. */
const PART_BYTES = 1 << 18;

/**
 * Counts and encodes with one vocabulary: split into pieces; most pieces are one token, found by one look-up; others
 * are remembered or merged. Keeps buffers of its own, so one encoder serves one thread; the vocabulary is shared.
 *
 * @param isUtf8 the platform's own check, where it has one
 */
export function createTokenEncoder(
  vocabulary: Vocabulary,
  counter?: OperationCounter,
  isUtf8?: (bytes: Uint8Array) => boolean,
): TokenEncoder {
  const isSafeSplit = safeSplitOf(vocabulary);
  const takeApart = segmenterOf(vocabulary);
  // Operations are counted in TypeScript.
  const kernel = counter === undefined ? countKernelOf(vocabulary) : undefined;
  let countByOne: PieceCounter | undefined;
  const buffer = new TextBuffer(vocabulary.split.normalization, isUtf8, kernel?.text);
  const split = createSplitter(vocabulary);
  const lookup = new TokenLookup(vocabulary);
  const short = shortMerger(lookup);
  const long = longMerger(lookup);

  function countPart(utf8: Uint8Array, continues: boolean): number {
    buffer.setBytes(utf8);
    const tokens = countAll(continues);
    buffer.release();
    return tokens;
  }

  function countAll(continues: boolean): number {
    if (takeApart === undefined) return countPieces(0, buffer.length);
    let tokens = 0;
    takeApart(buffer, continues, {
      text: (start, end) => (tokens += countPieces(start, end)),
      added: () => tokens++,
    });
    return tokens;
  }

  function countPieces(start: number, end: number): number {
    if (kernel !== undefined && buffer.bytes === kernel.text) return kernel.countPieces(start, end);
    countByOne ??= createPieceCounter(vocabulary, counter);
    return countByOne(buffer, start, end);
  }

  function encodeAll(): Encoded {
    const ids = new GrowingIds(Math.ceil(buffer.length / 3));
    if (takeApart === undefined) encodePieces(ids, 0, buffer.length, 0);
    else {
      takeApart(buffer, false, {
        text: (start, end, moved) => {
          encodePieces(ids, start, end, moved);
        },
        added: (id, end, moved) => {
          ids.add(id, end - moved);
        },
      });
    }
    return ids.result();
  }

  function encodePieces(ids: GrowingIds, textStart: number, end: number, moved: number): void {
    const { bytes, view } = buffer;
    let start = textStart;
    while (start < end) {
      const pieceEnd = split(bytes, start, end);
      const id = lookup.idOf(view, start, pieceEnd);
      if (id !== NO_TOKEN) ids.add(id, pieceEnd - moved);
      else {
        const merger = pieceEnd - start <= SHORT_PIECE_BYTES ? short : long;
        const tokens = merger.merge(view, start, pieceEnd);
        const { merged } = merger;
        for (let k = 0; k < tokens; k++) ids.add(merged.ids[k], merged.ends[k] - moved);
      }
      start = pieceEnd;
    }
  }

  const encoder: TokenEncoder = {
    encoding: vocabulary.encoding,
    isSafeSplit,
    putsSpaceFirst:
      vocabulary.split.kind === 'joins' && vocabulary.split.leadingSpace !== undefined,
    countBytes(utf8, continues = false) {
      if (kernel === undefined || utf8.length <= PART_BYTES) return countPart(utf8, continues);
      let tokens = 0;
      for (const part of splitForCounting(utf8, PART_BYTES, isSafeSplit)) {
        tokens += countPart(part, continues || tokens > 0);
      }
      return tokens;
    },
    countText(text, continues = false) {
      buffer.setText(text);
      const tokens = countAll(continues);
      buffer.release();
      return tokens;
    },
    encodeBytes(utf8) {
      buffer.setBytes(utf8);
      const encoded = encodeAll();
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
