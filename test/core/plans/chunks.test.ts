import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkFile } from '../../../src/core/plans/chunks.ts';
import { emptyOutline, type Outline } from '../../../src/core/plans/outline.ts';
import type { TokenCounter } from '../../../src/core/tokens/tokenCounter.ts';

/** Four bytes a token: a real tokenizer is not what these laws are about. */
const counter: TokenCounter = {
  encoding: 'o200k_base',
  countBytes: (utf8) => Math.ceil(utf8.length / 4),
  countText: (text) => Math.ceil(new TextEncoder().encode(text).length / 4),
};
const utf8 = (text: string) => new TextEncoder().encode(text);

describe('chunks of a file', () => {
  it('cover it without gap or overlap, none over the limit, for any text and any cuts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 80 }), { maxLength: 60 }),
        fc.array(fc.nat(60), { maxLength: 10 }),
        fc.integer({ min: 2, max: 60 }),
        (lines, cuts, maxTokens) => {
          const bytes = utf8(lines.join('\n'));
          const outline: Outline = {
            ...emptyOutline,
            cutLines: [...new Set(cuts)].sort((a, b) => a - b),
          };
          const limits = { targetTokens: Math.ceil(maxTokens / 2), maxTokens };
          const chunks = chunkFile(bytes, outline, counter, limits);
          let at = 0;
          for (const chunk of chunks) {
            expect(chunk.startByte).toBe(at);
            expect(chunk.tokens).toBeLessThanOrEqual(maxTokens);
            expect(chunk.tokens).toBe(
              counter.countBytes(bytes.subarray(chunk.startByte, chunk.endByte)),
            );
            expect(
              new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(at, chunk.endByte)),
            ).toBeDefined();
            at = chunk.endByte;
          }
          expect(at).toBe(bytes.length);
        },
      ),
    );
  });

  it('are cut before a declaration, not inside it', () => {
    const body = Array.from({ length: 30 }, (_, i) => `  line${i};`).join('\n');
    const text = `function a() {\n${body}\n}\nfunction b() {\n${body}\n}\n`;
    const outline: Outline = { ...emptyOutline, cutLines: [32] };
    const chunks = chunkFile(utf8(text), outline, counter, { targetTokens: 80, maxTokens: 200 });
    expect(chunks.map((chunk) => chunk.startLine)).toEqual([0, 32]);
  });

  it('of an empty file are none, and of one huge line are pieces of it', () => {
    expect(chunkFile(utf8(''), emptyOutline, counter)).toEqual([]);
    const pieces = chunkFile(utf8('x'.repeat(100_000)), emptyOutline, counter, {
      targetTokens: 500,
      maxTokens: 1500,
    });
    expect(pieces.length).toBeGreaterThan(15);
    expect(pieces.every((piece) => piece.startLine === 0 && piece.endLine === 0)).toBe(true);
  });

  it('name what is declared in each, in the order of the lines', () => {
    const declared = (name: string, startLine: number) =>
      ({
        name,
        kind: 'value',
        startLine,
        endLine: startLine,
        docStartLine: startLine,
        depth: 0,
      }) as const;
    const outline: Outline = {
      ...emptyOutline,
      declarations: [
        declared('late', 3),
        declared('first', 0),
        declared('second', 0),
        declared('last', 4),
      ],
      cutLines: [1, 2, 3, 4],
    };
    const limits = { targetTokens: 1, maxTokens: 2 };
    const chunks = chunkFile(utf8('aaaa\nbbbb\ncccc\ndddd\neeee'), outline, counter, limits);
    expect(chunks.map((chunk) => [chunk.startLine, ...chunk.declares])).toEqual([
      [0, 'first', 'second'],
      [1],
      [2],
      [3, 'late'],
      [4, 'last'],
    ]);
  });
});
