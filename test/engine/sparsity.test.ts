import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  causal,
  heavyHitterAttention,
  maxAbsDifference,
  referenceAttention,
  ropeFrequencies,
  sparseAttention,
  streamingLlmAttention,
  type EvictionEvent,
  type RopePairing,
} from '../../src/engine/index.ts';
import { arbitraryHeads, randomQkv } from './attentionCases.ts';
import { Differences, float64, readGolden, type GoldenCase, type GoldenTensor } from './golden.ts';

type StreamingCase = GoldenCase<
  {
    readonly n: number;
    readonly sinks: number;
    readonly window: number;
    readonly headDim: number;
    readonly ropeTheta: number;
    readonly pairing: RopePairing;
  },
  { readonly q: GoldenTensor; readonly k: GoldenTensor; readonly v: GoldenTensor },
  { readonly output: GoldenTensor; readonly cacheLengths: number[] }
>;

describe('StreamingLLM', () => {
  it('gives the outputs and cache lengths of streaming_llm.json', () => {
    const golden = readGolden<StreamingCase>('streaming_llm');
    const differences = new Differences();
    golden.cases.forEach(({ params, inputs, expected }, idx) => {
      const { output, cacheLengths } = streamingLlmAttention(
        float64(inputs.q),
        float64(inputs.k),
        float64(inputs.v),
        {
          numHeads: 1,
          numKvHeads: 1,
          queryTokens: params.n,
          keyTokens: params.n,
          headDim: params.headDim,
        },
        {
          numSinks: params.sinks,
          windowTokens: params.window,
          pairing: params.pairing,
          frequencies: ropeFrequencies({
            ropeType: 'default',
            rotaryDim: params.headDim,
            ropeTheta: params.ropeTheta,
          }),
        },
      );
      differences.check(`case ${idx} output`, output, expected.output.data);
      expect(cacheLengths).toEqual(expected.cacheLengths);
    });
    differences.report('streaming_llm.json');
  });

  it('loses what sits on the sink when the sink is evicted', () => {
    // Every key scores 0 but the first, whose score is 12 for every query: nearly all mass is on the sink, whose value is 1.
    const tokens = 40;
    const shape = {
      numHeads: 1,
      numKvHeads: 1,
      queryTokens: tokens,
      keyTokens: tokens,
      headDim: 2,
    };
    const q = new Float64Array(tokens * 2).fill(1);
    const k = new Float64Array(tokens * 2);
    k.fill(12 / Math.SQRT2, 0, 2);
    const v = new Float64Array(tokens * 2);
    v.fill(1, 0, 2);
    // No rotation: the construction is about mass, not about positions.
    const frequencies = { inverseFrequencies: new Float64Array(0), attentionFactor: 1 };
    const run = (numSinks: number) =>
      streamingLlmAttention(q, k, v, shape, {
        numSinks,
        windowTokens: 8,
        frequencies,
        pairing: 'halves',
      });
    const full = referenceAttention(q, k, v, shape, { mask: causal }).output;
    const kept = run(1);
    expect(kept.output[2 * tokens - 1]).toBeCloseTo(full[2 * tokens - 1], 3);
    expect(kept.keptPositions).toEqual([0, 32, 33, 34, 35, 36, 37, 38, 39]);
    expect(run(0).output[2 * 7]).toBeCloseTo(1, 3);
    expect(run(0).output[2 * 8]).toBe(0);
  });
});

