import { analyzedFile, type AnalyzedFile } from '../core/plans/analyzedFile.ts';
import { chunkFile, type ChunkLimits } from '../core/plans/chunks.ts';
import type { WordCounter } from '../core/search/wordCounter.ts';
import type { TokenCounter } from '../core/tokens/tokenCounter.ts';
import { parseOutline } from './outline/parseOutline.ts';

/** Reads a file's outline, cuts it into chunks, and counts their tokens and words. */
export async function analyzeFile(
  path: string,
  utf8: Uint8Array,
  counter: TokenCounter,
  words: WordCounter,
  limits: ChunkLimits,
): Promise<AnalyzedFile> {
  const outline = await parseOutline(path, utf8);
  return analyzedFile(utf8, outline, chunkFile(utf8, outline, counter, limits), words);
}
