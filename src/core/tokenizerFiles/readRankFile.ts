import type { EncodingName } from '../tokens/tokenCounter.ts';
import type { SplitRule } from '../tokens/split/splitRule.ts';
import { maxIds, packedTokens, type TokenizerFile } from './readTokenizerJson.ts';
import { TokenizerFileError } from './tokenizerFileError.ts';

/** The rules by which a rank file's texts may be split: such a file has none of its own. */
export const namedSplits = {
  o200k_base: { kind: 'o200k', maxDigits: 3, contractions: true },
  cl100k_base: { kind: 'cl100k', maxDigits: 3, contractions: true },
  gpt2: { kind: 'gpt2', digitsApart: false },
  llama3: { kind: 'cl100k', maxDigits: 3, contractions: true },
  qwen: { kind: 'cl100k', maxDigits: 1, contractions: true, normalization: 'NFC' },
  tekken: { kind: 'o200k', maxDigits: 1, contractions: false },
} as const satisfies Readonly<Record<string, SplitRule>>;

export type SplitName = keyof typeof namedSplits;

export function isSplitName(name: unknown): name is SplitName {
  return typeof name === 'string' && Object.hasOwn(namedSplits, name);
}

/** Longest line of a usable file: a token of 64 KiB in base64 and its rank. */
const maxLineCharacters = 90_000;

/**
 * A tiktoken rank file: lines of a token's bytes in base64 and its rank, which is its id. Throws a TokenizerFileError that
 * names the line.
 */
export function readRankFile(
  text: string,
  split: SplitRule,
  encoding: EncodingName,
): TokenizerFile {
  const tokens: (Uint8Array | undefined)[] = [];
  let line = 0;
  for (let start = 0; start < text.length;) {
    const lineEnd = text.indexOf('\n', start);
    const end = lineEnd < 0 ? text.length : lineEnd;
    line++;
    if (end - start > maxLineCharacters) {
      throw new TokenizerFileError(`Line ${line} has ${end - start} characters: no rank file`);
    }
    const written = text.slice(start, end).trim();
    start = end + 1;
    if (written === '') continue;
    const space = written.indexOf(' ');
    const bytes = base64Bytes(written.slice(0, space));
    const rank = /^\d{1,7}$/.test(written.slice(space + 1)) ? Number(written.slice(space + 1)) : -1;
    if (space < 0 || bytes === undefined || rank < 0 || rank >= maxIds) {
      // Not what stands there: a file that is none may hold anything, a password too.
      throw new TokenizerFileError(
        `Line ${line}, of ${written.length} characters, is not a token in base64, a space, and its rank below ${maxIds}`,
      );
    }
    if (tokens[rank] !== undefined) {
      throw new TokenizerFileError(`Line ${line} gives the rank ${rank} a second time`);
    }
    tokens[rank] = bytes;
  }
  if (tokens.length === 0) throw new TokenizerFileError('It is empty');
  return { data: { encoding, split, ...packedTokens(tokens) }, ignoresMerges: true };
}

const digitOf = new Map(
  [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].map((digit, value) => [
    digit,
    value,
  ]),
);

/** The core has no global for it. Undefined: not base64, or of nothing. */
function base64Bytes(text: string): Uint8Array | undefined {
  if (text === '' || text.length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let bits = 0;
  let value = 0;
  let at = 0;
  for (let idx = 0; idx < text.length - padding; idx++) {
    const digit = digitOf.get(text[idx]);
    if (digit === undefined) return undefined;
    value = ((value << 6) | digit) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (value >> bits) & 0xff;
    }
  }
  return bytes;
}
