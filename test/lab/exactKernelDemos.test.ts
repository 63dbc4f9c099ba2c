import { describe, expect, it } from 'vitest';
import {
  causal,
  createQuantizedCache,
  maxAbsDifference,
  naiveAttentionTraffic,
  referenceAttention,
  ringAttention,
  tiledAttention,
} from '../../src/engine/index.ts';
import { flashAttentionDemo } from '../../src/lab/demos/flashAttention.ts';
import { kvQuantizationDemo, quantizedHeadBytes } from '../../src/lab/demos/kvQuantization.ts';
import { plannedRounds, ringAttentionDemo } from '../../src/lab/demos/ringAttention.ts';
import { embedHeads } from '../../src/lab/embed.ts';
import { expectWholeDemo, numberOf, sampleTokens } from './wellFormed.ts';

describe('the demos of flash attention, ring attention and quantised caches', () => {
  it.each([flashAttentionDemo, ringAttentionDemo, kvQuantizationDemo])(
    '$id is well-formed at 1, 2, 256 and its most tokens',
    (demo) => {
      expectWholeDemo(demo, [1, 2, 256, demo.maxTokens]);
    },
  );
});

const tokens = sampleTokens(75);

describe('flash attention', () => {
  it('shows the engine’s difference from dense and its traffic, summed tile by tile', () => {
    const { q, k, v, shape } = embedHeads(tokens, {
      numHeads: 1,
      headDim: 16,
      seed: 1,
      scoreDeviation: 2,
    });
    const options = { mask: causal, tileQueries: 16, tileKeys: 16 };
    const tiled = tiledAttention(q, k, v, shape, options);
    const dense = referenceAttention(q, k, v, shape, { mask: causal });
    const run = flashAttentionDemo.run({ tokens, values: {} });
    expect(run.numFrames).toBe(25);
    const difference = numberOf(run, 'maxDifference');
    expect(difference).toBe(maxAbsDifference(tiled.output, dense.output));
    expect(difference).toBeLessThan(1e-5);
    const last = run.numFrames - 1;
    const moved = tiled.work.slowBytesRead + tiled.work.slowBytesWritten;
    expect(numberOf(run, 'slowBytes', last)).toBe(moved);
    expect(numberOf(run, 'totalBytes')).toBe(moved);
    expect(numberOf(run, 'cellsComputed', last)).toBe(tiled.work.cellsComputed);
    const naive = naiveAttentionTraffic(shape, 4);
    expect(numberOf(run, 'naiveBytes')).toBe(naive.slowBytesRead + naive.slowBytesWritten);
  });
});

describe('ring attention', () => {
  it.each(['contiguous', 'zigzag'] as const)(
    'in the %s layout shows the engine’s difference and plans the rounds that the engine runs',
    (layout) => {
      const { q, k, v, shape } = embedHeads(tokens, { numHeads: 1, headDim: 16, seed: 1 });
      const ring = ringAttention(q, k, v, shape, { mask: causal, numRanks: 4, layout });
      const dense = referenceAttention(q, k, v, shape, { mask: causal });
      const run = ringAttentionDemo.run({ tokens, values: { layout } });
      const difference = numberOf(run, 'maxDifference');
      expect(difference).toBe(maxAbsDifference(ring.output, dense.output));
      expect(difference).toBeLessThan(1e-5);
      const heads = { numHeads: 1, numKvHeads: 1, headDim: 16, bytesPerElement: 4 };
      expect(plannedRounds(tokens.length, 4, layout, heads)).toEqual(ring.rounds);
    },
  );

  it('is even in zig-zag and not in contiguous', () => {
    const balance = (layout: string) =>
      numberOf(ringAttentionDemo.run({ tokens: sampleTokens(256), values: { layout } }), 'balance');
    expect(balance('zigzag')).toBeCloseTo(1, 6);
    expect(balance('contiguous')).toBeLessThan(0.6);
  });
});

describe('a quantised cache', () => {
  it('shows the engine’s bytes and difference, in every format and axis', () => {
    const { q, k, v, shape } = embedHeads(tokens, { numHeads: 1, headDim: 128, seed: 1 });
    const exact = referenceAttention(q, k, v, shape, { mask: causal }).output;
    for (const format of ['int8', 'int4', 'fp8'] as const) {
      for (const keyAxis of ['token', 'group', 'channel'] as const) {
        const options = {
          format,
          keyAxis,
          groupSize: 32,
          blockTokens: keyAxis === 'channel' && format !== 'fp8' ? 32 : 1,
          residualTokens: 10,
          bytesPerElement: 2,
        };
        const cache = createQuantizedCache({ numKvHeads: 1, headDim: 128 }, options);
        cache.append(k, v);
        const kept = cache.read();
        const rounded = referenceAttention(q, kept.k, kept.v, shape, { mask: causal }).output;
        const values = { format, keyAxis, residualTokens: 10 };
        const run = kvQuantizationDemo.run({ tokens, values });
        // The demo attends in float32, the definition sums in float64.
        expect(numberOf(run, 'maxDifference')).toBeCloseTo(maxAbsDifference(exact, rounded), 5);
        expect(numberOf(run, 'cacheBytes')).toBe(cache.usedBytes);
        expect(quantizedHeadBytes(tokens.length, options)).toBe(cache.usedBytes);
      }
    }
  });

  it('is exact while all tokens stay in full, and closer in 8 bits than in 4', () => {
    const error = (values: Record<string, string | number>) =>
      numberOf(kvQuantizationDemo.run({ tokens, values }), 'maxDifference');
    expect(error({ residualTokens: 256 })).toBe(0);
    expect(error({ format: 'int8' })).toBeLessThan(error({ format: 'int4' }));
  });

  it('with an outlier channel keeps the keys of the others closer with a scale per channel', () => {
    const values = { format: 'int4', outlier: 32, residualTokens: 0 };
    const error = (keyAxis: string) =>
      numberOf(
        kvQuantizationDemo.run({ tokens: sampleTokens(64), values: { ...values, keyAxis } }),
        'maxDifference',
      );
    expect(error('channel')).toBeLessThan(error('token'));
  });
});
