import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTokenizerFile } from '../../../src/core/tokenizerFiles/readTokenizerFile.ts';
import { TokenizerFileError } from '../../../src/core/tokenizerFiles/tokenizerFileError.ts';
import { byteLevelJson, sentencePieceJson } from './miniTokenizers.ts';

const good = byteLevelJson();
const piece = sentencePieceJson();
const withModel = (model: object, of = good) => ({ ...of, model: { ...of.model, ...model } });
const addedToken = (token: object, of = good) => ({
  ...of,
  added_tokens: [{ id: 9000, content: 'x', special: false, ...token }],
});

const refused: Record<string, readonly [file: unknown, reason: RegExp]> = {
  'a list': [[1, 2], /The file is \[1,2\], which is no object/],
  'no model': [{}, /Its "model" is not there/],
  Unigram: [withModel({ type: 'Unigram' }), /Its model is "Unigram"; only byte pair encodings/],
  WordPiece: [withModel({ type: 'WordPiece', merges: undefined }), /WordPiece/],
  dropout: [withModel({ dropout: 0.1 }), /dropout 0\.1/],
  'ends of words': [withModel({ end_of_word_suffix: '</w>' }), /end_of_word_suffix, "<\/w>"/],
  'a vocabulary that is a list': [withModel({ vocab: [['a', 1]] }), /"model\.vocab"/],
  'an id that is no number': [withModel({ vocab: { a: 'b' } }), /"a" has the id "b"/],
  'an id beyond all bounds': [withModel({ vocab: { a: 1e12 } }), /"a" has the id 1000000000000/],
  'an id below zero': [withModel({ vocab: { a: -1 } }), /has the id -1/],
  'two tokens of one id': [withModel({ vocab: { a: 1, b: 1 } }), /The id 1 stands for two/],
  'a vocabulary without some bytes': [
    withModel({ vocab: { a: 0 }, merges: [] }),
    /no token for the byte 0x0/,
  ],
  'merges that are no list': [withModel({ merges: 'a b' }), /"model\.merges" is "a b"/],
  'a merge of three': [withModel({ merges: ['a b c'] }), /Merge 0 is "a b c", not a pair/],
  'a merge of unknown tokens': [withModel({ merges: [['zq', 'qz']] }), /Merge 0, \["zq","qz"\]/],
  'a normalizer that lowers case': [
    { ...good, normalizer: { type: 'Lowercase' } },
    /normalizer has the step \{"type":"Lowercase"\}/,
  ],
  'a pre-tokenizer that is not known': [
    { ...good, pre_tokenizer: { type: 'BertPreTokenizer' } },
    /BertPreTokenizer/,
  ],
  'a leading space': [
    { ...good, pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true, use_regex: true } },
    /add_prefix_space/,
  ],
  'an added token that takes spaces': [addedToken({ rstrip: true }), /"x" .*\(rstrip\)/],
  'an added token without text': [addedToken({ content: '' }), /has no id or no text/],
  'a huge added token': [addedToken({ content: 'x'.repeat(300) }), /has 300 bytes; up to 256/],
  'added tokens that are no list': [{ ...good, added_tokens: 'all' }, /"added_tokens" is "all"/],
  'SentencePiece without byte tokens': [
    withModel({ vocab: { '▁': 0, a: 1 }, merges: [] }, piece),
    /no token <0x00>/,
  ],
  'SentencePiece without a space': [withModel({ vocab: { a: 1 }, merges: [] }, piece), /"▁"/],
  'SentencePiece without byte fallback': [
    withModel({ byte_fallback: false }, piece),
    /not supported/,
  ],
};

const read = (file: unknown) => readTokenizerFile(JSON.stringify(file), undefined, 'test');

describe('a tokenizer.json that cannot be counted with', () => {
  it.each(Object.keys(refused))('is refused with the reason: %s', (name) => {
    const [file, reason] = refused[name];
    expect(() => read(file)).toThrow(TokenizerFileError);
    expect(() => read(file)).toThrow(reason);
  });

  it('is refused when it is no JSON, cut off or empty', () => {
    const whole = JSON.stringify(good);
    const cut = whole.slice(0, whole.length / 2);
    expect(() => readTokenizerFile(cut, undefined, 'test')).toThrow(/It is no JSON/);
    expect(() => readTokenizerFile('', undefined, 'test')).toThrow(/name one of o200k_base/);
    expect(() => readTokenizerFile('', 'cl100k_base', 'test')).toThrow(/It is empty/);
  });

  it('says so in a message of bounded length, whatever JSON it is', () => {
    fc.assert(
      fc.property(
        fc.json(),
        fc.constantFrom('model', 'normalizer', 'pre_tokenizer', 'added_tokens'),
        (json, field) => {
          const file = JSON.stringify({ ...good, [field]: JSON.parse(json) as unknown });
          try {
            readTokenizerFile(file, undefined, 'test');
          } catch (error) {
            expect(error).toBeInstanceOf(TokenizerFileError);
            expect((error as Error).message.length).toBeLessThan(600);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('may name tokens like properties of objects', () => {
    const base = Object.keys(good.model.vocab).length;
    const vocab = { ...good.model.vocab, ['__proto__']: base, constructor: base + 1 };
    expect(read(withModel({ vocab })).numIds).toBe(base + 2);
  });
});
