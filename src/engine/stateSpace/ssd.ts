import { requireMultiple, requirePositiveInteger } from '../errors.ts';
import { stateFrom } from '../layerMath.ts';
import type { StepObserver } from '../stepEvents.ts';
import { requireShape, zerosLike, type FloatArray } from '../tensor.ts';

export interface SsdShape {
  readonly tokens: number;
  readonly numHeads: number;
  readonly headDim: number;
  readonly stateSize: number;
  /** Heads of one group share B and C; divides numHeads. */
  readonly numGroups: number;
}

export interface SsdInputs {
  /** (tokens, numHeads, headDim) */
  readonly x: FloatArray;
  /** (tokens, numHeads): the step, 0 or more. */
  readonly delta: FloatArray;
  /** (numHeads): below 0; one number per head, where Mamba has one per channel and state. */
  readonly A: FloatArray;
  /** (tokens, numGroups, stateSize) */
  readonly B: FloatArray;
  /** (tokens, numGroups, stateSize) */
  readonly C: FloatArray;
  /** (numHeads): how much of the input passes straight through; none when left out. */
  readonly D?: FloatArray;
}

export interface SsdOptions {
  /** (numHeads, headDim, stateSize); zeros when left out. */
  readonly initialState?: FloatArray;
  readonly observer?: StepObserver;
}

export interface SsdResult {
  /** (tokens, numHeads, headDim), in the precision of x. */
  readonly y: FloatArray;
  /** (numHeads, headDim, stateSize) */
  readonly finalState: Float64Array;
}

function requireSsd(inputs: SsdInputs, shape: SsdShape, options: SsdOptions): void {
  const { tokens, numHeads, headDim, stateSize, numGroups } = shape;
  for (const [name, value] of Object.entries({ numHeads, headDim, stateSize, numGroups })) {
    requirePositiveInteger(name, value);
  }
  requireMultiple('numHeads', numHeads, 'numGroups', numGroups);
  requireShape('x', inputs.x, { tokens, numHeads, headDim });
  requireShape('delta', inputs.delta, { tokens, numHeads });
  requireShape('A', inputs.A, { numHeads });
  requireShape('B', inputs.B, { tokens, numGroups, stateSize });
  requireShape('C', inputs.C, { tokens, numGroups, stateSize });
  if (inputs.D !== undefined) requireShape('D', inputs.D, { numHeads });
  if (options.initialState !== undefined) {
    requireShape('initialState', options.initialState, { numHeads, headDim, stateSize });
  }
}

/**
 * Mamba-2's state space, token by token: state = exp(delta A) state + delta x B^T, y = state C + D x, with one decay for a
 * whole head. (Dao & Gu 2024, "Transformers are SSMs", section 2 and listing 1.)
 */
export function ssd(inputs: SsdInputs, shape: SsdShape, options: SsdOptions = {}): SsdResult {
  requireSsd(inputs, shape, options);
  const { tokens, numHeads, headDim, stateSize, numGroups } = shape;
  const { x, delta, A, B, C, D } = inputs;
  const headSize = headDim * stateSize;
  const finalState = stateFrom(options.initialState, numHeads * headSize);
  const y = zerosLike(x, x.length);
  const write = new Float64Array(headSize);
  const keep = new Float64Array(1);

  for (let headIdx = 0; headIdx < numHeads; headIdx++) {
    const state = finalState.subarray(headIdx * headSize, (headIdx + 1) * headSize);
    const groupIdx = Math.floor((headIdx * numGroups) / numHeads);
    for (let tokenIdx = 0; tokenIdx < tokens; tokenIdx++) {
      const step = delta[tokenIdx * numHeads + headIdx];
      const xStart = (tokenIdx * numHeads + headIdx) * headDim;
      const groupStart = (tokenIdx * numGroups + groupIdx) * stateSize;
      keep[0] = Math.exp(step * A[headIdx]);
      for (let dim = 0; dim < headDim; dim++) {
        const input = x[xStart + dim];
        let sum = (D?.[headIdx] ?? 0) * input;
        for (let idx = 0; idx < stateSize; idx++) {
          const here = dim * stateSize + idx;
          write[here] = step * B[groupStart + idx] * input;
          state[here] = keep[0] * state[here] + write[here];
          sum += C[groupStart + idx] * state[here];
        }
        y[xStart + dim] = sum;
      }
      if (options.observer?.stateStep) {
        options.observer.stateStep({
          mechanism: 'ssd',
          tokenIdx,
          partIdx: headIdx,
          keep,
          write,
          state,
        });
      }
    }
  }
  return { y, finalState };
}

