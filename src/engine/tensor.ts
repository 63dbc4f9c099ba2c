import { EngineInputError, requireNonNegativeInteger } from './errors.ts';

/**
 * The numbers of a tensor, row-major: the last axis of its shape moves fastest. Float32Array is what models store;
 * Float64Array serves where a result is held against a float64 reference. Sums are kept in double precision either way.
 */
export type FloatArray = Float32Array | Float64Array;

/** Axis name to length, in storage order: `{ numHeads: 2, tokens: 5, headDim: 4 }`. */
export type NamedShape = Readonly<Record<string, number>>;

/** Numbers and the names and lengths of their axes. */
export interface Tensor<Shape extends NamedShape = NamedShape> {
  readonly data: FloatArray;
  readonly shape: Shape;
}

/** How many numbers a shape holds: the product of its axes. */
export function elementCount(shape: NamedShape): number {
  return Object.values(shape).reduce((product, length) => product * length, 1);
}

/**
 * Checks that `data` holds exactly the numbers `shape` asks for.
 * @throws EngineInputError like `q must hold numHeads 2 x tokens 3 x headDim 4 = 24 numbers, got 20`
 */
export function requireShape(argument: string, data: ArrayLike<number>, shape: NamedShape): void {
  // Words are made where something is wrong only: small tensors are checked thousands of times.
  let expected = 1;
  for (const axis of Object.keys(shape)) {
    const length = shape[axis];
    if (!Number.isSafeInteger(length) || length < 0) {
      requireNonNegativeInteger(`${argument}'s ${axis}`, length);
    }
    expected *= length;
  }
  if (data.length === expected) return;
  const axes = Object.entries(shape).map(([axis, length]) => `${axis} ${length}`);
  const product = axes.length > 1 ? `${axes.join(' x ')} = ${expected} numbers` : `${axes[0]}`;
  throw new EngineInputError(`${argument} must hold ${product}, got ${data.length}`);
}

/** A tensor whose data is checked against its shape. */
export function tensor<Shape extends NamedShape>(
  argument: string,
  data: FloatArray,
  shape: Shape,
): Tensor<Shape> {
  requireShape(argument, data, shape);
  return { data, shape };
}

/** Zeros in the precision of `like`. */
export function zerosLike(like: FloatArray, length: number): FloatArray {
  return like instanceof Float64Array ? new Float64Array(length) : new Float32Array(length);
}

/** False when any number is NaN or infinite. */
export function isAllFinite(data: FloatArray): boolean {
  for (let idx = 0; idx < data.length; idx++) {
    // x - x is 0 for every finite x and NaN for the rest.
    if (data[idx] - data[idx] !== 0) return false;
  }
  return true;
}

/**
 * The largest |a - b|. Equal infinities and a pair of NaN differ by 0; a NaN against a number by Infinity.
 * @throws EngineInputError when the lengths differ
 */
export function maxAbsDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    throw new EngineInputError(`b must be as long as a, got ${b.length} and ${a.length}`);
  }
  let largest = 0;
  for (let idx = 0; idx < a.length; idx++) {
    if (Object.is(a[idx], b[idx])) continue;
    const difference = Math.abs(a[idx] - b[idx]);
    if (Number.isNaN(difference)) return Infinity;
    if (difference > largest) largest = difference;
  }
  return largest;
}
