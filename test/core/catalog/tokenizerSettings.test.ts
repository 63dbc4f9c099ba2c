import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTokenizerSettings } from '../../../src/core/catalog/tokenizerSettings.ts';

describe('the setting of tokenizer files', () => {
  it('takes a path, or a path with the way a rank file splits a text', () => {
    const { tokenizers, problems } = parseTokenizerSettings({
      'meta/llama-3.1-8b-instruct': ' models/tokenizer.json ',
      'me/own': { file: '/own.tiktoken', split: 'cl100k_base' },
    });
    expect(problems).toEqual([]);
    expect(tokenizers).toEqual([
      { modelId: 'meta/llama-3.1-8b-instruct', file: 'models/tokenizer.json' },
      { modelId: 'me/own', file: '/own.tiktoken', split: 'cl100k_base' },
    ]);
  });

  it('names what can’t be used and takes the rest', () => {
    const { tokenizers, problems } = parseTokenizerSettings({
      a: 5,
      b: { file: 'x', split: 'toString' },
      c: 'c.json',
    });
    expect(tokenizers).toEqual([{ modelId: 'c', file: 'c.json' }]);
    expect(problems).toEqual([
      'a: expected the path of a file, got 5',
      'b: the split "toString" is not known; there are o200k_base, cl100k_base, gpt2, llama3, qwen, tekken',
    ]);
    expect(parseTokenizerSettings([]).problems).toHaveLength(1);
    expect(parseTokenizerSettings(undefined)).toEqual({ tokenizers: [], problems: [] });
  });

  it('never throws, whatever the settings hold', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        parseTokenizerSettings(json);
      }),
    );
  });
});
