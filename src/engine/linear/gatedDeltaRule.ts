import { requirePositiveInteger } from '../errors.ts';
import { stateFrom } from '../layerMath.ts';
import type { StepObserver } from '../stepEvents.ts';
import { requireShape, zerosLike, type FloatArray } from '../tensor.ts';

/** One state of keyDim x valueDim numbers per head. */
export interface DeltaRuleShape {
  readonly tokens: number;
  readonly numHeads: number;
  readonly keyDim: number;
  readonly valueDim: number;
}

export interface DeltaRuleInputs {
  /** (tokens, numHeads, keyDim) */
  readonly q: FloatArray;
  /** (tokens, numHeads, keyDim) */
  readonly k: FloatArray;
  /** (tokens, numHeads, valueDim) */
  readonly v: FloatArray;
  /** (tokens, numHeads): ln of the share of the state that stays, 0 or less; -Infinity clears it. */
  readonly logDecay: FloatArray;
  /** (tokens, numHeads): share of the difference that is written, 0 to 1. */
  readonly beta: FloatArray;
}

export interface DeltaRuleOptions {
  /** (numHeads, keyDim, valueDim); zeros when left out. */
  readonly initialState?: FloatArray;
  /** Bring q and k to length 1 first, as Qwen3-Next does; true when left out. */
  readonly normaliseQueriesAndKeys?: boolean;
  readonly observer?: StepObserver;
}

export interface DeltaRuleResult {
  /** (tokens, numHeads, valueDim), in the precision of q. */
  readonly output: FloatArray;
  /** (numHeads, keyDim, valueDim) */
  readonly finalState: Float64Array;
}

const normEps = 1e-6;

function prepare(inputs: DeltaRuleInputs, shape: DeltaRuleShape, options: DeltaRuleOptions) {
  const { tokens, numHeads, keyDim, valueDim } = shape;
  for (const [name, value] of Object.entries({ numHeads, keyDim, valueDim })) {
    requirePositiveInteger(name, value);
  }
  requireShape('q', inputs.q, { tokens, numHeads, keyDim });
  requireShape('k', inputs.k, { tokens, numHeads, keyDim });
  requireShape('v', inputs.v, { tokens, numHeads, valueDim });
  requireShape('logDecay', inputs.logDecay, { tokens, numHeads });
  requireShape('beta', inputs.beta, { tokens, numHeads });
  if (options.initialState !== undefined) {
    requireShape('initialState', options.initialState, { numHeads, keyDim, valueDim });
  }
  const normalise = options.normaliseQueriesAndKeys ?? true;
  const q = normalise ? unitRows(inputs.q, keyDim) : Float64Array.from(inputs.q);
  const scale = 1 / Math.sqrt(keyDim);
  for (let idx = 0; idx < q.length; idx++) q[idx] *= scale;
  return {
    q,
    k: normalise ? unitRows(inputs.k, keyDim) : Float64Array.from(inputs.k),
    output: zerosLike(inputs.q, tokens * numHeads * valueDim),
    finalState: stateFrom(options.initialState, numHeads * keyDim * valueDim),
  };
}

/** x / sqrt(sum(x^2) + 1e-6): the eps stands under the root, beside the sum. */
function unitRows(rows: FloatArray, size: number): Float64Array {
  const units = Float64Array.from(rows);
  for (let start = 0; start < units.length; start += size) {
    let squares = 0;
    for (let dim = 0; dim < size; dim++) squares += units[start + dim] ** 2;
    const factor = 1 / Math.sqrt(squares + normEps);
    for (let dim = 0; dim < size; dim++) units[start + dim] *= factor;
  }
  return units;
}

/**
 * The gated delta rule, token by token: decay the state, ask it what it holds under the new key, write the difference:
 * S' = exp(logDecay) S; S = S' + beta k (v - S'^T k)^T; output = S^T q / sqrt(keyDim). (Yang et al. 2024, "Gated Delta
 * Networks", equation 10.)
 */
export function gatedDeltaRule(
  inputs: DeltaRuleInputs,
  shape: DeltaRuleShape,
  options: DeltaRuleOptions = {},
): DeltaRuleResult {
  const { tokens, numHeads, keyDim, valueDim } = shape;
  const { q, k, output, finalState } = prepare(inputs, shape, options);
  const headSize = keyDim * valueDim;
  const erased = new Float64Array(valueDim);
  const written = new Float64Array(valueDim);

  for (let headIdx = 0; headIdx < numHeads; headIdx++) {
    const state = finalState.subarray(headIdx * headSize, (headIdx + 1) * headSize);
    for (let tokenIdx = 0; tokenIdx < tokens; tokenIdx++) {
      const row = tokenIdx * numHeads + headIdx;
      const key = k.subarray(row * keyDim, (row + 1) * keyDim);
      const keep = Math.exp(inputs.logDecay[row]);
      const beta = inputs.beta[row];
      erased.fill(0);
      for (let dim = 0; dim < keyDim; dim++) {
        for (let out = 0; out < valueDim; out++) {
          state[dim * valueDim + out] *= keep;
          erased[out] += state[dim * valueDim + out] * key[dim];
        }
      }
      for (let out = 0; out < valueDim; out++) {
        written[out] = beta * (inputs.v[row * valueDim + out] - erased[out]);
      }
      for (let out = 0; out < valueDim; out++) {
        let answer = 0;
        for (let dim = 0; dim < keyDim; dim++) {
          state[dim * valueDim + out] += key[dim] * written[out];
          answer += state[dim * valueDim + out] * q[row * keyDim + dim];
        }
        output[row * valueDim + out] = answer;
      }
      if (options.observer?.deltaWrite) {
        options.observer.deltaWrite({
          tokenIdx,
          headIdx,
          keep,
          beta,
          key,
          erased,
          written,
          state,
        });
      }
    }
  }
  return { output, finalState };
}

