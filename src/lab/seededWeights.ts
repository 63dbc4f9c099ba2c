import { normalFloat32, type Random } from '../engine/index.ts';

/**
 * A seeded random weight matrix, (outputs, inputs) as `nn.Linear` stores it, scaled so that what it gives is about as large
 * as what it gets. No trained model's weights.
 */
export function seededMatrix(random: Random, outputs: number, inputs: number): Float32Array {
  return normalFloat32(random, outputs * inputs, 1 / Math.sqrt(inputs));
}

/** (rows, columns) to (columns, rows). */
export function transposed(rows: Float32Array, numRows: number, numColumns: number): Float32Array {
  return Float32Array.from(
    { length: rows.length },
    (_, idx) => rows[(idx % numRows) * numColumns + Math.floor(idx / numRows)],
  );
}

/** The largest absolute number of each row of (rows, width). */
export function largestOfRows(values: ArrayLike<number>, width: number): readonly number[] {
  return Array.from({ length: values.length / width }, (_, row) => {
    let largest = 0;
    for (let idx = row * width; idx < (row + 1) * width; idx++) {
      largest = Math.max(largest, Math.abs(values[idx]));
    }
    return largest;
  });
}

/** Element by element: a - b. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  return Float64Array.from(a, (value, idx) => value - b[idx]);
}
