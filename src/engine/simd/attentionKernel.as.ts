// Tiled causal attention of one head with 128-bit SIMD, in AssemblyScript (TypeScript's syntax, compiled to WebAssembly by
// scripts/build-simd.mjs). It is FlashAttention's forward pass (Dao et al. 2022, https://arxiv.org/abs/2205.14135, Algorithm 1):
// tiles of keys pass under a tile of queries, with a running maximum m and sum l per row; nothing of size n x n is stored.
//
// Where the speed comes from:
// - registers: 4 query rows x 8 keys (2 vectors) are accumulated at once, so each loaded number is used 4 to 8 times;
// - layout: keys are packed once in panels of 8, dimension by dimension, so that the inner loop only reads forward;
// - masked scores become an exact 0 after the exponential. As exp(-87) they would make every product with them
//   denormal, and denormals cost more than a hundred cycles each: the diagonal tiles alone then took most of the time.

const ROWS: i32 = 4; // query rows per register block
const PANEL: i32 = 8; // keys (or output columns) per register block: two vectors
const KEY_TILE: i32 = 64;
const QUERY_TILE: i32 = 32;
const FLOAT_SHIFT: i32 = 2; // 4 bytes

/** Largest float32 exponent argument that stays a normal number: below it the result is taken as 0. */
const SMALLEST_EXPONENT: f32 = -87.0;

/** exp of four numbers <= 0, relative error under 2e-7: 2^n times a polynomial of the rest (Cephes' expf coefficients). */
// @ts-ignore: decorator
@inline
function exp4(x: v128): v128 {
  const clamped = f32x4.max(x, f32x4.splat(SMALLEST_EXPONENT));
  const n = f32x4.nearest(f32x4.mul(clamped, f32x4.splat(1.44269504088896341)));
  // ln 2 in two parts, so that the subtraction is exact.
  let r = f32x4.sub(clamped, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), f32x4.splat(1));
  const powerOfTwo = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.and(f32x4.mul(p, powerOfTwo), f32x4.ge(x, f32x4.splat(SMALLEST_EXPONENT)));
}

// @ts-ignore: decorator
@inline
function largestLane(x: v128): f32 {
  return max(
    max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)),
    max(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)),
  );
}

