import { assembleIndex, type FileToIndex } from '../core/plans/assembleIndex.ts';
import { defaultChunkLimits, type ChunkLimits } from '../core/plans/chunks.ts';
import type { CodeIndex, TextOf } from '../core/plans/codeIndex.ts';
import { WordCounter } from '../core/search/wordCounter.ts';
import { WordTable } from '../core/search/wordTable.ts';
import type { TokenCounter } from '../core/tokens/tokenCounter.ts';
import { analyzeFile } from './analyzeFile.ts';

/** A file's text as it is counted: UTF-8 without a byte order mark. */
export interface TextFile {
  readonly path: string;
  readonly utf8: Uint8Array;
}

export interface BuiltIndex {
  readonly index: CodeIndex;
  readonly textOf: TextOf;
}

/** Builds the index of texts that are at hand, in this thread; the plans' thread (plansWorker.ts) does it for folders, on all cores. */
export async function buildCodeIndex(
  files: readonly TextFile[],
  counter: TokenCounter,
  limits: ChunkLimits = defaultChunkLimits,
): Promise<BuiltIndex> {
  const table = new WordTable();
  const words = new WordCounter(table);
  const analyzed: FileToIndex[] = [];
  for (const { path, utf8 } of files) {
    analyzed.push({
      path,
      bytes: utf8.length,
      analyzed: await analyzeFile(path, utf8, counter, words, limits),
    });
  }
  const textOf: TextOf = (fileIdx) => files[fileIdx].utf8;
  return { index: assembleIndex(analyzed, table, textOf), textOf };
}
