import type { Bm25Index } from '../search/bm25Index.ts';
import type { Chunk } from './chunks.ts';
import type { DependencyGraph } from './dependencyGraph.ts';
import type { Outline } from './outline.ts';

export interface IndexedFile {
  readonly path: string;
  readonly bytes: number;
  /** Tokens of its chunks together. */
  readonly tokens: number;
  readonly outline: Outline;
  /** Its chunks are `chunks[firstChunk ... firstChunk + numChunks - 1]`. */
  readonly firstChunk: number;
  readonly numChunks: number;
}

export interface IndexedChunk extends Chunk {
  readonly fileIdx: number;
}

/** What every plan stands on: the set's files cut into chunks, their dependencies, and a search over the chunks. */
export interface CodeIndex {
  readonly files: readonly IndexedFile[];
  readonly chunks: readonly IndexedChunk[];
  readonly graph: DependencyGraph;
  /** Document i is chunk i. */
  readonly search: Bm25Index;
}

/** The text of a file, as it was indexed. */
export type TextOf = (fileIdx: number) => Uint8Array;

/** An index with the texts that it was made of. */
export interface BuiltIndex {
  readonly index: CodeIndex;
  readonly textOf: TextOf;
}

export function tokensOfIndex(index: CodeIndex): number {
  return index.files.reduce((sum, file) => sum + file.tokens, 0);
}
