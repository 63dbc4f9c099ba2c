import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attendWithCache,
  causal,
  compareOccupancy,
  createContiguousCache,
  createHeavyHitterCache,
  createPagedPool,
  createQuantizedCache,
  createRandom,
  createRingBufferCache,
  createSinkCache,
  decodeFp8,
  dequantizeGroups,
  encodeFp8,
  maxAbsDifference,
  normalFloat32,
  quantizedBytes,
  quantizeGroups,
  referenceAttention,
  sliceTokens,
  type CacheWriteEvent,
  type EvictionEvent,
  type KvCache,
  type QuantizedCacheOptions,
} from '../../src/engine/index.ts';

const shape = { numKvHeads: 2, headDim: 4, valueDim: 3 };
const keysOf = (tokens: number, seed = 1) => normalFloat32(createRandom(seed), tokens * 8);
const valuesOf = (tokens: number, seed = 2) => normalFloat32(createRandom(seed), tokens * 6);

/** Appends k and v in steps of the given sizes, over and over until all are in. */
function fill(cache: KvCache, k: Float32Array, v: Float32Array, steps: readonly number[]): void {
  const tokens = k.length / 8;
  for (let start = 0, step = 0; start < tokens; step++) {
    const end = Math.min(start + steps[step % steps.length], tokens);
    cache.append(sliceTokens(k, 2, 4, start, end), sliceTokens(v, 2, 3, start, end));
    start = end;
  }
}

const arbitrarySteps = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });

describe('every cache', () => {
  const caches: [string, (tokens: number) => KvCache, (tokens: number) => number[]][] = [
    ['contiguous', () => createContiguousCache(shape), (n) => range(0, n)],
    ['ring buffer', () => createRingBufferCache(shape, 7), (n) => range(Math.max(0, n - 7), n)],
    [
      'paged',
      () => createPagedPool(shape, { numBlocks: 12, blockTokens: 4 }).createSequence(),
      (n) => range(0, n),
    ],
    [
      'sinks and window',
      () => createSinkCache(shape, { numSinks: 2, windowTokens: 5 }),
      (n) => (n <= 7 ? range(0, n) : [0, 1, ...range(n - 5, n)]),
    ],
  ];

  it.each(caches)('%s: gives back what it should have kept, in order', (_, create, kept) => {
    fc.assert(
      fc.property(fc.nat(40), arbitrarySteps, (tokens, steps) => {
        const cache = create(tokens);
        const [k, v] = [keysOf(tokens), valuesOf(tokens)];
        fill(cache, k, v, steps);
        const view = cache.read();
        const expected = kept(tokens);
        expect(Array.from(view.positions)).toEqual(expected);
        expect(cache.tokens).toBe(expected.length);
        expect(cache.nextPosition).toBe(tokens);
        expect(cache.usedBytes).toBe(expected.length * 2 * 7 * 4);
        expect(cache.allocatedBytes).toBeGreaterThanOrEqual(cache.usedBytes);
        const at = (x: Float32Array, dim: number) =>
          [0, 1].flatMap((head) =>
            expected.flatMap((p) =>
              Array.from(x.subarray((head * tokens + p) * dim, (head * tokens + p + 1) * dim)),
            ),
          );
        expect(Array.from(view.k)).toEqual(at(k, 4));
        expect(Array.from(view.v)).toEqual(at(v, 3));
      }),
      { numRuns: 60 },
    );
  });

  it.each(caches)('%s: names what does not fit', (_, create) => {
    const cache = create(1);
    expect(() => cache.append(new Float32Array(7), new Float32Array(6))).toThrow(
      'k must hold a multiple of numKvHeads 2 x headDim 4 numbers, got 7',
    );
    expect(() => cache.append(new Float32Array(8), new Float32Array(7))).toThrow(
      'v must hold numKvHeads 2 x tokens 1 x valueDim 3 = 6 numbers, got 7',
    );
    expect(cache.tokens).toBe(0);
  });
});

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, idx) => start + idx);
}

describe('the contiguous cache', () => {
  it('takes no token beyond its capacity', () => {
    const cache = createContiguousCache(shape, { capacityTokens: 3 });
    cache.append(keysOf(2), valuesOf(2));
    expect(() => cache.append(keysOf(2), valuesOf(2))).toThrow(
      'capacityTokens must be 4 or more to append 2 tokens to 2, got 3',
    );
    expect(cache.allocatedBytes).toBe(3 * 56);
  });

  it('accounts for bf16 when told to', () => {
    const cache = createContiguousCache(
      { numKvHeads: 8, headDim: 128 },
      { bytesPerElement: 2, capacityTokens: 1 },
    );
    // Llama 3.1 8B: 128 KiB a token over 32 layers.
    expect(cache.allocatedBytes * 32).toBe(131_072);
  });
});

