import { requirePositiveInteger } from '../errors.ts';
import { stateFrom } from '../layerMath.ts';
import type { StepObserver } from '../stepEvents.ts';
import { requireShape, zerosLike, type FloatArray } from '../tensor.ts';
import type { ScanResult, ScanShape } from './s4d.ts';

/** What Mamba computes from the text before it scans: step, input and output matrices of every single token. */
export interface SelectiveInputs {
  /** (channels, tokens) */
  readonly u: FloatArray;
  /** (channels, tokens): the step, 0 or more. 0 = the token is skipped: nothing is forgotten, nothing written. */
  readonly delta: FloatArray;
  /** (channels, stateSize): below 0. */
  readonly A: FloatArray;
  /** (stateSize, tokens) */
  readonly B: FloatArray;
  /** (stateSize, tokens) */
  readonly C: FloatArray;
  /** (channels): how much of the input passes straight through; none when left out. */
  readonly D?: FloatArray;
}

export interface SelectiveScanOptions {
  /** (channels, stateSize): the state to go on from; zeros when left out. */
  readonly initialState?: FloatArray;
  readonly observer?: StepObserver;
}

function requireSelective(
  inputs: SelectiveInputs,
  shape: ScanShape,
  options: SelectiveScanOptions,
): void {
  const { channels, stateSize, tokens } = shape;
  requirePositiveInteger('channels', channels);
  requirePositiveInteger('stateSize', stateSize);
  requireShape('u', inputs.u, { channels, tokens });
  requireShape('delta', inputs.delta, { channels, tokens });
  requireShape('A', inputs.A, { channels, stateSize });
  requireShape('B', inputs.B, { stateSize, tokens });
  requireShape('C', inputs.C, { stateSize, tokens });
  if (inputs.D !== undefined) requireShape('D', inputs.D, { channels });
  if (options.initialState !== undefined) {
    requireShape('initialState', options.initialState, { channels, stateSize });
  }
}

/**
 * Mamba's selective scan (S6), token by token: state = exp(delta A) state + delta B u; y = C state + D u. A is discretised
 * by zero-order hold, B by Euler's step, as in the published kernel. (Gu & Dao 2023, algorithm 2.)
 *
 * NaN in a token spoils its channel from that token on, none before it.
 */
export function selectiveScan(
  inputs: SelectiveInputs,
  shape: ScanShape,
  options: SelectiveScanOptions = {},
): ScanResult {
  requireSelective(inputs, shape, options);
  const { channels, stateSize, tokens } = shape;
  const { u, delta, A, B, C, D } = inputs;
  const finalState = stateFrom(options.initialState, channels * stateSize);
  const y = zerosLike(u, u.length);
  const keep = new Float64Array(stateSize);
  const write = new Float64Array(stateSize);
  const onStep = options.observer?.stateStep;

  for (let channel = 0; channel < channels; channel++) {
    const state = finalState.subarray(channel * stateSize, (channel + 1) * stateSize);
    for (let tokenIdx = 0; tokenIdx < tokens; tokenIdx++) {
      const input = u[channel * tokens + tokenIdx];
      const step = delta[channel * tokens + tokenIdx];
      let sum = (D?.[channel] ?? 0) * input;
      for (let idx = 0; idx < stateSize; idx++) {
        keep[idx] = Math.exp(step * A[channel * stateSize + idx]);
        write[idx] = step * B[idx * tokens + tokenIdx] * input;
        state[idx] = keep[idx] * state[idx] + write[idx];
        sum += C[idx * tokens + tokenIdx] * state[idx];
      }
      y[channel * tokens + tokenIdx] = sum;
      if (onStep) {
        onStep({ mechanism: 'selectiveScan', tokenIdx, partIdx: channel, keep, write, state });
      }
    }
  }
  return { y, finalState };
}

/**
 * The same scan in blocks, as parallel hardware runs it. Two tokens' steps (keep1, write1) and (keep2, write2) are one
 * step (keep2 keep1, keep2 write1 + write2), so a block sums up to one step without knowing the state it starts from.
 * Phase 1, every block by itself: its tokens' running steps. Phase 2, a short walk over the blocks' sums: the state each
 * block starts from. Phase 3, every block by itself: outputs. Equal to `selectiveScan`. (Blelloch 1990; Gu & Dao 2023,
 * section 3.3.2.)
 */
