import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createMlaCache,
  createRandom,
  maxAbsDifference,
  mlaAttention,
  mlaCacheNumbersPerToken,
  normalFloat64,
  ropeFrequencies,
  slidingWindow,
  type MlaForm,
  type MlaShape,
  type MlaWeights,
  type RopePairing,
} from '../../src/engine/index.ts';
import { Differences, float64, readGolden, type GoldenCase, type GoldenTensor } from './golden.ts';

type MlaCase = GoldenCase<
  {
    readonly hidden: number;
    readonly heads: number;
    readonly qLoraRank?: number | null;
    readonly kvLoraRank: number;
    readonly qkRopeHeadDim: number;
    readonly qkNopeHeadDim: number;
    readonly vHeadDim: number;
    readonly ropeTheta: number;
    readonly ropeInterleave: boolean;
    readonly rmsNormEps: number;
    readonly scaling: number;
  },
  Readonly<Record<string, GoldenTensor>>,
  { readonly output: GoldenTensor }
>;

const forms: readonly MlaForm[] = ['expanded', 'absorbed'];

describe('multi-head latent attention', () => {
  it.each(forms)('gives the outputs of mla.json (DeepSeek-V3 in HF), %s', (form) => {
    const golden = readGolden<MlaCase>('mla');
    const differences = new Differences();
    golden.cases.forEach(({ params, inputs, expected }, idx) => {
      const shape: MlaShape = {
        hiddenSize: params.hidden,
        numHeads: params.heads,
        ...(params.qLoraRank ? { qLoraRank: params.qLoraRank } : {}),
        kvLoraRank: params.kvLoraRank,
        qkNopeHeadDim: params.qkNopeHeadDim,
        qkRopeHeadDim: params.qkRopeHeadDim,
        valueHeadDim: params.vHeadDim,
      };
      const weights: MlaWeights = {
        ...(params.qLoraRank
          ? {
              queryDown: float64(inputs['q_a_proj']),
              queryNorm: float64(inputs['q_a_layernorm']),
              queryUp: float64(inputs['q_b_proj']),
            }
          : { queryUp: float64(inputs['q_proj']) }),
        kvDown: float64(inputs['kv_a_proj_with_mqa']),
        kvNorm: float64(inputs['kv_a_layernorm']),
        kvUp: float64(inputs['kv_b_proj']),
        output: float64(inputs['o_proj']),
      };
      const { output } = mlaAttention(float64(inputs['x']), inputs['x'].shape[0], shape, weights, {
        form,
        frequencies: ropeFrequencies({
          ropeType: 'default',
          rotaryDim: params.qkRopeHeadDim,
          ropeTheta: params.ropeTheta,
        }),
        pairing: params.ropeInterleave ? 'adjacent' : 'halves',
        rmsNormEps: params.rmsNormEps,
        scale: params.scaling,
      });
      differences.check(`case ${idx}`, output, expected.output.data);
    });
    differences.report(`mla.json, ${form}`);
  });

  function randomLayer(shape: MlaShape, seed: number): MlaWeights {
    const random = createRandom(seed);
    const { hiddenSize, numHeads, qLoraRank, kvLoraRank } = shape;
    const { qkNopeHeadDim, qkRopeHeadDim, valueHeadDim } = shape;
    const draw = (rows: number, inputs: number) =>
      normalFloat64(random, rows * inputs, 1 / Math.sqrt(inputs));
    const headDim = qkNopeHeadDim + qkRopeHeadDim;
    return {
      ...(qLoraRank === undefined
        ? {}
        : { queryDown: draw(qLoraRank, hiddenSize), queryNorm: normalFloat64(random, qLoraRank) }),
      queryUp: draw(numHeads * headDim, qLoraRank ?? hiddenSize),
      kvDown: draw(kvLoraRank + qkRopeHeadDim, hiddenSize),
      kvNorm: normalFloat64(random, kvLoraRank),
      kvUp: draw(numHeads * (qkNopeHeadDim + valueHeadDim), kvLoraRank),
      output: draw(hiddenSize, numHeads * valueHeadDim),
    };
  }

  const arbitraryShape: fc.Arbitrary<MlaShape> = fc
    .record({
      hiddenSize: fc.integer({ min: 1, max: 12 }),
      numHeads: fc.integer({ min: 1, max: 4 }),
      qLoraRank: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
      kvLoraRank: fc.integer({ min: 1, max: 9 }),
      qkNopeHeadDim: fc.integer({ min: 1, max: 6 }),
      ropePairs: fc.integer({ min: 1, max: 3 }),
      valueHeadDim: fc.integer({ min: 1, max: 6 }),
    })
    .map(({ ropePairs, ...shape }) => ({ ...shape, qkRopeHeadDim: 2 * ropePairs }));

  it('is the same absorbed and expanded, at once and token by token over a cache', () => {
    fc.assert(
      fc.property(
        arbitraryShape,
        fc.integer({ min: 0, max: 15 }),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom<RopePairing>('halves', 'adjacent'),
        (shape, tokens, chunkTokens, pairing) => {
          const weights = randomLayer(shape, 5);
          const x = normalFloat64(createRandom(6), tokens * shape.hiddenSize);
          const rotaryDim = shape.qkRopeHeadDim;
          const common = {
            frequencies: ropeFrequencies({ ropeType: 'default', rotaryDim, ropeTheta: 10_000 }),
            pairing,
            mask: slidingWindow(9),
          };
          const run = (form: MlaForm) =>
            mlaAttention(x, tokens, shape, weights, { ...common, form });
          const expanded = run('expanded').output;
          expect(maxAbsDifference(run('absorbed').output, expanded)).toBeLessThan(1e-11);
          for (const form of forms) {
            const cache = createMlaCache(shape, { precision: 'float64' });
            const output = new Float64Array(expanded.length);
            for (let start = 0; start < tokens; start += chunkTokens) {
              const end = Math.min(start + chunkTokens, tokens);
              const part = x.subarray(start * shape.hiddenSize, end * shape.hiddenSize);
              const options = { ...common, form, cache };
              const step = mlaAttention(part, end - start, shape, weights, options);
              output.set(step.output, start * shape.hiddenSize);
            }
            expect(maxAbsDifference(output, expanded)).toBeLessThan(1e-11);
            expect(cache.usedBytes).toBe(tokens * mlaCacheNumbersPerToken(shape) * 8);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('caches 576 numbers a token in DeepSeek-V3, 1/57 of its heads as multi-head attention', () => {
    const shape: MlaShape = {
      hiddenSize: 7168,
      numHeads: 128,
      qLoraRank: 1536,
      kvLoraRank: 512,
      qkNopeHeadDim: 128,
      qkRopeHeadDim: 64,
      valueHeadDim: 128,
    };
    expect(mlaCacheNumbersPerToken(shape)).toBe(576);
    expect(Math.round((2 * 128 * 128) / 576)).toBe(57);
    const cache = createMlaCache(shape, { capacityTokens: 1, bytesPerElement: 2 });
    expect(cache.allocatedBytes * 61).toBe(70_272);
  });

  it('names what does not fit', () => {
    const shape: MlaShape = {
      hiddenSize: 4,
      numHeads: 2,
      kvLoraRank: 3,
      qkNopeHeadDim: 2,
      qkRopeHeadDim: 2,
      valueHeadDim: 2,
    };
    const weights = randomLayer(shape, 1);
    const frequencies = ropeFrequencies({ ropeType: 'default', rotaryDim: 2, ropeTheta: 100 });
    const options = { form: 'absorbed', frequencies, pairing: 'adjacent' } as const;
    expect(() => mlaAttention(new Float64Array(7), 2, shape, weights, options)).toThrow(
      'x must hold tokens 2 x hiddenSize 4 = 8 numbers, got 7',
    );
    expect(() =>
      mlaAttention(new Float64Array(8), 2, { ...shape, qLoraRank: 2 }, weights, options),
    ).toThrow('queryDown must hold qLoraRank 2 x hiddenSize 4 = 8 numbers, got 0');
    expect(() =>
      mlaAttention(new Float64Array(8), 2, { ...shape, qkRopeHeadDim: 3 }, weights, options),
    ).toThrow('qkRopeHeadDim must be even, got 3');
  });
});
