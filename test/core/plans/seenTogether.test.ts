import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareSeenTogether, type SentFile } from '../../../src/core/plans/seenTogether.ts';

const whole = (bytes: number, ...requests: number[]): SentFile => ({
  bytes,
  held: requests.map((requestIdx) => ({ requestIdx, ranges: [[0, bytes]] })),
});

describe('how far two files are seen together', () => {
  it('is all of it when one request holds both whole', () => {
    expect(shareSeenTogether(whole(10, 0, 3), whole(20, 1, 3))).toBe(1);
  });

  it('is nothing when no request holds some of both', () => {
    expect(shareSeenTogether(whole(10, 0, 2), whole(20, 1, 3))).toBe(0);
  });

  it('counts a tenth of each as a hundredth', () => {
    const tenth = (bytes: number): SentFile => ({
      bytes,
      held: [{ requestIdx: 0, ranges: [[5, 5 + bytes / 10]] }],
    });
    expect(shareSeenTogether(tenth(100), tenth(200))).toBeCloseTo(0.01);
  });

  it('is all of it when two requests hold half of one each, and all of the other', () => {
    const halves: SentFile = {
      bytes: 10,
      held: [
        { requestIdx: 0, ranges: [[0, 5]] },
        { requestIdx: 1, ranges: [[5, 10]] },
      ],
    };
    expect(shareSeenTogether(halves, whole(20, 0, 1))).toBe(1);
  });

  it('sees an empty file whole', () => {
    expect(shareSeenTogether(whole(0, 0), whole(5, 0))).toBe(1);
  });

  it('is the share of pairs of bytes that a plain count of all pairs finds', () => {
    const bytes = 12;
    const range = fc
      .tuple(fc.nat(bytes), fc.nat(bytes))
      .map(([x, y]): [number, number] => [Math.min(x, y), Math.max(x, y)]);
    const file = fc
      .array(fc.array(range, { maxLength: 3 }), { maxLength: 4 })
      .map((requests): SentFile => ({
        bytes,
        held: requests.map((ranges, requestIdx) => ({ requestIdx, ranges })),
      }));
    fc.assert(
      fc.property(file, file, (a, b) => {
        const holds = (sent: SentFile, requestIdx: number, byte: number) =>
          sent.held[requestIdx].ranges.some(([start, end]) => start <= byte && byte < end);
        let pairs = 0;
        for (let x = 0; x < bytes; x++) {
          for (let y = 0; y < bytes; y++) {
            for (let r = 0; r < Math.min(a.held.length, b.held.length); r++) {
              if (holds(a, r, x) && holds(b, r, y)) {
                pairs++;
                break;
              }
            }
          }
        }
        expect(shareSeenTogether(a, b)).toBeCloseTo(pairs / bytes ** 2);
      }),
    );
  });
});
