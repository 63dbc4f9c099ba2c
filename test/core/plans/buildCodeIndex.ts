import { assembleIndex, type FileToIndex } from '../../../src/core/plans/assembleIndex.ts';
import { defaultChunkLimits, type ChunkLimits } from '../../../src/core/plans/chunks.ts';
import type { BuiltIndex, TextOf } from '../../../src/core/plans/codeIndex.ts';
import { WordCounter } from '../../../src/core/search/wordCounter.ts';
import { WordTable } from '../../../src/core/search/wordTable.ts';
import type { TokenCounter } from '../../../src/core/tokens/tokenCounter.ts';
import { analyzeFile, type TextFile } from '../../../src/node/analyzeFile.ts';

/** The index of texts that are at hand, made in this thread; for folders the plans' thread makes it, on all cores (openIndex.ts). */
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
