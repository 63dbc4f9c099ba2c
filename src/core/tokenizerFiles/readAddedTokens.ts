import { MAX_ADDED_TOKEN_BYTES, type AddedToken } from '../tokens/vocabulary/addedTokens.ts';
import type { SplitRule } from '../tokens/split/splitRule.ts';
import { writeUtf8 } from '../tokens/utf8.ts';
import { recordOf, shown, TokenizerFileError } from './tokenizerFileError.ts';

const maxAddedTokens = 100_000;

/**
 * The added tokens that a text is searched for: those that are not marked as special. Special ones ("<|endoftext|>") are
 * ordinary text where they stand in a file, as with every other counter of this project.
 */
export function readAddedTokens(value: unknown, split: SplitRule): readonly AddedToken[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > maxAddedTokens) {
    throw new TokenizerFileError(
      `Its "added_tokens" is ${shown(value)}; expected a list of up to ${maxAddedTokens}`,
    );
  }
  return (value as unknown[]).flatMap((entry, idx) => {
    const token = recordOf(entry, `Added token ${idx}`);
    return token.special === true ? [] : [readAddedToken(token, split)];
  });
}

function readAddedToken(token: Readonly<Record<string, unknown>>, split: SplitRule): AddedToken {
  const { id, content } = token;
  const isUsable =
    Number.isInteger(id) && Number(id) >= 0 && Number(id) < 2 ** 31 && typeof content === 'string';
  if (!isUsable || content === '') {
    throw new TokenizerFileError(`The added token ${shown(token)} has no id or no text`);
  }
  for (const way of ['single_word', 'lstrip', 'rstrip'] as const) {
    if (token[way] === true) {
      throw new TokenizerFileError(
        `Its added token ${shown(content)} looks at what stands beside it (${way}): not supported`,
      );
    }
  }
  const isRewritten = split.kind === 'joins' && token.normalized === true;
  if (isRewritten || (split.kind === 'joins' && split.leadingSpace !== undefined)) {
    throw new TokenizerFileError(
      `Its added token ${shown(content)} changes the spaces beside it: not supported`,
    );
  }
  const buffer = new Uint8Array(content.length * 3);
  const utf8 = buffer.slice(0, writeUtf8(content, buffer));
  if (utf8.length > MAX_ADDED_TOKEN_BYTES) {
    throw new TokenizerFileError(
      `Its added token ${shown(content)} has ${utf8.length} bytes; up to ${MAX_ADDED_TOKEN_BYTES}`,
    );
  }
  return { id: Number(id), utf8 };
}
