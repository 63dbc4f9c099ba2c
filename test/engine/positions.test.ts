import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addLearnedPositions,
  alibiSlopes,
  applyRope,
  createRandom,
  maxAbsDifference,
  normalFloat64,
  positionsFrom,
  ropeFrequencies,
  sinusoidalPositions,
  yarnInterpolation,
  type RopeConfig,
  type RopePairing,
  type RopeType,
} from '../../src/engine/index.ts';
import { Differences, float64, readGolden, type GoldenTensor } from './golden.ts';

interface RopeCase {
  readonly params: {
    readonly headDim: number;
    readonly rope_type?: RopeType;
    readonly rope_theta: number;
    readonly apply?: 'half' | 'interleaved';
    readonly positions: number[];
    readonly maxPositionEmbeddings?: number;
    readonly sequenceLength?: number | null;
    readonly factor?: number;
    readonly original_max_position_embeddings?: number;
    readonly beta_fast?: number;
    readonly beta_slow?: number;
    readonly mscale?: number;
    readonly mscale_all_dim?: number;
    readonly truncate?: boolean;
    readonly low_freq_factor?: number;
    readonly high_freq_factor?: number;
    readonly short_factor?: number[];
    readonly long_factor?: number[];
    readonly attention_factor?: number;
  };
  readonly inputs: Record<string, GoldenTensor>;
  readonly expected: Record<string, GoldenTensor> & {
    readonly inverseFrequencies: GoldenTensor;
    readonly attentionFactor: number;
  };
}

/** HF's snake_case keys in our names. */
function configOf(params: RopeCase['params']): RopeConfig {
  return {
    ropeType: params.rope_type ?? 'default',
    rotaryDim: params.headDim,
    ropeTheta: params.rope_theta,
    factor: params.factor,
    contextWindowTokens: params.maxPositionEmbeddings,
    originalContextWindowTokens: params.original_max_position_embeddings,
    attentionFactor: params.attention_factor,
    betaFast: params.beta_fast,
    betaSlow: params.beta_slow,
    mscale: params.mscale,
    mscaleAllDim: params.mscale_all_dim,
    truncate: params.truncate,
    lowFreqFactor: params.low_freq_factor,
    highFreqFactor: params.high_freq_factor,
    shortFactor: params.short_factor,
    longFactor: params.long_factor,
  };
}

