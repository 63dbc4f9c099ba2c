import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatFlops,
  formatInterval,
  formatKnown,
  formatNumber,
  formatPercent,
  formatSeconds,
  formatTokens,
  formatUsd,
} from '../../../src/core/format/numbers.ts';

describe('quantities in words', () => {
  it.each([
    [formatTokens, 0, '0'],
    [formatTokens, 999, '999'],
    [formatTokens, 128_000, '128K'],
    [formatTokens, 272_000, '272K'],
    [formatTokens, 1_048_576, '1.05M'],
    [formatTokens, -1500, '-1.5K'],
    [formatBytes, 0, '0 B'],
    [formatBytes, 1000, '0.977 KiB'],
    [formatBytes, 1536, '1.5 KiB'],
    [formatBytes, 80 * 2 ** 30, '80 GiB'],
    [formatBytes, 2 ** 70, '1,020 EiB'],
    [formatUsd, 0, '$0.00'],
    [formatUsd, 1234.5, '$1,234.50'],
    [formatUsd, 0.000123, '$0.00012'],
    [formatUsd, 0.01, '$0.01'],
    [formatSeconds, 0, '0 s'],
    [formatSeconds, 0.0034, '3.4 ms'],
    [formatSeconds, 1.05e-8, '10.5 ns'],
    [formatSeconds, 0.99951e-6, '1 µs'],
    [formatSeconds, 0.00002, '20 µs'],
    [formatSeconds, 0.00099951, '1 ms'],
    [formatSeconds, 12.34, '12.3 s'],
    [formatSeconds, 59.99, '1 min'],
    [formatSeconds, 75, '1 min 15 s'],
    [formatSeconds, 7260, '2 h 1 min'],
    [formatSeconds, 90_000, '1 d 1 h'],
    [formatPercent, 12.34, '12.3%'],
    [formatPercent, 0.004, '0.004%'],
    [formatPercent, 250, '250%'],
  ])('%o of %d is %s', (format, value, text) => {
    expect(format(value)).toBe(text);
  });

  it('writes an interval once when its ends look the same, and the unknown as a word', () => {
    expect(formatInterval(1200, 1500, formatTokens)).toBe('1.2K to 1.5K');
    expect(formatInterval(1200, 1201, formatTokens)).toBe('1.2K');
    expect(formatKnown(undefined, formatUsd)).toBe('unknown');
    expect(formatKnown(0, formatUsd)).toBe('$0.00');
  });

  it('never writes something as nothing, and keeps the sign', () => {
    const formats = [formatTokens, formatBytes, formatUsd, formatSeconds, formatPercent];
    fc.assert(
      fc.property(
        fc.constantFrom(...formats),
        fc.double({ min: 1e-7, max: 1e15, noNaN: true }),
        (format, value) => {
          const text = format(value);
          expect(text).toMatch(/[1-9]/);
          expect(text).not.toMatch(/NaN|undefined|Infinity|e\d/);
          expect(format(-value)).toBe(`-${text}`);
        },
      ),
    );
  });

  it('is the number that it writes, to three digits', () => {
    const factors = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40, PiB: 2 ** 50 };
    fc.assert(
      fc.property(fc.double({ min: 1, max: 2 ** 58, noNaN: true }), (bytes) => {
        const [number, unit] = formatBytes(bytes).split(' ');
        const read = Number(number) * factors[unit as keyof typeof factors];
        expect(Math.abs(read / bytes - 1)).toBeLessThan(0.006);
      }),
    );
  });

  it('writes numbers of any size to three digits', () => {
    expect([0, 1234, 0.0123, 2.44e-7, 8.594e9, -0].map(formatNumber)).toEqual([
      '0',
      '1,230',
      '0.0123',
      '2.44e-7',
      '8.59e9',
      '0',
    ]);
  });

  it('writes counts of operations in powers of 1000', () => {
    expect([0, 512, 524_288, 999_600, 3.718e15].map(formatFlops)).toEqual([
      '0 FLOPs',
      '512 FLOPs',
      '524 kFLOPs',
      '1 MFLOPs',
      '3.72 PFLOPs',
    ]);
  });
});
