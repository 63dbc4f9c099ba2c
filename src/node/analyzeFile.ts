import { analyzedFile, type AnalyzedFile } from '../core/plans/analyzedFile.ts';
import { chunkFile, type ChunkLimits } from '../core/plans/chunks.ts';
import type { WordCounter } from '../core/search/wordCounter.ts';
import type { TokenCounter } from '../core/tokens/tokenCounter.ts';
import { parseOutline } from './outline/parseOutline.ts';
import { withoutSecrets } from './withoutSecrets.ts';

/** A file's text as it is counted: UTF-8 without a byte order mark. */
export interface TextFile {
  readonly path: string;
  readonly utf8: Uint8Array;
}

export interface SearchedFile extends AnalyzedFile {
  /** Something in it looks like a secret; none of that is among its names and words. */
  readonly hasSecrets: boolean;
}

/** Reads a file's outline, cuts it into chunks, and counts their tokens and words. */
export async function analyzeFile(
  { path, utf8 }: TextFile,
  counter: TokenCounter,
  words: WordCounter,
  limits: ChunkLimits,
): Promise<SearchedFile> {
  const blanked = await withoutSecrets(path, utf8);
  const readable = blanked ?? utf8;
  const outline = await parseOutline(path, readable);
  const chunks = chunkFile(utf8, outline, counter, limits);
  return { ...analyzedFile(readable, outline, chunks, words), hasSecrets: blanked !== undefined };
}
