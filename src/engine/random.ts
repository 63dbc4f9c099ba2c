import { requireNonNegativeInteger, requirePositiveInteger } from './errors.ts';

/** A seeded source of random numbers: the same seed gives the same numbers everywhere. Not for secrets. */
export interface Random {
  /** In [0, 1). */
  uniform(): number;
  /** A whole number in [0, end). */
  integer(end: number): number;
  /** Mean 0, standard deviation 1. */
  normal(): number;
}

/**
 * sfc32 (Chris Doty-Humphrey's Small Fast Counting generator, PractRand): 128 bits of state, period of about 2^127 on
 * average. Chosen over mulberry32 because weights of some millions of numbers are drawn from it.
 * @param seed an integer of 0 or more
 */
export function createRandom(seed: number): Random {
  requireNonNegativeInteger('seed', seed);
  let a = seed >>> 0;
  let b = Math.floor(seed / 0x1_0000_0000) >>> 0;
  let c = 0x9e3779b9;
  let counter = 1;

  function next(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
  // Small seeds differ in few bits; the first outputs would show it.
  for (let round = 0; round < 15; round++) next();

  const uniform = () => next() / 0x1_0000_0000;
  let spare: number | undefined;
  return {
    uniform,
    integer(end) {
      requirePositiveInteger('end', end);
      return Math.floor(uniform() * end);
    },
    /** Box-Muller: two uniform numbers give two independent normal ones. */
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

/** `length` normal numbers of the given standard deviation. */
export function normalFloat32(random: Random, length: number, standardDeviation = 1): Float32Array {
  return Float32Array.from({ length }, () => random.normal() * standardDeviation);
}

/** As `normalFloat32`, unrounded. */
export function normalFloat64(random: Random, length: number, standardDeviation = 1): Float64Array {
  return Float64Array.from({ length }, () => random.normal() * standardDeviation);
}
