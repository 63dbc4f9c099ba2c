import { describe, expect, it } from 'vitest';
import { formatShare, formatShareInterval } from '../../../src/core/format/shares.ts';

describe('a share of a whole', () => {
  it.each([
    [0, '0%'],
    [14.5, '14.5%'],
    [999.94, '999.9%'],
    [1000, '10×'],
    [2000.9, '20×'],
    [3716, '37.2×'],
    [12_207_031, '122,000×'],
  ])('%d %% reads as %s', (percent, text) => {
    expect(formatShare(percent)).toBe(text);
  });

  it('of an estimate has both ends written alike', () => {
    expect(formatShareInterval(14.5, 19)).toBe('14.5% – 19%');
    expect(formatShareInterval(2000.9, 3716)).toBe('20× – 37.2×');
    expect(formatShareInterval(980, 1200)).toBe('9.8× – 12×');
    expect(formatShareInterval(14.52, 14.49)).toBe('14.5%');
  });
});
