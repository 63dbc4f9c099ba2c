import { isUtf8 } from 'node:buffer';
import { unicodeVersion } from '../core/tokens/split/characterClasses.generated.ts';
import type { EncodingName, TokenEncoder } from '../core/tokens/tokenCounter.ts';
import { createTokenEncoder } from '../core/tokens/tokenEncoder.ts';
import { loadVocabulary } from './vocabularies.ts';
import type { SharedVocabulary } from './vocabularies.ts';

/** Raise its number when a tokenizer counts something else than before: what another version counted is not believed. */
export const tokenizerVersion = `2, Unicode ${unicodeVersion}`;

/**
 * A counter for an encoding. A worker passes the vocabulary that its parent sent, so that all threads share one.
 * A counter keeps buffers of its own (about 3 MB): open one per thread and keep it.
 */
export async function openTokenCounter(
  encoding: EncodingName,
  vocabulary?: SharedVocabulary,
): Promise<TokenEncoder> {
  return createTokenEncoder(vocabulary ?? (await loadVocabulary(encoding)), undefined, isUtf8);
}