describe('the ring buffer', () => {
  it('writes position p to slot p mod W and tells what fell out', () => {
    const writes: CacheWriteEvent[] = [];
    const evictions: EvictionEvent[] = [];
    const cache = createRingBufferCache(shape, 4, {
      observer: {
        cacheWrite: (event) => writes.push(event),
        eviction: (event) => evictions.push(event),
      },
    });
    fill(cache, keysOf(11), valuesOf(11), [3, 3, 5]);
    expect(writes.map((event) => event.slots)).toEqual([
      [0, 1, 2],
      [3, 0, 1],
      [3, 0, 1, 2],
    ]);
    expect(evictions.map((event) => event.positions)).toEqual([
      [0, 1],
      [2, 3, 4, 5, 6],
    ]);
    expect(cache.allocatedBytes).toBe(4 * 56);
  });
});

describe('the paged cache', () => {
  it('shares a prefix by reference and copies a block on the first write to it', () => {
    const pool = createPagedPool(shape, { numBlocks: 6, blockTokens: 4 });
    const first = pool.createSequence();
    const [k, v] = [keysOf(6), valuesOf(6)];
    first.append(k, v);
    const second = first.fork();
    expect(pool.freeBlocks).toBe(4);
    expect(first.blockTable.map((block) => pool.referencesOf(block))).toEqual([2, 2]);

    second.append(keysOf(1, 5), valuesOf(1, 6));
    expect(pool.freeBlocks).toBe(3);
    expect(second.blockTable[0]).toBe(first.blockTable[0]);
    expect(second.blockTable[1]).not.toBe(first.blockTable[1]);
    expect(Array.from(first.read().k)).toEqual(Array.from(k));
    expect(sliceTokens(second.read().k, 2, 4, 0, 6)).toEqual(k);
    expect(sliceTokens(second.read().k, 2, 4, 6, 7)).toEqual(keysOf(1, 5));

    // The first is alone with its last block now: no copy.
    const before = first.blockTable;
    first.append(keysOf(1), valuesOf(1));
    expect(first.blockTable).toEqual(before);
    first.release();
    second.release();
    expect(pool.freeBlocks).toBe(6);
  });

  it('forks at any token, and a fork of part of a block does not disturb the rest of it', () => {
    const pool = createPagedPool(shape, { numBlocks: 8, blockTokens: 4 });
    const whole = pool.createSequence();
    whole.append(keysOf(10), valuesOf(10));
    const branch = whole.fork(6);
    branch.append(keysOf(3, 9), valuesOf(3, 9));
    expect(branch.tokens).toBe(9);
    expect(whole.read().k).toEqual(keysOf(10));
    const fresh = whole.fork(4);
    fresh.append(keysOf(1, 3), valuesOf(1, 3));
    expect(whole.read().v).toEqual(valuesOf(10));
    expect(() => whole.fork(1.5)).toThrow('prefixTokens must be an integer of 0 or more, got 1.5');
    expect(() => whole.fork(11)).toThrow('prefixTokens must be between 0 and 10, got 11');
  });

  it('wastes less than a block a sequence', () => {
    fc.assert(
      fc.property(fc.nat(30), arbitrarySteps, (tokens, steps) => {
        const pool = createPagedPool(shape, { numBlocks: 8, blockTokens: 4 });
        const sequence = pool.createSequence();
        fill(sequence, keysOf(tokens), valuesOf(tokens), steps);
        expect(sequence.wastedSlots).toBe((4 - (tokens % 4)) % 4);
        expect(sequence.allocatedBytes).toBe(Math.ceil(tokens / 4) * pool.blockBytes);
        expect(pool.freeBlocks).toBe(8 - Math.ceil(tokens / 4));
      }),
    );
  });

  it('uses the memory that contiguous reservations leave idle', () => {
    // Three sequences of 5, 0 and 30 tokens, each allowed 40.
    const { contiguous, paged } = compareOccupancy([5, 0, 30], 40, 4);
    expect(contiguous).toEqual({ reservedTokens: 120, usedTokens: 35, usedShare: 35 / 120 });
    expect(paged).toEqual({ reservedTokens: 8 + 32, usedTokens: 35, usedShare: 35 / 40 });
    expect(compareOccupancy([], 40, 4).paged.usedShare).toBe(1);
    expect(() => compareOccupancy([41], 40, 4)).toThrow('got -1');
  });

  it('says when no block is free, and writes nothing then', () => {
    const pool = createPagedPool(shape, { numBlocks: 2, blockTokens: 4 });
    const sequence = pool.createSequence();
    sequence.append(keysOf(5), valuesOf(5));
    expect(() => sequence.append(keysOf(4), valuesOf(4))).toThrow(
      'numBlocks must be more, got 2: 4 tokens need 1 blocks and 0 are free',
    );
    expect(sequence.tokens).toBe(5);
    sequence.append(keysOf(3), valuesOf(3));
    expect(() => sequence.fork().append(keysOf(1), valuesOf(1))).toThrow('1 blocks and 0 are free');
  });
});

