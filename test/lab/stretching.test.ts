import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ropeFrequencies } from '../../src/engine/index.ts';
import { findDemo } from '../../src/lab/demos.ts';
import { ropeDemo, scoresByDistance } from '../../src/lab/demos/rope.ts';
import { rotaryDim, unseenPairs } from '../../src/lab/stretching.ts';
import { expectWellFormedDemo, expectWellFormedRun, numberOf, sampleTokens } from './wellFormed.ts';

const ids = ['rope', 'positionInterpolation', 'ntkAware', 'yarn', 'llama3Rope', 'longRope'];

describe('the demos of rotary positions', () => {
  it.each(ids)('%s is well-formed for one token, some, and the most', (id) => {
    const demo = findDemo(id);
    expectWellFormedDemo(demo);
    for (const count of [1, 40, demo.maxTokens]) {
      expectWellFormedRun(demo, sampleTokens(count));
    }
  });

  it('score by distance only, wherever the query stands, with both pairings', () => {
    for (const pairing of ['halves', 'adjacent'] as const) {
      for (const row of scoresByDistance(32, 10_000, pairing, [63, 1_000, 8_000], 64)) {
        expect(Math.max(...row) - Math.min(...row)).toBeLessThan(1e-10);
      }
    }
    const run = ropeDemo.run({ tokens: sampleTokens(300), values: {} });
    expect(numberOf(run, 'largestDifference')).toBeLessThan(1e-10);
  });

  it('count unseen angles: none under interpolation at any factor, some without scaling', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 256, max: 131_072 }),
        fc.integer({ min: 2, max: 64 }),
        (trainedTokens, factor) => {
          // Interpolated, the last token read lies a fraction of a token beyond the last one trained on: one more is allowed.
          const stretch = {
            trainedTokens: trainedTokens + 1,
            factor: factor * (trainedTokens / (trainedTokens + 1)),
            ropeTheta: 10_000,
          };
          const interpolated = ropeFrequencies(
            { ropeType: 'linear', rotaryDim, ropeTheta: 10_000, factor },
            undefined,
          );
          expect(unseenPairs(interpolated, stretch).some(Boolean)).toBe(false);
        },
      ),
      { numRuns: 60 },
    );
    const run = findDemo('positionInterpolation').run({ tokens: sampleTokens(8), values: {} });
    expect(numberOf(run, 'unseenUnscaled')).toBeGreaterThan(5);
  });

  it('show YaRN’s three bands', () => {
    const run = findDemo('yarn').run({ tokens: sampleTokens(8), values: {} });
    const alone = numberOf(run, 'leftAlone');
    const whole = numberOf(run, 'interpolated');
    expect(alone).toBeGreaterThan(10);
    expect(whole).toBeGreaterThan(10);
    expect(alone + whole).toBeLessThan(rotaryDim / 2);
    expect(numberOf(run, 'attentionFactor')).toBeCloseTo(0.1 * Math.log(8) + 1, 12);
  });

  it('say which control is out of range', () => {
    const run = () => findDemo('yarn').run({ tokens: ['a'], values: { factor: 0 } });
    expect(run).toThrow('Stretched by (factor)');
  });
});
