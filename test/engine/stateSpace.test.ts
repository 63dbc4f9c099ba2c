import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as engine from '../../src/engine/index.ts';
import { Differences, float32, float64, readGolden, type GoldenTensor } from './golden.ts';

type Tensors<Name extends string> = Readonly<Record<Name, GoldenTensor>>;
interface ScanCase<Inputs extends string, Expected extends string> {
  readonly params: { readonly channels: number; readonly stateSize: number; readonly n: number };
  readonly inputs: Tensors<Inputs>;
  readonly expected: Tensors<Expected>;
}

const shapeOf = ({
  channels,
  stateSize,
  n,
}: {
  channels: number;
  stateSize: number;
  n: number;
}) => ({
  channels,
  stateSize,
  tokens: n,
});

/** Seeded inputs of a scan; A below 0, steps above. */
function randomScan(channels: number, stateSize: number, tokens: number, seed: number) {
  const random = engine.createRandom(seed);
  const normal = (length: number) => engine.normalFloat64(random, length);
  const positive = (length: number) => normal(length).map((x) => Math.log1p(Math.exp(x)));
  return {
    u: normal(channels * tokens),
    delta: positive(channels * tokens),
    A: positive(channels * stateSize).map((a) => -a),
    B: normal(stateSize * tokens),
    C: normal(stateSize * tokens),
    D: normal(channels),
  };
}

