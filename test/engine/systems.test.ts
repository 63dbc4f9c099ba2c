import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as engine from '../../src/engine/index.ts';
import type { LayerKind, ServingRequest, WallModel } from '../../src/engine/index.ts';
import { readGolden } from './golden.ts';

describe('tensor-parallel attention', () => {
  function randomLayer(numHeads: number, numKvHeads: number, tokens: number, seed: number) {
    const random = engine.createRandom(seed);
    const [headDim, hiddenSize] = [3, 5];
    const matrix = (rows: number, columns: number) => engine.normalFloat64(random, rows * columns);
    return {
      x: matrix(tokens, hiddenSize),
      weights: {
        Wq: matrix(numHeads * headDim, hiddenSize),
        Wk: matrix(numKvHeads * headDim, hiddenSize),
        Wv: matrix(numKvHeads * headDim, hiddenSize),
        Wo: matrix(hiddenSize, numHeads * headDim),
      },
      shape: { tokens, hiddenSize, numHeads, numKvHeads, headDim },
    };
  }

  it('is equal to one device however the heads fall on ranks', () => {
    let largest = 0;
    for (const [numHeads, numKvHeads, numRanks] of [
      [8, 8, 2],
      [8, 2, 2],
      [8, 2, 4],
      [8, 2, 8],
      [8, 1, 4],
      [6, 3, 3],
      [12, 4, 2],
    ]) {
      for (const tokens of [0, 1, 7]) {
        const { x, weights, shape } = randomLayer(numHeads, numKvHeads, tokens, numRanks);
        const one = engine.tensorParallelAttention(x, weights, shape, 1).output;
        const many = engine.tensorParallelAttention(x, weights, shape, numRanks);
        expect(many.partialOutputs).toHaveLength(numRanks);
        largest = Math.max(largest, engine.maxAbsDifference(one, many.output));
      }
    }
    console.log(`tensor-parallel attention: largest difference ${largest.toExponential(2)}`);
    expect(largest).toBeLessThan(1e-10);
  });

  it('splits the MLP to the same result', () => {
    const random = engine.createRandom(1);
    const x = engine.normalFloat64(random, 15);
    const [gate, up, down] = [60, 60, 60].map((length) => engine.normalFloat64(random, length));
    const shape = { tokens: 3, hiddenSize: 5, innerSize: 12 };
    const one = engine.tensorParallelMlp(x, { gate, up, down }, shape, 1);
    const four = engine.tensorParallelMlp(x, { gate, up, down }, shape, 4);
    expect(engine.maxAbsDifference(one.output, four.output)).toBeLessThan(1e-12);
    expect(() => engine.tensorParallelMlp(x, { gate, up, down }, shape, 5)).toThrow(
      'innerSize must be a multiple of numRanks, got 12 and 5',
    );
  });

  it('counts the bytes of a ring all-reduce, and shows each', () => {
    // 4,096 tokens of 8,192 numbers in bf16 = 64 MiB; on 8 ranks each sends 2 x 7/8 of it.
    const { tensorBytes, bytesPerRank } = engine.allReduceBytes(4096 * 8192, 8);
    expect(tensorBytes).toBe(64 * 2 ** 20);
    expect(bytesPerRank).toBe(112 * 2 ** 20);
    expect(engine.allReduceBytes(100, 1).bytesPerRank).toBe(0);
    const { x, weights, shape } = randomLayer(4, 2, 3, 1);
    const seen: engine.AllReduceEvent[] = [];
    const observer = { allReduce: (event: engine.AllReduceEvent) => seen.push(event) };
    engine.tensorParallelAttention(x, weights, shape, 2, { observer });
    expect(seen).toEqual([{ after: 'attention', numRanks: 2, elements: 15, bytesPerRank: 30 }]);
  });

  it('says which ranks the heads divide over: 8 kv heads not over 3, 1 held by all', () => {
    const ranks = [1, 2, 3, 4, 6, 8, 16, 32, 64];
    const fits = (numHeads: number, numKvHeads: number) =>
      ranks.filter((rank) => engine.splitHeadsOverRanks(numHeads, numKvHeads, rank) !== undefined);
    expect(fits(64, 8)).toEqual([1, 2, 4, 8, 16, 32, 64]);
    expect(fits(96, 6)).toEqual([1, 2, 3, 6]);
    expect(engine.splitHeadsOverRanks(64, 8, 16)).toEqual({
      headsPerRank: 4,
      kvHeadsPerRank: 1,
      kvCopies: 2,
      kvCacheShare: 1 / 8,
    });
    const { x, weights, shape } = randomLayer(6, 2, 2, 1);
    expect(() => engine.tensorParallelAttention(x, weights, shape, 3)).toThrow(
      'numRanks must divide numHeads, and divide numKvHeads or be a multiple of it, got 3 for 6 and 2',
    );
  });
});

