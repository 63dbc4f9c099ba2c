import { assembleIndex, type FileToIndex } from '../core/plans/assembleIndex.ts';
import { defaultChunkLimits, type ChunkLimits } from '../core/plans/chunks.ts';
import type { CodeIndex, TextOf } from '../core/plans/codeIndex.ts';
import { WordCounter } from '../core/search/wordCounter.ts';
import { WordTable } from '../core/search/wordTable.ts';
import type { TokenCounter } from '../core/tokens/tokenCounter.ts';
import { analyzeFile, type TextFile } from './analyzeFile.ts';

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
  for (const file of files) {
    analyzed.push({
      path: file.path,
      bytes: file.utf8.length,
      analyzed: await analyzeFile(file, counter, words, limits),
    });
  }
  const textOf: TextOf = (fileIdx) => files[fileIdx].utf8;
  return { index: assembleIndex(analyzed, table, textOf), textOf };
}
