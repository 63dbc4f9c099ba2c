import { requirePositiveInteger } from '../errors.ts';
import { stateFrom } from '../layerMath.ts';
import type { StepObserver } from '../stepEvents.ts';
import { requireShape, zerosLike, type FloatArray } from '../tensor.ts';

/** q and k are (numHeads, tokens, headDim), v and the output (numHeads, tokens, valueDim). */
export interface LinearAttentionShape {
  readonly numHeads: number;
  readonly tokens: number;
  readonly headDim: number;
  /** headDim when left out. */
  readonly valueDim?: number;
}

/** All that causal linear attention remembers of the text, however long it was. */
export interface LinearAttentionState {
  /** (numHeads, headDim, valueDim): sum of phi(k) v^T. */
  readonly keyValues: Float64Array;
  /** (numHeads, headDim): sum of phi(k). */
  readonly keys: Float64Array;
}

export interface LinearAttentionOptions {
  readonly state?: LinearAttentionState;
  readonly observer?: StepObserver;
}

export interface LinearAttentionResult {
  /** (numHeads, tokens, valueDim), in the precision of q. */
  readonly output: FloatArray;
  readonly state: LinearAttentionState;
}

/** elu(x) + 1: above 0 everywhere, so that the weights are too. (Katharopoulos et al. 2020, equation 7.) */
export function eluPlusOne(x: number): number {
  return x > 0 ? x + 1 : Math.exp(x);
}

function requireLinear(
  q: FloatArray,
  k: FloatArray,
  v: FloatArray,
  shape: LinearAttentionShape,
  state?: LinearAttentionState,
) {
  const { numHeads, tokens, headDim, valueDim = headDim } = shape;
  for (const [name, value] of Object.entries({ numHeads, headDim, valueDim })) {
    requirePositiveInteger(name, value);
  }
  requireShape('q', q, { numHeads, tokens, headDim });
  requireShape('k', k, { numHeads, tokens, headDim });
  requireShape('v', v, { numHeads, tokens, valueDim });
  if (state !== undefined) {
    requireShape('state.keyValues', state.keyValues, { numHeads, headDim, valueDim });
    requireShape('state.keys', state.keys, { numHeads, headDim });
  }
  return { numHeads, tokens, headDim, valueDim };
}

/**
 * Linear attention as a matrix of weights, phi(q) phi(k)^T over its row sums: quadratic, the plain reference of the two
 * forms below. (Katharopoulos et al. 2020, "Transformers are RNNs", equations 4 and 5.)
 * @param options.causal true when left out
 * @returns (numHeads, tokens, valueDim), in the precision of q
 */
export function linearAttentionParallel(
  q: FloatArray,
  k: FloatArray,
  v: FloatArray,
  shape: LinearAttentionShape,
  options: { readonly causal?: boolean } = {},
): FloatArray {
  const { numHeads, tokens, headDim, valueDim } = requireLinear(q, k, v, shape);
  const { causal = true } = options;
  const [phiQ, phiK] = [Float64Array.from(q, eluPlusOne), Float64Array.from(k, eluPlusOne)];
  const output = zerosLike(q, numHeads * tokens * valueDim);
  const sum = new Float64Array(valueDim);
  for (let headIdx = 0; headIdx < numHeads; headIdx++) {
    for (let qIdx = 0; qIdx < tokens; qIdx++) {
      const row = headIdx * tokens + qIdx;
      let weights = 0;
      sum.fill(0);
      for (let kvIdx = 0; kvIdx < (causal ? qIdx + 1 : tokens); kvIdx++) {
        const column = headIdx * tokens + kvIdx;
        let weight = 0;
        for (let dim = 0; dim < headDim; dim++) {
          weight += phiQ[row * headDim + dim] * phiK[column * headDim + dim];
        }
        weights += weight;
        for (let dim = 0; dim < valueDim; dim++) sum[dim] += weight * v[column * valueDim + dim];
      }
      for (let dim = 0; dim < valueDim; dim++) output[row * valueDim + dim] = sum[dim] / weights;
    }
  }
  return output;
}

