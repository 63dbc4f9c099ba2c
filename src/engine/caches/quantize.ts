import { EngineInputError, requirePositiveInteger } from '../errors.ts';
import type { FloatArray } from '../tensor.ts';

/** Numbers as whole steps: value = zero + code x scale, with a scale and a zero per group of numbers. */
export interface QuantizedGroups {
  readonly bits: 4 | 8;
  readonly groupSize: number;
  readonly length: number;
  /** One code a byte (8 bits), or two (4 bits, the first in the low half). */
  readonly codes: Uint8Array;
  /** (ceil(length / groupSize)) each. The step between codes, and the value of code 0: the group's least number. */
  readonly scales: Float32Array;
  readonly zeros: Float32Array;
}

/**
 * Asymmetric round-to-nearest quantisation of groups of neighbouring numbers (as KIVI, Liu et al. 2024, equation 1). A
 * number comes back within half its group's scale, give or take the rounding of scale and zero to float32.
 * @throws EngineInputError for NaN or an infinity, which have no code
 */
export function quantizeGroups(
  values: FloatArray,
  bits: 4 | 8,
  groupSize: number,
): QuantizedGroups {
  requirePositiveInteger('groupSize', groupSize);
  if (bits !== 4 && bits !== 8)
    throw new EngineInputError(`bits must be 4 or 8, got ${String(bits)}`);
  const levels = 2 ** bits - 1;
  const numGroups = Math.ceil(values.length / groupSize);
  const codes = new Uint8Array(Math.ceil((values.length * bits) / 8));
  const scales = new Float32Array(numGroups);
  const zeros = new Float32Array(numGroups);
  for (let group = 0; group < numGroups; group++) {
    const start = group * groupSize;
    const end = Math.min(start + groupSize, values.length);
    let least = Infinity;
    let greatest = -Infinity;
    for (let idx = start; idx < end; idx++) {
      // Scale and zero are float32: what overflows there has no code either.
      if (!Number.isFinite(Math.fround(values[idx]))) {
        throw new EngineInputError(`values must be finite to be quantised, got ${values[idx]}`);
      }
      least = Math.min(least, values[idx]);
      greatest = Math.max(greatest, values[idx]);
    }
    zeros[group] = least;
    scales[group] = (greatest - least) / levels;
    for (let idx = start; idx < end; idx++) {
      const steps = scales[group] === 0 ? 0 : (values[idx] - zeros[group]) / scales[group];
      const code = Math.min(Math.max(Math.round(steps), 0), levels);
      if (bits === 8) codes[idx] = code;
      else codes[idx >> 1] |= idx % 2 === 0 ? code : code << 4;
    }
  }
  return { bits, groupSize, length: values.length, codes, scales, zeros };
}

/** The numbers again, each within half a scale of what it was. */
export function dequantizeGroups(quantized: QuantizedGroups): Float32Array {
  const { bits, groupSize, length, codes, scales, zeros } = quantized;
  return Float32Array.from({ length }, (_, idx) => {
    const code = bits === 8 ? codes[idx] : (codes[idx >> 1] >> (idx % 2 === 0 ? 0 : 4)) & 15;
    const group = Math.floor(idx / groupSize);
    return zeros[group] + code * scales[group];
  });
}

/** Bytes of codes, scales and zeros. */
export function quantizedBytes({ codes, scales, zeros }: QuantizedGroups): number {
  return codes.byteLength + scales.byteLength + zeros.byteLength;
}
