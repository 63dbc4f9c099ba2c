import { describe, expect, it } from 'vitest';
import {
  addLearnedPositions,
  continuousBatching,
  expertLoads,
  maxAbsDifference,
  stackCacheBytes,
  staticBatching,
  tensorParallelAttention,
  tensorParallelMlp,
  trainRouter,
} from '../../src/engine/index.ts';
import { absolutePositionsDemo, positionVectors } from '../../src/lab/demos/absolutePositions.ts';
import { continuousBatchingDemo, servingPlan } from '../../src/lab/demos/continuousBatching.ts';
import { hybridStackDemo, stackOf } from '../../src/lab/demos/hybridStack.ts';
import { moeRoutingDemo, routingRun } from '../../src/lab/demos/moeRouting.ts';
import { layerOf, tensorParallelDemo } from '../../src/lab/demos/tensorParallel.ts';
import { expectWholeDemo, numberOf, sampleTokens } from './wellFormed.ts';

describe('the demos of stacks, experts, positions and serving', () => {
  it.each([
    hybridStackDemo,
    moeRoutingDemo,
    absolutePositionsDemo,
    tensorParallelDemo,
    continuousBatchingDemo,
  ])('$id is well-formed at 1, 2, 100 and its most tokens', (demo) => {
    expectWholeDemo(demo, [1, 2, 100, demo.maxTokens]);
  });
});

const tokens = sampleTokens(60);

describe('a hybrid stack', () => {
  it('takes what the engine counts, for every kind of layer', () => {
    for (const others of ['sliding', 'mamba', 'mamba2', 'gatedDeltaRule', 'linear']) {
      const values = { others, fullEvery: 4, numLayers: 30 };
      const input = { tokens, values, setTokens: 40_000 };
      const run = hybridStackDemo.run(input);
      const layers = stackOf(input);
      expect(numberOf(run, 'stackBytes')).toBe(stackCacheBytes(layers, 40_000).totalBytes);
      expect(numberOf(run, 'fullLayers')).toBe(7);
    }
  });

  it('adds one full layer’s token for each full layer, at any length', () => {
    const run = hybridStackDemo.run({ tokens, values: {}, setTokens: 100_000 });
    expect(numberOf(run, 'nextTokenBytes')).toBe(8 * 2 * 8 * 128 * 2);
  });

  it('is full attention when every layer is full', () => {
    const run = hybridStackDemo.run({ tokens, values: { fullEvery: 1 } });
    expect(numberOf(run, 'share')).toBe(1);
  });
});

describe('routing to experts', () => {
  it('shows how evenly the engine’s router spreads the tokens, before and after training', () => {
    const values = { auxiliaryWeight: 0, seed: 2 };
    const { x, run: plan } = routingRun({ tokens, values }, tokens);
    const steps = trainRouter(x, plan);
    const run = moeRoutingDemo.run({ tokens, values });
    expect(run.numFrames).toBe(steps.length);
    for (const idx of [0, 30, 60]) {
      expect(numberOf(run, 'effectiveExperts', idx)).toBe(steps[idx].effectiveExperts);
      expect(numberOf(run, 'auxiliaryLoss', idx)).toBe(steps[idx].auxiliaryLoss);
      expect(numberOf(run, 'dropped', idx)).toBe(
        expertLoads(steps[idx], 8, 1.25).droppedAssignments,
      );
    }
  });

  it('spreads them more evenly with the balancing loss, on average over seeds', () => {
    const used = (auxiliaryWeight: number) => {
      const seeds = [1, 2, 3, 4, 5, 6];
      const all = seeds.map((seed) => {
        const run = moeRoutingDemo.run({ tokens, values: { auxiliaryWeight, seed } });
        return numberOf(run, 'effectiveExperts', 60);
      });
      return all.reduce((sum, one) => sum + one, 0) / seeds.length;
    };
    expect(used(1)).toBeGreaterThan(used(0) + 0.5);
  });

  it('names the control when a token is to go to more experts than there are', () => {
    expect(() => moeRoutingDemo.run({ tokens, values: { numExperts: 2, topK: 3 } })).toThrow(
      'topK',
    );
  });
});

