import path from 'node:path';
import { get_encoding } from 'tiktoken';
import { describe, expect, it } from 'vitest';
import { contentKinds } from '../../../src/core/files/contentKind.ts';
import { withoutByteOrderMark } from '../../../src/core/tokens/utf8.ts';
import { openTokenCounter } from '../../../src/node/openTokenCounter.ts';
import { corpusFiles } from './corpusFiles.ts';
import { letOthersRun } from './letOthersRun.ts';

// In full, over all installed packages: `npm run test:tokens`.
const full = process.env.TOKENS_TEST === 'full';
const packages = path.resolve(import.meta.dirname, '../../../node_modules');
const sampledPackages = ['typescript/lib', 'd3', 'd3-scale', 'picomatch', 'mocha', 'axe-core'];
const folders = full ? [packages] : sampledPackages.map((name) => path.join(packages, name));
const files = await corpusFiles(folders, full ? 700 : 8);

describe('on real files', () => {
  it('there are enough of them, of all kinds', () => {
    const kinds = new Set(files.map(({ kind }) => kind));
    expect(files.length).toBeGreaterThan(full ? 2500 : 30);
    if (full) expect([...kinds].sort()).toEqual([...contentKinds].sort());
  });

  it.each(['o200k_base', 'cl100k_base'] as const)(
    '%s has the ids of OpenAI’s tiktoken in every file',
    async (encoding) => {
      const counter = await openTokenCounter(encoding);
      const reference = get_encoding(encoding);
      const decoder = new TextDecoder();
      const differing: string[] = [];
      for (const file of files) {
        await letOthersRun();
        const bytes = file.read();
        if (!full && bytes.length > 200_000) continue;
        const expected = reference.encode(decoder.decode(bytes), [], []);
        const utf8 = withoutByteOrderMark(bytes);
        const { ids } = counter.encodeBytes(utf8);
        const isEqual =
          ids.length === expected.length &&
          counter.countBytes(utf8) === expected.length &&
          Buffer.from(ids.buffer, ids.byteOffset, ids.byteLength).equals(
            Buffer.from(expected.buffer, expected.byteOffset, expected.byteLength),
          );
        if (!isEqual) differing.push(file.path);
      }
      reference.free();
      if (full) console.log(`${encoding}: ${files.length} files, ${differing.length} differ`);
      expect(differing).toEqual([]);
    },
  );
});
