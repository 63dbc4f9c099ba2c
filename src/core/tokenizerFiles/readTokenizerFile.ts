import { jsonFault } from '../format/jsonText.ts';
import { buildVocabulary, hideTokens, type Vocabulary } from '../tokens/vocabulary/vocabulary.ts';
import type { EncodingName } from '../tokens/tokenCounter.ts';
import { neverWholeIds } from './neverWhole.ts';
import { isSplitName, namedSplits, readRankFile } from './readRankFile.ts';
import { readTokenizerJson, type TokenizerFile } from './readTokenizerJson.ts';
import { shown, TokenizerFileError } from './tokenizerFileError.ts';

/** A larger file is refused: the largest known (Gemma 3) has 33 MB. */
export const maxTokenizerFileBytes = 96 * 1024 * 1024;

/**
 * The vocabulary of a `tokenizer.json` or a tiktoken rank file, told apart by their content. Throws a TokenizerFileError
 * with the reason why a file can't be used.
 *
 * @param splitName of the rule that a rank file is split by (`namedSplits`); a `tokenizer.json` has its own
 */
export function readTokenizerFile(
  text: string,
  splitName: string | undefined,
  encoding: EncodingName,
): Vocabulary {
  const { data, ignoresMerges } = parsed(text.replace(/^\uFEFF/, ''), splitName, encoding);
  let vocabulary: Vocabulary;
  try {
    vocabulary = buildVocabulary(data);
  } catch (error) {
    if (error instanceof RangeError)
      throw new TokenizerFileError(error.message.replace(`The vocabulary ${encoding}`, 'It'));
    throw error;
  }
  if (!ignoresMerges) hideTokens(vocabulary, neverWholeIds(vocabulary));
  return vocabulary;
}

function parsed(
  text: string,
  splitName: string | undefined,
  encoding: EncodingName,
): TokenizerFile {
  if (/^\s*[[{]/.test(text)) {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (error) {
      throw new TokenizerFileError(`It is no JSON: ${jsonFault(error)}`);
    }
    return readTokenizerJson(json, encoding);
  }
  if (!isSplitName(splitName)) {
    const names = Object.keys(namedSplits).join(', ');
    throw new TokenizerFileError(
      splitName === undefined
        ? `It is no tokenizer.json, and a rank file does not say how a text is split: name one of ${names}`
        : `The split ${shown(splitName)} is not known; there are ${names}`,
    );
  }
  return readRankFile(text, namedSplits[splitName], encoding);
}
