import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';

/*
 * Small tokenizers in the form of tokenizer.json, trained here on a text of many kinds, and their counts as Hugging Face's
 * own library makes them.
 */

const root = path.resolve(import.meta.dirname, '../../..');
const trainingText = [
  readFileSync(path.join(root, 'scripts/vocabularies/golden.txt'), 'utf8'),
  readFileSync(path.join(root, 'CONTRIBUTING.md'), 'utf8').slice(0, 2500),
].join('\n');

export type TokenizerJson = Record<string, unknown> & {
  model: Record<string, unknown> & { vocab: Record<string, number>; merges: unknown[] };
  added_tokens: { id: number; content: string; special: boolean; normalized: boolean }[];
};

/** Merges the most frequent pair, the first of equals, again and again. */
function trainedMerges(pieces: readonly string[][], numMerges: number): [string, string][] {
  const merges: [string, string][] = [];
  let words = pieces.map((parts) => [...parts]);
  while (merges.length < numMerges) {
    const counts = new Map<string, number>();
    for (const parts of words) {
      for (let idx = 0; idx + 1 < parts.length; idx++) {
        const pair = `${parts[idx]} ${parts[idx + 1]}`;
        counts.set(pair, (counts.get(pair) ?? 0) + 1);
      }
    }
    const [best] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0]);
    const [left, right] = best.split(' ');
    if (right === undefined) break;
    merges.push([left, right]);
    words = words.map((parts) => {
      const merged: string[] = [];
      for (let idx = 0; idx < parts.length; idx++) {
        if (parts[idx] === left && parts[idx + 1] === right) merged.push(left + parts[++idx]);
        else merged.push(parts[idx]);
      }
      return merged;
    });
  }
  return merges;
}

function byteAlphabet(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable =
      (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
    return String.fromCodePoint(printable ? byte : next++);
  });
}

/** GPT-2's pattern unless another is given; with it, splitting is a step of its own. */
export function byteLevelJson(pattern?: string, extra: object = {}): TokenizerJson {
  const alphabet = byteAlphabet();
  const training = pattern ?? "'s|'t| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
  const scanned = training.replaceAll(/\(\?i:/g, '(?:');
  const pieces = [...trainingText.matchAll(new RegExp(scanned, 'gu'))].map(([piece]) =>
    [...Buffer.from(piece)].map((byte) => alphabet[byte]),
  );
  const merges = trainedMerges(pieces, 250);
  const vocab = vocabOf([...alphabet, ...merges.map(([left, right]) => left + right)]);
  const byteLevel = {
    type: 'ByteLevel',
    add_prefix_space: false,
    trim_offsets: true,
    use_regex: pattern === undefined,
  };
  const split = {
    type: 'Split',
    pattern: { Regex: pattern },
    behavior: 'Isolated',
    invert: false,
  };
  return {
    added_tokens: [],
    normalizer: null,
    pre_tokenizer:
      pattern === undefined ? byteLevel : { type: 'Sequence', pretokenizers: [split, byteLevel] },
    post_processor: null,
    decoder: byteLevel,
    model: { type: 'BPE', vocab, merges: merges.map((pair) => pair.join(' ')) },
    ...extra,
  };
}

/** As Llama 2 and Gemma: spaces are signs, merges go over the whole text, bytes stand in for unknown characters. */
export function sentencePieceJson(extra: object = {}): TokenizerJson {
  const signed = trainingText.replaceAll(' ', '\u2581');
  const words = signed.split(/(?=\u2581(?!\u2581))/u).map((word) => [...word]);
  const merges = trainedMerges(words, 300);
  const bytes = Array.from(
    { length: 256 },
    (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
  );
  // Half of the characters are no tokens.
  const characters = [...new Set(signed)].filter(
    (character) => !/[\u0400-\u2000\u3000-\uffff]/.test(character) || /[や-힣]/.test(character),
  );
  const known = new Set(characters);
  const usable = merges.filter((pair) => [...pair.join('')].every((part) => known.has(part)));
  const vocab = vocabOf([
    '<unk>',
    '<s>',
    ...bytes,
    ...characters,
    ...usable.map(([left, right]) => left + right),
  ]);
  return {
    added_tokens: [],
    normalizer: { type: 'Replace', pattern: { String: ' ' }, content: '\u2581' },
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    model: {
      type: 'BPE',
      unk_token: '<unk>',
      fuse_unk: true,
      byte_fallback: true,
      vocab,
      merges: usable,
    },
    ...extra,
  };
}

function vocabOf(tokens: readonly string[]): Record<string, number> {
  return Object.fromEntries([...new Set(tokens)].map((token, id) => [token, id]));
}

/** Ids as Hugging Face's library has them; special tokens are ordinary text. */
export function huggingFaceIds(json: TokenizerJson): (text: string) => number[] {
  const ordinary = json.added_tokens.filter(({ special }) => !special);
  const tokenizer = new Tokenizer({ ...json, added_tokens: ordinary }, {});
  return (text) => tokenizer.encode(text, { add_special_tokens: false }).ids;
}

/** JavaScript and Unicode disagree whether these are white space, and Hugging Face's JavaScript takes JavaScript's side. */
export function withoutDisputedSpace(text: string): string {
  return text.replaceAll(/[\u0085\ufeff]/g, '');
}

/** Its step for digits knows those of ASCII only, where Hugging Face's Rust asks `char::is_numeric`. */
export function withoutDisputedDigits(text: string): string {
  return text.replaceAll(/[^\P{N}0-9]/gu, '');
}
