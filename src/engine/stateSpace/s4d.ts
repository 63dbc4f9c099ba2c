import { requirePositiveInteger } from '../errors.ts';
import { stateFrom } from '../layerMath.ts';
import type { StepObserver } from '../stepEvents.ts';
import { requireShape, zerosLike, type FloatArray } from '../tensor.ts';

/** Channels run side by side, each with a state of `stateSize` numbers of its own. */
export interface ScanShape {
  readonly channels: number;
  readonly stateSize: number;
  readonly tokens: number;
}

/** A diagonal state space per channel. Nothing in it depends on the input: time-invariant. */
export interface S4dParameters {
  /** (channels): the step, above 0. */
  readonly delta: FloatArray;
  /** (channels, stateSize): real and below 0 for a state that forgets. */
  readonly A: FloatArray;
  /** (channels, stateSize) */
  readonly B: FloatArray;
  /** (channels, stateSize) */
  readonly C: FloatArray;
  /** (channels): how much of the input passes straight through; none when left out. */
  readonly D?: FloatArray;
}

export interface ScanResult {
  /** (channels, tokens), in the precision of u. */
  readonly y: FloatArray;
  /** (channels, stateSize): the state after the last token. */
  readonly finalState: Float64Array;
}

function requireS4d(parameters: S4dParameters, shape: ScanShape): void {
  const { channels, stateSize } = shape;
  requirePositiveInteger('channels', channels);
  requirePositiveInteger('stateSize', stateSize);
  requireShape('delta', parameters.delta, { channels });
  requireShape('A', parameters.A, { channels, stateSize });
  requireShape('B', parameters.B, { channels, stateSize });
  requireShape('C', parameters.C, { channels, stateSize });
  if (parameters.D !== undefined) requireShape('D', parameters.D, { channels });
}

/**
 * Zero-order hold: with the input held over a step of length delta, x' = A x + B u becomes state = keep x state + gain x u
 * with keep = exp(delta A) and gain = (exp(delta A) - 1) / A x B; delta B where A is 0. (Gu et al. 2022, S4D, section 2.)
 */
function zeroOrderHold(parameters: S4dParameters, shape: ScanShape) {
  const { channels, stateSize } = shape;
  const keep = new Float64Array(channels * stateSize);
  const gain = new Float64Array(channels * stateSize);
  for (let idx = 0; idx < keep.length; idx++) {
    const delta = parameters.delta[Math.floor(idx / stateSize)];
    const a = parameters.A[idx];
    keep[idx] = Math.exp(delta * a);
    gain[idx] = (a === 0 ? delta : Math.expm1(delta * a) / a) * parameters.B[idx];
  }
  return { keep, gain };
}

/**
 * The convolution kernel of each channel, K[l] = sum over the state of C keep^l gain: what an input of 1 does l tokens
 * later. The same whatever the text says, which is why a time-invariant model can't skip a token.
 * @returns (channels, tokens)
 */
export function s4dKernel(parameters: S4dParameters, shape: ScanShape): Float64Array {
  requireS4d(parameters, shape);
  const { channels, stateSize, tokens } = shape;
  const { keep, gain } = zeroOrderHold(parameters, shape);
  const kernel = new Float64Array(channels * tokens);
  for (let channel = 0; channel < channels; channel++) {
    for (let state = 0; state < stateSize; state++) {
      const idx = channel * stateSize + state;
      let left = parameters.C[idx] * gain[idx];
      for (let lag = 0; lag < tokens; lag++) {
        kernel[channel * tokens + lag] += left;
        left *= keep[idx];
      }
    }
  }
  return kernel;
}

/**
 * S4D as a convolution, y[t] = sum over l of K[l] u[t - l]: how it is trained, all tokens at once. Equal to
 * `s4dRecurrence`. (Gu et al. 2022, "On the Parameterization and Initialization of Diagonal State Space Models".)
 * @param u (channels, tokens)
 * @returns (channels, tokens), in the precision of u
 */
export function s4dConvolution(
  u: FloatArray,
  parameters: S4dParameters,
  shape: ScanShape,
): FloatArray {
  const { channels, tokens } = shape;
  requireShape('u', u, { channels, tokens });
  const kernel = s4dKernel(parameters, shape);
  const y = zerosLike(u, u.length);
  for (let channel = 0; channel < channels; channel++) {
    const start = channel * tokens;
    for (let tokenIdx = 0; tokenIdx < tokens; tokenIdx++) {
      let sum = (parameters.D?.[channel] ?? 0) * u[start + tokenIdx];
      for (let lag = 0; lag <= tokenIdx; lag++) {
        sum += kernel[start + lag] * u[start + tokenIdx - lag];
      }
      y[start + tokenIdx] = sum;
    }
  }
  return y;
}

/**
 * S4D token by token: how it is run, in a state that never grows.
 * @param u (channels, tokens)
 */
export function s4dRecurrence(
  u: FloatArray,
  parameters: S4dParameters,
  shape: ScanShape,
  options: { readonly initialState?: FloatArray; readonly observer?: StepObserver } = {},
): ScanResult {
  requireS4d(parameters, shape);
  const { channels, stateSize, tokens } = shape;
  const { initialState, observer } = options;
  requireShape('u', u, { channels, tokens });
  if (initialState !== undefined) {
    requireShape('initialState', initialState, { channels, stateSize });
  }
  const { keep, gain } = zeroOrderHold(parameters, shape);
  const finalState = stateFrom(initialState, channels * stateSize);
  const y = zerosLike(u, u.length);
  const write = new Float64Array(stateSize);
  for (let channel = 0; channel < channels; channel++) {
    const first = channel * stateSize;
    const state = finalState.subarray(first, first + stateSize);
    for (let tokenIdx = 0; tokenIdx < tokens; tokenIdx++) {
      const input = u[channel * tokens + tokenIdx];
      let sum = (parameters.D?.[channel] ?? 0) * input;
      for (let idx = 0; idx < stateSize; idx++) {
        write[idx] = gain[first + idx] * input;
        state[idx] = keep[first + idx] * state[idx] + write[idx];
        sum += parameters.C[first + idx] * state[idx];
      }
      y[channel * tokens + tokenIdx] = sum;
      if (observer?.stateStep) {
        observer.stateStep({
          mechanism: 's4d',
          tokenIdx,
          partIdx: channel,
          keep: keep.subarray(first, first + stateSize),
          write,
          state,
        });
      }
    }
  }
  return { y, finalState };
}