describe('quantisation', () => {
  it('brings every number back within half a step', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -1e4, max: 1e4, noNaN: true }), { maxLength: 70 }),
        fc.constantFrom<4 | 8>(4, 8),
        fc.integer({ min: 1, max: 40 }),
        (numbers, bits, groupSize) => {
          const values = Float32Array.from(numbers);
          const quantized = quantizeGroups(values, bits, groupSize);
          const back = dequantizeGroups(quantized);
          values.forEach((value, idx) => {
            const group = Math.floor(idx / groupSize);
            // Scale, zero and result are rounded to float32, whose least step is 2^-149.
            const rounding = 2 ** -22 * Math.max(Math.abs(value), Math.abs(quantized.zeros[group]));
            const levels = 2 ** bits - 1;
            const half = quantized.scales[group] * (0.5 + 2 ** -22 * levels) + levels * 2 ** -149;
            expect(Math.abs(back[idx] - value)).toBeLessThanOrEqual(half + rounding);
          });
        },
      ),
    );
  });

  it('stores two 4-bit codes a byte', () => {
    const quantized = quantizeGroups(Float32Array.of(0, 1, 2, 15, 7), 4, 8);
    expect(Array.from(quantized.codes)).toEqual([0x10, 0xf2, 0x07]);
    expect(quantizedBytes(quantized)).toBe(3 + 8);
    expect(Array.from(dequantizeGroups(quantized))).toEqual([0, 1, 2, 15, 7]);
  });

  it('keeps equal numbers exactly and refuses what has no code', () => {
    const same = new Float32Array(5).fill(0.1);
    expect(dequantizeGroups(quantizeGroups(same, 4, 5))).toEqual(same);
    expect(() => quantizeGroups(Float32Array.of(1, NaN), 8, 2)).toThrow(
      'values must be finite to be quantised, got NaN',
    );
    expect(() => quantizeGroups(Float64Array.of(1, 1e300), 8, 2)).toThrow('got 1e+300');
    expect(() => quantizeGroups(same, 8, 0)).toThrow('groupSize must be a positive integer, got 0');
  });

  it('rounds to the nearest of the 256 fp8 numbers', () => {
    const codes = range(0, 256);
    const numbers = codes.map(decodeFp8);
    codes.forEach((code) => {
      if (Number.isNaN(numbers[code])) expect(encodeFp8(NaN) & 0x7f).toBe(code & 0x7f);
      else expect(encodeFp8(numbers[code])).toBe(code);
    });
    const finite = numbers.filter((value) => !Number.isNaN(value));
    expect(Math.max(...finite)).toBe(448);
    fc.assert(
      fc.property(fc.double({ min: -600, max: 600, noNaN: true }), (value) => {
        const nearest = Math.min(...finite.map((one) => Math.abs(one - value)));
        expect(Math.abs(decodeFp8(encodeFp8(value)) - value)).toBe(nearest);
      }),
      { numRuns: 500 },
    );
    expect(decodeFp8(encodeFp8(Infinity))).toBe(448);
    // Halfway between 16 and 18, and between 18 and 20: to the even mantissa.
    expect([17, 19].map((value) => decodeFp8(encodeFp8(value)))).toEqual([16, 20]);
  });
});