describe('absolute positions', () => {
  it('has as many vectors as the engine gives rows, and none beyond the table', () => {
    const values = { trainedTokens: 20, segmentTokens: 8192 };
    const run = absolutePositionsDemo.run({ tokens, values });
    expect(numberOf(run, 'distinctVectors')).toBe(20);
    expect(numberOf(run, 'missing')).toBe(40);
    const learned = { table: new Float32Array(20 * 32), contextWindowTokens: 20, hiddenSize: 32 };
    expect(() => addLearnedPositions(new Float32Array(32), learned, [20])).toThrow('row 20');
    expect(positionVectors({ tokens, values }, 60).vectorOf(20)).toBeUndefined();
  });

  it('gives the same vector to position 0 of every segment', () => {
    for (const scheme of ['learned', 'sinusoidal']) {
      const run = absolutePositionsDemo.run({ tokens, values: { scheme, segmentTokens: 16 } });
      expect(numberOf(run, 'segmentDifference')).toBe(0);
      expect(numberOf(run, 'distinctVectors')).toBe(16);
      expect(numberOf(run, 'repeated')).toBe(44);
    }
  });

  it('has sinusoids whose likeness depends on the distance alone', () => {
    const run = absolutePositionsDemo.run({ tokens, values: { scheme: 'sinusoidal' } });
    const picture = run.frame(0).pictures.find((one) => one.kind === 'series');
    if (picture?.kind !== 'series') throw new Error('there is no curve');
    const [start, middle] = picture.series.map(({ points }) => points);
    middle.forEach(([distance, cosine], idx) => {
      expect(start[idx][0]).toBe(distance);
      expect(cosine).toBeCloseTo(start[idx][1], 10);
    });
  });
});

describe('tensor parallelism', () => {
  it('sends what the engine’s all-reduces send, and gives one device’s output', () => {
    for (const numRanks of ['1', '2', '4', '8', '16']) {
      const values = { numRanks, numKvHeads: '4' };
      const { x, weights, mlp, shape } = layerOf({ tokens, values }, tokens);
      const attention = tensorParallelAttention(x, weights, shape, Number(numRanks));
      const sizes = { tokens: 60, hiddenSize: 32, innerSize: 64 };
      const feedForward = tensorParallelMlp(x, mlp, sizes, Number(numRanks));
      const run = tensorParallelDemo.run({ tokens, values });
      expect(run.numFrames).toBe(Number(numRanks));
      expect(numberOf(run, 'layerBytes')).toBe(
        attention.allReduce.bytesPerRank + feedForward.allReduce.bytesPerRank,
      );
      const alone = tensorParallelAttention(x, weights, shape, 1).output;
      expect(numberOf(run, 'maxDifference')).toBe(maxAbsDifference(attention.output, alone));
      expect(numberOf(run, 'sumDifference', run.numFrames - 1)).toBeLessThan(1e-5);
    }
  });

  it('keeps a KV head on every rank once there are more ranks than heads', () => {
    const run = tensorParallelDemo.run({ tokens, values: { numRanks: '16', numKvHeads: '4' } });
    expect(numberOf(run, 'kvHeadsPerRank')).toBe(1);
    expect(numberOf(run, 'kvCacheShare')).toBe(1 / 4);
  });
});

describe('continuous batching', () => {
  it('shows what the engine’s servers do', () => {
    const { requests, options } = servingPlan({ tokens, values: {} }, 60);
    const run = continuousBatchingDemo.run({ tokens, values: {} });
    const continuous = continuousBatching(requests, options);
    expect(run.numFrames).toBe(continuous.steps.length);
    expect(numberOf(run, 'throughput')).toBe(continuous.decodeTokensPerSecond);
    expect(numberOf(run, 'staticThroughput')).toBe(
      staticBatching(requests, options).decodeTokensPerSecond,
    );
  });

  it('is no slower than static batches, and answers sooner, when requests come at once', () => {
    for (const seed of [1, 2, 3]) {
      const values = { gapMilliseconds: 0, seed };
      const run = continuousBatchingDemo.run({ tokens, values });
      expect(numberOf(run, 'throughput')).toBeGreaterThanOrEqual(numberOf(run, 'staticThroughput'));
      expect(numberOf(run, 'meanFirstToken')).toBeLessThan(numberOf(run, 'staticMeanFirstToken'));
    }
  });

  it('never computes more tokens in a step than the budget', () => {
    const run = continuousBatchingDemo.run({ tokens, values: { stepBudgetTokens: 16 } });
    for (let idx = 0; idx < run.numFrames; idx++) {
      expect(numberOf(run, 'stepTokens', idx)).toBeLessThanOrEqual(16);
    }
  });
});
