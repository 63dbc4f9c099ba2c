import type { EncodingName } from '../tokens/tokenCounter.ts';
import type { VocabularyData } from '../tokens/vocabulary/vocabulary.ts';
import type { MergeList } from '../tokens/merge/pairMerges.ts';
import { writeUtf8 } from '../tokens/utf8.ts';
import { byteLevelBytes } from './byteLevelAlphabet.ts';
import { readAddedTokens } from './readAddedTokens.ts';
import { splitRuleOf } from './splitSteps.ts';
import { recordOf, shown, TokenizerFileError } from './tokenizerFileError.ts';

/** Ids from here on are refused: the list of tokens is as long as the largest id. */
export const maxIds = 4_000_000;
const maxMerges = 8_000_000;
/** The compact form keeps lengths in 16 bits. */
export const maxTokenBytes = 65_535;

/** What a file holds, and whether a piece that is a token counts as that token whatever its merges. */
export interface TokenizerFile {
  readonly data: VocabularyData;
  readonly ignoresMerges: boolean;
}

/**
 * A Hugging Face `tokenizer.json` with a BPE model, byte-level or with byte fallback (SentencePiece), counted as its
 * tokenizer counts a text without special tokens. Throws a TokenizerFileError with the reason when it is damaged or of a
 * kind that is not supported.
 */
export function readTokenizerJson(json: unknown, encoding: EncodingName): TokenizerFile {
  const file = recordOf(json, 'The file');
  const model = recordOf(file.model, 'Its "model"');
  checkModel(model);
  const split = splitRuleOf(file, model.byte_fallback === true);
  const isJoined = split.kind === 'joins';
  const ignoresMerges = model.ignore_merges === true;
  if (isJoined && ignoresMerges) {
    throw new TokenizerFileError('It ignores its merges for whole texts, which is not supported');
  }
  const bytesOf = isJoined ? textBytes : byteLevelBytes;
  const { ids, tokens } = readVocab(model.vocab, bytesOf);
  if (isJoined && !ids.has('\u2581')) {
    throw new TokenizerFileError('It has no token "▁", which stands for a space');
  }
  const byteFallbackIds = isJoined ? readByteFallback(ids, tokens) : undefined;
  const data: VocabularyData = {
    encoding,
    split,
    ...packedTokens(tokens),
    merges: readMerges(model.merges, ids, tokens),
    addedTokens: readAddedTokens(file.added_tokens, split),
    byteFallbackIds,
  };
  return { data, ignoresMerges };
}

type BytesOf = (token: string) => Uint8Array | undefined;

function readVocab(
  vocab: unknown,
  bytesOf: BytesOf,
): { readonly ids: Map<string, number>; readonly tokens: (Uint8Array | undefined)[] } {
  const ids = new Map<string, number>();
  const tokens: (Uint8Array | undefined)[] = [];
  for (const [token, id] of Object.entries(recordOf(vocab, 'Its "model.vocab"'))) {
    if (!isId(id)) {
      throw new TokenizerFileError(
        `The token ${shown(token)} has the id ${shown(id)}; ids run from 0 to ${maxIds - 1}`,
      );
    }
    if (tokens[id] !== undefined) {
      throw new TokenizerFileError(`The id ${id} stands for two tokens, one is ${shown(token)}`);
    }
    ids.set(token, id);
    // A token that no text can have: it only takes its id.
    tokens[id] = bytesOf(token) ?? new Uint8Array(0);
  }
  return { ids, tokens };
}

/** UTF-8 with SentencePiece's sign of a space as a space; undefined: it has a space, of which normalizing leaves none. */
function textBytes(token: string): Uint8Array | undefined {
  if (token.includes(' ')) return undefined;
  const text = token.replaceAll('\u2581', ' ');
  const buffer = new Uint8Array(text.length * 3);
  return buffer.slice(0, writeUtf8(text, buffer));
}