/**
 * The same in blocks, mostly as matrix products: within a block attention without softmax, (C B^T, decayed by what lies
 * between the two tokens) x; between blocks the state. Equal to `ssd`. (Dao & Gu 2024, section 6, "SSD algorithm".)
 */
export function ssdBlocks(
  inputs: SsdInputs,
  shape: SsdShape,
  blockTokens: number,
  options: SsdOptions = {},
): SsdResult {
  requireSsd(inputs, shape, options);
  requirePositiveInteger('blockTokens', blockTokens);
  const { tokens, numHeads, headDim, stateSize, numGroups } = shape;
  const { x, delta, A, B, C, D } = inputs;
  const headSize = headDim * stateSize;
  const finalState = stateFrom(options.initialState, numHeads * headSize);
  const y = zerosLike(x, x.length);
  const output = new Float64Array(headDim);

  for (let headIdx = 0; headIdx < numHeads; headIdx++) {
    const state = finalState.subarray(headIdx * headSize, (headIdx + 1) * headSize);
    const groupIdx = Math.floor((headIdx * numGroups) / numHeads);
    const groupStartOf = (tokenIdx: number) => (tokenIdx * numGroups + groupIdx) * stateSize;
    const xStartOf = (tokenIdx: number) => (tokenIdx * numHeads + headIdx) * headDim;
    const stepOf = (tokenIdx: number) => delta[tokenIdx * numHeads + headIdx];

    for (let first = 0; first < tokens; first += blockTokens) {
      const end = Math.min(first + blockTokens, tokens);
      const stateIn = state.slice();

      // Outputs: from the tokens of this block, nearest first so that the decay between grows as we go, then from before.
      for (let tokenIdx = first; tokenIdx < end; tokenIdx++) {
        const xStart = xStartOf(tokenIdx);
        const cStart = groupStartOf(tokenIdx);
        for (let dim = 0; dim < headDim; dim++) {
          output[dim] = (D?.[headIdx] ?? 0) * x[xStart + dim];
        }
        let stepsBetween = 0;
        for (let source = tokenIdx; source >= first; source--) {
          const bStart = groupStartOf(source);
          let score = 0;
          for (let idx = 0; idx < stateSize; idx++) score += C[cStart + idx] * B[bStart + idx];
          score *= Math.exp(stepsBetween * A[headIdx]) * stepOf(source);
          for (let dim = 0; dim < headDim; dim++) output[dim] += score * x[xStartOf(source) + dim];
          stepsBetween += stepOf(source);
        }
        const keep = Math.exp(stepsBetween * A[headIdx]);
        for (let dim = 0; dim < headDim; dim++) {
          let fromBefore = 0;
          for (let idx = 0; idx < stateSize; idx++) {
            fromBefore += C[cStart + idx] * stateIn[dim * stateSize + idx];
          }
          y[xStart + dim] = output[dim] + keep * fromBefore;
        }
      }

      // The state handed on: what was there, decayed over the block, and each token's write, decayed since.
      let stepsSince = 0;
      state.fill(0);
      for (let source = end - 1; source >= first; source--) {
        const factor = Math.exp(stepsSince * A[headIdx]) * stepOf(source);
        for (let dim = 0; dim < headDim; dim++) {
          const scaled = factor * x[xStartOf(source) + dim];
          for (let idx = 0; idx < stateSize; idx++) {
            state[dim * stateSize + idx] += scaled * B[groupStartOf(source) + idx];
          }
        }
        stepsSince += stepOf(source);
      }
      const keep = Math.exp(stepsSince * A[headIdx]);
      for (let idx = 0; idx < headSize; idx++) state[idx] += keep * stateIn[idx];
      if (options.observer?.scanBlock) {
        options.observer.scanBlock({
          blockIdx: first / blockTokens,
          firstTokenIdx: first,
          tokens: end - first,
          partIdx: headIdx,
          stateIn,
          stateOut: state,
        });
      }
    }
  }
  return { y, finalState };
}
