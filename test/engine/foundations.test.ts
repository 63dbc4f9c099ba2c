import { describe, expect, it } from 'vitest';
import {
  createRandom,
  elementCount,
  EngineInputError,
  isAllFinite,
  maxAbsDifference,
  normalFloat32,
  normalFloat64,
  requireShape,
  tensor,
  zerosLike,
} from '../../src/engine/index.ts';

describe('tensors', () => {
  it('are checked against their named shape', () => {
    const x = tensor('x', new Float32Array(6), { rows: 2, columns: 3 });
    expect(x.shape.columns).toBe(3);
    expect(elementCount(x.shape)).toBe(6);
    expect(() => tensor('x', new Float32Array(5), { rows: 2, columns: 3 })).toThrow(
      'x must hold rows 2 x columns 3 = 6 numbers, got 5',
    );
    expect(() => requireShape('x', [], { rows: -1 })).toThrow(
      "x's rows must be an integer of 0 or more, got -1",
    );
    expect(() => requireShape('x', [], { rows: 0.5 })).toThrow(EngineInputError);
  });

  it('keep their precision', () => {
    expect(zerosLike(new Float64Array(1), 2)).toEqual(new Float64Array(2));
    expect(zerosLike(new Float32Array(1), 2)).toEqual(new Float32Array(2));
  });

  it('know NaN and infinity, and compare them', () => {
    expect(isAllFinite(Float32Array.of(1, -2))).toBe(true);
    expect(isAllFinite(Float32Array.of(1, NaN))).toBe(false);
    expect(isAllFinite(Float64Array.of(-Infinity))).toBe(false);
    expect(maxAbsDifference([1, NaN, Infinity], [3, NaN, Infinity])).toBe(2);
    expect(maxAbsDifference([NaN], [1])).toBe(Infinity);
    expect(maxAbsDifference([0], [-0])).toBe(0);
    expect(() => maxAbsDifference([1], [1, 2])).toThrow('b must be as long as a, got 2 and 1');
  });
});

describe('random numbers', () => {
  it('are the same for the same seed and others for another, large seeds too', () => {
    const draw = (seed: number) => Array.from(normalFloat64(createRandom(seed), 5));
    expect(draw(1)).toEqual(draw(1));
    const seeds = [0, 1, 2, 2 ** 32, 2 ** 32 + 1, 2 ** 52];
    expect(new Set(seeds.map((seed) => draw(seed)[0])).size).toBe(seeds.length);
    expect(() => createRandom(-1)).toThrow('seed must be an integer of 0 or more, got -1');
  });

  it('have the moments of their distribution', () => {
    const random = createRandom(7);
    const normal = normalFloat32(random, 40_000, 2);
    const mean = normal.reduce((sum, x) => sum + x, 0) / normal.length;
    const variance = normal.reduce((sum, x) => sum + (x - mean) ** 2, 0) / normal.length;
    const fourth = normal.reduce((sum, x) => sum + (x - mean) ** 4, 0) / normal.length;
    expect(Math.abs(mean)).toBeLessThan(0.05);
    expect(variance).toBeGreaterThan(3.85);
    expect(variance).toBeLessThan(4.15);
    expect(Math.abs(fourth / variance ** 2 - 3)).toBeLessThan(0.2);
    const uniform = Array.from({ length: 40_000 }, () => random.uniform());
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniform)).toBeLessThan(1);
    expect(uniform.reduce((sum, x) => sum + x, 0) / 40_000).toBeCloseTo(0.5, 2);
  });

  it('draw whole numbers evenly', () => {
    const random = createRandom(8);
    const counts = new Array<number>(6).fill(0);
    for (let draw = 0; draw < 12_000; draw++) counts[random.integer(6)]++;
    counts.forEach((count) => expect(Math.abs(count - 2000)).toBeLessThan(200));
    expect(() => random.integer(0)).toThrow('end must be a positive integer, got 0');
  });
});
