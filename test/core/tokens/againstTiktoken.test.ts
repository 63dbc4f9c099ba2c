import { get_encoding } from 'tiktoken';
import type { Tiktoken } from 'tiktoken';
import { afterAll, describe, expect, it } from 'vitest';
import { openTokenCounter } from '../../../src/node/openTokenCounter.ts';

/** Texts at which a hand-written scanner goes wrong first, each for a reason of its own. */
const trickyTexts = [
  '',
  'The quick brown fox jumps over the lazy dog.',
  "DON'T don't 'sample' we'LL they'Ve l'été O'Reilly's",
  "'\u017F a'\u017F X'\u017Fabc",
  '\ufeff# Title',
  'x\u0085 y\u00a0\u2003z\u200b.',
  'trailing\n  ',
  'a\r\n\r\n  \n\t x   y\n',
  '日本ABC日x ABC日 日',
  '\u0301ABC a\u0301B \u0301 \u0301\u0301Bc',
  'ǅabc Ǆ ǆ',
  '1 12 123 1234567890 ²³ ١٢٣٤',
  '…//\n/\n/x => !==\r\n///',
  '<|endoftext|><|endofprompt|> <|fim_prefix|>',
  '👩‍👩‍👧‍👦🏳️‍🌈 Привет, мир! 한국어 文字化け हिन्दी ไทย',
  'camelCaseXMLHttpRequest snake_case_NAME kebab-case $dollar',
  ' '.repeat(170) + 'x',
  'a'.repeat(159) + ' ' + 'b'.repeat(161) + ' ' + 'ab'.repeat(400),
];

describe.each(['o200k_base', 'cl100k_base'] as const)('%s', (encoding) => {
  const reference: Tiktoken = get_encoding(encoding);
  afterAll(() => reference.free());

  it.each(trickyTexts)('has the ids of OpenAI’s tiktoken for %j', async (text) => {
    const counter = await openTokenCounter(encoding);
    const utf8 = new TextEncoder().encode(text);
    const expected = [...reference.encode(text, [], [])];
    const encoded = counter.encodeBytes(utf8);
    expect([...encoded.ids]).toEqual(expected);
    expect(counter.countBytes(utf8)).toBe(expected.length);
    expect(counter.countText(text)).toBe(expected.length);
  });

  it('says at which byte each token ends, so that the bytes of the tokens are the text', async () => {
    const counter = await openTokenCounter(encoding);
    const utf8 = new TextEncoder().encode(trickyTexts.join('\n'));
    const { ids, byteEnds } = counter.encodeBytes(utf8);
    let start = 0;
    for (const [idx, id] of ids.entries()) {
      expect(counter.tokenBytes(id)).toEqual(utf8.slice(start, byteEnds[idx]));
      start = byteEnds[idx];
    }
    expect(start).toBe(utf8.length);
  });

  it('refuses an id that is no ordinary token, and names it', async () => {
    const counter = await openTokenCounter(encoding);
    expect(() => counter.tokenBytes(300_000)).toThrow(/300000/);
    expect(() => counter.tokenBytes(-1)).toThrow(RangeError);
  });
});

describe('what is no UTF-8', () => {
  it('counts as TextDecoder replaces it', async () => {
    const counter = await openTokenCounter('o200k_base');
    for (const bytes of [
      [0xff],
      [0x61, 0xc3],
      [0xe2, 0x82],
      [0xed, 0xa0, 0x80, 0x41],
      [0xf0, 0x9f, 0x98, 0x20, 0xf0, 0x9f, 0x98, 0x80],
      [0xf5, 0x80, 0x80, 0x80],
      [0xc0, 0xaf],
    ]) {
      const utf8 = Uint8Array.from(bytes);
      const replaced = new TextDecoder('utf-8', { ignoreBOM: true }).decode(utf8);
      expect(counter.countBytes(utf8)).toBe(counter.countText(replaced));
    }
    expect(counter.countText('a\ud800b\udc00')).toBe(counter.countText('a\ufffdb\ufffd'));
  });
});

describe('a vocabulary that is not there', () => {
  it('is named, with the folders searched', async () => {
    await expect(openTokenCounter('claude_9')).rejects.toThrow(/claude_9\.bin/);
    await expect(openTokenCounter('../../etc/passwd')).rejects.toThrow(/no name of an encoding/);
  });
});
