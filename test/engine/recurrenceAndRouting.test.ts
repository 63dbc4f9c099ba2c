import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as engine from '../../src/engine/index.ts';
import { Differences, float64, readGolden, type GoldenTensor } from './golden.ts';

interface XlCase {
  readonly params: Readonly<Record<'heads' | 'headDim' | 'n' | 'memory', number>>;
  readonly inputs: Readonly<
    Record<'x' | 'memory' | 'Wq' | 'Wk' | 'Wv' | 'Wr' | 'u' | 'v', GoldenTensor>
  >;
  readonly expected: { readonly output: GoldenTensor };
}

function randomLayer(numHeads: number, headDim: number, random: engine.Random) {
  const hiddenSize = numHeads * headDim;
  const matrix = () => engine.normalFloat64(random, hiddenSize ** 2, 1 / Math.sqrt(hiddenSize));
  const vectors = () => engine.normalFloat64(random, hiddenSize, 0.5);
  return { Wq: matrix(), Wk: matrix(), Wv: matrix(), Wr: matrix(), u: vectors(), v: vectors() };
}

describe('Transformer-XL', () => {
  it('gives the outputs of transformer_xl.json', () => {
    const differences = new Differences();
    readGolden<XlCase>('transformer_xl').cases.forEach(({ params, inputs, expected }, idx) => {
      const weights = {
        Wq: float64(inputs.Wq),
        Wk: float64(inputs.Wk),
        Wv: float64(inputs.Wv),
        Wr: float64(inputs.Wr),
        u: float64(inputs.u),
        v: float64(inputs.v),
      };
      const output = engine.transformerXlAttention(
        float64(inputs.x),
        float64(inputs.memory),
        weights,
        {
          numHeads: params.heads,
          headDim: params.headDim,
          tokens: params.n,
          memoryTokens: params.memory,
        },
      );
      differences.check(`case ${idx}`, output, expected.output.data);
    });
    differences.report('transformer_xl.json');
  });

  it('run segment by segment with memory for everything is one long segment, through all layers', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 11 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 3 }),
        fc.nat(),
        (tokens, segmentTokens, numLayers, seed) => {
          const random = engine.createRandom(seed);
          const layers = Array.from({ length: numLayers }, () => randomLayer(2, 3, random));
          const x = engine.normalFloat64(random, tokens * 6);
          const shape = { numHeads: 2, headDim: 3, tokens, memoryTokens: tokens };
          const pieces = engine.transformerXlSegments(x, layers, { ...shape, segmentTokens });
          const whole = engine.transformerXlSegments(x, layers, {
            ...shape,
            segmentTokens: Math.max(1, tokens),
          });
          expect(engine.maxAbsDifference(pieces, whole)).toBeLessThan(1e-11);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('depends on exactly the tokens that its reach names, a memory more per layer', () => {
    const [tokens, segmentTokens, memoryTokens] = [12, 3, 2];
    const random = engine.createRandom(7);
    const layers = Array.from({ length: 3 }, () => randomLayer(1, 4, random));
    const x = engine.normalFloat64(random, tokens * 4);
    const shape = { numHeads: 1, headDim: 4, tokens, segmentTokens, memoryTokens };
    const before = engine.transformerXlSegments(x, layers, shape);
    const reach = engine.receptiveField(
      layers.map(() => engine.segmentMask(segmentTokens, memoryTokens)),
      tokens,
    );
    for (let source = 0; source < tokens; source++) {
      const touched = x.slice();
      touched[source * 4] += 1;
      const after = engine.transformerXlSegments(touched, layers, shape);
      for (let target = 0; target < tokens; target++) {
        const rowOf = (data: engine.FloatArray) => data.slice(target * 4, target * 4 + 4);
        const moved = engine.maxAbsDifference(rowOf(before), rowOf(after)) > 0;
        expect(moved, `${source} to ${target}`).toBe(reach[target * tokens + source] === 1);
      }
    }
  });

  it('has its four terms add up to the scores', () => {
    const random = engine.createRandom(2);
    const weights = randomLayer(1, 4, random);
    const [x, memory] = [engine.normalFloat64(random, 12), engine.normalFloat64(random, 8)];
    const shape = { numHeads: 1, headDim: 4, tokens: 3, memoryTokens: 2 };
    const terms = engine.transformerXlTerms(x, memory, weights, shape);
    const output = engine.transformerXlAttention(x, memory, weights, shape);
    // By hand: softmax of the sum over the values, whose projection is W_v.
    const context = [...memory, ...x];
    const valueOf = (token: number, dim: number) =>
      [0, 1, 2, 3].reduce((sum, i) => sum + context[token * 4 + i] * weights.Wv[i * 4 + dim], 0);
    for (let query = 0; query < 3; query++) {
      const scores = Array.from({ length: 3 + query }, (_, key) => {
        const cell = query * 5 + key;
        const { content, contentPosition, contentBias, positionBias } = terms;
        return (content[cell] + contentPosition[cell] + contentBias[cell] + positionBias[cell]) / 2;
      });
      const sum = scores.reduce((total, score) => total + Math.exp(score), 0);
      for (let dim = 0; dim < 4; dim++) {
        const mean = scores.reduce((t, s, key) => t + (Math.exp(s) / sum) * valueOf(key, dim), 0);
        expect(output[query * 4 + dim]).toBeCloseTo(mean, 10);
      }
    }
  });

  it('names the argument that does not fit', () => {
    const weights = randomLayer(1, 3, engine.createRandom(1));
    const shape = { numHeads: 1, headDim: 3, tokens: 1, memoryTokens: 0 };
    const none = new Float64Array(0);
    expect(() => engine.transformerXlAttention(new Float64Array(3), none, weights, shape)).toThrow(
      'hiddenSize must be even, got 3',
    );
    expect(() => engine.transformerXlAttention(new Float64Array(2), none, weights, shape)).toThrow(
      'x must hold tokens 1 x hiddenSize 3 = 3 numbers, got 2',
    );
  });
});

