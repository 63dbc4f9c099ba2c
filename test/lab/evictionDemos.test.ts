import { describe, expect, it } from 'vitest';
import {
  averageSpans,
  causal,
  heavyHitterAttention,
  hierarchicalMasks,
  maxAbsDifference,
  receptiveField,
  referenceAttention,
  sinksAndWindow,
  slidingWindow,
  streamingLlmAttention,
} from '../../src/engine/index.ts';
import { attentionSinksDemo, sinkConstruction } from '../../src/lab/demos/attentionSinks.ts';
import {
  decodeUnderBudget,
  heavyHitterEvictionDemo,
} from '../../src/lab/demos/heavyHitterEviction.ts';
import { hierarchicalAttentionDemo } from '../../src/lab/demos/hierarchicalAttention.ts';
import { embedHeads } from '../../src/lab/embed.ts';
import { expectWholeDemo, numberOf, sampleTokens } from './wellFormed.ts';

describe('the demos of sinks, eviction and hierarchy', () => {
  it.each([attentionSinksDemo, heavyHitterEvictionDemo, hierarchicalAttentionDemo])(
    '$id is well-formed at 1, 256 and its most tokens',
    (demo) => {
      expectWholeDemo(demo, [1, 2, 256, demo.maxTokens]);
    },
  );
});

describe('attention sinks', () => {
  const tokens = sampleTokens(60);
  const shape = {
    numHeads: 1,
    numKvHeads: 1,
    queryTokens: 60,
    keyTokens: 60,
    headDim: 2,
    valueDim: 4,
  };

  it('differ from the full cache as StreamingLLM in the engine does, step by step', () => {
    for (const numSinks of [0, 1, 4]) {
      const plan = { hasSinkLogit: false, numSinks, windowTokens: 12, sinkScore: 8 };
      const { values, scores } = sinkConstruction(tokens, plan);
      const q = new Float32Array(120).fill(1);
      const k = Float32Array.from({ length: 120 }, (_, idx) => scores[idx >> 1] / Math.SQRT2);
      // No rotation: the construction is about weight, not about positions.
      const frequencies = { inverseFrequencies: new Float64Array(0), attentionFactor: 1 };
      const { output } = streamingLlmAttention(q, k, values, shape, {
        numSinks,
        windowTokens: 12,
        frequencies,
        pairing: 'halves',
      });
      const full = referenceAttention(q, k, values, shape, { mask: causal }).output;
      const run = attentionSinksDemo.run({ tokens, values: { numSinks, windowTokens: 12 } });
      for (const idx of [0, 5, 11, 12, 13, 40, 59]) {
        const difference = maxAbsDifference(
          output.slice(idx * 4, idx * 4 + 4),
          full.slice(idx * 4, idx * 4 + 4),
        );
        expect(numberOf(run, 'error', idx)).toBeCloseTo(difference, 5);
      }
    }
  });

  it('break when the first token is evicted, hold when it is kept, need none with a sink logit', () => {
    const at = (values: Record<string, string | number>, frame: number, id = 'error') =>
      numberOf(
        attentionSinksDemo.run({ tokens, values: { windowTokens: 8, sinkScore: 10, ...values } }),
        id,
        frame,
      );
    expect(at({ numSinks: 0 }, 7)).toBe(0);
    expect(at({ numSinks: 0 }, 8)).toBeGreaterThan(0.1);
    expect(at({ numSinks: 0 }, 8, 'onSink')).toBe(0);
    expect(at({ numSinks: 1 }, 59)).toBeLessThan(0.01);
    expect(at({ scheme: 'sinkLogit', numSinks: 0 }, 59)).toBeLessThan(0.01);
    expect(at({ scheme: 'sinkLogit', numSinks: 0 }, 59, 'onSink')).toBeGreaterThan(0.99);
  });

  it('see what the engine’s mask of sinks and window lets through', () => {
    const mask = sinksAndWindow(3, 8);
    const values = { numSinks: 3, windowTokens: 8 };
    for (const queryIdx of [0, 2, 9, 30]) {
      const marks = attentionSinksDemo.visibility?.({ tokens, values }, queryIdx) ?? [];
      marks.forEach((mark, idx) => {
        expect(mark !== 'nothing' && mark !== 'evicted').toBe(mask(queryIdx, idx));
      });
    }
  });
});

