import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileKernel, generatedFile, moduleOf } from '../../scripts/build-simd.mjs';
import {
  causal,
  createRandom,
  maxAbsDifference,
  normalFloat32,
  simdAttention,
  slidingWindow,
  tiledAttention,
  type AttentionShape,
} from '../../src/engine/index.ts';
import { arbitraryHeads } from './attentionCases.ts';

function randomFloat32(shape: AttentionShape, seed: number) {
  const { numHeads, numKvHeads, queryTokens, keyTokens, headDim } = shape;
  const random = createRandom(seed);
  return {
    q: normalFloat32(random, numHeads * queryTokens * headDim),
    k: normalFloat32(random, numKvHeads * keyTokens * headDim),
    v: normalFloat32(random, numKvHeads * keyTokens * headDim),
  };
}

describe('the SIMD kernel', () => {
  it('is what its source compiles to', async () => {
    expect(await readFile(generatedFile, 'utf8')).toBe(moduleOf(await compileKernel()));
  });

  it('equals the TypeScript kernel within float32 rounding: causal, windowed, full, any heads and lengths', () => {
    let largest = 0;
    fc.assert(
      fc.property(
        arbitraryHeads,
        fc.integer({ min: 0, max: 90 }),
        fc.integer({ min: 0, max: 90 }),
        fc.nat(40),
        fc.constantFrom('causal', 'window', 'full'),
        fc.integer({ min: 1, max: 80 }),
        fc.nat(1000),
        (heads, queryTokens, keyTokens, firstQueryIdx, kind, window, seed) => {
          const shape = { ...heads, valueDim: heads.headDim, queryTokens, keyTokens };
          const { q, k, v } = randomFloat32(shape, seed);
          const mask =
            kind === 'causal' ? causal : kind === 'window' ? slidingWindow(window) : undefined;
          const expected = tiledAttention(q, k, v, shape, { mask, firstQueryIdx });
          const actual = simdAttention(q, k, v, shape, {
            firstQueryIdx,
            causal: kind !== 'full',
            ...(kind === 'window' ? { window } : {}),
          });
          expect(actual.kernel).toBe('simd');
          largest = Math.max(
            largest,
            maxAbsDifference(actual.output, expected.output),
            maxAbsDifference(actual.logSumExp, expected.logSumExp),
          );
          expect(largest).toBeLessThan(5e-6);
        },
      ),
      { numRuns: 150 },
    );
    console.log(
      `SIMD kernel: largest difference from the TypeScript kernel ${largest.toExponential(1)}`,
    );
  });

  it('hands numbers to the TypeScript kernel whose sums float32 can not hold', () => {
    const shape = { numHeads: 1, numKvHeads: 1, queryTokens: 3, keyTokens: 3, headDim: 8 };
    const { q, k, v } = randomFloat32(shape, 1);
    const times = (array: Float32Array, factor: number) => array.map((value) => value * factor);
    for (const [largeQ, largeK, largeV] of [
      [times(q, 1e20), times(k, 1e20), v],
      [q, k, times(v, 1e38)],
    ]) {
      const actual = simdAttention(largeQ, largeK, largeV, shape);
      const expected = tiledAttention(largeQ, largeK, largeV, shape, { mask: causal });
      expect(actual.kernel).toBe('typescript');
      expect(actual.output).toEqual(expected.output);
      expect(actual.output.every(Number.isFinite)).toBe(true);
    }
  });

  it('hands NaN, infinity and float64 to the TypeScript kernel', () => {
    const shape = { numHeads: 1, numKvHeads: 1, queryTokens: 3, keyTokens: 3, headDim: 8 };
    const { q, k, v } = randomFloat32(shape, 1);
    expect(
      simdAttention(Float64Array.from(q), Float64Array.from(k), Float64Array.from(v), shape).kernel,
    ).toBe('typescript');
    k[8] = NaN;
    const result = simdAttention(q, k, v, shape);
    expect(result.kernel).toBe('typescript');
    expect(result.output.slice(0, 8).every(Number.isFinite)).toBe(true);
    expect(result.output.slice(8).every(Number.isNaN)).toBe(true);
  });

  it('names a window without causal attention', () => {
    const shape = { numHeads: 1, numKvHeads: 1, queryTokens: 1, keyTokens: 1, headDim: 8 };
    const { q, k, v } = randomFloat32(shape, 1);
    expect(() => simdAttention(q, k, v, shape, { causal: false, window: 4 })).toThrow(
      'window 4 needs causal',
    );
  });
});