describe('RoPE', () => {
  it('gives the frequencies, factors and rotations of rope.json (HF)', () => {
    const golden = readGolden<RopeCase>('rope');
    const differences = new Differences();
    golden.cases.forEach(({ params, inputs, expected }, idx) => {
      const frequencies = ropeFrequencies(configOf(params), params.sequenceLength ?? undefined);
      if (params.apply === undefined) {
        const what = `case ${idx} ${params.rope_type}`;
        differences.check(what, frequencies.inverseFrequencies, expected.inverseFrequencies.data);
        differences.check(what, [frequencies.attentionFactor], [expected.attentionFactor]);
        return;
      }
      const pairing: RopePairing = params.apply === 'half' ? 'halves' : 'adjacent';
      for (const name of Object.keys(inputs)) {
        const [numHeads, tokens, headDim] = inputs[name].shape;
        const shape = { numHeads, tokens, headDim };
        const x = float64(inputs[name]);
        const rotated = applyRope(x, shape, frequencies, params.positions, pairing);
        differences.check(`case ${idx} ${name}`, rotated, expected[name].data);
      }
    });
    differences.report('rope.json');
  });

  const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from({ length: a.length }, (_, idx) => a[idx] * b[idx]).reduce((x, y) => x + y, 0);

  it('makes scores depend on the distance only, in both pairings', () => {
    const frequencies = ropeFrequencies({ ropeType: 'default', rotaryDim: 8, ropeTheta: 10_000 });
    const random = createRandom(1);
    const shape = { numHeads: 1, tokens: 1, headDim: 10 };
    const [q, k] = [normalFloat64(random, 10), normalFloat64(random, 10)];
    fc.assert(
      fc.property(
        fc.nat(3000),
        fc.nat(3000),
        fc.nat(3000),
        fc.constantFrom<RopePairing>('halves', 'adjacent'),
        (m, n, shift, pairing) => {
          const score = (qPosition: number, kPosition: number) =>
            dot(
              applyRope(q, shape, frequencies, [qPosition], pairing),
              applyRope(k, shape, frequencies, [kPosition], pairing),
            );
          expect(score(m + shift, n + shift)).toBeCloseTo(score(m, n), 9);
        },
      ),
    );
  });

  it('is the identity at position 0 and keeps lengths', () => {
    const x = normalFloat64(createRandom(2), 12);
    const shape = { numHeads: 1, tokens: 2, headDim: 6 };
    const frequencies = ropeFrequencies({ ropeType: 'default', rotaryDim: 4, ropeTheta: 100 });
    expect(applyRope(x, shape, frequencies, [0, 0], 'halves')).toEqual(x);
    const rotated = applyRope(x, shape, frequencies, [5, 900], 'adjacent');
    expect(dot(rotated, rotated)).toBeCloseTo(dot(x, x), 10);
    // Partial rotary: the last two numbers of each head pass.
    expect(rotated[4]).toBe(x[4]);
    expect(rotated[11]).toBe(x[11]);
  });

  it('interpolates positions by dividing them', () => {
    const base = { rotaryDim: 8, ropeTheta: 10_000 };
    const x = normalFloat64(createRandom(3), 8);
    const shape = { numHeads: 1, tokens: 1, headDim: 8 };
    const squeezed = ropeFrequencies({ ...base, ropeType: 'linear', factor: 4 });
    const plain = ropeFrequencies({ ...base, ropeType: 'default' });
    const difference = maxAbsDifference(
      applyRope(x, shape, squeezed, [10], 'halves'),
      applyRope(x, shape, plain, [2.5], 'halves'),
    );
    expect(difference).toBeLessThan(1e-14);
  });

  it('leaves the fast pairs alone and interpolates the slow ones in YaRN', () => {
    const config: RopeConfig = {
      ropeType: 'yarn',
      rotaryDim: 128,
      ropeTheta: 10_000,
      factor: 8,
      originalContextWindowTokens: 4096,
    };
    const interpolated = yarnInterpolation(config);
    const plain = ropeFrequencies({ ...config, ropeType: 'default' }).inverseFrequencies;
    const scaled = ropeFrequencies(config).inverseFrequencies;
    expect(interpolated[0]).toBe(0);
    expect(scaled[0]).toBe(plain[0]);
    expect(interpolated[63]).toBe(1);
    expect(scaled[63]).toBeCloseTo(plain[63] / 8, 15);
    expect(interpolated.some((part) => part > 0 && part < 1)).toBe(true);
  });

  it('makes the slowest pair exactly factor times slower in NTK-aware scaling, and the fastest not at all', () => {
    const config: RopeConfig = { ropeType: 'ntk', rotaryDim: 64, ropeTheta: 10_000, factor: 4 };
    const plain = ropeFrequencies({ ...config, ropeType: 'default' }).inverseFrequencies;
    const scaled = ropeFrequencies(config).inverseFrequencies;
    expect(scaled[0]).toBe(1);
    expect(plain[31] / scaled[31]).toBeCloseTo(4, 12);
  });

  it('switches LongRoPE at the trained length and leaves dynamic NTK alone up to it', () => {
    const long: RopeConfig = {
      ropeType: 'longrope',
      rotaryDim: 4,
      ropeTheta: 100,
      factor: 4,
      originalContextWindowTokens: 16,
      shortFactor: [1, 2],
      longFactor: [1, 8],
    };
    expect(ropeFrequencies(long, 16).inverseFrequencies[1]).toBeCloseTo(0.1 / 2, 15);
    expect(ropeFrequencies(long, 17).inverseFrequencies[1]).toBeCloseTo(0.1 / 8, 15);
    const dynamic: RopeConfig = { ...long, ropeType: 'dynamic', contextWindowTokens: 16 };
    const plain = ropeFrequencies({ ...long, ropeType: 'default' });
    expect(ropeFrequencies(dynamic, 16)).toEqual(plain);
    expect(ropeFrequencies(dynamic)).toEqual(plain);
    expect(ropeFrequencies(dynamic, 17)).not.toEqual(plain);
  });

  it('takes a factor left out from the two lengths, and a trained length left out from the window', () => {
    const yarn: RopeConfig = {
      ropeType: 'yarn',
      rotaryDim: 16,
      ropeTheta: 10_000,
      factor: 4,
      contextWindowTokens: 4096,
      originalContextWindowTokens: 1024,
    };
    expect(ropeFrequencies({ ...yarn, factor: undefined })).toEqual(ropeFrequencies(yarn));
    expect(ropeFrequencies({ ...yarn, originalContextWindowTokens: undefined })).toEqual(
      ropeFrequencies({ ...yarn, originalContextWindowTokens: 4096 }),
    );
  });

  it('names what a type needs and lacks', () => {
    const config: RopeConfig = { ropeType: 'yarn', rotaryDim: 8, ropeTheta: 10_000, factor: 4 };
    expect(() => ropeFrequencies(config)).toThrow(
      'originalContextWindowTokens is needed for ropeType yarn, got none',
    );
    expect(() => ropeFrequencies({ ...config, rotaryDim: 7 })).toThrow('rotaryDim must be even');
    expect(() => ropeFrequencies({ ...config, factor: 0.5 })).toThrow('factor must be');
    expect(() => ropeFrequencies({ ...config, ropeType: 'xpos' as RopeType })).toThrow(
      'ropeType must be one of default, linear, dynamic, ntk, yarn, llama3, longrope, got xpos',
    );
    const frequencies = ropeFrequencies({ ropeType: 'default', rotaryDim: 8, ropeTheta: 10_000 });
    const shape = { numHeads: 1, tokens: 1, headDim: 4 };
    expect(() => applyRope(new Float64Array(4), shape, frequencies, [0], 'halves')).toThrow(
      'inverseFrequencies must hold at most headDim / 2 = 2 numbers, got 4',
    );
    expect(() => applyRope(new Float64Array(4), shape, frequencies, [0, 1], 'halves')).toThrow(
      'positions must hold tokens 1, got 2',
    );
  });
});

