import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as engine from '../../src/engine/index.ts';
import { Differences, float64, readGolden, type GoldenTensor } from './golden.ts';

interface LinearCase {
  readonly params: {
    readonly kind: string;
    readonly heads: number;
    readonly n: number;
    readonly headDim: number;
    readonly rank: number;
  };
  readonly inputs: Readonly<Record<'q' | 'k' | 'v' | 'E' | 'F', GoldenTensor>>;
  readonly expected: { readonly output: GoldenTensor };
}

function randomHeads(
  numHeads: number,
  tokens: number,
  headDim: number,
  valueDim: number,
  seed: number,
) {
  const random = engine.createRandom(seed);
  return {
    q: engine.normalFloat64(random, numHeads * tokens * headDim),
    k: engine.normalFloat64(random, numHeads * tokens * headDim),
    v: engine.normalFloat64(random, numHeads * tokens * valueDim),
  };
}

describe('low rank and linear attention', () => {
  it('give the outputs of low_rank_and_linear.json, linear attention in all its forms', () => {
    const differences = new Differences();
    for (const { params, inputs, expected } of readGolden<LinearCase>('low_rank_and_linear')
      .cases) {
      const { heads: numHeads, n: tokens, headDim } = params;
      const [q, k, v] = [float64(inputs.q), float64(inputs.k), float64(inputs.v)];
      const shape = { numHeads, tokens, headDim };
      const outputs: engine.FloatArray[] = [];
      if (params.kind === 'linformer') {
        const projections = { E: float64(inputs.E), F: float64(inputs.F) };
        outputs.push(
          engine.linformerAttention(q, k, v, projections, { ...shape, rank: params.rank }),
        );
      } else if (params.kind === 'linearCausal') {
        outputs.push(engine.linearAttentionParallel(q, k, v, shape));
        outputs.push(engine.linearAttentionRecurrent(q, k, v, shape).output);
        outputs.push(engine.linearAttentionChunked(q, k, v, shape, 3).output);
      } else {
        throw new Error(
          `low_rank_and_linear.json has a kind this test does not know: ${params.kind}`,
        );
      }
      for (const output of outputs) differences.check(params.kind, output, expected.output.data);
    }
    differences.report('low_rank_and_linear.json');
  });

  it('has the three forms of linear attention agree, and pieces that hand on their state', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 0, max: 19 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 8 }),
        fc.nat(),
        (numHeads, tokens, headDim, valueDim, chunk, seed) => {
          const { q, k, v } = randomHeads(numHeads, tokens, headDim, valueDim, seed);
          const shape = { numHeads, tokens, headDim, valueDim };
          const parallel = engine.linearAttentionParallel(q, k, v, shape);
          const recurrent = engine.linearAttentionRecurrent(q, k, v, shape);
          const chunked = engine.linearAttentionChunked(q, k, v, shape, chunk);
          expect(engine.maxAbsDifference(parallel, recurrent.output)).toBeLessThan(1e-10);
          expect(engine.maxAbsDifference(parallel, chunked.output)).toBeLessThan(1e-10);
          const { keyValues, keys } = chunked.state;
          expect(engine.maxAbsDifference(keyValues, recurrent.state.keyValues)).toBeLessThan(1e-10);
          expect(engine.maxAbsDifference(keys, recurrent.state.keys)).toBeLessThan(1e-10);
        },
      ),
      { numRuns: 40 },
    );
    const { q, k, v } = randomHeads(1, 7, 2, 2, 5);
    const shape = { numHeads: 1, headDim: 2 };
    const first = engine.linearAttentionRecurrent(q.slice(0, 8), k.slice(0, 8), v.slice(0, 8), {
      ...shape,
      tokens: 4,
    });
    const second = engine.linearAttentionChunked(
      q.slice(8),
      k.slice(8),
      v.slice(8),
      { ...shape, tokens: 3 },
      2,
      { state: first.state },
    );
    const whole = engine.linearAttentionParallel(q, k, v, { ...shape, tokens: 7 });
    expect(engine.maxAbsDifference([...first.output, ...second.output], whole)).toBeLessThan(1e-12);
  });

  it('sees all tokens when linear attention is not causal', () => {
    const { q, k, v } = randomHeads(2, 6, 3, 3, 8);
    const shape = { numHeads: 2, tokens: 6, headDim: 3 };
    const both = engine.linearAttentionParallel(q, k, v, shape, { causal: false });
    const causal = engine.linearAttentionParallel(q, k, v, shape);
    // The last token sees the same either way, the first does not.
    expect(engine.maxAbsDifference(both.slice(15, 18), causal.slice(15, 18))).toBe(0);
    expect(engine.maxAbsDifference(both.slice(0, 3), causal.slice(0, 3))).toBeGreaterThan(0.01);
  });

  it('keeps a state of the same size, adding only, and shows each write', () => {
    const { q, k, v } = randomHeads(1, 5, 2, 3, 2);
    const sum = new Float64Array(6);
    let steps = 0;
    const { state } = engine.linearAttentionRecurrent(
      q,
      k,
      v,
      { numHeads: 1, tokens: 5, headDim: 2, valueDim: 3 },
      {
        observer: {
          stateStep({ write, keep }) {
            steps++;
            expect(Array.from(keep)).toEqual([1]);
            write.forEach((value, idx) => (sum[idx] += value));
          },
        },
      },
    );
    expect(steps).toBe(5);
    expect(engine.maxAbsDifference(sum, state.keyValues)).toBeLessThan(1e-12);
  });

  it('is exact at full rank, and its error falls with the rank where the weights are smooth', () => {
    const tokens = 32;
    const random = engine.createRandom(4);
    // Neighbours alike, as pooling needs: a slow random walk.
    const walk = (size: number) => {
      const rows = engine.normalFloat64(random, tokens * size, 0.2);
      for (let idx = size; idx < rows.length; idx++) rows[idx] += rows[idx - size];
      return rows;
    };
    const [q, k, v] = [walk(4), walk(4), walk(4)];
    const shape = { numHeads: 1, tokens, headDim: 4 };
    const exact = engine.referenceAttention(q, k, v, {
      numHeads: 1,
      numKvHeads: 1,
      queryTokens: tokens,
      keyTokens: tokens,
      headDim: 4,
    }).output;
    const errorAt = (rank: number) => {
      const E = engine.poolingProjection(tokens, rank);
      const low = engine.linformerAttention(q, k, v, { E, F: E }, { ...shape, rank });
      return engine.maxAbsDifference(low, exact);
    };
    expect(errorAt(32)).toBeLessThan(1e-12);
    expect(errorAt(16)).toBeLessThan(errorAt(4));
    expect(errorAt(4)).toBeLessThan(errorAt(1));
    const narrow = engine.randomProjection(tokens, 8, 3);
    expect(narrow).toHaveLength(8 * 32);
    expect(() => engine.poolingProjection(8, 9)).toThrow('rank must be between 1 and 8, got 9');
    expect(() =>
      engine.linformerAttention(q, k, v, { E: narrow, F: narrow.slice(1) }, { ...shape, rank: 8 }),
    ).toThrow('F must hold rank 8 x tokens 32 = 256 numbers, got 255');
  });

  it('finds the singular values, whose squares sum to the squares of the matrix', () => {
    // [[3, 0], [4, 5]] has 3 sqrt(5) and sqrt(5).
    const values = engine.singularValues(Float64Array.of(3, 0, 4, 5), { rows: 2, columns: 2 });
    expect(values[0]).toBeCloseTo(3 * Math.sqrt(5), 12);
    expect(values[1]).toBeCloseTo(Math.sqrt(5), 12);
    expect(engine.lowRankError(values, 1)).toBeCloseTo(Math.sqrt(5 / 50), 12);
    expect(engine.lowRankError(values, 2)).toBe(0);

    const random = engine.createRandom(6);
    const left = engine.normalFloat64(random, 9 * 3);
    const right = engine.normalFloat64(random, 3 * 7);
    const product = Float64Array.from({ length: 63 }, (_, cell) =>
      [0, 1, 2].reduce(
        (sum, idx) => sum + left[Math.floor(cell / 7) * 3 + idx] * right[idx * 7 + (cell % 7)],
        0,
      ),
    );
    const ofRank3 = engine.singularValues(product, { rows: 9, columns: 7 });
    expect(ofRank3).toHaveLength(7);
    expect(ofRank3[2]).toBeGreaterThan(0.1);
    expect(engine.lowRankError(ofRank3, 3)).toBeLessThan(1e-12);
    const squares = (data: Float64Array) => data.reduce((sum, x) => sum + x * x, 0);
    expect(squares(ofRank3)).toBeCloseTo(squares(product), 9);
  });
});

