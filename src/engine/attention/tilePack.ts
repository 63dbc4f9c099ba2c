import type { FloatArray } from '../tensor.ts';

/*
 * The inner loops of the tiled kernel. All of them work on "interleaved" double-precision copies of a tile, four rows
 * side by side: row r of a (rows, dims) tile lies at packed[((r >> 2) * dims + dim) * 4 + (r & 3)]. So the loop over dims
 * reads memory in order, converts no float32, and keeps 4 x 4 sums in registers: 16 multiply-adds for 8 loads, where the
 * plain triple loop has one for two and waits for each to finish before the next. (A 4 x 4 block is what fits the 16
 * registers of x86-64; 4 x 2 and 2 x 4 were slower.)
 */

export const roundUpTo4 = (count: number): number => (count + 3) & ~3;

/** Interleaves `rows` rows of `dims` numbers, times `factor`; rows up to the next multiple of four become zeros. */
export function packRows(
  source: FloatArray,
  start: number,
  rows: number,
  dims: number,
  factor: number,
  packed: Float64Array,
): void {
  for (let row = 0; row < rows; row++) {
    let at = (row >> 2) * dims * 4 + (row & 3);
    const from = start + row * dims;
    for (let dim = 0; dim < dims; dim++, at += 4) packed[at] = source[from + dim] * factor;
  }
  for (let row = rows; row < roundUpTo4(rows); row++) {
    let at = (row >> 2) * dims * 4 + (row & 3);
    for (let dim = 0; dim < dims; dim++, at += 4) packed[at] = 0;
  }
}

/**
 * Interleaves a tile of values by four columns: packed[((dim >> 2) * rows4 + row) * 4 + (dim & 3)], with rows4 the rows
 * rounded up; what is beyond the tile becomes zeros.
 * @returns whether every value is finite
 */
export function packColumns(
  source: FloatArray,
  start: number,
  rows: number,
  dims: number,
  packed: Float64Array,
): boolean {
  const rows4 = roundUpTo4(rows);
  packed.fill(0, 0, rows4 * roundUpTo4(dims));
  let finite = true;
  for (let row = 0; row < rows; row++) {
    const from = start + row * dims;
    for (let dim = 0; dim < dims; dim++) {
      const value = source[from + dim];
      // x - x is 0 for every finite x and NaN for the rest.
      if (value - value !== 0) finite = false;
      packed[((dim >> 2) * rows4 + row) * 4 + (dim & 3)] = value;
    }
  }
  return finite;
}

/** scores[((r >> 2) * keys4 + key) * 4 + (r & 3)] = q_r . k_key, for interleaved q and k of whole groups of four. */
export function scoreTile(
  qPacked: Float64Array,
  kPacked: Float64Array,
  rows4: number,
  keys4: number,
  dims: number,
  scores: Float64Array,
): void {
  for (let row = 0; row < rows4; row += 4) {
    const qStart = row * dims;
    for (let key = 0; key < keys4; key += 4) {
      let qAt = qStart;
      let kAt = key * dims;
      const qEnd = qStart + dims * 4;
      let s00 = 0;
      let s01 = 0;
      let s02 = 0;
      let s03 = 0;
      let s10 = 0;
      let s11 = 0;
      let s12 = 0;
      let s13 = 0;
      let s20 = 0;
      let s21 = 0;
      let s22 = 0;
      let s23 = 0;
      let s30 = 0;
      let s31 = 0;
      let s32 = 0;
      let s33 = 0;
      for (; qAt < qEnd; qAt += 4, kAt += 4) {
        const q0 = qPacked[qAt];
        const q1 = qPacked[qAt + 1];
        const q2 = qPacked[qAt + 2];
        const q3 = qPacked[qAt + 3];
        const k0 = kPacked[kAt];
        s00 += q0 * k0;
        s10 += q1 * k0;
        s20 += q2 * k0;
        s30 += q3 * k0;
        const k1 = kPacked[kAt + 1];
        s01 += q0 * k1;
        s11 += q1 * k1;
        s21 += q2 * k1;
        s31 += q3 * k1;
        const k2 = kPacked[kAt + 2];
        s02 += q0 * k2;
        s12 += q1 * k2;
        s22 += q2 * k2;
        s32 += q3 * k2;
        const k3 = kPacked[kAt + 3];
        s03 += q0 * k3;
        s13 += q1 * k3;
        s23 += q2 * k3;
        s33 += q3 * k3;
      }
      const at = row * keys4 + key * 4;
      scores[at] = s00;
      scores[at + 1] = s10;
      scores[at + 2] = s20;
      scores[at + 3] = s30;
      scores[at + 4] = s01;
      scores[at + 5] = s11;
      scores[at + 6] = s21;
      scores[at + 7] = s31;
      scores[at + 8] = s02;
      scores[at + 9] = s12;
      scores[at + 10] = s22;
      scores[at + 11] = s32;
      scores[at + 12] = s03;
      scores[at + 13] = s13;
      scores[at + 14] = s23;
      scores[at + 15] = s33;
    }
  }
}

