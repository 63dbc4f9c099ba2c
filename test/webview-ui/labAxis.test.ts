import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AxisUnit } from '../../src/lab/picture.ts';
import { formatTick } from '../../webview-ui/lab/numberText.ts';
import { axis } from '../../webview-ui/lab/pictures/axis.ts';

const range = [0, 500] as const;
const texts = (values: readonly number[], scale: 'linear' | 'log', unit?: AxisUnit) =>
  axis(values, scale, range, unit).ticks.map((tick) => formatTick(tick, unit));

describe('an axis of the lab', () => {
  it('has bytes round in the units that they are written in, as the numbers beside it are', () => {
    expect(texts([0, 12 * 2 ** 20], 'linear', 'bytes')).toEqual([
      '0 B',
      '2 MiB',
      '4 MiB',
      '6 MiB',
      '8 MiB',
      '10 MiB',
      '12 MiB',
    ]);
    expect(texts([2 ** 20, 2 ** 48], 'log', 'bytes')).toEqual([
      '1 MiB',
      '32 MiB',
      '1 GiB',
      '32 GiB',
      '1 TiB',
      '32 TiB',
    ]);
  });

  it('has plain numbers round in tens', () => {
    expect(texts([0, 30_000], 'linear')).toEqual(['0', '5k', '10k', '15k', '20k', '25k', '30k']);
    expect(texts([64, 2_000_000], 'log')).toEqual(['100', '1k', '10k', '100k', '1M']);
  });

  it('has times in the unit of their size', () => {
    expect(texts([0, 0.161], 'linear', 'seconds')).toEqual(['0 s', '50 ms', '100 ms', '150 ms']);
  });

  it('has round numbers within a decade too, and its two ends where there is none', () => {
    expect(texts([0.0159, 0.0393], 'log')).toEqual(['0.02', '0.03']);
    expect(texts([0.0212, 0.0293], 'log')).toEqual(['0.0212', '0.0293']);
    expect(texts([0.125, 1], 'log')).toEqual(['0.2', '0.5', '1']);
    expect(texts([16, 64], 'log')).toEqual(['20', '30', '40', '50', '60']);
  });

  it('has a few ticks, in order and inside, whatever is drawn', () => {
    const values = fc.array(fc.double({ min: 1, max: 1e18, noNaN: true }), { minLength: 1 });
    const units = fc.constantFrom(undefined, 'bytes' as const, 'seconds' as const);
    fc.assert(
      fc.property(values, fc.constantFrom('linear', 'log'), units, (drawn, scale, unit) => {
        const line = axis(drawn, scale, range, unit);
        const { ticks } = line;
        expect(ticks.length).toBeGreaterThanOrEqual(1);
        expect(ticks.length).toBeLessThanOrEqual(9);
        expect(ticks).toEqual([...ticks].sort((a, b) => a - b));
        for (const tick of ticks) {
          expect(line.at(tick)).toBeGreaterThanOrEqual(-0.01);
          expect(line.at(tick)).toBeLessThanOrEqual(500.01);
        }
      }),
    );
  });
});