/** Ids of "<0x00>" to "<0xFF>", which in `tokens` become the bytes that they stand for. */
function readByteFallback(
  ids: ReadonlyMap<string, number>,
  tokens: (Uint8Array | undefined)[],
): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    const name = `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
    const id = ids.get(name);
    if (id === undefined) {
      throw new TokenizerFileError(`It has no token ${name} for a byte of a character without one`);
    }
    tokens[id] = Uint8Array.of(byte);
    return id;
  });
}

function checkModel(model: Readonly<Record<string, unknown>>): void {
  // Files of 2019 and 2020 name no type; what they have tells it.
  const type = model.type ?? (Array.isArray(model.merges) ? 'BPE' : undefined);
  if (type !== 'BPE') {
    throw new TokenizerFileError(
      `Its model is ${shown(type)}; only byte pair encodings ("BPE") can be counted`,
    );
  }
  for (const field of ['continuing_subword_prefix', 'end_of_word_suffix'] as const) {
    if (typeof model[field] === 'string' && model[field] !== '') {
      throw new TokenizerFileError(
        `Its model has a ${field}, ${shown(model[field])}: not supported`,
      );
    }
  }
  if (typeof model.dropout === 'number' && model.dropout > 0) {
    throw new TokenizerFileError(
      `Its model drops merges at random (dropout ${model.dropout}), so no count is the right one`,
    );
  }
}

function isId(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < maxIds;
}

/** The bytes of all tokens one after the other, in the order of their ids; holes are tokens of no bytes. */
export function packedTokens(
  tokens: readonly (Uint8Array | undefined)[],
): Pick<VocabularyData, 'tokenBytes' | 'tokenLengths'> {
  const tokenLengths = new Uint16Array(tokens.length);
  let numBytes = 0;
  for (let id = 0; id < tokens.length; id++) {
    const length = tokens[id]?.length ?? 0;
    if (length > maxTokenBytes) {
      throw new TokenizerFileError(`The token ${id} has ${length} bytes; up to ${maxTokenBytes}`);
    }
    tokenLengths[id] = length;
    numBytes += length;
  }
  const tokenBytes = new Uint8Array(numBytes);
  let at = 0;
  for (const token of tokens) {
    if (token === undefined) continue;
    tokenBytes.set(token, at);
    at += token.length;
  }
  return { tokenBytes, tokenLengths };
}

/** Merges in order of rank, each "left right" or ["left", "right"]. */
function readMerges(
  merges: unknown,
  ids: ReadonlyMap<string, number>,
  tokens: readonly (Uint8Array | undefined)[],
): MergeList {
  if (!Array.isArray(merges)) {
    throw new TokenizerFileError(`Its "model.merges" is ${shown(merges)}, not a list`);
  }
  if (merges.length > maxMerges) {
    throw new TokenizerFileError(`It has ${merges.length} merges; up to ${maxMerges} can be used`);
  }
  const resultIds = new Int32Array(merges.length);
  const leftLengths = new Uint16Array(merges.length);
  for (const [rank, merge] of (merges as unknown[]).entries()) {
    const pair: unknown = typeof merge === 'string' ? merge.split(' ') : merge;
    if (!isPair(pair)) throw new TokenizerFileError(`Merge ${rank} is ${shown(merge)}, not a pair`);
    const [left, right] = pair;
    const result = ids.get(left + right);
    const leftId = ids.get(left);
    if (result === undefined || leftId === undefined || !ids.has(right)) {
      throw new TokenizerFileError(
        `Merge ${rank}, ${shown(merge)}, is of tokens that its vocabulary does not have`,
      );
    }
    resultIds[rank] = result;
    leftLengths[rank] = tokens[leftId]?.length ?? 0;
  }
  return { resultIds, leftLengths };
}

function isPair(value: unknown): value is readonly [string, string] {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    typeof value[0] === 'string' &&
    typeof value[1] === 'string'
  );
}