describe('the cache of a stack of layers', () => {
  interface CacheCase {
    readonly model: string;
    readonly n: number;
    readonly bytes: number;
    readonly shape: Readonly<Record<string, number>>;
  }

  function layersOf({ shape, model }: CacheCase): readonly LayerKind[] {
    const { layers, kvHeads: numKvHeads, headDim, convKernel: convKernelTokens } = shape;
    const full: LayerKind = { kind: 'full', numKvHeads, headDim };
    const times = (count: number, layer: LayerKind) => engine.repeatLayers([layer], count);
    const mamba: LayerKind = {
      kind: 'mamba',
      innerSize: shape.innerSize,
      stateSize: shape.stateSize,
      convKernelTokens,
    };
    if ('slidingLayers' in shape) {
      const windowTokens = shape.slidingWindow;
      const sliding: LayerKind = { kind: 'sliding', numKvHeads, headDim, windowTokens };
      return [...times(shape.slidingLayers, sliding), ...times(layers - shape.slidingLayers, full)];
    }
    if ('linearLayers' in shape) {
      const delta: LayerKind = {
        kind: 'gatedDeltaRule',
        numKeyHeads: shape.linearKeyHeads,
        numValueHeads: shape.linearValueHeads,
        keyDim: shape.linearHeadDim,
        valueDim: shape.linearHeadDim,
        convKernelTokens,
      };
      return [...times(shape.fullLayers, full), ...times(shape.linearLayers, delta)];
    }
    if ('mambaLayers' in shape) {
      return [...times(shape.attentionLayers, full), ...times(shape.mambaLayers, mamba)];
    }
    if ('groups' in shape) {
      const { heads: numHeads, stateSize, groups: numGroups } = shape;
      return times(layers, {
        kind: 'mamba2',
        numHeads,
        headDim,
        stateSize,
        numGroups,
        convKernelTokens,
      });
    }
    if ('innerSize' in shape) return times(layers, mamba);
    if ('kvHeads' in shape) return times(layers, full);
    throw new Error(`kv_cache_bytes.json has a model this test does not know: ${model}`);
  }

  it('has the bytes that Hugging Face keeps, for every model of kv_cache_bytes.json', () => {
    const { cases } = readGolden<CacheCase>('kv_cache_bytes');
    for (const one of cases) {
      const { totalBytes } = engine.stackCacheBytes(layersOf(one), one.n, {
        slidingKeeps: 'windowMinusOne',
        convolutionKeeps: 'kernel',
      });
      expect(totalBytes, `${one.model} at ${one.n} tokens`).toBe(one.bytes);
    }
    console.log(`kv_cache_bytes.json: ${cases.length} numbers, largest difference 0`);
  });

  it('sums kinds, and grows only by the layers that still grow', () => {
    const full: LayerKind = { kind: 'full', numKvHeads: 8, headDim: 128 };
    const local: LayerKind = { ...full, kind: 'sliding', windowTokens: 1024 };
    const layers = engine.repeatLayers([local, local, local, local, local, full], 48);
    const stack = engine.stackCacheBytes(layers, 100_000);
    expect(layers.filter(({ kind }) => kind === 'full')).toHaveLength(8);
    expect(stack.bytesOfNextToken).toBe(8 * 8 * 256 * 2);
    expect(stack.bytesByKind.sliding).toBe(40 * 1024 * 8 * 256 * 2);
    expect(stack.totalBytes).toBe(stack.bytesPerLayer.reduce((a, b) => a + b));
    // DeepSeek-V3: 61 layers of 512 + 64 numbers in bf16.
    const mla = engine.repeatLayers(
      [{ kind: 'mla', kvLoraRank: 512, qkRopeHeadDim: 64 } as const],
      61,
    );
    expect(engine.stackCacheBytes(mla, 1).totalBytes).toBe(70_272);
    expect(engine.stackCacheBytes([], 9).totalBytes).toBe(0);
    expect(engine.layerCacheBytes({ kind: 'none' }, 9)).toBe(0);
  });

  it('names a layer whose size is wrong', () => {
    const layer = { kind: 'sliding', numKvHeads: 8, headDim: 64, windowTokens: 0 } as const;
    expect(() => engine.layerCacheBytes(layer, 5)).toThrow(
      "sliding layer's windowTokens must be a positive integer, got 0",
    );
    expect(() => engine.repeatLayers([], 3)).toThrow('pattern must name at least one layer');
  });
});