/**
 * The same in chunks. Within a chunk the writes depend on each other, so they come from a triangular system:
 * w_i = beta_i (v_i - keep_i S0^T k_i - sum over j < i of keep_ij (k_i . k_j) w_j), where keep_ij is what lasts from j to i.
 * Outputs and the state handed on are then matrix products. Equal to `gatedDeltaRule`. (Yang et al. 2024, section 3.3, the
 * "UT transform" form.)
 */
export function gatedDeltaRuleChunked(
  inputs: DeltaRuleInputs,
  shape: DeltaRuleShape,
  chunkTokens: number,
  options: DeltaRuleOptions = {},
): DeltaRuleResult {
  requirePositiveInteger('chunkTokens', chunkTokens);
  const { tokens, numHeads, keyDim, valueDim } = shape;
  const { q, k, output, finalState } = prepare(inputs, shape, options);
  const headSize = keyDim * valueDim;
  const writes = new Float64Array(chunkTokens * valueDim);
  const answer = new Float64Array(valueDim);

  for (let headIdx = 0; headIdx < numHeads; headIdx++) {
    const state = finalState.subarray(headIdx * headSize, (headIdx + 1) * headSize);
    const rowOf = (tokenIdx: number) => tokenIdx * numHeads + headIdx;

    for (let first = 0; first < tokens; first += chunkTokens) {
      const end = Math.min(first + chunkTokens, tokens);
      const stateIn = state.slice();
      /**
       * What `vector` finds at token `tokenIdx`: the state from before the chunk and the writes of `lastSource` and
       * earlier, each decayed up to here. Decays are multiplied up backwards, so that a cleared state (-Infinity) gives 0.
       */
      const recall = (
        vector: Float64Array,
        start: number,
        tokenIdx: number,
        lastSource: number,
      ) => {
        answer.fill(0);
        let logKeep = 0;
        for (let source = tokenIdx; source >= first; source--) {
          if (source <= lastSource) {
            const weight =
              Math.exp(logKeep) * dot(vector, start, k, rowOf(source) * keyDim, keyDim);
            for (let out = 0; out < valueDim; out++) {
              answer[out] += weight * writes[(source - first) * valueDim + out];
            }
          }
          logKeep += inputs.logDecay[rowOf(source)];
        }
        for (let dim = 0; dim < keyDim; dim++) {
          const weight = Math.exp(logKeep) * vector[start + dim];
          for (let out = 0; out < valueDim; out++) {
            answer[out] += weight * stateIn[dim * valueDim + out];
          }
        }
      };

      for (let tokenIdx = first; tokenIdx < end; tokenIdx++) {
        const row = rowOf(tokenIdx);
        recall(k, row * keyDim, tokenIdx, tokenIdx - 1);
        for (let out = 0; out < valueDim; out++) {
          writes[(tokenIdx - first) * valueDim + out] =
            inputs.beta[row] * (inputs.v[row * valueDim + out] - answer[out]);
        }
      }
      for (let tokenIdx = first; tokenIdx < end; tokenIdx++) {
        const row = rowOf(tokenIdx);
        recall(q, row * keyDim, tokenIdx, tokenIdx);
        output.set(answer, row * valueDim);
      }

      let logKeep = 0;
      state.fill(0);
      for (let source = end - 1; source >= first; source--) {
        for (let dim = 0; dim < keyDim; dim++) {
          const weight = Math.exp(logKeep) * k[rowOf(source) * keyDim + dim];
          for (let out = 0; out < valueDim; out++) {
            state[dim * valueDim + out] += weight * writes[(source - first) * valueDim + out];
          }
        }
        logKeep += inputs.logDecay[rowOf(source)];
      }
      for (let idx = 0; idx < headSize; idx++) state[idx] += Math.exp(logKeep) * stateIn[idx];
      if (options.observer?.scanBlock) {
        options.observer.scanBlock({
          blockIdx: first / chunkTokens,
          firstTokenIdx: first,
          tokens: end - first,
          partIdx: headIdx,
          stateIn,
          stateOut: state,
        });
      }
    }
  }
  return { output, finalState };
}

function dot(
  a: Float64Array,
  aStart: number,
  b: Float64Array,
  bStart: number,
  size: number,
): number {
  let sum = 0;
  for (let dim = 0; dim < size; dim++) sum += a[aStart + dim] * b[bStart + dim];
  return sum;
}
