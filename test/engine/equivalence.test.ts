import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  alibiBias,
  causal,
  chunkedPrefill,
  countCells,
  createContiguousCache,
  createPagedPool,
  createRingBufferCache,
  createRandom,
  emptyPartial,
  maxAbsDifference,
  mergePartial,
  normalFloat64,
  prefillChunks,
  referenceAttention,
  ringAttention,
  ringShards,
  ringTimeline,
  sliceTokens,
  slidingWindow,
  tiledAttention,
  type AttentionOptions,
  type AttentionResult,
  type AttentionShape,
  type ChunkEvent,
  type RingLayout,
} from '../../src/engine/index.ts';
import { arbitraryHeads, randomQkv, type Qkv } from './attentionCases.ts';
import { namedMasks } from './maskCases.ts';

type Form = (qkv: Qkv, shape: AttentionShape, options: AttentionOptions) => AttentionResult;

const ring =
  (numRanks: number, layout: RingLayout): Form =>
  ({ q, k, v }, shape, options) =>
    ringAttention(q, k, v, shape, { ...options, numRanks, layout });

const chunked =
  (chunkTokens: number, paged = false): Form =>
  ({ q, k, v }, shape, options) => {
    const pool = { numBlocks: 20, blockTokens: 3, precision: 'float64' } as const;
    const cache = paged
      ? createPagedPool(shape, pool).createSequence()
      : createContiguousCache(shape, { precision: 'float64' });
    return chunkedPrefill(cache, q, k, v, shape, { ...options, chunkTokens });
  };

/** Every form of attention over one sequence; the reference is what they are held against. */
const forms: Readonly<Record<string, Form>> = {
  'tiles of 8 x 8': ({ q, k, v }, shape, options) =>
    tiledAttention(q, k, v, shape, { ...options, tileQueries: 8, tileKeys: 8 }),
  'tiles of 7 x 5': ({ q, k, v }, shape, options) =>
    tiledAttention(q, k, v, shape, { ...options, tileQueries: 7, tileKeys: 5 }),
  'a ring of 4': ring(4, 'contiguous'),
  'a zig-zag ring of 3': ring(3, 'zigzag'),
  'a ring of one': ring(1, 'zigzag'),
  'chunks of 8': chunked(8),
  'chunks of 5 over pages': chunked(5, true),
  'decoding token by token': chunked(1),
};

describe.each(Object.entries(forms))('attention by %s', (_, form) => {
  it.each(namedMasks(40))('is the reference under the mask %s', (__, mask) => {
    // Decoding and chunks never see the future, so every mask is taken with causal.
    const both = (qIdx: number, kvIdx: number) => causal(qIdx, kvIdx) && mask(qIdx, kvIdx);
    fc.assert(
      fc.property(
        arbitraryHeads,
        fc.constantFrom(0, 1, 2, 7, 8, 16, 24, 29, 40),
        fc.nat(1000),
        (heads, tokens, seed) => {
          const shape = { ...heads, queryTokens: tokens, keyTokens: tokens };
          const qkv = randomQkv(shape, seed);
          const options: AttentionOptions = {
            mask: both,
            ...(seed % 2 === 0 ? { scoreBias: alibiBias(heads.numHeads) } : {}),
            ...(seed % 3 === 0 ? { sinkLogits: new Float64Array(heads.numHeads).fill(0.5) } : {}),
            ...(seed % 5 === 0 ? { scale: 0.4 } : {}),
          };
          const expected = referenceAttention(qkv.q, qkv.k, qkv.v, shape, options);
          const actual = form(qkv, shape, options);
          expect(maxAbsDifference(actual.output, expected.output)).toBeLessThan(1e-12);
          expect(maxAbsDifference(actual.logSumExp, expected.logSumExp)).toBeLessThan(1e-12);
        },
      ),
      { numRuns: 8 },
    );
  });

  it('keeps float32 to float32 precision', () => {
    const shape = { numHeads: 4, numKvHeads: 2, queryTokens: 33, keyTokens: 33, headDim: 8 };
    const exact = randomQkv(shape, 1);
    const rounded = {
      q: Float32Array.from(exact.q),
      k: Float32Array.from(exact.k),
      v: Float32Array.from(exact.v),
    };
    const expected = referenceAttention(exact.q, exact.k, exact.v, shape, { mask: causal });
    const actual = form(rounded, shape, { mask: causal });
    expect(actual.output).toBeInstanceOf(Float32Array);
    expect(maxAbsDifference(actual.output, expected.output)).toBeLessThan(2e-6);
  });
});

