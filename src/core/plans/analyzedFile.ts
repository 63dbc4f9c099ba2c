import type { WordCounter, WordCounts } from '../search/wordCounter.ts';
import type { Chunk } from './chunks.ts';
import type { Outline } from './outline.ts';

/** What is read off one file alone; it stays the same as long as the file's text does. */
export interface AnalyzedFile {
  readonly outline: Outline;
  readonly chunks: readonly Chunk[];
  /** Words of all chunks, one chunk after the other, each chunk's distinct. */
  readonly wordIds: Uint32Array;
  readonly wordCounts: Uint16Array;
  /** Where each chunk's words end. */
  readonly wordEnds: Uint32Array;
}

/** Counts the words of each chunk into one table. */
export function analyzedFile(
  utf8: Uint8Array,
  outline: Outline,
  chunks: readonly Chunk[],
  counter: WordCounter,
): AnalyzedFile {
  const counted: WordCounts[] = chunks.map(({ startByte, endByte }) =>
    counter.count(utf8.subarray(startByte, endByte)),
  );
  const wordEnds = new Uint32Array(chunks.length);
  let total = 0;
  counted.forEach(({ wordIds }, i) => {
    total += wordIds.length;
    wordEnds[i] = total;
  });
  const wordIds = new Uint32Array(total);
  const wordCounts = new Uint16Array(total);
  counted.forEach((words, i) => {
    const start = wordEnds[i] - words.wordIds.length;
    wordIds.set(words.wordIds, start);
    wordCounts.set(words.counts, start);
  });
  return { outline, chunks, wordIds, wordCounts, wordEnds };
}
