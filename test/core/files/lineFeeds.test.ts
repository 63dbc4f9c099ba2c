import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineFeedsIn } from '../../../src/core/files/lineFeeds.ts';

const bytes = fc.array(
  fc.oneof(
    fc.constantFrom(0x0a, 0x0b, 0x8a, 0x0d, 0x00, 0xff, 0x80),
    fc.integer({ min: 0, max: 255 }),
  ),
  { maxLength: 40 },
);

describe('line feeds', () => {
  it('are as many as a plain count finds, wherever the bytes lie in memory', () => {
    fc.assert(
      fc.property(bytes, fc.nat(7), fc.nat(200), (unit, offset, times) => {
        const all = Array.from({ length: times }, () => unit).flat();
        const memory = Uint8Array.from([...Array<number>(offset).fill(0x0a), ...all, 0x0a]);
        const part = memory.subarray(offset, offset + all.length);
        expect(lineFeedsIn(part)).toBe(all.filter((byte) => byte === 0x0a).length);
      }),
    );
  });

  it('fill a whole file of nothing else, or are in none of it', () => {
    expect(lineFeedsIn(new Uint8Array(100_003).fill(0x0a))).toBe(100_003);
    expect(lineFeedsIn(new Uint8Array(100_003).fill(0xff))).toBe(0);
    expect(lineFeedsIn(new Uint8Array(0))).toBe(0);
  });
});