describe('the quadratic wall', () => {
  // Llama 3.1 8B.
  const model: WallModel = {
    numLayers: 32,
    numHeads: 32,
    numKvHeads: 8,
    headDim: 128,
    windowTokens: 4096,
  };

  it('has the known figures: 20 GB for one head at 100,000 tokens, 16 GiB of cache at 128 Ki', () => {
    const at100k = engine.mixingCost('standard', model, 100_000);
    expect(at100k.perHead.workingBytes).toBe(20e9);
    const at128k = engine.mixingCost('flash', model, 131_072);
    expect(at128k.wholeModel.cacheBytes).toBe(16 * 2 ** 30);
    expect(engine.mixingCost('standard', model, 131_072).perHead.workingBytes).toBe(32 * 2 ** 30);
    // O(n) beside it: a log-sum-exp of 4 bytes a row.
    expect(at128k.perHead.workingBytes).toBe(4 * 131_072);
  });

  it('counts as many cells as the masks have', () => {
    for (const tokens of [1, 7, 40]) {
      const area = { queryTokens: tokens, keyTokens: tokens };
      const small = { ...model, windowTokens: 9 };
      expect(engine.mixingCost('flash', small, tokens).perHead.scoreCells).toBe(
        engine.countCells(engine.causal, area),
      );
      expect(engine.mixingCost('sliding', small, tokens).perHead.scoreCells).toBe(
        engine.countCells(engine.slidingWindow(9), area),
      );
    }
  });

  it('quadruples with twice the tokens where it is quadratic, doubles where it is not', () => {
    const growth = (variant: engine.WallVariant) =>
      engine.mixingCost(variant, model, 2_097_152).wholeModel.flops /
      engine.mixingCost(variant, model, 1_048_576).wholeModel.flops;
    for (const variant of ['standard', 'flash', 'mla'] as const) {
      expect(growth(variant)).toBeCloseTo(4, 4);
    }
    for (const variant of ['sliding', 'linear', 'mamba'] as const) {
      expect(growth(variant)).toBeCloseTo(2, 2);
    }
    for (const variant of engine.wallVariants) {
      const { perHead, perLayer, wholeModel } = engine.mixingCost(variant, model, 5000);
      expect(perLayer.flops).toBeCloseTo(32 * perHead.flops, 0);
      expect(wholeModel.cacheBytes).toBeCloseTo(32 * perLayer.cacheBytes, 0);
      expect(wholeModel.workingBytes).toBe(perLayer.workingBytes);
      expect(engine.mixingCost(variant, model, 0).wholeModel.flops).toBe(0);
    }
  });

  it('keeps a cache of constant size for the recurrent kinds and of 576 numbers a token for MLA', () => {
    const cache = (variant: engine.WallVariant, tokens: number) =>
      engine.mixingCost(variant, model, tokens).perLayer.cacheBytes;
    for (const variant of ['linear', 'mamba'] as const) {
      expect(cache(variant, 2_000_000)).toBe(cache(variant, 1000));
    }
    expect(cache('mla', 1000)).toBeCloseTo(1000 * 576 * 2, 6);
    expect(cache('sliding', 1_000_000)).toBe(cache('sliding', 4096));
  });

  it('names what is wrong', () => {
    expect(() => engine.mixingCost('flash', { ...model, numKvHeads: 5 }, 1)).toThrow(
      'numHeads must be a multiple of numKvHeads, got 32 and 5',
    );
    expect(() => engine.mixingCost('flash', model, 1.5)).toThrow(
      'tokens must be an integer of 0 or more, got 1.5',
    );
  });
});

