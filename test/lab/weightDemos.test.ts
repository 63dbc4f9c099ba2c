import { describe, expect, it } from 'vitest';
import {
  alibiBias,
  causal,
  layerCacheBytes,
  maxAbsDifference,
  referenceAttention,
  sparseAttention,
} from '../../src/engine/index.ts';
import { alibiDemo, alikeWeights } from '../../src/lab/demos/alibi.ts';
import { causalMaskingDemo } from '../../src/lab/demos/causalMasking.ts';
import { denseAttentionDemo, pooledHeads } from '../../src/lab/demos/denseAttention.ts';
import { dynamicSparsityDemo } from '../../src/lab/demos/dynamicSparsity.ts';
import { embedHeads } from '../../src/lab/embed.ts';
import { expectWholeDemo, numberOf, sampleTokens } from './wellFormed.ts';

const weightDemos = [causalMaskingDemo, denseAttentionDemo, alibiDemo, dynamicSparsityDemo];

describe('the demos of attention weights', () => {
  it.each(weightDemos)('$id is well-formed at 1, 256 and 8,192 tokens', (demo) => {
    expectWholeDemo(demo, [1, 2, 256, 8192]);
  });

  it.each([causalMaskingDemo, denseAttentionDemo, dynamicSparsityDemo])(
    '$id draws rows of weights that sum to 1',
    (demo) => {
      for (const tokens of [40, 600]) {
        const picture = demo.run({ tokens: sampleTokens(tokens), values: {} }).frame(0).pictures[0];
        if (picture.kind !== 'matrix') throw new Error('expected a matrix');
        for (let row = 0; row < picture.numRows; row++) {
          const start = row * picture.numColumns;
          const weights = picture.values.subarray(start, start + picture.numColumns);
          expect(weights.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 5);
        }
      }
    },
  );
});

describe('causal masking', () => {
  const tokens = sampleTokens(50);
  const leaks = (values: Record<string, number | boolean>) =>
    numberOf(causalMaskingDemo.run({ tokens, values }), 'leaked');

  it('lets no earlier position notice a change, and every one without the mask', () => {
    for (const changedPercent of [0, 40, 100]) {
      expect(leaks({ isMasked: true, changedPercent })).toBe(0);
      const changedIdx = Math.round((49 * changedPercent) / 100);
      expect(leaks({ isMasked: false, changedPercent })).toBe(changedIdx);
    }
  });

  it('leaves row 0 all its weight on itself', () => {
    expect(numberOf(causalMaskingDemo.run({ tokens, values: {} }), 'firstWeight')).toBe(1);
    const open = causalMaskingDemo.run({ tokens, values: { isMasked: false } });
    expect(numberOf(open, 'firstWeight')).toBeLessThan(1);
  });
});

describe('dense attention', () => {
  it('has the cache that the engine counts, and differs as its reference does', () => {
    const tokens = sampleTokens(60);
    const all = embedHeads(tokens, { numHeads: 8, headDim: 16, seed: 1, scoreDeviation: 2 });
    const full = referenceAttention(all.q, all.k, all.v, all.shape, { mask: causal }).output;
    for (const numKvHeads of [8, 4, 2, 1]) {
      const values = { numKvHeads: String(numKvHeads) };
      const run = denseAttentionDemo.run({ tokens, values });
      const layer = { kind: 'full', numKvHeads, headDim: 16 } as const;
      expect(numberOf(run, 'cacheBytes')).toBe(layerCacheBytes(layer, 60));
      const { q, k, v, shape } = pooledHeads(all, numKvHeads);
      const shared = referenceAttention(q, k, v, shape, { mask: causal }).output;
      expect(numberOf(run, 'difference')).toBeCloseTo(maxAbsDifference(shared, full), 5);
    }
  });
});

describe('ALiBi', () => {
  it('keeps the weight near, as the sum of e^(−slope × distance) says', () => {
    const run = alibiDemo.run({ tokens: sampleTokens(20), values: {} });
    // A geometric series for each slope 2^-1 .. 2^-8: (1 - e^(-m 1024)) / (1 - e^(-m 4096)).
    const within = [1, 2, 3, 4, 5, 6, 7, 8].map((power) => {
      const slope = 2 ** -power;
      return (1 - Math.exp(-slope * 1024)) / (1 - Math.exp(-slope * 4096));
    });
    const mean = within.reduce((sum, one) => sum + one, 0) / 8;
    expect(numberOf(run, 'meanWithin')).toBeCloseTo(mean, 10);
    expect(numberOf(run, 'leastWithin')).toBeCloseTo(within[7], 10);
    const plain = alibiDemo.run({ tokens: sampleTokens(20), values: { hasBias: false } });
    expect(numberOf(plain, 'meanWithin')).toBeCloseTo(0.25, 10);
  });

  it('weighs as the engine’s attention with its bias', () => {
    const shape = { numHeads: 3, numKvHeads: 1, queryTokens: 9, keyTokens: 9, headDim: 1 };
    const { weights = new Float64Array(0) } = referenceAttention(
      new Float64Array(27),
      new Float64Array(9),
      new Float64Array(9),
      shape,
      { mask: causal, scoreBias: alibiBias(3), keepWeights: true },
    );
    for (let head = 0; head < 3; head++) {
      const row = weights.slice((head * 9 + 8) * 9, (head * 9 + 9) * 9);
      expect(alikeWeights(3, 9, true).slice(head * 9, head * 9 + 9)).toEqual(row);
    }
  });

  it('names the head that is not there', () => {
    const values = { numHeads: 2, headIdx: 4 };
    expect(() => alibiDemo.run({ tokens: ['a'], values })).toThrow(
      'Head shown (headIdx) must be below the 2 heads, got 4',
    );
  });
});

describe('dynamic sparsity', () => {
  it('keeps as many keys as the engine does over the whole text', () => {
    const tokens = sampleTokens(80);
    const { q, k, v, shape } = embedHeads(tokens, {
      numHeads: 1,
      headDim: 16,
      seed: 1,
      scoreDeviation: 3,
    });
    for (const [values, rule] of [
      [{ massPercent: 90 }, { keepMass: 0.9 }],
      [{ rule: 'topK', topK: 5 }, { topK: 5 }],
    ] as const) {
      const whole = sparseAttention(q, k, v, shape, rule, { mask: causal });
      const mean = whole.keptKeys.reduce((sum, one) => sum + one, 0) / 80;
      const run = dynamicSparsityDemo.run({ tokens, values });
      expect(numberOf(run, 'meanKept')).toBeCloseTo(mean, 12);
    }
  });

  it('needs 95 % of the keys when all weigh the same, and few when scores differ', () => {
    const tokens = sampleTokens(200);
    const kept = (scoreDeviation: number) =>
      numberOf(dynamicSparsityDemo.run({ tokens, values: { scoreDeviation } }), 'keptShare');
    expect(kept(0)).toBeGreaterThan(0.94);
    expect(kept(4)).toBeLessThan(0.4);
  });
});
