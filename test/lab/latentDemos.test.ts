import { describe, expect, it } from 'vitest';
import {
  linearAttentionParallel,
  linearAttentionRecurrent,
  linformerAttention,
  maxAbsDifference,
  mlaAttention,
  mlaCacheNumbersPerToken,
  referenceAttention,
} from '../../src/engine/index.ts';
import { linearAttentionDemo, linearWeights } from '../../src/lab/demos/linearAttention.ts';
import { linformerDemo, project, relativeError } from '../../src/lab/demos/linformer.ts';
import { mlaDemo, mlaInputs } from '../../src/lab/demos/mla.ts';
import { embedHeads } from '../../src/lab/embed.ts';
import { expectWholeDemo, numberOf, sampleTokens } from './wellFormed.ts';

describe('the demos of latents, low rank and linear attention', () => {
  it.each([mlaDemo, linformerDemo, linearAttentionDemo])(
    '$id is well-formed at 1, 2, 256 and its most tokens',
    (demo) => {
      expectWholeDemo(demo, [1, 2, 256, demo.maxTokens]);
    },
  );
});

const tokens = sampleTokens(60);

describe('MLA', () => {
  it('shows the engine’s difference between the forms, and a cache of one latent and key a token', () => {
    const values = { numHeads: 5, kvLoraRank: 12, qkRopeHeadDim: 6, seed: 3 };
    const { x, shape, weights, rotation } = mlaInputs({ tokens, values }, tokens);
    const output = (form: 'expanded' | 'absorbed') =>
      mlaAttention(x, tokens.length, shape, weights, { ...rotation, form }).output;
    const run = mlaDemo.run({ tokens, values });
    const difference = numberOf(run, 'maxDifference');
    expect(difference).toBe(maxAbsDifference(output('expanded'), output('absorbed')));
    expect(difference).toBeLessThan(1e-4);
    expect(numberOf(run, 'cacheBytes')).toBe(tokens.length * mlaCacheNumbersPerToken(shape) * 2);
    expect(numberOf(run, 'cacheBytes')).toBe(60 * 18 * 2);
  });

  it('keeps the same cache for any number of heads', () => {
    const bytes = (numHeads: number) =>
      numberOf(mlaDemo.run({ tokens, values: { numHeads } }), 'cacheBytes');
    expect(bytes(16)).toBe(bytes(1));
  });

  it('costs DeepSeek V3 576 numbers a token and layer, a 57th of its heads of 128 as MHA', () => {
    const run = mlaDemo.run({ tokens, values: {}, setTokens: 1000 });
    expect(numberOf(run, 'modelBytes')).toBe(61 * 1000 * 576 * 2);
    expect(numberOf(run, 'modelMultiHeadBytes')).toBe(61 * 1000 * 2 * 128 * 128 * 2);
  });
});

describe('Linformer', () => {
  it('shows the engine’s error, 0 when nothing is mixed', () => {
    const heads = { numHeads: 1, headDim: 16, seed: 1, scoreDeviation: 2 };
    const { q, k, v, shape } = embedHeads(tokens, heads);
    const exact = referenceAttention(q, k, v, shape).output;
    for (const projection of ['pooling', 'random'] as const) {
      const run = linformerDemo.run({ tokens, values: { rank: 8, projection } });
      const mixed = linformerAttention(q, k, v, project(projection, 60, 8, 1), {
        numHeads: 1,
        tokens: 60,
        headDim: 16,
        rank: 8,
      });
      expect(numberOf(run, 'error')).toBe(relativeError(mixed, exact));
      expect(numberOf(run, 'cells')).toBe(60 * 8);
    }
    expect(numberOf(linformerDemo.run({ tokens, values: { rank: 60 } }), 'error')).toBeLessThan(
      1e-6,
    );
  });

  it('takes no more rows than tokens, and says so', () => {
    const run = linformerDemo.run({ tokens: tokens.slice(0, 3), values: { rank: 256 } });
    expect(numberOf(run, 'rank')).toBe(3);
  });
});

describe('linear attention', () => {
  it('keeps one state size, and shows how far the engine’s forms are apart', () => {
    const heads = { numHeads: 1, headDim: 8, seed: 1, scoreDeviation: 2 };
    const { q, k, v } = embedHeads(tokens, heads);
    const shape = { numHeads: 1, tokens: 60, headDim: 8 };
    const parallel = linearAttentionParallel(q, k, v, shape);
    const recurrent = linearAttentionRecurrent(q, k, v, shape).output;
    const run = linearAttentionDemo.run({ tokens, values: { chunkTokens: 1 } });
    expect(run.numFrames).toBe(60);
    expect(numberOf(run, 'maxDifference')).toBe(maxAbsDifference(recurrent, parallel));
    expect(numberOf(run, 'maxDifference')).toBeLessThan(1e-5);
    expect(numberOf(run, 'stateBytes', 0)).toBe(8 * 9 * 4);
    expect(numberOf(run, 'stateBytes', 59)).toBe(8 * 9 * 4);
    expect(numberOf(run, 'cacheBytes', 59)).toBe(60 * 2 * 8 * 2);
  });

  it('draws weights that sum to 1 and give the engine’s output', () => {
    const { q, k, v } = embedHeads(tokens, { numHeads: 1, headDim: 8, seed: 2 });
    const output = linearAttentionParallel(q, k, v, { numHeads: 1, tokens: 60, headDim: 8 });
    const weights = linearWeights(q, k, 8, 41);
    expect(weights.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
    for (let dim = 0; dim < 8; dim++) {
      const sum = weights.reduce((all, weight, idx) => all + weight * v[idx * 8 + dim], 0);
      expect(sum).toBeCloseTo(output[41 * 8 + dim], 5);
    }
  });
});
