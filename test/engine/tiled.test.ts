import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  alibiBias,
  causal,
  countCells,
  createBlockMask,
  expNonPositive,
  maxAbsDifference,
  naiveAttentionTraffic,
  referenceAttention,
  slidingWindow,
  tiledAttention,
  type AttentionShape,
  type Mask,
  type TileEvent,
} from '../../src/engine/index.ts';
import { arbitraryHeads, randomQkv } from './attentionCases.ts';
import { namedMasks } from './maskCases.ts';

const oneHead = (tokens: number, headDim = 4): AttentionShape => ({
  numHeads: 1,
  numKvHeads: 1,
  queryTokens: tokens,
  keyTokens: tokens,
  headDim,
});

describe('tiled attention', () => {
  it.each(namedMasks(40))('is the reference under the mask %s', (_, mask) => {
    fc.assert(
      fc.property(
        arbitraryHeads,
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 37 }),
        fc.nat(9),
        fc.integer({ min: 1, max: 17 }),
        fc.integer({ min: 1, max: 17 }),
        fc.nat(1000),
        (heads, queryTokens, keyTokens, firstQueryIdx, tileQueries, tileKeys, seed) => {
          const shape = { ...heads, queryTokens, keyTokens };
          const { q, k, v } = randomQkv(shape, seed);
          const options = { mask, firstQueryIdx, firstKeyIdx: seed % 3 };
          const expected = referenceAttention(q, k, v, shape, options);
          const actual = tiledAttention(q, k, v, shape, { ...options, tileQueries, tileKeys });
          expect(maxAbsDifference(actual.output, expected.output)).toBeLessThan(1e-12);
          expect(maxAbsDifference(actual.logSumExp, expected.logSumExp)).toBeLessThan(1e-12);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('is the reference with biases, sink logits and a scale of its own', () => {
    fc.assert(
      fc.property(arbitraryHeads, fc.nat(30), fc.nat(1000), (heads, tokens, seed) => {
        const shape = { ...heads, queryTokens: tokens, keyTokens: tokens };
        const { q, k, v } = randomQkv(shape, seed);
        const options = {
          mask: slidingWindow(7),
          scoreBias: alibiBias(heads.numHeads),
          sinkLogits: Float64Array.from({ length: heads.numHeads }, (_, idx) => idx - 1.5),
          scale: 0.3,
        };
        const expected = referenceAttention(q, k, v, shape, options);
        const actual = tiledAttention(q, k, v, shape, { ...options, tileQueries: 8, tileKeys: 6 });
        expect(maxAbsDifference(actual.output, expected.output)).toBeLessThan(1e-12);
        expect(maxAbsDifference(actual.logSumExp, expected.logSumExp)).toBeLessThan(1e-12);
      }),
      { numRuns: 40 },
    );
  });

  it('differs from float64 by no more than float32 rounding of inputs and outputs', () => {
    const shape = { ...oneHead(130, 16), numHeads: 2 };
    const { q, k, v } = randomQkv(shape, 5);
    const [q32, k32, v32] = [q, k, v].map((x) => Float32Array.from(x));
    const exact = tiledAttention(q, k, v, shape, { mask: causal }).output;
    const rounded = tiledAttention(q32, k32, v32, shape, { mask: causal }).output;
    expect(rounded).toBeInstanceOf(Float32Array);
    expect(maxAbsDifference(exact, rounded)).toBeLessThan(2e-6);
    const reference32 = referenceAttention(q32, k32, v32, shape, { mask: causal }).output;
    expect(maxAbsDifference(reference32, rounded)).toBeLessThan(3e-7);
  });

  it('gives zeros and a log-sum-exp of -Infinity where a query attends to nothing', () => {
    const shape = oneHead(9);
    const { q, k, v } = randomQkv(shape, 1);
    const mask: Mask = (qIdx, kvIdx) => qIdx !== 4 && kvIdx <= qIdx;
    for (const run of [referenceAttention, tiledAttention]) {
      const { output, logSumExp } = run(q, k, v, shape, { mask });
      expect(Array.from(output.subarray(16, 20))).toEqual([0, 0, 0, 0]);
      expect(logSumExp[4]).toBe(-Infinity);
      expect(output.subarray(20).every((x) => x !== 0)).toBe(true);
    }
  });

  it('keeps NaN and infinity of masked keys out, and shows those of allowed keys', () => {
    const shape = oneHead(12);
    for (const bad of [NaN, Infinity, -Infinity]) {
      for (const where of ['k', 'v'] as const) {
        const inputs = randomQkv(shape, 2);
        inputs[where].fill(bad, 7 * 4, 8 * 4);
        const { q, k, v } = inputs;
        const clean = randomQkv(shape, 2);
        const expected = referenceAttention(q, k, v, shape, { mask: causal });
        const untouched = referenceAttention(clean.q, clean.k, clean.v, shape, { mask: causal });
        const actual = tiledAttention(q, k, v, shape, {
          mask: causal,
          tileQueries: 5,
          tileKeys: 5,
        });
        expect(maxAbsDifference(actual.output, expected.output)).toBeLessThan(1e-12);
        const before = actual.output.subarray(0, 7 * 4);
        expect(maxAbsDifference(before, untouched.output.subarray(0, 7 * 4))).toBeLessThan(1e-12);
        if (Number.isNaN(bad)) expect(actual.output[7 * 4]).toBeNaN();
      }
    }
  });

  it('does not overflow on scores of thousands', () => {
    const shape = oneHead(6, 2);
    const q = new Float64Array(12).fill(60);
    const k = Float64Array.from({ length: 12 }, (_, idx) => 40 + idx);
    const v = Float64Array.from({ length: 12 }, (_, idx) => idx);
    const expected = referenceAttention(q, k, v, shape);
    const actual = tiledAttention(q, k, v, shape, { tileKeys: 2 });
    expect(expected.output.every(Number.isFinite)).toBe(true);
    expect(maxAbsDifference(actual.output, expected.output)).toBeLessThan(1e-9);
  });

  it('copes with one token and with none', () => {
    const one = randomQkv(oneHead(1), 3);
    expect(tiledAttention(one.q, one.k, one.v, oneHead(1), { mask: causal }).output).toEqual(one.v);
    const none = new Float64Array(0);
    for (const run of [referenceAttention, tiledAttention]) {
      expect(run(none, none, none, oneHead(0)).output).toHaveLength(0);
      const noKeys = { ...oneHead(2), keyTokens: 0 };
      expect(Array.from(run(new Float64Array(8), none, none, noKeys).output)).toEqual(
        new Array(8).fill(0),
      );
    }
  });

  it('skips what a window leaves empty, and counts it', () => {
    const shape = oneHead(512, 8);
    const { q, k, v } = randomQkv(shape, 4);
    const mask = slidingWindow(64);
    const blockMask = createBlockMask(mask, { queryTokens: 512, keyTokens: 512 }, 32, 32);
    const { work, output } = tiledAttention(q, k, v, shape, { mask, blockMask });
    expect(work.cellsComputed + work.cellsSkipped).toBe(512 * 512);
    expect(work.cellsComputed).toBe((blockMask.partialTiles + blockMask.fullTiles) * 32 * 32);
    // A window of 64 touches three tiles of 32 keys, where all of it would be sixteen.
    expect(work.cellsComputed).toBeLessThanOrEqual(16 * 3 * 32 * 32);
    expect(work.cellsComputed).toBeGreaterThan(
      countCells(mask, { queryTokens: 512, keyTokens: 512 }),
    );
    const plain = tiledAttention(q, k, v, shape, { mask, tileQueries: 32, tileKeys: 32 });
    expect(plain.work).toEqual(work);
    expect(plain.output).toEqual(output);
  });

  it('uses as much fast memory for 1,024 tokens as for 128', () => {
    const scratch = [128, 1024].map((tokens) => {
      const { q, k, v } = randomQkv(oneHead(tokens), 5);
      return tiledAttention(q, k, v, oneHead(tokens), { mask: causal }).work.scratchBytes;
    });
    expect(scratch[0]).toBe(scratch[1]);
  });

  it('moves fewer bytes than attention in three steps, and no score matrix', () => {
    const shape = oneHead(256, 16);
    const { q, k, v } = randomQkv(shape, 7);
    const { work } = tiledAttention(q, k, v, shape);
    const naive = naiveAttentionTraffic(shape, 8);
    expect(naive.scoreMatrixBytes).toBe(256 * 256 * 8);
    expect(naive.slowBytesRead).toBe((3 * 256 * 16 + 2 * 256 * 256) * 8);
    // Four rows of tiles read K and V four times.
    expect(work.slowBytesRead).toBe((256 * 16 + 4 * 2 * 256 * 16) * 8);
    expect(work.slowBytesWritten).toBe(256 * 16 * 8 + 256 * 8);
    expect(work.slowBytesRead).toBeLessThan(naive.slowBytesRead / 3);
  });

  it('shows each tile with the running maximum and sum, which end as the log-sum-exp', () => {
    const shape = oneHead(20);
    const { q, k, v } = randomQkv(shape, 6);
    const events: TileEvent[] = [];
    const ends = new Float64Array(20);
    const { logSumExp, work } = tiledAttention(q, k, v, shape, {
      mask: causal,
      tileQueries: 8,
      tileKeys: 8,
      observer: {
        tile: (event) => {
          events.push(event);
          event.runningSum.forEach((sum, row) => {
            ends[event.queryStart + row] = event.runningMax[row] + Math.log(sum);
          });
        },
      },
    });
    expect(events.map((event) => event.coverage).join(' ')).toBe(
      'partial empty empty full partial empty full full partial',
    );
    expect(maxAbsDifference(ends, logSumExp)).toBeLessThan(1e-12);
    const total = (key: 'cellsComputed' | 'cellsSkipped' | 'slowBytesRead' | 'slowBytesWritten') =>
      events.reduce((sum, event) => sum + event[key], 0);
    expect(total('cellsComputed')).toBe(work.cellsComputed);
    expect(total('cellsSkipped')).toBe(work.cellsSkipped);
    expect(total('slowBytesRead')).toBe(work.slowBytesRead);
    expect(total('slowBytesWritten')).toBe(work.slowBytesWritten);
    // Q once, and for the rows of tiles 8 + 16 + 20 keys and values, 4 numbers of 8 bytes each.
    expect(work.slowBytesRead).toBe(20 * 4 * 8 + (8 + 16 + 20) * 8 * 8);
  });

  it('names what does not fit', () => {
    const shape = { ...oneHead(2), numHeads: 6, numKvHeads: 4 };
    const x = new Float64Array(8);
    for (const run of [referenceAttention, tiledAttention]) {
      expect(() => run(x, x, x, shape)).toThrow(
        'numHeads must be a multiple of numKvHeads, got 6 and 4',
      );
      expect(() => run(x.subarray(1), x, x, oneHead(2))).toThrow(
        'q must hold numHeads 1 x queryTokens 2 x headDim 4 = 8 numbers, got 7',
      );
      expect(() => run(x, x, x, oneHead(2), { firstQueryIdx: -1 })).toThrow('firstQueryIdx');
      expect(() => run(x, x, x, oneHead(2), { scale: NaN })).toThrow('scale');
      expect(() => run(x, x, x, oneHead(2), { sinkLogits: new Float64Array(2) })).toThrow(
        'sinkLogits must hold numHeads 1, got 2',
      );
    }
    expect(() => tiledAttention(x, x, x, oneHead(2), { tileKeys: 0 })).toThrow(
      'tileKeys must be a positive integer, got 0',
    );
    const other = createBlockMask(causal, { queryTokens: 9, keyTokens: 9 }, 4, 4);
    expect(() => tiledAttention(x, x, x, oneHead(2), { mask: causal, blockMask: other })).toThrow(
      'blockMask must have 1 x 1 tiles for these lengths, got 3 x 3',
    );
  });
});

describe('the fast exponential', () => {
  it('is within two units in the last place of Math.exp', () => {
    let worst = 0;
    for (let idx = 0; idx <= 200_000; idx++) {
      const x = -(idx ** 2) / 57_000_000;
      worst = Math.max(worst, Math.abs(expNonPositive(x) / Math.exp(x) - 1));
    }
    expect(worst).toBeLessThan(2 * Number.EPSILON);
    expect(expNonPositive(0)).toBe(1);
    expect(expNonPositive(-Infinity)).toBe(0);
    expect(expNonPositive(-709)).toBe(0);
    expect(expNonPositive(NaN)).toBeNaN();
  });
});
