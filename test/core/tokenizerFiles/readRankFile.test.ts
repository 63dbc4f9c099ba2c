import cl100k from 'js-tiktoken/ranks/cl100k_base';
import gpt2 from 'js-tiktoken/ranks/gpt2';
import { Tiktoken } from 'js-tiktoken/lite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTokenizerFile } from '../../../src/core/tokenizerFiles/readTokenizerFile.ts';
import { createTokenEncoder } from '../../../src/core/tokens/tokenEncoder.ts';
import { mixedText } from '../tokens/texts.ts';
import { withoutDisputedSpace } from './miniTokenizers.ts';

/** A tiktoken rank file from js-tiktoken's own form: lines of "! offset token token ...". */
function rankFile(bpeRanks: string, lineEnd = '\n'): string {
  const lines: string[] = [];
  for (const line of bpeRanks.split('\n').filter(Boolean)) {
    const [, offset, ...tokens] = line.split(' ');
    lines.push(...tokens.map((token, idx) => `${token} ${Number(offset) + idx}`));
  }
  return lines.join(lineEnd);
}

describe('a tiktoken rank file', () => {
  it.each([
    ['cl100k_base', rankFile(cl100k.bpe_ranks), cl100k],
    ['gpt2', rankFile(gpt2.bpe_ranks, '\r\n'), gpt2],
  ] as const)('is counted as js-tiktoken counts with it: %s', (split, file, ranks) => {
    const encoder = createTokenEncoder(readTokenizerFile(file, split, split));
    const reference = new Tiktoken(ranks);
    fc.assert(
      fc.property(mixedText(12).map(withoutDisputedSpace), (text) => {
        const ids = reference.encode(text, [], []);
        expect([...encoder.encodeBytes(new TextEncoder().encode(text)).ids]).toEqual(ids);
        expect(encoder.countText(text)).toBe(ids.length);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ['IQ== 0\nIg== 0', /Line 2 gives the rank 0 a second time/],
    [
      'IQ== 0\nnot base64 at all',
      /Line 2, of 17 characters, is not a token in base64, a space, and its rank/,
    ],
    ['IQ== -1', /Line 1, of 7 characters, is not/],
    ['IQ== 99999999', /Line 1, of 13 characters, is not/],
    ['IQ==', /Line 1, of 4 characters, is not/],
    ['IQ== 0', /It has no token for the byte 0x0/],
    ['A'.repeat(100_000), /Line 1 has 100000 characters/],
  ])('is refused with the line: %s', (file, reason) => {
    expect(() => readTokenizerFile(file, 'gpt2', 'test')).toThrow(reason);
  });

  it('needs the name of a way to split a text', () => {
    expect(() => readTokenizerFile('IQ== 0', undefined, 'test')).toThrow(/name one of o200k_base/);
    expect(() => readTokenizerFile('IQ== 0', 'toString', 'test')).toThrow(
      /"toString" is not known/,
    );
  });
});