describe('merging', () => {
  it('joins attention over any split of the keys into attention over all', () => {
    fc.assert(
      fc.property(arbitraryHeads, fc.nat(20), fc.nat(20), fc.nat(99), (heads, a, b, seed) => {
        const shape = { ...heads, queryTokens: 5, keyTokens: a + b };
        const { q, k, v } = randomQkv(shape, seed);
        const options = { mask: slidingWindow(6), firstQueryIdx: 8 };
        const whole = referenceAttention(q, k, v, shape, options);
        const merged = emptyPartial(heads.numHeads * 5, heads.valueDim);
        for (const [start, end] of [
          [0, a],
          [a, a + b],
        ]) {
          const part = referenceAttention(
            q,
            sliceTokens(k, heads.numKvHeads, heads.headDim, start, end),
            sliceTokens(v, heads.numKvHeads, heads.valueDim, start, end),
            { ...shape, keyTokens: end - start },
            { ...options, firstKeyIdx: start },
          );
          mergePartial(merged, part);
        }
        expect(maxAbsDifference(merged.output, whole.output)).toBeLessThan(1e-12);
        expect(maxAbsDifference(merged.logSumExp, whole.logSumExp)).toBeLessThan(1e-12);
      }),
      { numRuns: 60 },
    );
  });
});

describe('ring attention', () => {
  const shape = { numHeads: 2, numKvHeads: 1, queryTokens: 64, keyTokens: 64, headDim: 4 };
  const { q, k, v } = randomQkv(shape, 3);
  const workOf = (layout: RingLayout) => {
    const { rounds } = ringAttention(q, k, v, shape, { mask: causal, numRanks: 4, layout });
    return [0, 1, 2, 3].map((rank) =>
      rounds.reduce((sum, events) => sum + events[rank].cellsComputed, 0),
    );
  };

  it('loads the last rank most when contiguous, and all alike in zig-zag', () => {
    const contiguous = workOf('contiguous');
    // 16 tokens a rank: 136 cells on the diagonal and 256 for each earlier rank, in two heads.
    expect(contiguous).toEqual([272, 784, 1296, 1808]);
    expect(new Set(workOf('zigzag')).size).toBe(1);
    expect(workOf('zigzag')[0] * 4).toBe(contiguous.reduce((sum, cells) => sum + cells, 0));
  });

  it('passes every shard to every rank once, and sends all but the last round', () => {
    const seen: string[] = [];
    const { rounds } = ringAttention(q, k, v, shape, {
      numRanks: 4,
      observer: { ringRound: (event) => seen.push(`${event.rankIdx} has ${event.kvRankIdx}`) },
    });
    expect(new Set(seen).size).toBe(16);
    expect(rounds.map((events) => events[0].bytesSent)).toEqual([1024, 1024, 1024, 0]);
    const times = ringTimeline(rounds, 16, { flopPerSecond: 1e6, linkBytesPerSecond: 1e5 });
    expect(times[0].computeSeconds).toBeCloseTo((512 * 16) / 1e6, 12);
    expect(times[0].transferSeconds).toBeCloseTo(0.01024, 12);
    expect(times[0].roundSeconds).toBe(times[0].transferSeconds);
    expect(times[3].roundSeconds).toBe(times[3].computeSeconds);
    expect(times[3].utilization).toBe(1);
  });

  it('cuts lengths that do not divide into pieces that differ by one token at most', () => {
    for (const layout of ['contiguous', 'zigzag'] as const) {
      const stretches = ringShards(29, 4, layout)
        .flat()
        .sort((a, b) => a.start - b.start);
      const lengths = stretches.map(({ start, end }) => end - start);
      expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(29);
      expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
      stretches.slice(1).forEach((one, idx) => expect(one.start).toBe(stretches[idx].end));
    }
  });

  it('names what does not fit', () => {
    expect(() => ringAttention(q, k, v, shape, { numRanks: 0 })).toThrow(
      'numRanks must be a positive integer, got 0',
    );
    expect(() =>
      ringAttention(q, k, v, shape, { numRanks: 2, layout: 'spiral' as RingLayout }),
    ).toThrow('layout must be contiguous or zigzag, got spiral');
  });
});

