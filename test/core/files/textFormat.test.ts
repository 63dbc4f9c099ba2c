import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  lineCount,
  sniffFormat,
  unfinishedUtf8Bytes,
  withoutUtf8,
} from '../../../src/core/files/textFormat.ts';

describe('text format', () => {
  it('cuts UTF-8 before the character that is unfinished, wherever the cut falls', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (text, seed) => {
        const bytes = new TextEncoder().encode(text);
        const cut = bytes.subarray(0, bytes.length === 0 ? 0 : seed % (bytes.length + 1));
        const whole = cut.subarray(0, cut.length - unfinishedUtf8Bytes(cut));
        const decoded = new TextDecoder('utf-8', { fatal: true }).decode(whole);
        expect(text.startsWith(decoded)).toBe(true);
        expect(cut.length - whole.length).toBeLessThan(4);
      }),
    );
  });

  it('looks no further than git does', () => {
    const late = new Uint8Array(9000).fill(65);
    late[8500] = 0;
    expect(sniffFormat(late).format).toBe('eightBit');
    late[7999] = 0;
    expect(sniffFormat(late).format).toBe('binary');
  });

  it('calls a few odd control characters text and many binary', () => {
    const bytes = new Uint8Array(1000).fill(0xe9);
    bytes.fill(1, 0, 19);
    expect(withoutUtf8(bytes)).toBe('latin1');
    bytes.fill(1, 0, 20);
    expect(withoutUtf8(bytes)).toBe('binary');
  });

  it('numbers lines as an editor does', () => {
    expect([lineCount(0, 0), lineCount(0, 1), lineCount(1, 2)]).toEqual([0, 1, 2]);
  });
});