/**
 * sums += weights x values. Weights as scoreTile leaves scores, values from packColumns, sums by blocks of four rows and
 * four columns: sums[((row >> 2) * dims4 + (dim & ~3)) * 4 + (dim & 3) * 4 + (row & 3)].
 */
export function accumulateTile(
  weights: Float64Array,
  vPacked: Float64Array,
  rows4: number,
  keys4: number,
  dims4: number,
  sums: Float64Array,
): void {
  for (let row = 0; row < rows4; row += 4) {
    const wStart = row * keys4;
    const wEnd = wStart + keys4 * 4;
    for (let dim = 0; dim < dims4; dim += 4) {
      let vAt = dim * keys4;
      const at = row * dims4 + dim * 4;
      let s00 = sums[at];
      let s10 = sums[at + 1];
      let s20 = sums[at + 2];
      let s30 = sums[at + 3];
      let s01 = sums[at + 4];
      let s11 = sums[at + 5];
      let s21 = sums[at + 6];
      let s31 = sums[at + 7];
      let s02 = sums[at + 8];
      let s12 = sums[at + 9];
      let s22 = sums[at + 10];
      let s32 = sums[at + 11];
      let s03 = sums[at + 12];
      let s13 = sums[at + 13];
      let s23 = sums[at + 14];
      let s33 = sums[at + 15];
      for (let wAt = wStart; wAt < wEnd; wAt += 4, vAt += 4) {
        const w0 = weights[wAt];
        const w1 = weights[wAt + 1];
        const w2 = weights[wAt + 2];
        const w3 = weights[wAt + 3];
        const v0 = vPacked[vAt];
        s00 += w0 * v0;
        s10 += w1 * v0;
        s20 += w2 * v0;
        s30 += w3 * v0;
        const v1 = vPacked[vAt + 1];
        s01 += w0 * v1;
        s11 += w1 * v1;
        s21 += w2 * v1;
        s31 += w3 * v1;
        const v2 = vPacked[vAt + 2];
        s02 += w0 * v2;
        s12 += w1 * v2;
        s22 += w2 * v2;
        s32 += w3 * v2;
        const v3 = vPacked[vAt + 3];
        s03 += w0 * v3;
        s13 += w1 * v3;
        s23 += w2 * v3;
        s33 += w3 * v3;
      }
      sums[at] = s00;
      sums[at + 1] = s10;
      sums[at + 2] = s20;
      sums[at + 3] = s30;
      sums[at + 4] = s01;
      sums[at + 5] = s11;
      sums[at + 6] = s21;
      sums[at + 7] = s31;
      sums[at + 8] = s02;
      sums[at + 9] = s12;
      sums[at + 10] = s22;
      sums[at + 11] = s32;
      sums[at + 12] = s03;
      sums[at + 13] = s13;
      sums[at + 14] = s23;
      sums[at + 15] = s33;
    }
  }
}

/** accumulateTile for values that are not all finite: a weight of 0 must not read its value, as 0 x Infinity is NaN. */
export function accumulateTileCarefully(
  weights: Float64Array,
  vPacked: Float64Array,
  rows4: number,
  keys4: number,
  dims4: number,
  sums: Float64Array,
): void {
  for (let row = 0; row < rows4; row++) {
    for (let key = 0; key < keys4; key++) {
      const weight = weights[(row >> 2) * keys4 * 4 + key * 4 + (row & 3)];
      if (weight === 0) continue;
      for (let dim = 0; dim < dims4; dim++) {
        const value = vPacked[((dim >> 2) * keys4 + key) * 4 + (dim & 3)];
        sums[(row >> 2) * 4 * dims4 + dim * 4 + (row & 3)] += weight * value;
      }
    }
  }
}