describe('chunked prefill', () => {
  it('over a ring buffer of W slots is sliding-window attention', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 9 }),
        (tokens, windowTokens, chunkTokens) => {
          const shape = {
            numHeads: 2,
            numKvHeads: 1,
            queryTokens: tokens,
            keyTokens: tokens,
            headDim: 4,
          };
          const { q, k, v } = randomQkv(shape, tokens);
          const mask = slidingWindow(windowTokens);
          const expected = referenceAttention(q, k, v, shape, { mask });
          const cache = createRingBufferCache(shape, windowTokens, { precision: 'float64' });
          const actual = chunkedPrefill(cache, q, k, v, shape, { mask, chunkTokens });
          expect(maxAbsDifference(actual.output, expected.output)).toBeLessThan(1e-12);
          expect(cache.tokens).toBe(Math.min(tokens, windowTokens));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('goes on where a cached prefix ends', () => {
    const shape = { numHeads: 2, numKvHeads: 2, queryTokens: 20, keyTokens: 20, headDim: 4 };
    const { q, k, v } = randomQkv(shape, 8);
    const whole = referenceAttention(q, k, v, shape, { mask: causal });
    const cache = createContiguousCache(shape, { precision: 'float64' });
    const part = (start: number, end: number) => {
      const [a, b, c] = [q, k, v].map((x) => sliceTokens(x, 2, 4, start, end));
      const partShape = { ...shape, queryTokens: end - start, keyTokens: end - start };
      return chunkedPrefill(cache, a, b, c, partShape, { chunkTokens: 3 }).output;
    };
    part(0, 13);
    expect(maxAbsDifference(part(13, 20), sliceTokens(whole.output, 2, 4, 13, 20))).toBeLessThan(
      1e-12,
    );
  });

  it('computes the same cells in chunks of any size, and holds fewer at once in smaller ones', () => {
    const shape = { numHeads: 2, numKvHeads: 2, queryTokens: 50, keyTokens: 50, headDim: 4 };
    const { q, k, v } = randomQkv(shape, 9);
    const all = 2 * countCells(causal, { queryTokens: 50, keyTokens: 50 });
    const peaks = [50, 16, 7].map((chunkTokens) => {
      const events: ChunkEvent[] = [];
      const observer = { chunk: (event: ChunkEvent) => void events.push(event) };
      const cache = createContiguousCache(shape);
      chunkedPrefill(cache, q, k, v, shape, { chunkTokens, observer });
      expect(events.reduce((sum, event) => sum + event.cellsComputed, 0)).toBe(all);
      expect(events.map(({ firstQueryIdx, keyTokens }) => [firstQueryIdx, keyTokens])).toEqual(
        prefillChunks(50, chunkTokens).map((chunk) => [chunk.firstQueryIdx, chunk.keyTokens]),
      );
      return Math.max(...events.map((event) => event.scoreCells));
    });
    expect(peaks).toEqual([2 * 50 * 50, 2 * 16 * 48, 2 * 7 * 49]);
  });

  it('names what does not fit', () => {
    const shape = { numHeads: 1, numKvHeads: 1, queryTokens: 2, keyTokens: 3, headDim: 1 };
    const cache = createContiguousCache(shape);
    const x = normalFloat64(createRandom(1), 3);
    expect(() => chunkedPrefill(cache, x.subarray(1), x, x, shape, { chunkTokens: 2 })).toThrow(
      'keyTokens must be queryTokens in a prefill, got 3 and 2',
    );
    expect(() => prefillChunks(-5, 2)).toThrow('promptTokens must be an integer of 0 or more');
    expect(() => prefillChunks(5, 0)).toThrow('chunkTokens must be a positive integer, got 0');
  });
});
