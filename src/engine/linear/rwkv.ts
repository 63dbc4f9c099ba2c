import { requirePositiveInteger } from '../errors.ts';
import { stateFrom } from '../layerMath.ts';
import type { StepObserver } from '../stepEvents.ts';
import { requireShape, zerosLike, type FloatArray } from '../tensor.ts';

export interface RwkvShape {
  readonly tokens: number;
  readonly channels: number;
}

export interface RwkvInputs {
  /** (channels): w as trained; a channel keeps exp(-exp(w)) of its past per token. */
  readonly timeDecay: FloatArray;
  /** (channels): u, a bonus for the current token alone. */
  readonly timeFirst: FloatArray;
  /** (tokens, channels) */
  readonly key: FloatArray;
  /** (tokens, channels) */
  readonly value: FloatArray;
}

/** Per channel: numerator and denominator of the weighted mean so far, both over exp(largestLog). */
export interface RwkvState {
  readonly numerator: Float64Array;
  readonly denominator: Float64Array;
  readonly largestLog: Float64Array;
}

export interface RwkvOptions {
  readonly state?: RwkvState;
  readonly observer?: StepObserver;
}

export interface RwkvResult {
  /** (tokens, channels), in the precision of key. */
  readonly output: FloatArray;
  readonly state: RwkvState;
}

function requireRwkv(inputs: RwkvInputs, shape: RwkvShape, state?: RwkvState): void {
  const { tokens, channels } = shape;
  requirePositiveInteger('channels', channels);
  requireShape('timeDecay', inputs.timeDecay, { channels });
  requireShape('timeFirst', inputs.timeFirst, { channels });
  requireShape('key', inputs.key, { tokens, channels });
  requireShape('value', inputs.value, { tokens, channels });
  if (state !== undefined) {
    requireShape('state.numerator', state.numerator, { channels });
    requireShape('state.denominator', state.denominator, { channels });
    requireShape('state.largestLog', state.largestLog, { channels });
  }
}

/** exp(-exp(w)) per channel: the share of its past that a channel keeps from one token to the next. */
export function rwkvDecays(timeDecay: FloatArray): Float64Array {
  return Float64Array.from(timeDecay, (w) => Math.exp(-Math.exp(w)));
}

/**
 * RWKV-4's time mixing as a recurrence: a mean of the values, each weighted exp(key) and decayed by its age, the current one
 * with a bonus. Keys stand in an exponent, so the sums are kept relative to the largest exponent seen, as in online
 * softmax: keys of 1000 do not overflow. (Peng et al. 2023, "RWKV", equation 16 and appendix D.)
 */
export function rwkvTimeMixing(
  inputs: RwkvInputs,
  shape: RwkvShape,
  options: RwkvOptions = {},
): RwkvResult {
  requireRwkv(inputs, shape, options.state);
  const { tokens, channels } = shape;
  const numerator = stateFrom(options.state?.numerator, channels);
  const denominator = stateFrom(options.state?.denominator, channels);
  const largestLog = options.state
    ? Float64Array.from(options.state.largestLog)
    : new Float64Array(channels).fill(-Infinity);
  const output = zerosLike(inputs.key, tokens * channels);
  const [keep, write, state] = [new Float64Array(2), new Float64Array(2), new Float64Array(2)];

  for (let channel = 0; channel < channels; channel++) {
    const logKeep = -Math.exp(inputs.timeDecay[channel]);
    for (let tokenIdx = 0; tokenIdx < tokens; tokenIdx++) {
      const here = tokenIdx * channels + channel;
      const key = inputs.key[here];
      const value = inputs.value[here];

      const current = inputs.timeFirst[channel] + key;
      const top = Math.max(largestLog[channel], current);
      const past = scaled(largestLog[channel], top);
      const now = scaled(current, top);
      output[here] =
        (past * numerator[channel] + now * value) / (past * denominator[channel] + now);

      const decayed = largestLog[channel] + logKeep;
      const next = Math.max(decayed, key);
      const keepShare = scaled(decayed, next);
      const writeShare = scaled(key, next);
      numerator[channel] = keepShare * numerator[channel] + writeShare * value;
      denominator[channel] = keepShare * denominator[channel] + writeShare;
      largestLog[channel] = next;
      if (options.observer?.stateStep) {
        keep.fill(keepShare);
        write.set([writeShare * value, writeShare]);
        state.set([numerator[channel], denominator[channel]]);
        options.observer.stateStep({
          mechanism: 'rwkv',
          tokenIdx,
          partIdx: channel,
          keep,
          write,
          state,
        });
      }
    }
  }
  return { output, state: { numerator, denominator, largestLog } };
}

/**
 * The same by its definition, every output over all tokens before it: quadratic, and the reference of the recurrence.
 * @returns (tokens, channels), in the precision of key
 */
export function rwkvTimeMixingParallel(inputs: RwkvInputs, shape: RwkvShape): FloatArray {
  requireRwkv(inputs, shape);
  const { tokens, channels } = shape;
  const output = zerosLike(inputs.key, tokens * channels);
  const exponents = new Float64Array(tokens);
  for (let channel = 0; channel < channels; channel++) {
    const logKeep = -Math.exp(inputs.timeDecay[channel]);
    for (let tokenIdx = 0; tokenIdx < tokens; tokenIdx++) {
      let top = -Infinity;
      for (let source = 0; source <= tokenIdx; source++) {
        const own = source === tokenIdx;
        const age = own ? inputs.timeFirst[channel] : (tokenIdx - 1 - source) * logKeep;
        exponents[source] = age + inputs.key[source * channels + channel];
        top = Math.max(top, exponents[source]);
      }
      let [weighted, weights] = [0, 0];
      for (let source = 0; source <= tokenIdx; source++) {
        const weight = scaled(exponents[source], top);
        weighted += weight * inputs.value[source * channels + channel];
        weights += weight;
      }
      output[tokenIdx * channels + channel] = weighted / weights;
    }
  }
  return output;
}

/** exp(exponent - top), 0 for an exponent of -Infinity even when nothing was larger. */
const scaled = (exponent: number, top: number) =>
  exponent === -Infinity ? 0 : Math.exp(exponent - top);