describe('batching', () => {
  /** A step of 1 second whatever it holds: times can then be counted on fingers. */
  const oneSecond = () => 1;
  const request = (arrivalSeconds: number, promptTokens: number, outputTokens: number) => ({
    arrivalSeconds,
    promptTokens,
    outputTokens,
  });

  it('gives the first token with the end of the prompt, and one more each step', () => {
    const run = engine.continuousBatching([request(0, 10, 3)], {
      stepSeconds: oneSecond,
      maxRequests: 1,
      stepBudgetTokens: 4,
    });
    // 10 prompt tokens in steps of 4, 4, 2; the third gives token 1, two more steps the rest.
    expect(run.steps.map(({ work }) => `${work[0].phase} ${work[0].tokens}`)).toEqual([
      'prefill 4',
      'prefill 4',
      'prefill 2',
      'decode 1',
      'decode 1',
    ]);
    expect(run.requests[0]).toMatchObject({
      timeToFirstTokenSeconds: 3,
      endToEndSeconds: 5,
      timePerOutputTokenSeconds: 1,
    });
  });

  it('lets a request join while another decodes, where a static batch makes it wait', () => {
    const requests = [request(0, 4, 10), request(1, 4, 2)];
    const options = { stepSeconds: oneSecond, maxRequests: 2, stepBudgetTokens: 8 };
    const continuous = engine.continuousBatching(requests, options);
    const fixed = engine.staticBatching(requests, options);
    // Continuous: joins the step that starts at 1. Static: after the 10 steps of the first.
    expect(continuous.requests[1].timeToFirstTokenSeconds).toBe(1);
    expect(fixed.requests[1].timeToFirstTokenSeconds).toBe(10);
    expect(continuous.decodeTokensPerSecond).toBeGreaterThan(fixed.decodeTokensPerSecond);
  });

  it('keeps rows of finished requests running for nothing in a static batch only', () => {
    const requests = [request(0, 4, 1), request(0, 4, 9)];
    const options = { stepSeconds: oneSecond, maxRequests: 2, stepBudgetTokens: 8 };
    expect(engine.staticBatching(requests, options).idleShare).toBeCloseTo(8 / 24, 12);
    expect(engine.continuousBatching(requests, options).idleShare).toBe(0);
  });

  const arrivals = fc.array(
    fc.record({
      arrivalSeconds: fc.integer({ min: 0, max: 20 }),
      promptTokens: fc.integer({ min: 1, max: 30 }),
      outputTokens: fc.integer({ min: 1, max: 12 }),
    }),
    { maxLength: 12 },
  );

  it('computes every token once, keeps to budget, rows and cache, and never answers early', () => {
    fc.assert(
      fc.property(
        arrivals,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 10 }),
        (requests: ServingRequest[], maxRequests, spare) => {
          const stepBudgetTokens = maxRequests + spare;
          const options = {
            stepSeconds: ({ prefillTokens, decodeTokens, idleTokens }: engine.StepWork) =>
              0.1 + 0.01 * (prefillTokens + decodeTokens + idleTokens),
            maxRequests,
            stepBudgetTokens,
            cacheTokens: 60,
          };
          const continuous = engine.continuousBatching(requests, options);
          for (const run of [continuous, engine.staticBatching(requests, options)]) {
            requests.forEach((one, idx) => {
              const work = run.steps.flatMap((step) =>
                step.work.filter(({ requestIdx }) => requestIdx === idx),
              );
              const sumOf = (phase: string) =>
                work.reduce((sum, part) => sum + (part.phase === phase ? part.tokens : 0), 0);
              expect(sumOf('prefill')).toBe(one.promptTokens);
              expect(sumOf('decode')).toBe(one.outputTokens - 1);
              const timing = run.requests[idx];
              expect(timing.startSeconds).toBeGreaterThanOrEqual(one.arrivalSeconds);
              expect(timing.timeToFirstTokenSeconds).toBeGreaterThan(0);
              expect(timing.endToEndSeconds).toBeGreaterThanOrEqual(timing.timeToFirstTokenSeconds);
            });
            for (const step of run.steps) {
              expect(step.work.length).toBeLessThanOrEqual(maxRequests);
              const held = step.work.reduce((sum, { requestIdx }) => {
                const { promptTokens, outputTokens } = requests[requestIdx];
                return sum + promptTokens + outputTokens;
              }, 0);
              expect(held).toBeLessThanOrEqual(60);
            }
          }
          for (const { work } of continuous.steps) {
            const tokens = work.reduce((sum, part) => sum + part.tokens, 0);
            expect(tokens).toBeLessThanOrEqual(stepBudgetTokens);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has a clock that is bound by reading at small batches and by computing at large ones', () => {
    const clock = engine.rooflineClock({
      weightBytes: 16e9,
      kvCacheBytesPerToken: 131_072,
      bytesPerSecond: 3.35e12,
      flopsPerToken: 16e9,
      flopPerSecond: 989e12,
      stepOverheadSeconds: 0,
    });
    const decode = { prefillTokens: 0, decodeTokens: 1, idleTokens: 0, cachedTokens: 1000 };
    expect(clock(decode)).toBeCloseTo((16e9 + 131_072_000) / 3.35e12, 12);
    expect(clock({ ...decode, prefillTokens: 8191 })).toBeCloseTo((8192 * 16e9) / 989e12, 12);
  });

  it('names the request and the option that do not fit', () => {
    const options = { stepSeconds: oneSecond, maxRequests: 4, stepBudgetTokens: 8 };
    expect(() => engine.continuousBatching([request(0, 0, 1)], options)).toThrow(
      "request 0's promptTokens must be a positive integer, got 0",
    );
    expect(() => engine.staticBatching([request(NaN, 1, 1)], options)).toThrow(
      "request 0's arrivalSeconds must be 0 or more, got NaN",
    );
    const small = { ...options, cacheTokens: 5 };
    expect(() => engine.continuousBatching([request(0, 5, 1)], small)).toThrow(
      'request 0 must fit in cacheTokens, got 6 tokens and 5',
    );
    expect(() => engine.continuousBatching([], { ...options, stepBudgetTokens: 3 })).toThrow(
      'stepBudgetTokens must be at least maxRequests so that all can decode, got 3 and 4',
    );
    expect(engine.continuousBatching([], options)).toMatchObject({
      totalSeconds: 0,
      decodeTokensPerSecond: 0,
    });
  });
});

describe('dilution and depth', () => {
  const plan = { tokens: 50, needleIdx: 20, needleScore: 4, distractorDeviation: 0, seed: 1 };
  const weightOf = (needle: engine.NeedleInputs, options: engine.AttentionOptions = {}) =>
    engine.referenceAttention(needle.q, needle.k, needle.v, needle.shape, {
      firstQueryIdx: needle.firstQueryIdx,
      ...options,
    }).output[0];

  it('has the weight on the needle as the formula says, and exactly when distractors are alike', () => {
    for (const tokens of [1, 2, 50, 1000]) {
      const needle = engine.needleInputs({ ...plan, tokens, needleIdx: tokens - 1 }, 4);
      expect(weightOf(needle)).toBeCloseTo(engine.expectedNeedleWeight(4, tokens - 1), 12);
    }
    const seeds = Array.from({ length: 20 }, (_, seed) => seed);
    const mean =
      seeds
        .map((seed) => {
          const noisy = { ...plan, tokens: 4000, distractorDeviation: 1, seed };
          return weightOf(engine.needleInputs(noisy));
        })
        .reduce((a, b) => a + b) / 20;
    expect(mean / engine.expectedNeedleWeight(4, 3999, 1)).toBeCloseTo(1, 1);
  });

  it('has all the weight where there is nothing else, and where its score is beyond every exponential', () => {
    expect(engine.expectedNeedleWeight(-1000, 0)).toBe(1);
    const stack = { tokens: 8, numLayers: 2, slope: 0.5, residualShare: 0.25, needleScore: 1000 };
    const influence = engine.positionInfluence(stack, 3);
    expect(influence.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    // All that is no residual goes to the needle, and of its own row all that the mask lets it see.
    expect(influence[3]).toBeCloseTo(1 - 0.25 ** 2, 12);
    const far = { ...stack, tokens: 3000, numLayers: 1, needleScore: -1000 };
    expect(engine.positionInfluence(far, 0).every(Number.isFinite)).toBe(true);
  });

  it('needs a score that grows as ln n to hold its weight', () => {
    const score = engine.needleScoreFor(0.9, 1000, 0.5);
    expect(engine.expectedNeedleWeight(score, 1000, 0.5)).toBeCloseTo(0.9, 12);
    const further = engine.needleScoreFor(0.9, 10_000, 0.5);
    expect(further - score).toBeCloseTo(Math.log(10), 12);
  });

  it('does not depend on depth without positions, falls with ALiBi, ends at the window', () => {
    const at = (needleIdx: number) => engine.needleInputs({ ...plan, needleIdx });
    expect(weightOf(at(0))).toBeCloseTo(weightOf(at(49)), 12);
    const scoreBias = engine.alibiBias(1);
    expect(weightOf(at(0), { scoreBias })).toBeLessThan(weightOf(at(45), { scoreBias }));
    const mask = engine.slidingWindow(10);
    expect(weightOf(at(39), { mask })).toBe(0);
    expect(weightOf(at(40), { mask })).toBeGreaterThan(0.5);
  });

  const depth = { tokens: 96, numLayers: 8, slope: 0.02, residualShare: 0.8, needleScore: 0 };

  it('has influences that sum to 1 and equal the product of the layers as matrices', () => {
    const small = { ...depth, tokens: 5, numLayers: 2, needleScore: 1 };
    const influence = engine.positionInfluence(small, 1);
    expect(influence.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    const { weights } = engine.referenceAttention(
      new Float64Array(5),
      new Float64Array(5),
      new Float64Array(5),
      { numHeads: 1, numKvHeads: 1, queryTokens: 5, keyTokens: 5, headDim: 1 },
      {
        mask: engine.causal,
        scoreBias: (_, qIdx, kvIdx) => -0.02 * (qIdx - kvIdx) + (kvIdx === 1 ? 1 : 0),
        keepWeights: true,
      },
    );
    const layer = (row: number, column: number) =>
      0.2 * (weights?.[row * 5 + column] ?? NaN) + (row === column ? 0.8 : 0);
    for (let column = 0; column < 5; column++) {
      const product = [0, 1, 2, 3, 4].reduce((sum, k) => sum + layer(4, k) * layer(k, column), 0);
      expect(influence[column]).toBeCloseTo(product, 12);
    }
  });

  it('loses the middle: both ends of a causal stack with falling scores outweigh it', () => {
    const curve = engine.needleDepthCurve({ ...depth, needleScore: 2 }, [0, 32, 48, 95]);
    const [start, third, middle, end] = curve.map(({ influence }) => influence);
    expect(Math.max(third, middle)).toBeLessThan(start / 1.5);
    expect(Math.max(third, middle)).toBeLessThan(end / 3);
  });

  it('names what does not fit', () => {
    expect(() => engine.needleInputs({ ...plan, needleIdx: 50 })).toThrow(
      'needleIdx must be between 0 and 49, got 50',
    );
    expect(() => engine.needleScoreFor(1, 5)).toThrow('weight must be between 0 and 1, got 1');
    expect(() => engine.positionInfluence({ ...depth, residualShare: 2 })).toThrow(
      'residualShare must be between 0 and 1, got 2',
    );
  });
});