describe('S4D', () => {
  it('gives the kernel and outputs of s4d.json, as convolution and as recurrence', () => {
    const golden = readGolden<ScanCase<'u' | 'delta' | 'A' | 'B' | 'C', 'y' | 'kernel'>>('s4d');
    const differences = new Differences();
    golden.cases.forEach(({ params, inputs, expected }, idx) => {
      const parameters = {
        delta: float64(inputs.delta),
        A: float64(inputs.A),
        B: float64(inputs.B),
        C: float64(inputs.C),
      };
      const shape = shapeOf(params);
      const u = float64(inputs.u);
      const { s4dKernel, s4dConvolution, s4dRecurrence } = engine;
      differences.check(`kernel ${idx}`, s4dKernel(parameters, shape), expected.kernel.data);
      differences.check(`conv ${idx}`, s4dConvolution(u, parameters, shape), expected.y.data);
      differences.check(`rec ${idx}`, s4dRecurrence(u, parameters, shape).y, expected.y.data);
    });
    differences.report('s4d.json');
  });

  it('has convolution and recurrence agree, A of 0 and a straight way through included', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 20 }),
        fc.nat(),
        (channels, stateSize, tokens, seed) => {
          const scan = randomScan(channels, stateSize, tokens, seed);
          const random = engine.createRandom(seed);
          const A = scan.A.map((a, idx) => (idx === 0 ? 0 : a));
          const parameters = {
            delta: Float64Array.from({ length: channels }, () => 0.1 + random.uniform()),
            A,
            B: engine.normalFloat64(random, channels * stateSize),
            C: engine.normalFloat64(random, channels * stateSize),
            D: scan.D,
          };
          const shape = { channels, stateSize, tokens };
          const convolution = engine.s4dConvolution(scan.u, parameters, shape);
          const { y } = engine.s4dRecurrence(scan.u, parameters, shape);
          expect(engine.maxAbsDifference(convolution, y)).toBeLessThan(1e-10);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('the selective scan', () => {
  it('gives the outputs and final states of mamba_selective_scan.json, sequential and in blocks', () => {
    type Case = ScanCase<'u' | 'delta' | 'A' | 'B' | 'C' | 'D', 'y' | 'finalState'>;
    const golden = readGolden<Case>('mamba_selective_scan');
    const differences = new Differences();
    golden.cases.forEach(({ params, inputs, expected }, idx) => {
      const scan = {
        u: float64(inputs.u),
        delta: float64(inputs.delta),
        A: float64(inputs.A),
        B: float64(inputs.B),
        C: float64(inputs.C),
        D: float64(inputs.D),
      };
      const shape = shapeOf(params);
      const results = [engine.selectiveScan(scan, shape)];
      for (const block of [1, 3, 4, 100]) {
        results.push(engine.selectiveScanBlocks(scan, shape, block));
      }
      for (const { y, finalState } of results) {
        differences.check(`y ${idx}`, y, expected.y.data);
        differences.check(`state ${idx}`, finalState, expected.finalState.data);
      }
    });
    differences.report('mamba_selective_scan.json');
  });

  it('is the same in blocks of any length, and in pieces that hand on their state', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 25 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(),
        (channels, stateSize, tokens, block, seed) => {
          const scan = randomScan(channels, stateSize, tokens, seed);
          const shape = { channels, stateSize, tokens };
          const initialState = engine.normalFloat64(
            engine.createRandom(seed),
            channels * stateSize,
          );
          const whole = engine.selectiveScan(scan, shape, { initialState });
          const blocks = engine.selectiveScanBlocks(scan, shape, block, { initialState });
          expect(engine.maxAbsDifference(whole.y, blocks.y)).toBeLessThan(1e-10);
          expect(engine.maxAbsDifference(whole.finalState, blocks.finalState)).toBeLessThan(1e-10);

          const cut = Math.min(block, tokens);
          const piece = (from: number, to: number) => {
            const part = (rows: number, data: Float64Array) =>
              Float64Array.from({ length: rows * (to - from) }, (_, idx) => {
                const row = Math.floor(idx / (to - from));
                return data[row * tokens + from + (idx % (to - from))];
              });
            return {
              ...scan,
              u: part(channels, scan.u),
              delta: part(channels, scan.delta),
              B: part(stateSize, scan.B),
              C: part(stateSize, scan.C),
            };
          };
          const first = engine.selectiveScan(
            piece(0, cut),
            { ...shape, tokens: cut },
            { initialState },
          );
          const second = engine.selectiveScan(
            piece(cut, tokens),
            { ...shape, tokens: tokens - cut },
            { initialState: first.finalState },
          );
          expect(engine.maxAbsDifference(second.finalState, whole.finalState)).toBeLessThan(1e-12);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('in float32 stays within float32 of float64', () => {
    const scan = randomScan(4, 8, 200, 3);
    const shape = { channels: 4, stateSize: 8, tokens: 200 };
    const rounded = Object.fromEntries(
      Object.entries(scan).map(([name, data]) => [name, Float32Array.from(data)]),
    ) as unknown as engine.SelectiveInputs;
    const { y } = engine.selectiveScan(rounded, shape);
    expect(y).toBeInstanceOf(Float32Array);
    expect(engine.maxAbsDifference(y, engine.selectiveScan(scan, shape).y)).toBeLessThan(1e-4);
  });

  it('keeps NaN to its own channel and to the tokens after it', () => {
    const scan = randomScan(2, 3, 6, 1);
    scan.u[2] = NaN;
    for (const { y } of [
      engine.selectiveScan(scan, { channels: 2, stateSize: 3, tokens: 6 }),
      engine.selectiveScanBlocks(scan, { channels: 2, stateSize: 3, tokens: 6 }, 2),
    ]) {
      expect(Array.from(y, Number.isNaN)).toEqual(
        Array.from({ length: 12 }, (_, idx) => idx >= 2 && idx < 6),
      );
    }
  });

  it('shows what of each token the state kept: the shares of positive writes sum to the state', () => {
    const scan = randomScan(2, 3, 12, 9);
    const positive = { ...scan, u: scan.u.map(Math.abs), B: scan.B.map(Math.abs) };
    const shape = { channels: 2, stateSize: 3, tokens: 12 };
    const { finalState } = engine.selectiveScan(positive, shape);
    const shares = engine.stateShares(positive, shape);
    for (const channel of [0, 1]) {
      const kept = shares.subarray(channel * 12, channel * 12 + 12).reduce((a, b) => a + b);
      const state = finalState.subarray(channel * 3, channel * 3 + 3).reduce((a, b) => a + b);
      expect(kept).toBeCloseTo(state, 10);
    }
  });

  it('tells an observer each step and each block, from which its state can be rebuilt', () => {
    const scan = randomScan(1, 2, 5, 4);
    const shape = { channels: 1, stateSize: 2, tokens: 5 };
    const rebuilt = new Float64Array(2);
    const blocks: number[] = [];
    const observer: engine.EngineObserver = {
      stateStep({ keep, write, state }) {
        rebuilt.forEach((value, idx) => (rebuilt[idx] = keep[idx] * value + write[idx]));
        expect(Array.from(rebuilt)).toEqual(Array.from(state));
      },
      scanBlock: ({ tokens }) => blocks.push(tokens),
    };
    engine.selectiveScan(scan, shape, { observer });
    engine.selectiveScanBlocks(scan, shape, 2, { observer });
    expect(blocks).toEqual([2, 2, 1]);
  });

  it('names the argument that does not fit', () => {
    const scan = randomScan(2, 3, 4, 1);
    const shape = { channels: 2, stateSize: 3, tokens: 4 };
    expect(() => engine.selectiveScan({ ...scan, B: scan.B.slice(1) }, shape)).toThrow(
      'B must hold stateSize 3 x tokens 4 = 12 numbers, got 11',
    );
    expect(() => engine.selectiveScanBlocks(scan, shape, 0)).toThrow(
      'blockTokens must be a positive integer, got 0',
    );
    expect(() => engine.selectiveScan(scan, { ...shape, stateSize: -1 })).toThrow(
      'stateSize must be a positive integer, got -1',
    );
  });
});

interface MambaCase {
  readonly params: Readonly<Record<string, number>>;
  readonly inputs: Readonly<Record<string, GoldenTensor>>;
  readonly expected: { readonly output: GoldenTensor };
}

function mambaOf(
  { params, inputs }: MambaCase,
  convert = float64 as (t: GoldenTensor) => engine.FloatArray,
) {
  return {
    x: convert(inputs.x),
    weights: {
      inProj: convert(inputs['in_proj.weight']),
      convWeight: convert(inputs['conv1d.weight']),
      convBias: convert(inputs['conv1d.bias']),
      xProj: convert(inputs['x_proj.weight']),
      dtProj: convert(inputs['dt_proj.weight']),
      dtProjBias: convert(inputs['dt_proj.bias']),
      aLog: convert(inputs.A_log),
      D: convert(inputs.D),
      outProj: convert(inputs['out_proj.weight']),
    },
    shape: {
      tokens: params.n,
      hiddenSize: params.hidden,
      innerSize: params.inner,
      stateSize: params.stateSize,
      convKernelTokens: params.convKernel,
      timeStepRank: params.timeStepRank,
    },
  };
}

function mamba2Of({ params, inputs }: MambaCase) {
  return {
    x: float64(inputs.x),
    weights: {
      inProj: float64(inputs['in_proj.weight']),
      convWeight: float64(inputs['conv1d.weight']),
      convBias: float64(inputs['conv1d.bias']),
      dtBias: float64(inputs.dt_bias),
      aLog: float64(inputs.A_log),
      D: float64(inputs.D),
      normWeight: float64(inputs['norm.weight']),
      outProj: float64(inputs['out_proj.weight']),
    },
    shape: {
      tokens: params.n,
      hiddenSize: params.hidden,
      numHeads: params.heads,
      headDim: params.headDim,
      stateSize: params.stateSize,
      numGroups: params.groups,
      convKernelTokens: params.convKernel,
    },
    options: { rmsNormEps: params.rmsNormEps },
  };
}

describe('the Mamba block', () => {
  const golden = readGolden<MambaCase>('mamba_block');

  it('gives the output of mamba_block.json (HF MambaMixer), sequential and in blocks', () => {
    const differences = new Differences();
    golden.cases.forEach((one, idx) => {
      const { x, weights, shape } = mambaOf(one);
      for (const blockTokens of [undefined, 1, 4]) {
        const { output } = engine.mambaBlock(x, weights, shape, { blockTokens });
        differences.check(`case ${idx}`, output, one.expected.output.data);
      }
    });
    differences.report('mamba_block.json');
  });

  it('gives the same when the text comes in pieces, down to one token and to none', () => {
    const { x, weights, shape } = mambaOf(golden.cases[0]);
    const whole = engine.mambaBlock(x, weights, shape);
    for (const pieces of [
      [2, 4],
      [1, 1, 1, 1, 1, 1],
      [0, 5, 1],
    ]) {
      let state: engine.MambaState | undefined;
      const output: number[] = [];
      for (const tokens of pieces) {
        const start = output.length;
        const part = x.slice(start, start + tokens * shape.hiddenSize);
        const result = engine.mambaBlock(part, weights, { ...shape, tokens }, { state });
        output.push(...result.output);
        state = result.state;
      }
      expect(engine.maxAbsDifference(output, whole.output)).toBeLessThan(1e-12);
    }
  });

  it('in float32 stays within float32 of float64', () => {
    const one = golden.cases[0];
    const { x, weights, shape } = mambaOf(one, float32);
    const { output } = engine.mambaBlock(x, weights, shape);
    expect(engine.maxAbsDifference(output, one.expected.output.data)).toBeLessThan(1e-5);
  });

  it('names a weight that does not fit', () => {
    const { x, weights, shape } = mambaOf(golden.cases[0]);
    expect(() =>
      engine.mambaBlock(x, { ...weights, dtProj: weights.dtProj.slice(1) }, shape),
    ).toThrow('dtProj must hold innerSize 16 x timeStepRank 3 = 48 numbers, got 47');
  });
});

describe('the Mamba-2 block', () => {
  const golden = readGolden<MambaCase>('mamba2_block');

  it('gives the output of mamba2_block.json (HF Mamba2Mixer, float32 inside), sequential and in blocks', () => {
    const differences = new Differences(1e-5);
    golden.cases.forEach((one, idx) => {
      const { x, weights, shape, options } = mamba2Of(one);
      for (const blockTokens of [undefined, 1, one.params.chunk, 5]) {
        const { output } = engine.mamba2Block(x, weights, shape, { ...options, blockTokens });
        differences.check(`case ${idx}`, output, one.expected.output.data);
      }
    });
    differences.report('mamba2_block.json');
  });

  it('gives the same when the text comes in pieces', () => {
    const { x, weights, shape, options } = mamba2Of(golden.cases[0]);
    const whole = engine.mamba2Block(x, weights, shape, options);
    const cut = 4;
    const { hiddenSize, tokens } = shape;
    const first = engine.mamba2Block(
      x.slice(0, cut * hiddenSize),
      weights,
      { ...shape, tokens: cut },
      options,
    );
    const second = engine.mamba2Block(
      x.slice(cut * hiddenSize),
      weights,
      { ...shape, tokens: tokens - cut },
      { ...options, state: first.state, blockTokens: 2 },
    );
    expect(engine.maxAbsDifference([...first.output, ...second.output], whole.output)).toBeLessThan(
      1e-12,
    );
  });

  it('scans token by token and in blocks to the same result, with any grouping of heads', () => {
    fc.assert(
      fc.property(
        fc.constantFrom([1, 1], [4, 1], [4, 2], [4, 4], [6, 3]),
        fc.integer({ min: 0, max: 21 }),
        fc.integer({ min: 1, max: 8 }),
        fc.nat(),
        ([numHeads, numGroups], tokens, blockTokens, seed) => {
          const random = engine.createRandom(seed);
          const shape = { tokens, numHeads, headDim: 3, stateSize: 2, numGroups };
          const inputs = {
            x: engine.normalFloat64(random, tokens * numHeads * 3),
            delta: engine.normalFloat64(random, tokens * numHeads).map(Math.exp),
            A: engine.normalFloat64(random, numHeads).map((a) => -Math.exp(a)),
            B: engine.normalFloat64(random, tokens * numGroups * 2),
            C: engine.normalFloat64(random, tokens * numGroups * 2),
            D: engine.normalFloat64(random, numHeads),
          };
          const initialState = engine.normalFloat64(random, numHeads * 6);
          const steps = engine.ssd(inputs, shape, { initialState });
          const blocks = engine.ssdBlocks(inputs, shape, blockTokens, { initialState });
          expect(engine.maxAbsDifference(steps.y, blocks.y)).toBeLessThan(1e-10);
          expect(engine.maxAbsDifference(steps.finalState, blocks.finalState)).toBeLessThan(1e-10);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('names heads that do not fall into groups', () => {
    const { x, weights, shape } = mamba2Of(golden.cases[0]);
    const odd = { ...shape, numGroups: 3 };
    expect(() => engine.mamba2Block(x, weights, odd)).toThrow(/inProj must hold/);
    const empty = new Float64Array(0);
    expect(() =>
      engine.ssd(
        { x: empty, delta: empty, A: empty, B: empty, C: empty },
        { tokens: 0, numHeads: 4, headDim: 1, stateSize: 1, numGroups: 3 },
      ),
    ).toThrow('numHeads must be a multiple of numGroups, got 4 and 3');
  });
});

describe('selective copying', () => {
  const task = (seed: number, spacing?: number) =>
    engine.copyingTask({ tokens: 60, numCopied: 12, numSymbols: 7, seed, spacing });

  it('is solved by the selective model wherever the symbols stand', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const result = engine.selectiveCopying(task(seed));
        expect(Array.from(result.selective)).toEqual(Array.from(result.wanted));
      }),
      { numRuns: 60 },
    );
  });

  it('is solved by the time-invariant one when the spacing is the one it was tuned to, and only then', () => {
    for (const seed of [1, 2, 3]) {
      expect(engine.selectiveCopying(task(seed, 1), 1).timeInvariantCorrect).toBe(12);
      expect(engine.selectiveCopying(task(seed, 5), 5).timeInvariantCorrect).toBe(12);
      expect(engine.selectiveCopying(task(seed, 5), 1).timeInvariantCorrect).toBeLessThan(6);
    }
    const right = Array.from({ length: 40 }, (_, seed) => engine.selectiveCopying(task(seed), 5));
    const mean = right.reduce((sum, one) => sum + one.timeInvariantCorrect, 0) / right.length;
    expect(mean).toBeLessThan(4);
  });

  it('says when the symbols are more than a double holds', () => {
    const long = engine.copyingTask({ tokens: 40, numCopied: 30, numSymbols: 7, seed: 1 });
    expect(() => engine.selectiveCopying(long)).toThrow(
      'symbols to copy must fit in 48 bits, got 30 of 7 kinds = 90.0 bits',
    );
    expect(() => engine.copyingTask({ tokens: 4, numCopied: 5, numSymbols: 2, seed: 1 })).toThrow(
      'numCopied must be between 1 and 4, got 5',
    );
  });
});
