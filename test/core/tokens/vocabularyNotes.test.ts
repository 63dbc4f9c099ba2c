import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import golden from './golden.json' with { type: 'json' };

const root = path.resolve(import.meta.dirname, '../../..');
const folder = path.join(root, 'vocabularies');
const files = readdirSync(folder).filter((name) => name.endsWith('.bin'));
const notes = readFileSync(path.join(folder, 'README.md'), 'utf8');
const bytesOf = (file: string) => statSync(path.join(folder, file)).size;
const written = (bytes: number) => bytes.toLocaleString('en-US');

describe('what vocabularies/README.md says', () => {
  it.each(files)('names %s with its size', (file) => {
    const row = notes.split('\n').find((line) => line.startsWith(`| \`${file}\``)) ?? 'no row';
    expect(row).toContain(`| ${written(bytesOf(file))} `);
  });

  it('names the bytes of all together, and of whose licences is said what', () => {
    const sum = files.reduce((bytes, file) => bytes + bytesOf(file), 0);
    expect(/(\S+) bytes together/.exec(notes)?.[1]).toBe(written(sum));
    const licences = notes.slice(notes.indexOf('## Licences'));
    expect(files.filter((file) => !licences.includes(`\`${file}\``))).toEqual([]);
  });

  it('is of vocabularies that are held to their makers’ tokenizers, OpenAI’s by a test of their own', () => {
    const held = [...Object.keys(golden.ids), 'o200k_base', 'cl100k_base'];
    expect(files.map((file) => path.basename(file, '.bin')).sort()).toEqual(held.sort());
  });
});