export function selectiveScanBlocks(
  inputs: SelectiveInputs,
  shape: ScanShape,
  blockTokens: number,
  options: SelectiveScanOptions = {},
): ScanResult {
  requireSelective(inputs, shape, options);
  requirePositiveInteger('blockTokens', blockTokens);
  const { channels, stateSize, tokens } = shape;
  const { u, delta, A, B, C, D } = inputs;
  const numBlocks = Math.ceil(tokens / blockTokens);
  const finalState = stateFrom(options.initialState, channels * stateSize);
  const y = zerosLike(u, u.length);
  // (tokens, stateSize): the steps of a block's first tokens up to this one, as one step.
  const keep = new Float64Array(tokens * stateSize);
  const write = new Float64Array(tokens * stateSize);
  const stateIn = new Float64Array(numBlocks * stateSize);

  for (let channel = 0; channel < channels; channel++) {
    const state = finalState.subarray(channel * stateSize, (channel + 1) * stateSize);
    for (let tokenIdx = 0; tokenIdx < tokens; tokenIdx++) {
      const startsBlock = tokenIdx % blockTokens === 0;
      const step = delta[channel * tokens + tokenIdx];
      const input = u[channel * tokens + tokenIdx];
      for (let idx = 0; idx < stateSize; idx++) {
        const here = tokenIdx * stateSize + idx;
        const tokenKeep = Math.exp(step * A[channel * stateSize + idx]);
        const tokenWrite = step * B[idx * tokens + tokenIdx] * input;
        keep[here] = startsBlock ? tokenKeep : tokenKeep * keep[here - stateSize];
        write[here] = startsBlock ? tokenWrite : tokenKeep * write[here - stateSize] + tokenWrite;
      }
    }

    for (let block = 0; block < numBlocks; block++) {
      const firstTokenIdx = block * blockTokens;
      const endTokenIdx = Math.min(firstTokenIdx + blockTokens, tokens);
      const last = (endTokenIdx - 1) * stateSize;
      stateIn.set(state, block * stateSize);
      for (let idx = 0; idx < stateSize; idx++) {
        state[idx] = keep[last + idx] * state[idx] + write[last + idx];
      }
      if (options.observer?.scanBlock) {
        options.observer.scanBlock({
          blockIdx: block,
          firstTokenIdx,
          tokens: endTokenIdx - firstTokenIdx,
          partIdx: channel,
          stateIn: stateIn.subarray(block * stateSize, (block + 1) * stateSize),
          stateOut: state,
        });
      }
    }

    for (let tokenIdx = 0; tokenIdx < tokens; tokenIdx++) {
      const blockStart = Math.floor(tokenIdx / blockTokens) * stateSize;
      let sum = (D?.[channel] ?? 0) * u[channel * tokens + tokenIdx];
      for (let idx = 0; idx < stateSize; idx++) {
        const here = tokenIdx * stateSize + idx;
        sum += C[idx * tokens + tokenIdx] * (keep[here] * stateIn[blockStart + idx] + write[here]);
      }
      y[channel * tokens + tokenIdx] = sum;
    }
  }
  return { y, finalState };
}

/**
 * How much of each token's write is left in the state after the last token: the size of the write times everything that
 * was kept since, summed over the channel's state. This is which tokens the state kept.
 * @returns (channels, tokens), 0 or more
 */
export function stateShares(
  inputs: Pick<SelectiveInputs, 'u' | 'delta' | 'A' | 'B'>,
  shape: ScanShape,
): Float64Array {
  const { channels, stateSize, tokens } = shape;
  const { u, delta, A, B } = inputs;
  // C has B's shape, and no part in this.
  requireSelective({ u, delta, A, B, C: B }, shape, {});
  const shares = new Float64Array(channels * tokens);
  for (let channel = 0; channel < channels; channel++) {
    for (let idx = 0; idx < stateSize; idx++) {
      let stepsSince = 0;
      for (let tokenIdx = tokens - 1; tokenIdx >= 0; tokenIdx--) {
        const here = channel * tokens + tokenIdx;
        const write = delta[here] * B[idx * tokens + tokenIdx] * u[here];
        shares[here] += Math.abs(write) * Math.exp(stepsSince * A[channel * stateSize + idx]);
        stepsSince += delta[here];
      }
    }
  }
  return shares;
}
