import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkBytes, withFileContent } from '../../src/node/readText.ts';
import { tempTree } from './tempTree.ts';

const root = tempTree();

function read(bytes: Uint8Array | string, maxBytes = 64 * 1024 * 1024) {
  const file = path.join(root, 'file');
  writeFileSync(file, bytes);
  return withFileContent(file, maxBytes, (content) => {
    if (content.type !== 'text') return { ...content, format: undefined, text: undefined };
    const chunks = Array.from(content.chunks(), (chunk) => Buffer.from(chunk));
    for (const chunk of chunks) expect(chunk.toString('utf8')).not.toContain('\uFFFD');
    const { type, format, bytes, hash } = content;
    return { type, format, bytes, hash: hash(), text: Buffer.concat(chunks).toString('utf8') };
  });
}

const utf16 = (text: string, bigEndian: boolean) => {
  const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};

describe('reading text', () => {
  it('reads UTF-8 with and without a byte order mark as the same text', () => {
    expect(read('héllo 😀')).toMatchObject({ type: 'text', format: 'utf8', text: 'héllo 😀' });
    expect(read('\uFEFFhéllo 😀')).toMatchObject({ type: 'text', text: 'héllo 😀' });
    expect(read('\uFEFF\uFEFFx')).toMatchObject({ text: '\uFEFFx' });
    expect(read('')).toMatchObject({ type: 'text', format: 'utf8', bytes: 0, text: '' });
  });

  it('reads UTF-16 of both byte orders', () => {
    for (const bigEndian of [false, true]) {
      expect(read(utf16('héllo 😀\n', bigEndian))).toMatchObject({
        format: bigEndian ? 'utf16be' : 'utf16le',
        text: 'héllo 😀\n',
      });
    }
  });

  it('reads bytes that are no UTF-8 as Latin-1 with the characters of Windows-1252', () => {
    expect(read(Buffer.from('caf\xe9 \x93quoted\x94 \x80 5', 'latin1'))).toMatchObject({
      format: 'latin1',
      text: 'café “quoted” € 5',
    });
  });

  it('takes zeros, control characters and UTF-32 for binary', () => {
    expect(read(Buffer.from([0x89, 0x50, 0, 1])).type).toBe('binary');
    expect(read(Buffer.from([0xff, 0xfe, 0, 0, 65, 0, 0, 0])).type).toBe('binary');
    expect(read(Buffer.from([0xe9, 1, 2, 3, 0xff, 65])).type).toBe('binary');
    expect(read('\x1b[31mred\x1b[0m').type).toBe('text');
  });

  it('reads no further in a binary file than it takes to know', () => {
    const bytes = Buffer.alloc(3 * chunkBytes, 'x');
    bytes[100] = 0;
    const result = read(bytes);
    expect(result).toMatchObject({ type: 'binary', bytes: bytes.length });
    const start = createHash('sha256').update(bytes.subarray(0, chunkBytes)).digest('hex');
    expect(result.type === 'binary' && result.hash()).toBe(start);
  });

  it('gives the hash of the bytes on disk', () => {
    for (const bytes of ['abc', 'x'.repeat(chunkBytes + 5)]) {
      const hash = createHash('sha256').update(bytes).digest('hex');
      expect(read(bytes)).toMatchObject({ hash, bytes: bytes.length });
    }
  });

  it('reads what is larger than a chunk as the same text, cut between characters', () => {
    const characters = fc.constantFrom('a', 'é', '漢', '😀', '\n');
    fc.assert(
      fc.property(
        fc.array(characters, { minLength: 5, maxLength: 5 }),
        fc.nat(8),
        (unit, shift) => {
          const text = 'x'.repeat(shift) + unit.join('').repeat(Math.ceil((chunkBytes * 2.2) / 15));
          expect(read(text).text === text).toBe(true);
          expect(read(utf16(text, shift % 2 === 0)).text === text).toBe(true);
        },
      ),
      { numRuns: 6 },
    );
    const latin1 = Buffer.from(`${'caf\xe9 '.repeat(chunkBytes / 2)}`, 'latin1');
    expect(read(latin1).text === latin1.toString('latin1')).toBe(true);
  });

  it('handles files that end at a chunk, and invalid bytes far behind the first chunk', () => {
    for (const length of [chunkBytes - 1, chunkBytes, chunkBytes + 1, 2 * chunkBytes]) {
      const text = `${'y'.repeat(length - 2)}é`;
      expect(read(text)).toMatchObject({ format: 'utf8', bytes: length });
      expect(read(text).text === text).toBe(true);
    }
    const late = Buffer.alloc(2 * chunkBytes + 10, 'é');
    late[late.length - 1] = 0xff;
    expect(read(late)).toMatchObject({ format: 'latin1' });
    const cut = Buffer.alloc(chunkBytes + 1, 'é');
    expect(read(cut)).toMatchObject({ format: 'latin1' });
  });

  it('opens no file beyond the limit, be it 2 GB', () => {
    const file = path.join(root, 'huge');
    writeFileSync(file, '');
    truncateSync(file, 2 ** 31 + 1);
    expect(withFileContent(file, 100, (content) => content)).toEqual({
      type: 'tooLarge',
      bytes: 2 ** 31 + 1,
    });
  });

  it.runIf(process.platform !== 'win32')('does not wait for a pipe or a device', () => {
    execFileSync('mkfifo', [path.join(root, 'pipe')]);
    for (const file of [path.join(root, 'pipe'), '/dev/zero', root]) {
      expect(withFileContent(file, 100, (content) => content)).toEqual({ type: 'notAFile' });
    }
  });
});