interface DeltaCase {
  readonly params: Readonly<Record<'heads' | 'n' | 'keyDim' | 'valueDim', number>> & {
    readonly qkL2Norm: boolean;
  };
  readonly inputs: Readonly<Record<'q' | 'k' | 'v' | 'logDecay' | 'beta', GoldenTensor>>;
  readonly expected: Readonly<Record<'output' | 'finalState', GoldenTensor>>;
}

function randomDelta(
  tokens: number,
  numHeads: number,
  keyDim: number,
  valueDim: number,
  seed: number,
) {
  const random = engine.createRandom(seed);
  return {
    q: engine.normalFloat64(random, tokens * numHeads * keyDim),
    k: engine.normalFloat64(random, tokens * numHeads * keyDim),
    v: engine.normalFloat64(random, tokens * numHeads * valueDim),
    logDecay: Float64Array.from({ length: tokens * numHeads }, () =>
      // Now and then everything is forgotten.
      random.uniform() < 0.1 ? -Infinity : -random.uniform(),
    ),
    beta: Float64Array.from({ length: tokens * numHeads }, () => random.uniform()),
  };
}

describe('the gated delta rule', () => {
  it('gives the outputs and states of gated_delta_rule.json (float32 inside), recurrent and chunked', () => {
    const differences = new Differences(1e-5);
    readGolden<DeltaCase>('gated_delta_rule').cases.forEach(({ params, inputs, expected }, idx) => {
      const rule = {
        q: float64(inputs.q),
        k: float64(inputs.k),
        v: float64(inputs.v),
        logDecay: float64(inputs.logDecay),
        beta: float64(inputs.beta),
      };
      const { heads: numHeads, n: tokens, keyDim, valueDim } = params;
      const shape = { tokens, numHeads, keyDim, valueDim };
      const options = { normaliseQueriesAndKeys: params.qkL2Norm };
      for (const { output, finalState } of [
        engine.gatedDeltaRule(rule, shape, options),
        engine.gatedDeltaRuleChunked(rule, shape, 1, options),
        engine.gatedDeltaRuleChunked(rule, shape, 4, options),
        engine.gatedDeltaRuleChunked(rule, shape, 64, options),
      ]) {
        differences.check(`output ${idx}`, output, expected.output.data);
        differences.check(`state ${idx}`, finalState, expected.finalState.data);
      }
    });
    differences.report('gated_delta_rule.json');
  });

  it('is the same in chunks of any length, with states handed in and states cleared', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 18 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 8 }),
        fc.boolean(),
        fc.nat(),
        (tokens, numHeads, chunk, normalise, seed) => {
          const inputs = randomDelta(tokens, numHeads, 3, 2, seed);
          // Keys of any length make the rule diverge; halved they stay in bounds.
          if (!normalise) inputs.k.forEach((value, idx) => (inputs.k[idx] = value / 2));
          const shape = { tokens, numHeads, keyDim: 3, valueDim: 2 };
          const options = {
            normaliseQueriesAndKeys: normalise,
            initialState: engine.normalFloat64(engine.createRandom(seed), numHeads * 6),
          };
          const steps = engine.gatedDeltaRule(inputs, shape, options);
          const chunks = engine.gatedDeltaRuleChunked(inputs, shape, chunk, options);
          expect(engine.maxAbsDifference(steps.output, chunks.output)).toBeLessThan(1e-9);
          expect(engine.maxAbsDifference(steps.finalState, chunks.finalState)).toBeLessThan(1e-9);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('replaces what was stored under a key when beta is 1 and nothing decays', () => {
    const key = [0.6, 0.8];
    const events: { erased: number[]; written: number[] }[] = [];
    const { output } = engine.gatedDeltaRule(
      {
        q: Float64Array.of(...key, ...key),
        k: Float64Array.of(...key, ...key),
        v: Float64Array.of(5, -3),
        logDecay: new Float64Array(2),
        beta: Float64Array.of(1, 1),
      },
      { tokens: 2, numHeads: 1, keyDim: 2, valueDim: 1 },
      {
        normaliseQueriesAndKeys: false,
        observer: {
          deltaWrite: ({ erased, written }) =>
            events.push({ erased: Array.from(erased), written: Array.from(written) }),
        },
      },
    );
    expect(output[0] * Math.SQRT2).toBeCloseTo(5, 12);
    expect(output[1] * Math.SQRT2).toBeCloseTo(-3, 12);
    expect(events[1].erased[0]).toBeCloseTo(5, 12);
    expect(events[1].written[0]).toBeCloseTo(-8, 12);
  });

  it('names the argument that does not fit', () => {
    const inputs = randomDelta(3, 2, 3, 2, 1);
    const shape = { tokens: 3, numHeads: 2, keyDim: 3, valueDim: 2 };
    expect(() => engine.gatedDeltaRule({ ...inputs, beta: inputs.beta.slice(2) }, shape)).toThrow(
      'beta must hold tokens 3 x numHeads 2 = 6 numbers, got 4',
    );
    expect(() => engine.gatedDeltaRuleChunked(inputs, shape, 1.5)).toThrow(
      'chunkTokens must be a positive integer, got 1.5',
    );
  });
});