interface RoutingCase {
  readonly params: {
    readonly tokens: number;
    readonly experts: number;
    readonly topK: number;
    readonly renormalise: boolean;
  };
  readonly inputs: { readonly logits: GoldenTensor };
  readonly expected: {
    readonly indices: GoldenTensor;
    readonly weights: GoldenTensor;
    readonly loadFraction: GoldenTensor;
    readonly switchAuxLoss: number;
  };
}

describe('mixture-of-experts routing', () => {
  it('gives the experts, weights, loads and losses of moe_routing.json', () => {
    const differences = new Differences();
    readGolden<RoutingCase>('moe_routing').cases.forEach(({ params, inputs, expected }, idx) => {
      const { tokens, experts: numExperts, topK, renormalise } = params;
      const shape = { tokens, numExperts, topK };
      const routing = engine.routeTokens(float64(inputs.logits), shape, { renormalise });
      expect(Array.from(routing.experts)).toEqual(expected.indices.data);
      differences.check(`weights ${idx}`, routing.weights, expected.weights.data);
      differences.check(`load ${idx}`, routing.loadFraction, expected.loadFraction.data);
      differences.check(`loss ${idx}`, [routing.auxiliaryLoss], [expected.switchAuxLoss]);
    });
    differences.report('moe_routing.json');
  });

  it('assigns every token topK different experts, and renormalised weights sum to 1', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(),
        (tokens, numExperts, seed) => {
          const random = engine.createRandom(seed);
          const topK = 1 + random.integer(numExperts);
          const logits = engine.normalFloat64(random, tokens * numExperts, 3);
          const shape = { tokens, numExperts, topK };
          const routing = engine.routeTokens(logits, shape);
          for (let token = 0; token < tokens; token++) {
            const chosen = routing.experts.slice(token * topK, (token + 1) * topK);
            expect(new Set(chosen).size).toBe(topK);
            const sum = routing.weights
              .slice(token * topK, (token + 1) * topK)
              .reduce((a, b) => a + b);
            expect(sum).toBeCloseTo(1, 10);
          }
          if (tokens > 0) {
            expect(routing.loadFraction.reduce((a, b) => a + b)).toBeCloseTo(topK, 10);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('has a loss of 1 when the load is even and of numExperts when one expert takes all', () => {
    const shape = { tokens: 4, numExperts: 4, topK: 1 };
    const even = Float64Array.from({ length: 16 }, (_, idx) => (idx % 5 === 0 ? 100 : 0));
    const collapsed = Float64Array.from({ length: 16 }, (_, idx) => (idx % 4 === 0 ? 100 : 0));
    const [balanced, one] = [even, collapsed].map((logits) => engine.routeTokens(logits, shape));
    expect(balanced.auxiliaryLoss).toBeCloseTo(1, 10);
    expect(one.auxiliaryLoss).toBeCloseTo(4, 10);
    expect(engine.expertLoads(balanced, 4)).toMatchObject({ imbalance: 1, idleExperts: 0 });
    const loads = engine.expertLoads(one, 4, 1.25);
    expect(loads).toMatchObject({ imbalance: 4, idleExperts: 3 });
    expect(loads).toMatchObject({ effectiveExperts: 1, capacityTokens: 2, droppedAssignments: 2 });
  });

  it('takes the lower number of two equal experts', () => {
    const routing = engine.routeTokens(new Float64Array(5), { tokens: 1, numExperts: 5, topK: 3 });
    expect(Array.from(routing.experts)).toEqual([0, 1, 2]);
  });

  it('has the gradient of its loss agree with differences of the loss', () => {
    const shape = { tokens: 3, numExperts: 4, topK: 2 };
    const logits = engine.normalFloat64(engine.createRandom(3), 12);
    const gradient = engine.auxiliaryLossGradient(engine.routeTokens(logits, shape), shape);
    for (let idx = 0; idx < 12; idx++) {
      const lossAt = (shift: number) => {
        const moved = logits.map((logit, at) => (at === idx ? logit + shift : logit));
        return engine.routeTokens(moved, shape).auxiliaryLoss;
      };
      expect(gradient[idx]).toBeCloseTo((lossAt(1e-5) - lossAt(-1e-5)) / 2e-5, 6);
    }
  });

  it('uses more experts after training with the Switch loss than without it', () => {
    const run = {
      tokens: 64,
      hiddenSize: 8,
      numExperts: 8,
      topK: 1,
      numSteps: 300,
      learningRate: 0.3,
    };
    const mean = (auxiliaryWeight: number) => {
      const seeds = [1, 2, 3, 4, 5, 6];
      const used = seeds.map((seed) => {
        const x = engine.normalFloat64(engine.createRandom(seed), 64 * 8);
        // What the tokens share makes one expert the first choice of most.
        for (let idx = 0; idx < x.length; idx += 8) x[idx] += 2;
        const steps = engine.trainRouter(x, { ...run, auxiliaryWeight, seed });
        expect(steps).toHaveLength(301);
        expect(steps[300].taskLoss).toBeLessThan(steps[0].taskLoss);
        return steps[300].effectiveExperts;
      });
      return used.reduce((a, b) => a + b) / used.length;
    };
    const [without, with_] = [mean(0), mean(1)];
    console.log(`effective experts of 8 without balancing ${without}, with ${with_}`);
    expect(with_).toBeGreaterThan(without + 1);
  });

  it('tells an observer where each token went, and names what does not fit', () => {
    const seen: number[] = [];
    const observer = { routing: (event: engine.RoutingEvent) => seen.push(...event.experts) };
    const shape = { tokens: 2, numExperts: 2, topK: 1 };
    engine.routeTokens(Float64Array.of(1, 0, 0, 1), shape, { observer });
    expect(seen).toEqual([0, 1]);
    expect(() => engine.routeTokens(new Float64Array(4), { ...shape, topK: 3 })).toThrow(
      'topK must be between 1 and 2, got 3',
    );
    expect(() => engine.routeTokens(Float64Array.of(1, 2, NaN, 0), shape)).toThrow(
      'logits must be finite numbers, got NaN for token 1',
    );
  });
});
