import { bm25Index, type DocumentWords } from '../search/bm25Index.ts';
import type { WordTable } from '../search/wordTable.ts';
import type { AnalyzedFile } from './analyzedFile.ts';
import type { Chunk } from './chunks.ts';
import type { CodeIndex, IndexedChunk, IndexedFile, TextOf } from './codeIndex.ts';
import { decodeUtf8 } from '../text/utf8Text.ts';
import { dependencyGraph } from './dependencyGraph.ts';

export interface FileToIndex {
  readonly path: string;
  readonly bytes: number;
  /** Its word ids are those of the table. */
  readonly analyzed: AnalyzedFile;
}

/** What is made of all files together. */
export type Assembled = Pick<CodeIndex, 'graph' | 'search'>;

/**
 * Links the files to each other and builds the search over their chunks.
 *
 * @param assembled what this made of the same files before
 */
export function assembleIndex(
  files: readonly FileToIndex[],
  words: WordTable,
  textOf: TextOf,
  assembled?: Assembled,
): CodeIndex {
  const indexed: IndexedFile[] = [];
  const chunks: IndexedChunk[] = [];
  files.forEach(({ path, bytes, analyzed }, fileIdx) => {
    const firstChunk = chunks.length;
    let tokens = 0;
    for (const chunk of analyzed.chunks) {
      chunks.push(indexedChunk(chunk, fileIdx));
      tokens += chunk.tokens;
    }
    const numChunks = analyzed.chunks.length;
    indexed.push({ path, bytes, tokens, outline: analyzed.outline, firstChunk, numChunks });
  });
  if (assembled !== undefined) return { files: indexed, chunks, ...assembled };
  const wordsOfChunk = (chunkIdx: number): DocumentWords => {
    const { fileIdx } = chunks[chunkIdx];
    const { wordEnds, wordIds, wordCounts } = files[fileIdx].analyzed;
    const own = chunkIdx - indexed[fileIdx].firstChunk;
    const start = own === 0 ? 0 : wordEnds[own - 1];
    const end = wordEnds[own];
    return { wordIds: wordIds.subarray(start, end), counts: wordCounts.subarray(start, end) };
  };
  const graph = dependencyGraph(
    files.map(({ path, analyzed: { outline, wordIds } }) => ({ path, outline, wordIds })),
    (fileIdx) => decodeUtf8(textOf(fileIdx)),
    words,
  );
  return { files: indexed, chunks, graph, search: bm25Index(words, chunks.length, wordsOfChunk) };
}

/** Field by field: of a spread, V8 makes a hidden class for each object, which takes four times as much as the chunk. */
function indexedChunk(chunk: Chunk, fileIdx: number): IndexedChunk {
  const { startByte, endByte, startLine, endLine, tokens, declares, joinTokens, backticks } = chunk;
  return {
    fileIdx,
    startByte,
    endByte,
    startLine,
    endLine,
    tokens,
    declares,
    joinTokens,
    backticks,
  };
}
