import type { EncodingName, TokenEncoder } from '../core/tokens/tokenCounter.ts';
import { createTokenEncoder } from '../core/tokens/tokenEncoder.ts';
import { loadVocabulary } from './vocabularies.ts';
import type { SharedVocabulary } from './vocabularies.ts';

/**
 * A counter for an encoding. A worker passes the vocabulary that its parent sent, so that all threads share one.
 * A counter keeps buffers of its own (about 3 MB): open one per thread and keep it.
 */
export async function openTokenCounter(
  encoding: EncodingName,
  vocabulary?: SharedVocabulary,
): Promise<TokenEncoder> {
  return createTokenEncoder(vocabulary ?? (await loadVocabulary(encoding)));
}
