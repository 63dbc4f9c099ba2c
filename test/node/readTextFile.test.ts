import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTextFile } from '../../src/node/readTextFile.ts';
import { tempTree } from './tempTree.ts';

const lines = Array.from({ length: 400_000 }, (_, i) => `é${i}`).join('\n');
const folder = tempTree({
  'large.txt': lines,
  'mark.txt': '\ufeffa',
  'empty.txt': '',
  'bin.txt': 'a\0b',
});
const read = (name: string, maxBytes = 1 << 24) => readTextFile(path.join(folder, name), maxBytes);
const text = (name: string) => new TextDecoder().decode(read(name));

describe('a text file read whole', () => {
  it('is what stands in it, over more chunks than one', () => {
    expect(new TextEncoder().encode(lines).length).toBeGreaterThan(3_000_000);
    expect(text('large.txt') === lines).toBe(true);
  });

  it('has memory of its own, which the next file does not change', () => {
    const first = read('mark.txt');
    read('large.txt');
    expect(first).toEqual(new Uint8Array([97]));
    expect(first?.buffer.byteLength).toBe(1);
  });

  it('is empty where the file is, and undefined where it is no text or too large', () => {
    expect(read('empty.txt')?.length).toBe(0);
    expect(read('bin.txt')).toBeUndefined();
    expect(read('mark.txt', 2)).toBeUndefined();
  });
});