interface RwkvCase {
  readonly params: { readonly n: number; readonly channels: number };
  readonly inputs: Readonly<Record<'timeDecay' | 'timeFirst' | 'key' | 'value', GoldenTensor>>;
  readonly expected: { readonly output: GoldenTensor };
}

function randomRwkv(tokens: number, channels: number, seed: number) {
  const random = engine.createRandom(seed);
  return {
    timeDecay: engine.normalFloat64(random, channels),
    timeFirst: engine.normalFloat64(random, channels),
    key: engine.normalFloat64(random, tokens * channels),
    value: engine.normalFloat64(random, tokens * channels),
  };
}

describe('RWKV-4 time mixing', () => {
  // The file's note calls timeDecay -exp(w); its numbers come out only when it is w, as the reference takes -exp of it.
  it('gives the outputs of rwkv.json (float32 inside), recurrent and by definition', () => {
    const differences = new Differences(1e-5);
    readGolden<RwkvCase>('rwkv').cases.forEach(({ params, inputs, expected }, idx) => {
      const mixing = {
        timeDecay: float64(inputs.timeDecay),
        timeFirst: float64(inputs.timeFirst),
        key: float64(inputs.key),
        value: float64(inputs.value),
      };
      const shape = { tokens: params.n, channels: params.channels };
      const { output } = engine.rwkvTimeMixing(mixing, shape);
      differences.check(`case ${idx}`, output, expected.output.data);
      const parallel = engine.rwkvTimeMixingParallel(mixing, shape);
      differences.check(`case ${idx}`, parallel, expected.output.data);
    });
    differences.report('rwkv.json');
  });

  it('is the same as recurrence and by definition, at any length and in pieces', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 20 }),
        fc.nat(),
        (tokens, channels, at, seed) => {
          const inputs = randomRwkv(tokens, channels, seed);
          const parallel = engine.rwkvTimeMixingParallel(inputs, { tokens, channels });
          const cut = Math.min(at, tokens) * channels;
          const part = (from: number, to?: number) => ({
            ...inputs,
            key: inputs.key.slice(from, to),
            value: inputs.value.slice(from, to),
          });
          const first = engine.rwkvTimeMixing(part(0, cut), { tokens: cut / channels, channels });
          const second = engine.rwkvTimeMixing(
            part(cut),
            { tokens: tokens - cut / channels, channels },
            { state: first.state },
          );
          const output = [...first.output, ...second.output];
          expect(engine.maxAbsDifference(output, parallel)).toBeLessThan(1e-11);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('does not overflow on keys far outside what exp() holds', () => {
    const inputs = randomRwkv(6, 2, 3);
    inputs.key.forEach((key, idx) => (inputs.key[idx] = key * 1000));
    const { output } = engine.rwkvTimeMixing(inputs, { tokens: 6, channels: 2 });
    expect(engine.isAllFinite(output)).toBe(true);
    const parallel = engine.rwkvTimeMixingParallel(inputs, { tokens: 6, channels: 2 });
    expect(engine.maxAbsDifference(output, parallel)).toBeLessThan(1e-9);
  });

  it('tells how much of its past each channel keeps per token', () => {
    const decays = engine.rwkvDecays(Float64Array.of(0, -10, 2));
    expect(decays[0]).toBeCloseTo(Math.exp(-1), 12);
    expect(decays[1]).toBeCloseTo(1, 4);
    expect(decays[2]).toBeLessThan(0.001);
  });
});