describe('dynamic sparsity', () => {
  it('is full attention when everything is kept', () => {
    fc.assert(
      fc.property(arbitraryHeads, fc.nat(20), fc.nat(99), (heads, tokens, seed) => {
        const shape = { ...heads, queryTokens: tokens, keyTokens: tokens };
        const { q, k, v } = randomQkv(shape, seed);
        const full = referenceAttention(q, k, v, shape, { mask: causal }).output;
        for (const rule of [{ topK: 20 }, { keepMass: 1 }]) {
          const { output } = sparseAttention(q, k, v, shape, rule, { mask: causal });
          expect(maxAbsDifference(output, full)).toBeLessThan(1e-12);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('keeps the fewest keys that carry the mass, and no more than k', () => {
    const shape = { numHeads: 4, numKvHeads: 2, queryTokens: 30, keyTokens: 30, headDim: 8 };
    const { q, k, v } = randomQkv(shape, 1);
    const { weights = new Float64Array(0) } = referenceAttention(q, k, v, shape, {
      mask: causal,
      keepWeights: true,
    });
    const { keptKeys, keptMass } = sparseAttention(
      q,
      k,
      v,
      shape,
      { keepMass: 0.9 },
      { mask: causal },
    );
    keptKeys.forEach((kept, row) => {
      const sorted = Array.from(weights.subarray(row * 30, row * 30 + 30)).sort((a, b) => b - a);
      const massOf = (count: number) => sorted.slice(0, count).reduce((sum, one) => sum + one, 0);
      expect(keptMass[row]).toBeCloseTo(massOf(kept), 12);
      expect(keptMass[row]).toBeGreaterThanOrEqual(0.9);
      expect(massOf(kept - 1)).toBeLessThan(0.9);
    });
    const top = sparseAttention(q, k, v, shape, { topK: 3 }, { mask: causal });
    expect(Array.from(top.keptKeys.subarray(0, 5))).toEqual([1, 2, 3, 3, 3]);
    expect(() => sparseAttention(q, k, v, shape, { topK: 0 })).toThrow('topK must be');
    expect(() => sparseAttention(q, k, v, shape, { keepMass: 1.5 })).toThrow(
      'keepMass must be between 0 and 1, got 1.5',
    );
  });
});

describe('heavy-hitter attention', () => {
  const shape = { numHeads: 4, numKvHeads: 2, queryTokens: 24, keyTokens: 24, headDim: 4 };
  const { q, k, v } = randomQkv(shape, 2);
  const full = referenceAttention(q, k, v, shape, { mask: causal });

  it('is full attention under a budget of the whole length', () => {
    const { output, logSumExp, survivors } = heavyHitterAttention(q, k, v, shape, {
      budgetTokens: 24,
      recentTokens: 4,
    });
    expect(maxAbsDifference(output, full.output)).toBeLessThan(1e-12);
    expect(maxAbsDifference(logSumExp, full.logSumExp)).toBeLessThan(1e-12);
    expect(survivors.map(({ position }) => position)).toEqual(
      Array.from({ length: 24 }, (_, i) => i),
    );
    // All the weight there is: one per head and query.
    expect(survivors.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(4 * 24, 9);
  });

  it('ends with the budget, the latest among them, and evicts each other token once', () => {
    const evicted: number[] = [];
    const { survivors, output } = heavyHitterAttention(q, k, v, shape, {
      budgetTokens: 10,
      recentTokens: 4,
      observer: { eviction: (event: EvictionEvent) => evicted.push(...event.positions) },
    });
    const positions = survivors.map(({ position }) => position);
    expect(positions).toHaveLength(10);
    expect(positions.slice(-4)).toEqual([20, 21, 22, 23]);
    expect([...positions, ...evicted].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 24 }, (_, idx) => idx),
    );
    // The budget is not felt before it is reached.
    for (let head = 0; head < 4; head++) {
      const row = head * 24 * 4;
      const [a, b] = [output, full.output].map((x) => x.subarray(row, row + 11 * 4));
      expect(maxAbsDifference(a, b)).toBeLessThan(1e-12);
    }
    expect(maxAbsDifference(output, full.output)).toBeGreaterThan(1e-3);
  });

  it('keeps a token that everyone looks at, however old', () => {
    const keys = k.slice();
    // Token 3 of both kv heads points where the summed queries point.
    for (const head of [0, 1]) keys.fill(0, (head * 24 + 3) * 4, (head * 24 + 4) * 4);
    const queries = q.map((x, idx) => (idx % 4 === 0 ? 5 : x));
    for (const head of [0, 1]) keys[(head * 24 + 3) * 4] = 5;
    const { survivors } = heavyHitterAttention(queries, keys, v, shape, {
      budgetTokens: 6,
      recentTokens: 3,
    });
    expect(survivors.map(({ position }) => position)).toContain(3);
  });
});
