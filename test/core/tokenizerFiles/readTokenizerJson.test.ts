import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTokenizerFile } from '../../../src/core/tokenizerFiles/readTokenizerFile.ts';
import { seamTokens } from '../../../src/core/plans/seams.ts';
import { createLiveCount } from '../../../src/core/tokens/liveCount.ts';
import { splitForCounting } from '../../../src/core/tokens/split/safeSplit.ts';
import { countChunks } from '../../../src/core/tokens/countChunks.ts';
import { createTokenEncoder } from '../../../src/core/tokens/tokenEncoder.ts';
import { mixedText } from '../tokens/texts.ts';
import {
  byteLevelJson,
  huggingFaceIds,
  sentencePieceJson,
  withoutDisputedDigits,
  withoutDisputedSpace,
  type TokenizerJson,
} from './miniTokenizers.ts';

const cl100k =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const qwen = cl100k.replace('{1,3}', '');
const upper = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]';
const lower = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]';
const tekken = `[^\\r\\n\\p{L}\\p{N}]?${upper}*${lower}+|[^\\r\\n\\p{L}\\p{N}]?${upper}+${lower}*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;

const added = (json: TokenizerJson, contents: readonly string[]): TokenizerJson => {
  const first = Object.keys(json.model.vocab).length;
  const tokens = contents.map((content, idx) => ({
    id: json.model.vocab[content] ?? first + idx,
    content,
    special: content.startsWith('<|'),
    normalized: false,
    single_word: false,
    lstrip: false,
    rstrip: false,
  }));
  return { ...json, added_tokens: tokens };
};
const eachDigit = {
  type: 'Sequence',
  pretokenizers: [
    { type: 'Digits', individual_digits: true },
    { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  ],
};
const prepended = {
  type: 'Sequence',
  normalizers: [
    { type: 'Prepend', prepend: '▁' },
    { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
  ],
};
const metaspace = (split: boolean) => ({
  normalizer: null,
  pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split },
});

const tokenizers: Record<string, TokenizerJson> = {
  'GPT-2': byteLevelJson(),
  'GPT-2 with digits apart': byteLevelJson(undefined, { pre_tokenizer: eachDigit }),
  'cl100k, as Llama 3': byteLevelJson(cl100k),
  'one digit and NFC, as Qwen': byteLevelJson(qwen, { normalizer: { type: 'NFC' } }),
  'words by case, as Tekken': byteLevelJson(tekken),
  'runs of spaces added, as GPT-NeoX': added(byteLevelJson(), [
    '  ', '   ', '    ', '<tool_call>', '<|im_start|>',
  ]), // prettier-ignore
  'SentencePiece, as Gemma': sentencePieceJson(),
  'SentencePiece with added tokens': added(sentencePieceJson(), [
    '\n\n', '\n\n\n', '▁▁', '▁▁▁', '</br>', '<|endoftext|>',
  ]), // prettier-ignore
  'SentencePiece with a leading space, as Llama 2': sentencePieceJson({ normalizer: prepended }),
  'Metaspace over the whole text': sentencePieceJson(metaspace(false)),
  'Metaspace by words': sentencePieceJson(metaspace(true)),
};

const fragments = [
  '▁',
  '▁▁',
  '<tool_call>',
  '</br>',
  '\n\n\n',
  '    ',
  '<0x41>',
  '<s>',
  '한국',
  ' ',
];
const anyText = fc
  .array(fc.oneof(mixedText(4), fc.constantFrom(...fragments)), { maxLength: 8 })
  .map((parts) => withoutDisputedSpace(parts.join('')));

const wholeTextIds = huggingFaceIds(sentencePieceJson());

/** By the book, since Hugging Face's JavaScript does not split here as its Rust does: each word with the space before it. */
function idsByWords(text: string): number[] {
  const signed = text.replaceAll(' ', '▁');
  const begun = signed === '' || signed.startsWith('▁') ? signed : `▁${signed}`;
  return begun.split(/(?=▁)/).flatMap((word) => (word === '' ? [] : wholeTextIds(word)));
}

describe.each(Object.keys(tokenizers))('a tokenizer.json of %s', (name) => {
  const vocabulary = readTokenizerFile(JSON.stringify(tokenizers[name]), undefined, name);
  const encoder = createTokenEncoder(vocabulary);
  const reference = name.endsWith('by words') ? idsByWords : huggingFaceIds(tokenizers[name]);
  const utf8 = new TextEncoder();

  it('is counted as Hugging Face’s library counts', () => {
    fc.assert(
      fc.property(
        name.includes('digits apart') ? anyText.map(withoutDisputedDigits) : anyText,
        (text) => {
          const ids = reference(text);
          expect([...encoder.encodeBytes(utf8.encode(text)).ids]).toEqual(ids);
          expect(encoder.countText(text)).toBe(ids.length);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('has the count of the whole in parts, in chunks and while a text is edited', () => {
    fc.assert(
      fc.property(anyText, anyText, fc.nat(), fc.nat({ max: 5 }), (text, typed, at, removed) => {
        const bytes = utf8.encode(text);
        const tokens = encoder.countBytes(bytes);
        let parts = 0;
        let continues = false;
        for (const part of splitForCounting(bytes, 1, encoder.isSafeSplit)) {
          parts += encoder.countBytes(part, continues);
          continues = true;
        }
        expect(parts).toBe(tokens);
        expect(countChunks(encoder, [bytes.subarray(0, 7), bytes.subarray(7)])).toBe(tokens);
        const more = utf8.encode(typed);
        const seam = seamTokens(encoder, bytes, more);
        if (seam !== undefined) {
          const sum = tokens + encoder.countBytes(more) + seam;
          expect(sum).toBe(encoder.countBytes(utf8.encode(text + typed)));
        }
        const live = createLiveCount(encoder, text, 2);
        const start = at % (text.length + 1);
        const end = Math.min(text.length, start + removed);
        live.edit(start, end - start, typed);
        const edited = text.slice(0, start) + typed + text.slice(end);
        expect(live.tokens).toBe(encoder.countText(edited));
        const from = Math.min(start, edited.length);
        expect(live.countRange(from, edited.length)).toBe(encoder.countText(edited.slice(from)));
      }),
      { numRuns: 120 },
    );
  });

  it.each(['a', ' ', '\n', '=', '漢', 'the ', '▁', '\u0301'])(
    'takes linear time on %j alone',
    (unit) => {
      const operations = { merges: 0, steps: 0, lookups: 0 };
      const counted = createTokenEncoder(vocabulary, operations);
      const operationsFor = (units: number) => {
        operations.merges = operations.steps = operations.lookups = 0;
        expect(counted.countText(unit.repeat(units))).toBeGreaterThan(0);
        return operations.merges + operations.steps + operations.lookups;
      };
      expect(operationsFor(20_000)).toBeLessThanOrEqual(operationsFor(2000) * 14 + 1000);
    },
  );
});
