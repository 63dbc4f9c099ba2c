import type { FloatArray } from '../tensor.ts';

/*
 * The inner loops of the tiled kernel. All of them work on double-precision copies of a tile in groups of four rows that lie
 * side by side: row r of a (rows, dims) tile is at groups[r >> 2][dim * 4 + (r & 3)]. So the loop over dims reads memory in
 * order, converts no float32, and keeps 4 x 4 sums in registers: 16 multiply-adds for 8 loads, where the plain triple loop
 * has one for two loads and waits for each to finish before the next. One array per group lets q and k share an index,
 * which is worth a tenth in V8; blocks of 4 x 2, 2 x 4, 3 x 3 and 5 x 2 and unrolled loops were no faster.
 */

/** Four interleaved rows each. */
export type Groups = readonly Float64Array[];

export const roundUpTo4 = (count: number): number => (count + 3) & ~3;

/** Groups for `rows` rows of `dims` numbers. */
export function createGroups(rows: number, dims: number): Groups {
  return Array.from({ length: roundUpTo4(rows) / 4 }, () => new Float64Array(dims * 4));
}

export function groupsBytes(groups: Groups): number {
  return groups.reduce((bytes, group) => bytes + group.byteLength, 0);
}

/** Interleaves `rows` rows of `dims` numbers, times `factor`; rows up to the next multiple of four become zeros. */
export function packRows(
  source: FloatArray,
  start: number,
  rows: number,
  dims: number,
  factor: number,
  groups: Groups,
): void {
  const whole = rows & ~3;
  for (let row = 0; row < whole; row += 4) {
    const group = groups[row >> 2];
    let from = start + row * dims;
    for (let at = 0; at < dims * 4; at += 4, from++) {
      group[at] = source[from] * factor;
      group[at + 1] = source[from + dims] * factor;
      group[at + 2] = source[from + 2 * dims] * factor;
      group[at + 3] = source[from + 3 * dims] * factor;
    }
  }
  for (let row = whole; row < roundUpTo4(rows); row++) {
    const group = groups[row >> 2];
    const from = start + row * dims;
    for (let dim = 0; dim < dims; dim++) {
      group[dim * 4 + (row & 3)] = row < rows ? source[from + dim] * factor : 0;
    }
  }
}

/**
 * Interleaves a (rows, dims) tile of values by four columns, groups[dim >> 2][row * 4 + (dim & 3)]; rows and columns up to
 * the next multiple of four become zeros.
 * @returns whether every value is finite
 */
export function packColumns(
  source: FloatArray,
  start: number,
  rows: number,
  dims: number,
  groups: Groups,
): boolean {
  // x * 0 is 0 for every finite x and NaN for the rest, and NaN stays in a sum.
  let check = 0;
  const whole = dims & ~3;
  for (let dim = 0; dim < whole; dim += 4) {
    const group = groups[dim >> 2];
    let from = start + dim;
    for (let at = 0; at < rows * 4; at += 4, from += dims) {
      const a = source[from];
      const b = source[from + 1];
      const c = source[from + 2];
      const d = source[from + 3];
      check += (a + b + c + d) * 0;
      group[at] = a;
      group[at + 1] = b;
      group[at + 2] = c;
      group[at + 3] = d;
    }
    group.fill(0, rows * 4, roundUpTo4(rows) * 4);
  }
  if (whole < dims) {
    const group = groups[whole >> 2].fill(0);
    for (let row = 0; row < rows; row++) {
      for (let dim = whole; dim < dims; dim++) {
        const value = source[start + row * dims + dim];
        check += value * 0;
        group[row * 4 + dim - whole] = value;
      }
    }
  }
  return check === 0;
}

