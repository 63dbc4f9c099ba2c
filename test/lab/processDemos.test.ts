import { describe, expect, it } from 'vitest';
import {
  causal,
  chunkedPrefill,
  compareOccupancy,
  createContiguousCache,
  maxAbsDifference,
  receptiveField,
  referenceAttention,
  segmentMask,
  transformerXlSegments,
} from '../../src/engine/index.ts';
import { chunkedPrefillDemo, interleavedSteps } from '../../src/lab/demos/chunkedPrefill.ts';
import { pagedCacheDemo, runPool } from '../../src/lab/demos/pagedCache.ts';
import { seededLayers, transformerXlDemo } from '../../src/lab/demos/transformerXl.ts';
import { embedHeads, tokenVectors } from '../../src/lab/embed.ts';
import { expectWholeDemo, numberOf, sampleTokens } from './wellFormed.ts';

describe('the demos of chunked prefill, paged caches and Transformer-XL', () => {
  it.each([chunkedPrefillDemo, pagedCacheDemo, transformerXlDemo])(
    '$id is well-formed at 1, 2, 100 and its most tokens',
    (demo) => {
      expectWholeDemo(demo, [1, 2, 100, demo.maxTokens]);
    },
  );
});

const tokens = sampleTokens(70);

describe('chunked prefill', () => {
  it('shows the engine’s difference from one shot, and the cells of one shot', () => {
    const heads = { numHeads: 1, headDim: 16, seed: 1, scoreDeviation: 2 };
    const { q, k, v, shape } = embedHeads(tokens, heads);
    const cache = createContiguousCache({ numKvHeads: 1, headDim: 16 });
    const chunked = chunkedPrefill(cache, q, k, v, shape, { chunkTokens: 16 }).output;
    const whole = referenceAttention(q, k, v, shape, { mask: causal }).output;
    const run = chunkedPrefillDemo.run({ tokens, values: {} });
    expect(run.numFrames).toBe(5);
    expect(numberOf(run, 'maxDifference')).toBe(maxAbsDifference(chunked, whole));
    expect(numberOf(run, 'maxDifference')).toBeLessThan(1e-5);
    expect(numberOf(run, 'cells')).toBe((70 * 71) / 2);
    const parts = [0, 1, 2, 3, 4].map((idx) => numberOf(run, 'chunkCells', idx));
    expect(parts.reduce((sum, one) => sum + one, 0)).toBe((70 * 71) / 2);
    expect(numberOf(run, 'peakBytes')).toBe(16 * 64 * 2);
  });

  it('gives every decoding request one token in every step that has a chunk', () => {
    const steps = interleavedSteps(70, 16, 3);
    for (const { work } of steps.slice(0, 5)) {
      expect(work.filter(({ phase }) => phase === 'decode').map((one) => one.tokens)).toEqual([
        1, 1, 1,
      ]);
      expect(work.filter(({ phase }) => phase === 'prefill')).toHaveLength(1);
    }
    const prompt = steps.flatMap(({ work }) => work.filter(({ phase }) => phase === 'prefill'));
    expect(prompt.map((one) => one.tokens)).toEqual([16, 16, 16, 16, 6]);
  });

  it('takes longer the smaller the chunks, for a real model', () => {
    const seconds = (chunkTokens: number) =>
      numberOf(
        chunkedPrefillDemo.run({ tokens, values: { chunkTokens }, setTokens: 20_000 }),
        'modelSeconds',
      );
    expect(seconds(32)).toBeGreaterThan(2 * seconds(512));
  });
});

describe('the paged cache', () => {
  it('shows what the engine’s pool wastes, and less than a block for each sequence', () => {
    for (const sharedPercent of [0, 45, 100]) {
      const values = { sharedPercent, blockTokens: 8, numSequences: 5, seed: 4 };
      const { sequences, pool } = runPool({ tokens, values }, tokens);
      const run = pagedCacheDemo.run({ tokens, values });
      const last = run.numFrames - 1;
      const blocks = new Set(sequences.flatMap(({ blockTable }) => blockTable));
      expect(numberOf(run, 'usedBlocks', last)).toBe(blocks.size);
      expect(numberOf(run, 'usedBlocks', last)).toBe(pool.numBlocks - pool.freeBlocks);
      const lastBlocks = new Map(
        sequences.map((one) => [one.blockTable.at(-1), one.wastedSlots] as const),
      );
      const wasted = [...lastBlocks.values()].reduce((sum, one) => sum + one, 0);
      expect(numberOf(run, 'wastedSlots', last)).toBe(wasted);
      expect(wasted).toBeLessThan(5 * 8);
      const lengths = sequences.map((one) => one.tokens);
      expect(numberOf(run, 'pagedShare', last)).toBe(
        compareOccupancy(lengths, 1024, 8).paged.usedShare,
      );
    }
  });

  it('copies a shared block that is not full, and none that is', () => {
    const copies = (count: number) => {
      const values = { blockTokens: 16, numSequences: 3, sharedPercent: 50 };
      const run = pagedCacheDemo.run({ tokens: sampleTokens(count), values });
      return numberOf(run, 'copies', run.numFrames - 1);
    };
    // Half of 40 is 20, within a block; half of 64 is 32, two full blocks. The last to write keeps the original.
    expect(copies(40)).toBe(2);
    expect(copies(64)).toBe(0);
  });
});

describe('Transformer-XL', () => {
  it('reaches what the engine’s receptive field reaches, more with every layer', () => {
    const run = transformerXlDemo.run({ tokens, values: { numLayers: 4 } });
    expect(run.numFrames).toBe(4);
    const reach = [0, 1, 2, 3].map((idx) => numberOf(run, 'reach', idx));
    reach.forEach((one, idx) => {
      const masks = Array.from({ length: idx + 1 }, () => segmentMask(8, 8));
      const last = receptiveField(masks, 70).subarray(69 * 70);
      expect(one).toBe(last.reduce((sum, cell) => sum + cell, 0));
    });
    expect(reach).toEqual([14, 22, 30, 38]);
    expect(numberOf(run, 'reachWithout')).toBe(6);
  });

  it('shows what a boundary hides, and nothing is hidden with memory for the whole text', () => {
    const x = tokenVectors(tokens, 8, 1);
    const sizes = { numHeads: 1, headDim: 8, tokens: 70 };
    const output = (segmentTokens: number, memoryTokens: number) =>
      transformerXlSegments(x, seededLayers(3, 1), { ...sizes, segmentTokens, memoryTokens });
    const run = transformerXlDemo.run({ tokens, values: {} });
    expect(numberOf(run, 'hiddenWithout')).toBe(maxAbsDifference(output(8, 0), output(70, 0)));
    expect(numberOf(run, 'hidden')).toBe(maxAbsDifference(output(8, 8), output(70, 0)));
    const all = transformerXlDemo.run({ tokens, values: { memoryTokens: 128 } });
    expect(numberOf(all, 'hidden')).toBeLessThan(1e-5);
    expect(numberOf(run, 'hiddenWithout')).toBeGreaterThan(0.01);
  });

  it('marks in the editor the own segment and the memory', () => {
    const seen = transformerXlDemo.visibility?.({ tokens, values: {} }, 20) ?? [];
    expect(seen.slice(7, 22)).toEqual([
      'nothing',
      ...Array<string>(8).fill('window'),
      ...Array<string>(4).fill('chunk'),
      'self',
      'nothing',
    ]);
  });
});
