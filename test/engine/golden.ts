import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

/** Arrays in the golden files are { shape, data }; scalars stand alone. */
export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export interface GoldenCase<Params, Inputs, Expected> {
  readonly params: Params;
  readonly inputs: Inputs;
  readonly expected: Expected;
}

export interface GoldenFile<Case> {
  readonly source: string;
  readonly cases: readonly Case[];
}

/** The file `test/golden/<name>.json`. Who made it, and with what, is its first line, `source`. */
export function readGolden<Case>(name: string): GoldenFile<Case> {
  const file = new URL(`../golden/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as GoldenFile<Case>;
}

export const float64 = (tensor: GoldenTensor): Float64Array => Float64Array.from(tensor.data);
export const float32 = (tensor: GoldenTensor): Float32Array => Float32Array.from(tensor.data);

/** Remembers the largest |actual - expected| it was shown, for the line each golden test prints. */
export class Differences {
  readonly tolerance: number;
  largest = 0;
  compared = 0;

  /** @param tolerance 1e-6, or 1e-5 for files that say float32 inside */
  constructor(tolerance = 1e-6) {
    this.tolerance = tolerance;
  }

  /** |a - b| <= tolerance + tolerance |b|, for every number. */
  check(what: string, actual: ArrayLike<number>, expected: ArrayLike<number>): void {
    expect(actual.length, `${what}: length`).toBe(expected.length);
    for (let idx = 0; idx < expected.length; idx++) {
      this.compared++;
      if (Object.is(actual[idx], expected[idx])) continue;
      const difference = Math.abs(actual[idx] - expected[idx]);
      const allowed = this.tolerance + this.tolerance * Math.abs(expected[idx]);
      if (!(difference <= allowed)) {
        expect.fail(`${what}[${idx}]: ${actual[idx]}, expected ${expected[idx]} (+-${allowed})`);
      }
      this.largest = Math.max(this.largest, difference);
    }
  }

  report(file: string): void {
    console.log(
      `${file}: ${this.compared} numbers, largest difference ${this.largest.toExponential(2)}`,
    );
  }
}
