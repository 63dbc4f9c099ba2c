import { Bm25Builder } from '../search/bm25Index.ts';
import type { WordTable } from '../search/wordTable.ts';
import type { AnalyzedFile } from './analyzedFile.ts';
import type { CodeIndex, IndexedChunk, IndexedFile, TextOf } from './codeIndex.ts';
import { decodeUtf8 } from './decodeUtf8.ts';
import { dependencyGraph } from './dependencyGraph.ts';

export interface FileToIndex {
  readonly path: string;
  readonly bytes: number;
  /** Its word ids are those of the table. */
  readonly analyzed: AnalyzedFile;
}

/** Links the files to each other and builds the search over their chunks. */
export function assembleIndex(
  files: readonly FileToIndex[],
  words: WordTable,
  textOf: TextOf,
): CodeIndex {
  const indexed: IndexedFile[] = [];
  const chunks: IndexedChunk[] = [];
  const search = new Bm25Builder(words);
  files.forEach(({ path, bytes, analyzed }, fileIdx) => {
    const firstChunk = chunks.length;
    let tokens = 0;
    analyzed.chunks.forEach((chunk, i) => {
      chunks.push({ ...chunk, fileIdx });
      tokens += chunk.tokens;
      const start = i === 0 ? 0 : analyzed.wordEnds[i - 1];
      const end = analyzed.wordEnds[i];
      search.addWords(
        analyzed.wordIds.subarray(start, end),
        analyzed.wordCounts.subarray(start, end),
      );
    });
    const numChunks = analyzed.chunks.length;
    indexed.push({ path, bytes, tokens, outline: analyzed.outline, firstChunk, numChunks });
  });
  const graph = dependencyGraph(
    files.map(({ path, analyzed: { outline, wordIds } }) => ({ path, outline, wordIds })),
    (fileIdx) => decodeUtf8(textOf(fileIdx)),
    words,
  );
  return { files: indexed, chunks, graph, search: search.build() };
}
