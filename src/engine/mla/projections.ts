import { columns, linear, rmsNormRows } from '../layerMath.ts';
import { applyRope, positionsFrom, type RopePairing } from '../positions/rope.ts';
import type { RopeFrequencies } from '../positions/ropeFrequencies.ts';
import { zerosLike, type FloatArray } from '../tensor.ts';
import type { MlaShape, MlaWeights } from './shape.ts';

export interface MlaRotation {
  readonly frequencies: RopeFrequencies;
  /** adjacent in the released models (`rope_interleave`). */
  readonly pairing: RopePairing;
  /** 1e-6 when left out. */
  readonly rmsNormEps?: number;
}

/** The queries of new tokens, split in the part without position and the rotated part. */
export interface MlaQueries {
  /** (numHeads, tokens, qkNopeHeadDim) */
  readonly nope: FloatArray;
  /** (numHeads, tokens, qkRopeHeadDim), rotated */
  readonly rope: FloatArray;
}

/** What MLA caches of new tokens. */
export interface MlaLatents {
  /** (tokens, kvLoraRank), normed */
  readonly latent: FloatArray;
  /** (tokens, qkRopeHeadDim), rotated; one for all heads */
  readonly ropeKey: FloatArray;
}

/** q = W_uq norm(W_dq x) (DeepSeek-AI 2024, DeepSeek-V2, equations 12-14). @param x (tokens, hiddenSize) */
export function projectQueries(
  x: FloatArray,
  tokens: number,
  firstPosition: number,
  shape: MlaShape,
  weights: MlaWeights,
  rotation: MlaRotation,
): MlaQueries {
  const { hiddenSize, numHeads, qLoraRank, qkNopeHeadDim, qkRopeHeadDim } = shape;
  const headDim = qkNopeHeadDim + qkRopeHeadDim;
  const queryInput = () => {
    if (qLoraRank === undefined || weights.queryDown === undefined) return x;
    const down = { rows: tokens, inputSize: hiddenSize, outputSize: qLoraRank };
    const compressed = linear(x, weights.queryDown, down);
    if (weights.queryNorm !== undefined) {
      rmsNormRows(compressed, weights.queryNorm, qLoraRank, rotation.rmsNormEps ?? 1e-6);
    }
    return compressed;
  };
  const q = linear(queryInput(), weights.queryUp, {
    rows: tokens,
    inputSize: qLoraRank ?? hiddenSize,
    outputSize: numHeads * headDim,
  });
  const nope = headsFirst(q, tokens, numHeads, headDim, 0, qkNopeHeadDim);
  const unrotated = headsFirst(q, tokens, numHeads, headDim, qkNopeHeadDim, qkRopeHeadDim);
  const rope = applyRope(
    unrotated,
    { numHeads, tokens, headDim: qkRopeHeadDim },
    rotation.frequencies,
    positionsFrom(firstPosition, tokens),
    rotation.pairing,
  );
  return { nope, rope };
}

/** c = norm(W_dkv x) and the shared rotated key (equations 9, 15). @param x (tokens, hiddenSize) */
export function projectLatents(
  x: FloatArray,
  tokens: number,
  firstPosition: number,
  shape: MlaShape,
  weights: MlaWeights,
  rotation: MlaRotation,
): MlaLatents {
  const { hiddenSize, kvLoraRank, qkRopeHeadDim } = shape;
  const width = kvLoraRank + qkRopeHeadDim;
  const down = { rows: tokens, inputSize: hiddenSize, outputSize: width };
  const compressed = linear(x, weights.kvDown, down);
  const latent = columns(compressed, tokens, width, 0, kvLoraRank);
  rmsNormRows(latent, weights.kvNorm, kvLoraRank, rotation.rmsNormEps ?? 1e-6);
  const ropeKey = applyRope(
    columns(compressed, tokens, width, kvLoraRank, qkRopeHeadDim),
    { numHeads: 1, tokens, headDim: qkRopeHeadDim },
    rotation.frequencies,
    positionsFrom(firstPosition, tokens),
    rotation.pairing,
  );
  return { latent, ropeKey };
}

/** Numbers [first, first + width) of every head of (tokens, numHeads, headDim), as (numHeads, tokens, width). */
export function headsFirst(
  x: FloatArray,
  tokens: number,
  numHeads: number,
  headDim: number,
  first: number,
  width: number,
): FloatArray {
  const parts = zerosLike(x, numHeads * tokens * width);
  for (let head = 0; head < numHeads; head++) {
    for (let token = 0; token < tokens; token++) {
      const from = (token * numHeads + head) * headDim + first;
      parts.set(x.subarray(from, from + width), (head * tokens + token) * width);
    }
  }
  return parts;
}

/** (numHeads, tokens, a) and (numHeads or 1, tokens, b) side by side: (numHeads, tokens, a + b). */
export function besides(
  a: FloatArray,
  b: FloatArray,
  numHeads: number,
  tokens: number,
  aWidth: number,
  bWidth: number,
): FloatArray {
  const joined = zerosLike(a, numHeads * tokens * (aWidth + bWidth));
  for (let row = 0; row < numHeads * tokens; row++) {
    const bRow = b.length === tokens * bWidth ? row % tokens : row;
    joined.set(a.subarray(row * aWidth, (row + 1) * aWidth), row * (aWidth + bWidth));
    joined.set(b.subarray(bRow * bWidth, (bRow + 1) * bWidth), row * (aWidth + bWidth) + aWidth);
  }
  return joined;
}