/**
 * Causal linear attention as a recurrence: S += phi(k) v^T, z += phi(k), output = phi(q) S / phi(q) z. The state stays
 * headDim x (valueDim + 1) numbers per head. Equal to the parallel form. (Equations 16 to 20.)
 */
export function linearAttentionRecurrent(
  q: FloatArray,
  k: FloatArray,
  v: FloatArray,
  shape: LinearAttentionShape,
  options: LinearAttentionOptions = {},
): LinearAttentionResult {
  return linearAttentionChunked(q, k, v, shape, 1, options);
}

/**
 * Causal linear attention in chunks: the chunk's own tokens by the parallel form, all before it by the state. Equal to both
 * other forms; a chunk of 1 is the recurrence, one of all tokens the parallel form.
 */
export function linearAttentionChunked(
  q: FloatArray,
  k: FloatArray,
  v: FloatArray,
  shape: LinearAttentionShape,
  chunkTokens: number,
  options: LinearAttentionOptions = {},
): LinearAttentionResult {
  const { numHeads, tokens, headDim, valueDim } = requireLinear(q, k, v, shape, options.state);
  requirePositiveInteger('chunkTokens', chunkTokens);
  const keyValues = stateFrom(options.state?.keyValues, numHeads * headDim * valueDim);
  const keys = stateFrom(options.state?.keys, numHeads * headDim);
  const [phiQ, phiK] = [Float64Array.from(q, eluPlusOne), Float64Array.from(k, eluPlusOne)];
  const output = zerosLike(q, numHeads * tokens * valueDim);
  const sum = new Float64Array(valueDim);
  const stateSize = headDim * valueDim;
  const write = new Float64Array(stateSize);

  for (let headIdx = 0; headIdx < numHeads; headIdx++) {
    const headKeys = keys.subarray(headIdx * headDim, (headIdx + 1) * headDim);
    const headState = keyValues.subarray(headIdx * stateSize, (headIdx + 1) * stateSize);
    for (let first = 0; first < tokens; first += chunkTokens) {
      const end = Math.min(first + chunkTokens, tokens);
      for (let qIdx = first; qIdx < end; qIdx++) {
        const row = headIdx * tokens + qIdx;
        let weights = 0;
        sum.fill(0);
        for (let dim = 0; dim < headDim; dim++) {
          const query = phiQ[row * headDim + dim];
          weights += query * headKeys[dim];
          for (let out = 0; out < valueDim; out++) {
            sum[out] += query * headState[dim * valueDim + out];
          }
        }
        for (let column = headIdx * tokens + first; column <= row; column++) {
          let weight = 0;
          for (let dim = 0; dim < headDim; dim++) {
            weight += phiQ[row * headDim + dim] * phiK[column * headDim + dim];
          }
          weights += weight;
          for (let out = 0; out < valueDim; out++) sum[out] += weight * v[column * valueDim + out];
        }
        for (let out = 0; out < valueDim; out++) output[row * valueDim + out] = sum[out] / weights;
      }
      for (let kvIdx = first; kvIdx < end; kvIdx++) {
        const column = headIdx * tokens + kvIdx;
        for (let dim = 0; dim < headDim; dim++) {
          const key = phiK[column * headDim + dim];
          headKeys[dim] += key;
          for (let out = 0; out < valueDim; out++) {
            write[dim * valueDim + out] = key * v[column * valueDim + out];
            headState[dim * valueDim + out] += write[dim * valueDim + out];
          }
        }
        if (options.observer?.stateStep) {
          options.observer.stateStep({
            mechanism: 'linearAttention',
            tokenIdx: kvIdx,
            partIdx: headIdx,
            keep: keepsAll,
            write,
            state: headState,
          });
        }
      }
    }
  }
  return { output, state: { keyValues, keys } };
}

/** Linear attention forgets nothing: it only adds. */
const keepsAll = Float64Array.of(1);