describe('the quantised cache', () => {
  const wide = { numKvHeads: 2, headDim: 8, valueDim: 8 };
  const [k, v] = [1, 2].map((seed) => normalFloat32(createRandom(seed), 40 * 16));
  const filled = (options: QuantizedCacheOptions) => {
    const cache = createQuantizedCache(wide, options);
    for (const [start, end] of [
      [0, 1],
      [1, 18],
      [18, 40],
    ]) {
      cache.append(sliceTokens(k, 2, 8, start, end), sliceTokens(v, 2, 8, start, end));
    }
    return cache;
  };

  it('keeps the latest tokens as they are, and the others within a step', () => {
    const cases: QuantizedCacheOptions[] = [
      { format: 'int8' },
      { format: 'int4', residualTokens: 5 },
      { format: 'int4', keyAxis: 'group', valueAxis: 'group', groupSize: 4, residualTokens: 3 },
      { format: 'int8', keyAxis: 'channel', blockTokens: 8, residualTokens: 4 },
      { format: 'fp8', residualTokens: 2 },
    ];
    for (const options of cases) {
      const view = filled(options).read();
      const residual = options.residualTokens ?? 0;
      expect(view.tokens).toBe(40);
      // Normal numbers of this seed lie within +-4: a step is at most 8 / levels.
      const step = { int8: 8 / 255, int4: 8 / 15, fp8: 4 / 8 }[options.format];
      for (const [given, got] of [
        [k, view.k],
        [v, view.v],
      ]) {
        const last = [given, got].map((x) => sliceTokens(x, 2, 8, 40 - residual, 40));
        expect(last[1]).toEqual(last[0]);
        expect(maxAbsDifference(given, got)).toBeLessThanOrEqual(step / 2 + 1e-6);
        expect(maxAbsDifference(given, got)).toBeGreaterThan(0);
      }
    }
  });

  it('counts the bytes of codes, scales and zeros', () => {
    const full = 40 * 2 * 16 * 4;
    // A head's 8 numbers: 8 bytes, a scale and a zero of 4 bytes each; 4 bytes of codes at 4 bits.
    expect(filled({ format: 'int8' }).usedBytes).toBe(40 * 2 * 2 * (8 + 8));
    expect(filled({ format: 'int4' }).usedBytes).toBe(40 * 2 * 2 * (4 + 8));
    expect(filled({ format: 'fp8' }).usedBytes).toBe(full / 4);
    expect(filled({ format: 'fp8', residualTokens: 40 }).usedBytes).toBe(full);
  });

  it('answers nearly as the full cache does, more nearly with more bits', () => {
    const q = normalFloat32(createRandom(3), 4 * 8);
    const exact = referenceAttention(
      q,
      k,
      v,
      { numHeads: 4, numKvHeads: 2, queryTokens: 1, keyTokens: 40, headDim: 8 },
      { mask: causal, firstQueryIdx: 39 },
    ).output;
    const errors = (['int8', 'fp8', 'int4'] as const).map((format) => {
      const cache = createQuantizedCache(wide, { format });
      cache.append(sliceTokens(k, 2, 8, 0, 39), sliceTokens(v, 2, 8, 0, 39));
      const [lastK, lastV] = [k, v].map((x) => sliceTokens(x, 2, 8, 39, 40));
      return maxAbsDifference(attendWithCache(cache, q, lastK, lastV, 4).output, exact);
    });
    expect(errors[0]).toBeGreaterThan(0);
    expect(errors[0]).toBeLessThan(0.02);
    expect(errors[1]).toBeGreaterThan(errors[0]);
    expect(errors[2]).toBeGreaterThan(errors[0]);
    expect(errors[2]).toBeLessThan(0.5);
  });

  it('is left as it was by numbers it cannot store', () => {
    const cache = createQuantizedCache(wide, { format: 'int8' });
    const bad = new Float32Array(32).fill(Infinity, 20);
    expect(() => cache.append(bad, new Float32Array(32))).toThrow('values must be finite');
    expect(cache.tokens).toBe(0);
    expect(() => createQuantizedCache(wide, { format: 'int4', keyAxis: 'group' })).toThrow(
      "groupSize is needed for the axis 'group', got none",
    );
    expect(() =>
      createQuantizedCache(wide, { format: 'int4', keyAxis: 'group', groupSize: 3 }),
    ).toThrow('headDim must be a multiple of groupSize, got 8 and 3');
  });
});

describe('the heavy-hitter cache', () => {
  it('keeps the latest and, of the others, those that drew most attention', () => {
    const evicted: number[] = [];
    const cache = createHeavyHitterCache(shape, {
      budgetTokens: 4,
      recentTokens: 2,
      observer: { eviction: (event) => evicted.push(...event.positions) },
    });
    cache.append(keysOf(6), valuesOf(6));
    // Two rows of weights over six keys: the light ones of the first four go, 2 before 0.
    cache.addWeights(Float64Array.of(0.1, 0.5, 0, 0.4, 0, 0, 0.2, 0.3, 0.1, 0.4, 0, 0), 6);
    expect(evicted).toEqual([2, 0]);
    expect(Array.from(cache.read().positions)).toEqual([1, 3, 4, 5]);
    expect(Array.from(cache.scores)).toEqual([0.8, 0.8, 0, 0]);
    // Of equal scores the oldest goes.
    cache.append(keysOf(1), valuesOf(1));
    cache.addWeights(Float64Array.of(0, 0, 0.9, 0, 0.1), 5);
    expect(Array.from(cache.read().positions)).toEqual([3, 4, 5, 6]);
    expect(() => cache.addWeights(new Float64Array(3), 3)).toThrow(
      'keyTokens must be the 4 tokens kept, got 3',
    );
  });

  it('does not grow when nobody tells it the weights', () => {
    const cache = createHeavyHitterCache(shape, { budgetTokens: 3, recentTokens: 1 });
    for (let token = 0; token < 20; token++) cache.append(keysOf(1), valuesOf(1));
    expect(cache.tokens).toBeLessThanOrEqual(4);
    expect(() => createHeavyHitterCache(shape, { budgetTokens: 3, recentTokens: 4 })).toThrow(
      'recentTokens must be between 0 and 3, got 4',
    );
  });
});