describe('heavy-hitter eviction', () => {
  const tokens = sampleTokens(70);
  const heads = embedHeads(tokens, { numHeads: 1, headDim: 16, seed: 1, scoreDeviation: 2.5 });

  it('keeps the survivors and gives the output of the engine’s run', () => {
    const options = { budgetTokens: 16, recentTokens: 6 };
    const engine = heavyHitterAttention(heads.q, heads.k, heads.v, heads.shape, options);
    const { evictedAfter, output } = decodeUnderBudget(heads, 16, 6);
    expect(output).toEqual(engine.output);
    const left = tokens.flatMap((_, idx) => (evictedAfter[idx] === Infinity ? [idx] : []));
    expect(left).toEqual(engine.survivors.map((one) => one.position));
    const run = heavyHitterEvictionDemo.run({ tokens, values: options });
    expect(numberOf(run, 'keptTokens', 69)).toBe(engine.survivors.length);
    const full = referenceAttention(heads.q, heads.k, heads.v, heads.shape, { mask: causal });
    const last = maxAbsDifference(engine.output.slice(-16), full.output.slice(-16));
    expect(numberOf(run, 'error', 69)).toBeCloseTo(last, 6);
  });

  it('never keeps more than the budget, and changes nothing under a budget of everything', () => {
    const run = heavyHitterEvictionDemo.run({ tokens, values: { budgetTokens: 16, recentTokens: 6 } }); // prettier-ignore
    for (let step = 0; step < 70; step++) {
      expect(numberOf(run, 'keptTokens', step)).toBe(Math.min(16, step + 1));
    }
    const whole = heavyHitterEvictionDemo.run({ tokens, values: { budgetTokens: 70 } });
    expect(numberOf(whole, 'meanError')).toBeLessThan(1e-6);
    const marks = heavyHitterEvictionDemo.visibility?.({ tokens, values: { budgetTokens: 16, recentTokens: 6 } }, 69); // prettier-ignore
    expect(marks?.filter((mark) => mark !== 'evicted').length).toBe(17);
  });

  it('names the control that does not fit', () => {
    const values = { budgetTokens: 4, recentTokens: 9 };
    expect(() => heavyHitterEvictionDemo.run({ tokens, values })).toThrow(
      '(recentTokens) must be at most the budget of 4, got 9',
    );
  });
});

describe('hierarchical attention', () => {
  it('has the spans and the reach of the engine’s stack of masks', () => {
    const tokens = sampleTokens(40);
    const values = { numLayers: 5, numLocalLayers: 3, windowTokens: 4 };
    const masks = hierarchicalMasks({
      numLayers: 5,
      numLocalLayers: 3,
      local: slidingWindow(4),
      global: causal,
    });
    const spans = averageSpans(masks, 40);
    const run = hierarchicalAttentionDemo.run({ tokens, values });
    expect(numberOf(run, 'meanSpan')).toBeCloseTo(spans.reduce((sum, one) => sum + one, 0) / 5, 12);
    for (let layer = 0; layer < 5; layer++) {
      expect(numberOf(run, 'span', layer)).toBe(spans[layer]);
      const field = receptiveField(masks.slice(0, layer + 1), 40);
      const reach = field.subarray(39 * 40).reduce((sum, one) => sum + one, 0);
      expect(numberOf(run, 'reach', layer)).toBe(reach);
    }
  });

  it('caches what a window of local layers keeps, and no more', () => {
    const values = { numLayers: 4, numLocalLayers: 2, windowTokens: 1000 };
    const run = hierarchicalAttentionDemo.run({ tokens: ['a'], values, setTokens: 5000 });
    // Llama 3.1 8B: 4 KiB a token and layer; 16 layers of 1,000 tokens and 16 of 5,000.
    expect(numberOf(run, 'modelBytes')).toBe(16 * 4096 * (1000 + 5000));
    expect(() =>
      hierarchicalAttentionDemo.run({ tokens: ['a'], values: { numLayers: 2, numLocalLayers: 3 } }),
    ).toThrow('(numLocalLayers) must be at most the 2 layers, got 3');
  });
});