// @ts-ignore: decorator
@inline
function sumOfLanes(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) +
    f32x4.extract_lane(x, 1) +
    (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/**
 * block (4, 8) = or += a (4 rows, `depth` long, `aStride` bytes apart) times b, whose row for each depth is 8 numbers,
 * `bStride` bytes apart. The one inner loop: scores (a = queries, b = packed keys) and outputs (a = weights, b = values).
 */
// @ts-ignore: decorator
@inline
function multiplyBlock(
  a: usize, aStride: usize, b: usize, bStride: usize, depth: i32,
  block: usize, blockStride: usize, accumulate: bool,
): void {
  let c00: v128, c01: v128, c10: v128, c11: v128, c20: v128, c21: v128, c30: v128, c31: v128;
  if (accumulate) {
    c00 = v128.load(block);
    c01 = v128.load(block, 16);
    c10 = v128.load(block + blockStride);
    c11 = v128.load(block + blockStride, 16);
    c20 = v128.load(block + 2 * blockStride);
    c21 = v128.load(block + 2 * blockStride, 16);
    c30 = v128.load(block + 3 * blockStride);
    c31 = v128.load(block + 3 * blockStride, 16);
  } else {
    c00 = c01 = c10 = c11 = c20 = c21 = c30 = c31 = f32x4.splat(0);
  }
  let a0 = a;
  let a1 = a + aStride;
  let a2 = a + 2 * aStride;
  let a3 = a + 3 * aStride;
  for (let i = 0; i < depth; i++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let s = v128.load32_splat(a0);
    c00 = f32x4.add(c00, f32x4.mul(s, b0));
    c01 = f32x4.add(c01, f32x4.mul(s, b1));
    s = v128.load32_splat(a1);
    c10 = f32x4.add(c10, f32x4.mul(s, b0));
    c11 = f32x4.add(c11, f32x4.mul(s, b1));
    s = v128.load32_splat(a2);
    c20 = f32x4.add(c20, f32x4.mul(s, b0));
    c21 = f32x4.add(c21, f32x4.mul(s, b1));
    s = v128.load32_splat(a3);
    c30 = f32x4.add(c30, f32x4.mul(s, b0));
    c31 = f32x4.add(c31, f32x4.mul(s, b1));
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    b += bStride;
  }
  v128.store(block, c00);
  v128.store(block, c01, 16);
  v128.store(block + blockStride, c10);
  v128.store(block + blockStride, c11, 16);
  v128.store(block + 2 * blockStride, c20);
  v128.store(block + 2 * blockStride, c21, 16);
  v128.store(block + 3 * blockStride, c30);
  v128.store(block + 3 * blockStride, c31, 16);
}

/** Bytes of scratch that `attend` needs for a head dimension (a multiple of 8): one tile of scores and m, l per row. */
export function scratchBytes(): i32 {
  return (QUERY_TILE * KEY_TILE + 2 * QUERY_TILE) << FLOAT_SHIFT;
}

/** Packs keys (numKeys, headDim) into panels (numKeys / 8 rounded up, headDim, 8); keys beyond the last are zeros. */
export function packKeys(keys: usize, packed: usize, numKeys: i32, headDim: i32): void {
  const numPanels = (numKeys + PANEL - 1) / PANEL;
  for (let panel = 0; panel < numPanels; panel++) {
    for (let lane = 0; lane < PANEL; lane++) {
      const keyIdx = panel * PANEL + lane;
      let target = packed + (((panel * headDim * PANEL + lane) as usize) << FLOAT_SHIFT);
      const source = keys + (((keyIdx * headDim) as usize) << FLOAT_SHIFT);
      for (let i = 0; i < headDim; i++) {
        const value = keyIdx < numKeys ? load<f32>(source + ((i as usize) << FLOAT_SHIFT)) : 0;
        store<f32>(target, value);
        target += PANEL << FLOAT_SHIFT;
      }
    }
  }
}

/**
 * Attention of one head. queries, output (numQueries rounded up to 4, headDim); packedKeys from `packKeys`; values
 * (numKeys rounded up to 8, headDim); maxima, sums (numQueries): each row's largest score m and its sum l of exp(score - m).
 * headDim is a multiple of 8; the queries come already scaled. What is rounded up holds zeros.
 * Query i stands at position firstQueryIdx + i and sees keys j with j <= position and, if window > 0, j > position - window;
 * with `causal` false it sees all keys. A row that sees nothing is zeros, its sum 0.
 * Returns the number of score tiles computed.
 */
export function attend(
  queries: usize, packedKeys: usize, values: usize, output: usize, maxima: usize, sums: usize, scratch: usize,
  numQueries: i32, numKeys: i32, headDim: i32, firstQueryIdx: i32, causal: bool, window: i32,
): i32 {
  const rowBytes = (headDim as usize) << FLOAT_SHIFT;
  const scoreRowBytes = (KEY_TILE as usize) << FLOAT_SHIFT;
  const scores = scratch;
  const rowMax = scratch + (QUERY_TILE as usize) * scoreRowBytes;
  const rowSum = rowMax + ((QUERY_TILE as usize) << FLOAT_SHIFT);
  let tilesComputed = 0;

  for (let queryTile = 0; queryTile < numQueries; queryTile += QUERY_TILE) {
    const rows = min(QUERY_TILE, numQueries - queryTile);
    const paddedRows = ((rows + ROWS - 1) / ROWS) * ROWS;
    const tileOutput = output + (queryTile as usize) * rowBytes;
    memory.fill(tileOutput, 0, (paddedRows as usize) * rowBytes);
    for (let row = 0; row < QUERY_TILE; row++) {
      store<f32>(rowMax + ((row as usize) << FLOAT_SHIFT), -f32.MAX_VALUE);
      store<f32>(rowSum + ((row as usize) << FLOAT_SHIFT), 0);
    }
    const firstPosition = firstQueryIdx + queryTile;
    const keysEnd = causal ? min(numKeys, firstPosition + rows) : numKeys;
    let keysStart = window > 0 ? max(0, firstPosition - window + 1) : 0;
    keysStart = (keysStart / KEY_TILE) * KEY_TILE;

    for (let keyTile = keysStart; keyTile < keysEnd; keyTile += KEY_TILE) {
      tilesComputed++;
      const keys = min(KEY_TILE, numKeys - keyTile);
      const panels = (keys + PANEL - 1) / PANEL;
      const width = panels * PANEL;

      // Scores of the tile: queries times packed keys.
      for (let row = 0; row < paddedRows; row += ROWS) {
        for (let panel = 0; panel < panels; panel++) {
          multiplyBlock(
            queries + ((queryTile + row) as usize) * rowBytes, rowBytes,
            packedKeys + ((keyTile / PANEL + panel) as usize) * rowBytes * PANEL, PANEL << FLOAT_SHIFT, headDim,
            scores + (row as usize) * scoreRowBytes + ((panel * PANEL) << FLOAT_SHIFT), scoreRowBytes, false,
          );
        }
      }

      // Online softmax, row by row: new maximum, weights in place of scores, old sum and output rescaled.
      for (let row = 0; row < rows; row++) {
        const position = firstPosition + row;
        const scoreRow = scores + (row as usize) * scoreRowBytes;
        let visibleFrom = window > 0 ? max(0, position - window + 1 - keyTile) : 0;
        let visibleTo = causal ? min(keys, position + 1 - keyTile) : keys;
        if (visibleTo <= visibleFrom) {
          memory.fill(scoreRow, 0, (width as usize) << FLOAT_SHIFT);
          continue;
        }
        const maxPointer = rowMax + ((row as usize) << FLOAT_SHIFT);
        const sumPointer = rowSum + ((row as usize) << FLOAT_SHIFT);
        const masked = visibleFrom > 0 || visibleTo < width;
        const oldMax = load<f32>(maxPointer);
        let newMax = oldMax;
        if (masked) {
          for (let key = visibleFrom; key < visibleTo; key++)
            newMax = max(newMax, load<f32>(scoreRow + ((key as usize) << FLOAT_SHIFT)));
        } else {
          let largest = v128.load(scoreRow);
          for (let key = 4; key < width; key += 4)
            largest = f32x4.max(largest, v128.load(scoreRow + ((key as usize) << FLOAT_SHIFT)));
          newMax = max(newMax, largestLane(largest));
        }
        const shift = f32x4.splat(newMax);
        let tileSums = f32x4.splat(0);
        for (let key = 0; key < width; key += 4) {
          const pointer = scoreRow + ((key as usize) << FLOAT_SHIFT);
          let weights = exp4(f32x4.sub(v128.load(pointer), shift));
          if (masked) {
            const lanes = i32x4.add(i32x4.splat(key), i32x4(0, 1, 2, 3));
            weights = v128.and(
              weights,
              v128.and(i32x4.ge_s(lanes, i32x4.splat(visibleFrom)), i32x4.lt_s(lanes, i32x4.splat(visibleTo))),
            );
          }
          v128.store(pointer, weights);
          tileSums = f32x4.add(tileSums, weights);
        }
        const oldSum = load<f32>(sumPointer);
        if (newMax > oldMax && oldSum > 0) {
          const rescale = exp4(f32x4.splat(oldMax - newMax));
          const outputRow = tileOutput + (row as usize) * rowBytes;
          for (let i: usize = 0; i < rowBytes; i += 16)
            v128.store(outputRow + i, f32x4.mul(v128.load(outputRow + i), rescale));
          store<f32>(sumPointer, oldSum * f32x4.extract_lane(rescale, 0) + sumOfLanes(tileSums));
        } else {
          store<f32>(sumPointer, oldSum + sumOfLanes(tileSums));
        }
        store<f32>(maxPointer, newMax);
      }
      for (let row = rows; row < paddedRows; row++)
        memory.fill(scores + (row as usize) * scoreRowBytes, 0, (width as usize) << FLOAT_SHIFT);

      // Output: weights times values.
      for (let row = 0; row < paddedRows; row += ROWS) {
        for (let column = 0; column < headDim; column += PANEL) {
          multiplyBlock(
            scores + (row as usize) * scoreRowBytes, scoreRowBytes,
            values + (keyTile as usize) * rowBytes + ((column as usize) << FLOAT_SHIFT), rowBytes, width,
            tileOutput + (row as usize) * rowBytes + ((column as usize) << FLOAT_SHIFT), rowBytes, true,
          );
        }
      }
    }

    for (let row = 0; row < rows; row++) {
      const sum = load<f32>(rowSum + ((row as usize) << FLOAT_SHIFT));
      const outputRow = tileOutput + (row as usize) * rowBytes;
      const inverse = f32x4.splat(sum > 0 ? 1 / sum : 0);
      for (let i: usize = 0; i < rowBytes; i += 16)
        v128.store(outputRow + i, f32x4.mul(v128.load(outputRow + i), inverse));
      const statistics = (queryTile + row) as usize;
      store<f32>(maxima + (statistics << FLOAT_SHIFT), load<f32>(rowMax + ((row as usize) << FLOAT_SHIFT)));
      store<f32>(sums + (statistics << FLOAT_SHIFT), sum);
    }
  }
  return tilesComputed;
}
