import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  compileCountKernel,
  countKernelModule,
  generatedCountKernel,
} from '../../../scripts/build-count-kernel.mjs';
import { regionBytes } from '../../../src/core/tokens/kernel/countKernel.generated.ts';
import { countKernelOf } from '../../../src/core/tokens/kernel/countKernel.ts';
import { lendVocabulary } from '../../../src/core/tokens/kernel/lendVocabulary.ts';
import { newSharedMemory, takeBytes } from '../../../src/core/tokens/kernel/sharedMemory.ts';
import { createTokenEncoder } from '../../../src/core/tokens/tokenEncoder.ts';
import { buildVocabulary } from '../../../src/core/tokens/vocabulary/vocabulary.ts';
import { readVocabularyFile } from '../../../src/core/tokens/vocabulary/vocabularyFile.ts';
import { loadVocabulary } from '../../../src/node/vocabularies.ts';
import { assertInPortions } from './assertInPortions.ts';
import { mixedBytes } from './texts.ts';

const numRuns = process.env.TOKENS_TEST === 'full' ? 20_000 : 300;
/** With operations to count, everything is counted in TypeScript. */
const operations = { merges: 0, steps: 0, lookups: 0 };

afterEach(() => vi.unstubAllGlobals());

async function freshVocabulary(encoding: string) {
  const file = path.join(import.meta.dirname, `../../../vocabularies/${encoding}.bin`);
  return buildVocabulary(readVocabularyFile(brotliDecompressSync(await readFile(file))));
}

describe('the counting kernel', () => {
  it('is what its source compiles to', async () => {
    const compiled = countKernelModule(await compileCountKernel());
    expect(await readFile(generatedCountKernel, 'utf8')).toBe(compiled);
  });

  it.each(['o200k_base', 'cl100k_base', 'tekken'])(
    'counts what TypeScript counts with %s',
    async (encoding) => {
      const vocabulary = await loadVocabulary(encoding);
      expect(countKernelOf(vocabulary)).toBeDefined();
      const byKernel = createTokenEncoder(vocabulary);
      const byTypeScript = createTokenEncoder(vocabulary, operations);
      await assertInPortions(
        fc.property(mixedBytes(40), (bytes) => {
          expect(byKernel.countBytes(bytes)).toBe(byTypeScript.countBytes(bytes));
        }),
        numRuns,
      );
    },
  );

  it('counts in the same memory where the vocabulary was sent', async () => {
    const vocabulary = await loadVocabulary('o200k_base');
    const sent = structuredClone(vocabulary);
    const [here, there] = [countKernelOf(vocabulary), countKernelOf(sent)];
    expect(there?.text.buffer.byteLength).toBe(sent.memory?.buffer.byteLength);
    expect(there?.text.byteOffset).toBeGreaterThan(here?.text.byteOffset ?? Infinity);
    expect(createTokenEncoder(sent).countText('naïve 漢字 12345')).toBe(
      createTokenEncoder(vocabulary, operations).countText('naïve 漢字 12345'),
    );
  });

  it('counts where a thread did that has ended, whatever that left there, and takes no more memory', async () => {
    const vocabulary = await freshVocabulary('o200k_base');
    const text = 'naïve 漢字 12345 someIdentifierThatIsMerged';
    const tokens = createTokenEncoder(vocabulary, operations).countText(text);
    const regions = Array.from({ length: 60 }, () => {
      const lent = lendVocabulary(vocabulary);
      const sent = structuredClone(lent.vocabulary);
      expect(createTokenEncoder(sent).countText(text)).toBe(tokens);
      const { memory, region } = lent.vocabulary;
      if (memory === undefined) throw new Error('This platform has none');
      new Uint8Array(memory.buffer, region, regionBytes).fill(0x61);
      lent.giveBack();
      return region;
    });
    expect(new Set(regions).size).toBe(1);
    const [one, other] = [lendVocabulary(vocabulary), lendVocabulary(vocabulary)];
    expect(one.vocabulary.region).not.toBe(other.vocabulary.region);
  });

  it('leaves a piece to TypeScript that is longer than its memory', async () => {
    const vocabulary = await loadVocabulary('o200k_base');
    // Hardly any two of these are merged, which takes seconds with letters.
    const piece = Buffer.alloc(1_060_000, '\x11\x0e\x12\x0f');
    const text = 'hello world\n'.repeat(40_000);
    const byTypeScript = createTokenEncoder(vocabulary, operations);
    const counter = createTokenEncoder(vocabulary);
    expect(counter.countBytes(piece)).toBe(byTypeScript.countBytes(piece));
    expect(counter.countText(text)).toBe(byTypeScript.countText(text));
    // And goes on with what is shorter.
    expect(counter.countText('hello world')).toBe(2);
  });

  it('is done without where WebAssembly is missing, has no memory left, or none that can be sent', async () => {
    const text = "const a = 'naïve 漢字';\n".repeat(100);
    const expected = createTokenEncoder(await loadVocabulary('cl100k_base')).countText(text);
    const refusing = {
      ...WebAssembly,
      Memory: class {
        constructor() {
          throw new RangeError('no memory');
        }
      },
    };
    const notSending = () => {
      throw new TypeError('it could not be cloned');
    };
    const changes = [{ WebAssembly: undefined }, { WebAssembly: refusing }, { structuredClone: notSending }]; // prettier-ignore
    for (const change of changes) {
      for (const [name, replaced] of Object.entries(change)) vi.stubGlobal(name, replaced);
      const vocabulary = await freshVocabulary('cl100k_base');
      expect(countKernelOf(vocabulary)).toBeUndefined();
      expect(createTokenEncoder(vocabulary).countText(text)).toBe(expected);
      vi.unstubAllGlobals();
    }
  });
});

describe('memory that threads share', () => {
  it('is given on lines of its own, up to its limit', () => {
    const memory = newSharedMemory();
    if (memory === undefined) throw new Error('This platform has none');
    const addresses = [1, 64, 65, 200_000].map((numBytes) => takeBytes(memory, numBytes));
    expect(addresses).toEqual([64, 128, 192, 320]);
    expect(memory.buffer.byteLength).toBeGreaterThanOrEqual(200_320);
    expect(takeBytes(memory, 2 ** 28)).toBeUndefined();
    expect(takeBytes(memory, 64)).toBe(320 + 200_000);
  });
});
