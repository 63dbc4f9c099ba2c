import { describe, expect, it } from 'vitest';
import { mixingCost, wallVariants } from '../../src/engine/index.ts';
import { quadraticWallDemo } from '../../src/lab/demos/quadraticWall.ts';
import { expectWellFormedDemo, expectWellFormedRun, numberOf, sampleTokens } from './wellFormed.ts';

const llama = { numLayers: 32, numHeads: 32, numKvHeads: 8, headDim: 128, windowTokens: 4096 };

describe('the quadratic wall', () => {
  it('is well-formed at 1, 256 and its most tokens, in every quantity and scope', () => {
    expectWellFormedDemo(quadraticWallDemo);
    for (const quantity of ['workingBytes', 'cacheBytes', 'flops']) {
      for (const scope of ['perHead', 'wholeModel']) {
        for (const tokens of [1, 256, quadraticWallDemo.maxTokens]) {
          expectWellFormedRun(quadraticWallDemo, sampleTokens(tokens), { quantity, scope });
        }
      }
    }
    expect(() => quadraticWallDemo.run({ tokens: [], values: {} })).toThrow('at least one token');
  });

  it('shows the engine’s cost of every variant at the user’s own count', () => {
    for (const quantity of ['workingBytes', 'cacheBytes', 'flops'] as const) {
      for (const scope of ['perHead', 'wholeModel'] as const) {
        const values = { quantity, scope };
        const run = quadraticWallDemo.run({ tokens: ['a'], values, setTokens: 100_000 });
        for (const variant of wallVariants) {
          const cost = mixingCost(variant, llama, 100_000)[scope];
          expect(numberOf(run, variant)).toBe(cost[quantity]);
        }
        // 1e10 cells of 2 bytes: 20 GB a head.
        expect(numberOf(run, 'standardMatrixBytes')).toBe(2e10);
      }
    }
  });

  it('is quadratic in the standard matrix, linear in the flash one, and level in the states', () => {
    const at = (variant: string, setTokens: number) =>
      numberOf(quadraticWallDemo.run({ tokens: ['a'], values: {}, setTokens }), variant);
    expect(at('standard', 32_768) / at('standard', 16_384)).toBe(4);
    expect(at('flash', 32_768) / at('flash', 16_384)).toBe(2);
    expect(at('mamba', 32_768)).toBe(at('mamba', 16_384));
    expect(at('linear', 32_768)).toBe(at('linear', 16_384));
  });
});
