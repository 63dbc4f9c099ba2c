import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ropeFrequencies } from '../../src/engine/index.ts';
import { findDemo } from '../../src/lab/demos.ts';
import { ropeDemo, scoresByDistance } from '../../src/lab/demos/rope.ts';
import { unseenPairs } from '../../src/lab/stretching.ts';
import { rotaryDim } from '../../src/lab/stretchMethods.ts';
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
          const stretch = { trainedTokens, factor, ropeTheta: 10_000 };
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
    expect(numberOf(run, 'unseenPairs')).toBe(0);
    // The slow pairs are divided by the whole factor in all of these, the middle ones by less in NTK's.
    for (const id of ['yarn', 'llama3Rope']) {
      expect(numberOf(findDemo(id).run({ tokens: ['a'], values: {} }), 'unseenPairs'), id).toBe(0);
    }
    const ntk = numberOf(findDemo('ntkAware').run({ tokens: ['a'], values: {} }), 'unseenPairs');
    expect(ntk).toBeGreaterThan(0);
    expect(ntk).toBeLessThanOrEqual(numberOf(run, 'unseenUnscaled'));
  });

  it('show every way of stretching beside each other, each as its own demo counts it', () => {
    const bars = findDemo('yarn')
      .run({ tokens: ['a'], values: {} })
      .frame(0).pictures[2];
    if (bars.kind !== 'bars') throw new Error('expected bars');
    const names = [
      'no scaling',
      'position interpolation',
      'NTK-aware',
      'YaRN',
      'Llama 3.1',
      'LongRoPE',
    ];
    expect(bars.bars.map(({ label }) => label)).toEqual(names);
    ids.slice(1).forEach((id, idx) => {
      const run = findDemo(id).run({ tokens: ['a'], values: {} });
      expect(bars.bars[idx + 1].parts[0], id).toBe(numberOf(run, 'unseenPairs'));
      expect(bars.bars[0].parts[0]).toBe(numberOf(run, 'unseenUnscaled'));
    });
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