describe('ALiBi slopes', () => {
  it('fall from head to head within each power of two, and stay between 0 and 1', () => {
    for (const numHeads of [1, 2, 3, 5, 7, 20, 71, 112]) {
      const slopes = alibiSlopes(numHeads);
      expect(slopes.every((slope) => slope > 0 && slope < 1)).toBe(true);
      expect(new Set(slopes).size).toBe(numHeads);
    }
    expect(() => alibiSlopes(0)).toThrow('numHeads must be a positive integer, got 0');
  });
});

describe('absolute positions', () => {
  it('start every segment with the same vector', () => {
    expect(sinusoidalPositions([0], 4)).toEqual(Float64Array.of(0, 1, 0, 1));
    const one = sinusoidalPositions(positionsFrom(0, 3), 8);
    const two = sinusoidalPositions([0, 1, 2], 8);
    expect(one).toEqual(two);
  });

  it('end where the trained table ends', () => {
    const learned = { table: Float32Array.of(1, 2, 3, 4), contextWindowTokens: 2, hiddenSize: 2 };
    expect(addLearnedPositions(Float32Array.of(10, 20), learned, [1])).toEqual(
      Float32Array.of(13, 24),
    );
    expect(() => addLearnedPositions(new Float32Array(2), learned, [2])).toThrow(
      'positions must be below contextWindowTokens 2: the table has no row 2',
    );
  });
});