/** scores[r >> 2][key * 4 + (r & 3)] = q_r . k_key, over whole groups. */
export function scoreTile(
  qGroups: Groups,
  kGroups: Groups,
  rowGroups: number,
  keyGroups: number,
  dims: number,
  scores: Groups,
): void {
  const end = dims * 4;
  for (let rowGroup = 0; rowGroup < rowGroups; rowGroup++) {
    const q = qGroups[rowGroup];
    const out = scores[rowGroup];
    for (let keyGroup = 0; keyGroup < keyGroups; keyGroup++) {
      const k = kGroups[keyGroup];
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
      for (let at = 0; at < end; at += 4) {
        const q0 = q[at];
        const q1 = q[at + 1];
        const q2 = q[at + 2];
        const q3 = q[at + 3];
        const k0 = k[at];
        s00 += q0 * k0;
        s10 += q1 * k0;
        s20 += q2 * k0;
        s30 += q3 * k0;
        const k1 = k[at + 1];
        s01 += q0 * k1;
        s11 += q1 * k1;
        s21 += q2 * k1;
        s31 += q3 * k1;
        const k2 = k[at + 2];
        s02 += q0 * k2;
        s12 += q1 * k2;
        s22 += q2 * k2;
        s32 += q3 * k2;
        const k3 = k[at + 3];
        s03 += q0 * k3;
        s13 += q1 * k3;
        s23 += q2 * k3;
        s33 += q3 * k3;
      }
      const to = keyGroup * 16;
      out[to] = s00;
      out[to + 1] = s10;
      out[to + 2] = s20;
      out[to + 3] = s30;
      out[to + 4] = s01;
      out[to + 5] = s11;
      out[to + 6] = s21;
      out[to + 7] = s31;
      out[to + 8] = s02;
      out[to + 9] = s12;
      out[to + 10] = s22;
      out[to + 11] = s32;
      out[to + 12] = s03;
      out[to + 13] = s13;
      out[to + 14] = s23;
      out[to + 15] = s33;
    }
  }
}

/** sums[r >> 2][dim * 4 + (r & 3)] += weight_r . v_dim: weights as scoreTile leaves scores, values from packColumns. */
export function accumulateTile(
  weights: Groups,
  vGroups: Groups,
  rowGroups: number,
  keys4: number,
  dimGroups: number,
  sums: Groups,
): void {
  const end = keys4 * 4;
  for (let rowGroup = 0; rowGroup < rowGroups; rowGroup++) {
    const w = weights[rowGroup];
    const sum = sums[rowGroup];
    for (let dimGroup = 0; dimGroup < dimGroups; dimGroup++) {
      const v = vGroups[dimGroup];
      const to = dimGroup * 16;
      let s00 = sum[to];
      let s10 = sum[to + 1];
      let s20 = sum[to + 2];
      let s30 = sum[to + 3];
      let s01 = sum[to + 4];
      let s11 = sum[to + 5];
      let s21 = sum[to + 6];
      let s31 = sum[to + 7];
      let s02 = sum[to + 8];
      let s12 = sum[to + 9];
      let s22 = sum[to + 10];
      let s32 = sum[to + 11];
      let s03 = sum[to + 12];
      let s13 = sum[to + 13];
      let s23 = sum[to + 14];
      let s33 = sum[to + 15];
      for (let at = 0; at < end; at += 4) {
        const w0 = w[at];
        const w1 = w[at + 1];
        const w2 = w[at + 2];
        const w3 = w[at + 3];
        const v0 = v[at];
        s00 += w0 * v0;
        s10 += w1 * v0;
        s20 += w2 * v0;
        s30 += w3 * v0;
        const v1 = v[at + 1];
        s01 += w0 * v1;
        s11 += w1 * v1;
        s21 += w2 * v1;
        s31 += w3 * v1;
        const v2 = v[at + 2];
        s02 += w0 * v2;
        s12 += w1 * v2;
        s22 += w2 * v2;
        s32 += w3 * v2;
        const v3 = v[at + 3];
        s03 += w0 * v3;
        s13 += w1 * v3;
        s23 += w2 * v3;
        s33 += w3 * v3;
      }
      sum[to] = s00;
      sum[to + 1] = s10;
      sum[to + 2] = s20;
      sum[to + 3] = s30;
      sum[to + 4] = s01;
      sum[to + 5] = s11;
      sum[to + 6] = s21;
      sum[to + 7] = s31;
      sum[to + 8] = s02;
      sum[to + 9] = s12;
      sum[to + 10] = s22;
      sum[to + 11] = s32;
      sum[to + 12] = s03;
      sum[to + 13] = s13;
      sum[to + 14] = s23;
      sum[to + 15] = s33;
    }
  }
}

/** accumulateTile for values that are not all finite: a weight of 0 must not read its value, as 0 x Infinity is NaN. */
export function accumulateTileCarefully(
  weights: Groups,
  vGroups: Groups,
  rowGroups: number,
  keys4: number,
  dimGroups: number,
  sums: Groups,
): void {
  for (let row = 0; row < rowGroups * 4; row++) {
    const w = weights[row >> 2];
    const sum = sums[row >> 2];
    for (let key = 0; key < keys4; key++) {
      const weight = w[key * 4 + (row & 3)];
      if (weight === 0) continue;
      for (let dim = 0; dim < dimGroups * 4; dim++) {
        sum[dim * 4 + (row & 3)] += weight * vGroups[dim >> 2][key * 4 + (dim & 3)];
      }
    }
  }
}
