import { describe, expect, it } from 'vitest';
import {
  needleDepthCurve,
  needleInputs,
  positionInfluence,
  referenceAttention,
} from '../../src/engine/index.ts';
import { lostInTheMiddleDemo } from '../../src/lab/demos/lostInTheMiddle.ts';
import { needleDemo, needleWeights } from '../../src/lab/demos/needle.ts';
import { expectWellFormedRun, expectWholeDemo, numberOf, sampleTokens } from './wellFormed.ts';

describe('the demos of dilution and depth', () => {
  it.each([needleDemo, lostInTheMiddleDemo])('$id is well-formed at 1, 256, 8,192', (demo) => {
    expectWholeDemo(demo, [1, 2, 256, 8192]);
  });

  it('are well-formed under every mask and position scheme', () => {
    for (const mask of ['causal', 'window', 'sinks']) {
      for (const positions of ['none', 'alibi', 'rope']) {
        expectWellFormedRun(needleDemo, sampleTokens(100), { mask, positions });
        const weights = needleWeights(90, 40, {
          needleScore: 6,
          distractorDeviation: 1,
          mask,
          positions,
        });
        expect(weights.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 10);
      }
    }
  });
});

describe('the needle', () => {
  it('weighs what the engine’s attention over its construction gives', () => {
    const tokens = sampleTokens(199);
    for (const depthPercent of [0, 50, 100]) {
      const needleIdx = Math.round((199 * depthPercent) / 100);
      const plan = { tokens: 200, needleIdx, needleScore: 6, distractorDeviation: 1, seed: 1 };
      const { q, k, v, shape, firstQueryIdx } = needleInputs(plan);
      const { output } = referenceAttention(q, k, v, shape, { firstQueryIdx });
      const run = needleDemo.run({ tokens, values: { depthPercent } });
      expect(numberOf(run, 'needleWeight')).toBeCloseTo(output[0], 12);
    }
  });

  it('thins out as 1 / n, whatever its depth, among tokens that all score the same', () => {
    const values = { needleScore: 4, distractorDeviation: 0, depthPercent: 30 };
    for (const tokens of [10, 100, 1000]) {
      const run = needleDemo.run({ tokens: sampleTokens(tokens), values });
      const weight = Math.exp(4) / (Math.exp(4) + tokens);
      expect(numberOf(run, 'needleWeight')).toBeCloseTo(weight, 10);
      expect(numberOf(run, 'expectedWeight')).toBeCloseTo(weight, 10);
      expect(numberOf(run, 'scoreForHalf')).toBeCloseTo(Math.log(tokens), 10);
    }
  });

  it('is gone beyond the window and pays for distance under ALiBi', () => {
    const tokens = sampleTokens(300);
    const weight = (values: Record<string, string | number>) =>
      numberOf(needleDemo.run({ tokens, values: { distractorDeviation: 0, ...values } }), 'needleWeight'); // prettier-ignore
    expect(weight({ mask: 'window', depthPercent: 50 })).toBe(0);
    expect(weight({ mask: 'window', depthPercent: 95 })).toBeGreaterThan(0.5);
    expect(weight({ mask: 'sinks', depthPercent: 0 })).toBeGreaterThan(0.5);
    expect(weight({ positions: 'alibi', depthPercent: 0 })).toBeLessThan(
      weight({ positions: 'alibi', depthPercent: 100 }),
    );
    expect(weight({ positions: 'rope', depthPercent: 0 })).toBeLessThan(
      weight({ positions: 'rope', depthPercent: 100 }),
    );
  });
});

describe('lost in the middle', () => {
  it('has the influence that the engine’s rollout gives, and a dip in the middle', () => {
    const tokens = sampleTokens(100);
    const run = lostInTheMiddleDemo.run({ tokens, values: {} });
    const plan = { tokens: 100, numLayers: 6, slope: 0.025, residualShare: 0.7, needleScore: 0 };
    const influence = positionInfluence(plan);
    const middle = influence.subarray(40, 60).reduce((sum, one) => sum + one, 0);
    expect(numberOf(run, 'middle', 5)).toBeCloseTo(middle, 12);
    expect(numberOf(run, 'middle', 5)).toBeLessThan(numberOf(run, 'first', 5));
    expect(numberOf(run, 'middle', 5)).toBeLessThan(numberOf(run, 'last', 5));
    // One layer alone knows nearness only.
    expect(numberOf(run, 'first', 0)).toBeLessThan(numberOf(run, 'middle', 0));
    const [start] = needleDepthCurve({ ...plan, needleScore: 2 }, [0]);
    expect(numberOf(run, 'needleStart', 5)).toBeCloseTo(start.influence, 12);
  });
});
