import { chunkFile, defaultChunkLimits, type ChunkLimits } from '../core/plans/chunks.ts';
import type { CodeIndex, IndexedChunk, IndexedFile, TextOf } from '../core/plans/codeIndex.ts';
import { decodeUtf8 } from '../core/plans/decodeUtf8.ts';
import { dependencyGraph } from '../core/plans/dependencyGraph.ts';
import { Bm25Builder } from '../core/search/bm25Index.ts';
import type { TokenCounter } from '../core/tokens/tokenCounter.ts';
import { parseOutline } from './outline/parseOutline.ts';

/** A file's text as it is counted: UTF-8 without a byte order mark. */
export interface TextFile {
  readonly path: string;
  readonly utf8: Uint8Array;
}

export interface BuiltIndex {
  readonly index: CodeIndex;
  readonly textOf: TextOf;
}

/** Reads outlines, cuts chunks, counts them, links files and builds the search: all that plans stand on. */
export async function buildCodeIndex(
  files: readonly TextFile[],
  counter: TokenCounter,
  limits: ChunkLimits = defaultChunkLimits,
  signal?: AbortSignal,
): Promise<BuiltIndex> {
  const indexed: IndexedFile[] = [];
  const chunks: IndexedChunk[] = [];
  const wordsOfFile: Set<string>[] = [];
  const searchBuilder = new Bm25Builder();
  for (const [fileIdx, { path, utf8 }] of files.entries()) {
    signal?.throwIfAborted();
    const outline = await parseOutline(path, decodeUtf8(utf8));
    const words = new Set<string>();
    const firstChunk = chunks.length;
    let tokens = 0;
    for (const chunk of chunkFile(utf8, outline, counter, limits)) {
      chunks.push({ ...chunk, fileIdx });
      tokens += chunk.tokens;
      searchBuilder.addDocument(decodeUtf8(utf8.subarray(chunk.startByte, chunk.endByte)), words);
    }
    wordsOfFile.push(words);
    indexed.push({
      path,
      bytes: utf8.length,
      tokens,
      outline,
      firstChunk,
      numChunks: chunks.length - firstChunk,
    });
  }
  const textOf: TextOf = (fileIdx) => files[fileIdx].utf8;
  const graph = dependencyGraph(
    indexed.map(({ path, outline }, fileIdx) => ({ path, outline, words: wordsOfFile[fileIdx] })),
    (fileIdx) => decodeUtf8(textOf(fileIdx)),
  );
  return { index: { files: indexed, chunks, graph, search: searchBuilder.build() }, textOf };
}
