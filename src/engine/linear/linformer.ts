import { referenceAttention } from '../attention/reference.ts';
import { requireInRange, requirePositiveInteger } from '../errors.ts';
import { createRandom } from '../random.ts';
import { requireShape, type FloatArray } from '../tensor.ts';

export interface LinformerShape {
  readonly numHeads: number;
  /** Heads of k and v; numHeads when left out. */
  readonly numKvHeads?: number;
  readonly tokens: number;
  readonly headDim: number;
  /** headDim when left out. */
  readonly valueDim?: number;
  /** How many rows of keys and values are left of `tokens`. */
  readonly rank: number;
}

/**
 * Linformer: the keys and values of all tokens are mixed down to `rank` rows, K' = E K and V' = F V, and attended to
 * instead: tokens x rank scores where there were tokens x tokens. Not causal: each row mixes tokens from everywhere.
 * (Wang et al. 2020, "Linformer", equation 7.)
 * @param q (numHeads, tokens, headDim)
 * @param k (numKvHeads, tokens, headDim)
 * @param v (numKvHeads, tokens, valueDim)
 * @param projections E and F, each (rank, tokens), shared by all heads
 * @returns (numHeads, tokens, valueDim), in the precision of q
 */
export function linformerAttention(
  q: FloatArray,
  k: FloatArray,
  v: FloatArray,
  projections: { readonly E: FloatArray; readonly F: FloatArray },
  shape: LinformerShape,
): FloatArray {
  const { numHeads, numKvHeads = numHeads, tokens, headDim, valueDim = headDim, rank } = shape;
  requirePositiveInteger('rank', rank);
  requirePositiveInteger('numKvHeads', numKvHeads);
  requireShape('E', projections.E, { rank, tokens });
  requireShape('F', projections.F, { rank, tokens });
  requireShape('k', k, { numKvHeads, tokens, headDim });
  requireShape('v', v, { numKvHeads, tokens, valueDim });
  const mixDown = (projection: FloatArray, rows: FloatArray, size: number) => {
    const mixed = new Float64Array(numKvHeads * rank * size);
    for (let headIdx = 0; headIdx < numKvHeads; headIdx++) {
      for (let row = 0; row < rank; row++) {
        const target = (headIdx * rank + row) * size;
        for (let tokenIdx = 0; tokenIdx < tokens; tokenIdx++) {
          const weight = projection[row * tokens + tokenIdx];
          const source = (headIdx * tokens + tokenIdx) * size;
          for (let dim = 0; dim < size; dim++) mixed[target + dim] += weight * rows[source + dim];
        }
      }
    }
    return mixed;
  };
  return referenceAttention(
    q,
    mixDown(projections.E, k, headDim),
    mixDown(projections.F, v, valueDim),
    { numHeads, numKvHeads, queryTokens: tokens, keyTokens: rank, headDim, valueDim },
  ).output;
}

function requireProjection(tokens: number, rank: number): void {
  requirePositiveInteger('tokens', tokens);
  requirePositiveInteger('rank', rank);
  requireInRange('rank', rank, 1, tokens);
}

/**
 * Row r is the mean of the r-th stretch of tokens. With rank = tokens it is the identity, and the attention exact.
 * @returns (rank, tokens)
 */
export function poolingProjection(tokens: number, rank: number): Float64Array {
  requireProjection(tokens, rank);
  const projection = new Float64Array(rank * tokens);
  for (let row = 0; row < rank; row++) {
    const start = Math.floor((row * tokens) / rank);
    const end = Math.floor(((row + 1) * tokens) / rank);
    projection.fill(1 / (end - start), row * tokens + start, row * tokens + end);
  }
  return projection;
}

/**
 * Normal numbers of variance 1 / rank, which keep lengths on average (Johnson & Lindenstrauss; Wang et al., theorem 2).
 * @returns (rank, tokens)
 */
export function randomProjection(tokens: number, rank: number, seed: number): Float64Array {
  requireProjection(tokens, rank);
  const random = createRandom(seed);
  return Float64Array.from({ length: rank * tokens }, () => random.normal() / Math.sqrt(rank));
}

/**
 * The singular values of a matrix, largest first, by turning pairs of columns until all are perpendicular (one-sided
 * Jacobi, Hestenes 1958). The best approximation of rank r is off by the square root of the sum of the squares from r on:
 * how low the rank of attention weights really is.
 * @param matrix (rows, columns)
 */
export function singularValues(
  matrix: FloatArray,
  shape: { readonly rows: number; readonly columns: number },
): Float64Array {
  const { rows, columns } = shape;
  requireShape('matrix', matrix, { rows, columns });
  const work = Array.from({ length: columns }, (_, column) =>
    Float64Array.from({ length: rows }, (__, row) => matrix[row * columns + column]),
  );
  // A column that is nothing but rounding is 0: turning it would never end, and tokens that come twice leave many of them.
  const least = 1e-30 * work.reduce((sum, column) => sum + product(column, column), 0);
  for (let sweep = 0; sweep < 40; sweep++) {
    let turned = false;
    for (let left = 0; left < columns; left++) {
      const a = work[left];
      for (let right = left + 1; right < columns; right++) {
        const b = work[right];
        const aa = product(a, a);
        const bb = product(b, b);
        if (aa <= least || bb <= least) continue;
        const ab = product(a, b);
        if (!(Math.abs(ab) > 1e-14 * Math.sqrt(aa * bb))) continue;
        turned = true;
        const zeta = (bb - aa) / (2 * ab);
        const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        const cosine = 1 / Math.hypot(1, tangent);
        turn(a, b, cosine, cosine * tangent);
      }
    }
    if (!turned) break;
  }
  const values = Float64Array.from(work, (column) => Math.sqrt(product(column, column)));
  return values.sort().reverse().slice(0, Math.min(rows, columns));
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let idx = 0; idx < a.length; idx++) sum += a[idx] * b[idx];
  return sum;
}

/** Turns two columns towards each other, in place. */
function turn(a: Float64Array, b: Float64Array, cosine: number, sine: number): void {
  for (let idx = 0; idx < a.length; idx++) {
    const x = a[idx];
    const y = b[idx];
    a[idx] = cosine * x - sine * y;
    b[idx] = sine * x + cosine * y;
  }
}

/** Of the matrix with these singular values: the smallest relative error, in the Frobenius norm, that any rank-r matrix has. */
export function lowRankError(values: Float64Array, rank: number): number {
  requirePositiveInteger('rank', rank);
  let [left, all] = [0, 0];
  values.forEach((value, idx) => {
    all += value ** 2;
    if (idx >= rank) left += value ** 2;
  });
  return all === 0 ? 0 : Math.sqrt(left / all);
}
