import type { FloatArray } from '../tensor.ts';

/*
 * fp8 in the E4M3 format (Micikevicius et al. 2022, table 1): a sign, 4 bits of exponent with bias 7, 3 bits of mantissa.
 * No infinities; greatest 448; one NaN per sign. Numbers of 2^-6 and more keep a relative precision of 2^-4, below it the
 * step is 2^-9.
 */

export const fp8Greatest = 448;
const nanCode = 0x7f;

/** The number an E4M3 code stands for. */
export function decodeFp8(code: number): number {
  const sign = code & 0x80 ? -1 : 1;
  const exponent = (code >> 3) & 15;
  const mantissa = code & 7;
  if (exponent === 15 && mantissa === 7) return NaN;
  if (exponent === 0) return sign * mantissa * 2 ** -9;
  return sign * (1 + mantissa / 8) * 2 ** (exponent - 7);
}

/** The nearest E4M3 code, ties to the even mantissa; what is beyond 448, infinities too, becomes 448 (saturation). */
export function encodeFp8(value: number): number {
  if (Number.isNaN(value)) return nanCode;
  const sign = value < 0 || Object.is(value, -0) ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(value), fp8Greatest);
  // Below 2^-6 the exponent stays at its least and the step at 2^-9.
  const exponent = Math.max(Math.floor(Math.log2(magnitude)), -6);
  const steps = roundHalfToEven(magnitude / 2 ** (exponent - 3));
  // 8 steps make the next exponent's first: codes are consecutive, so adding is all it takes.
  return sign | ((exponent + 6) * 8 + steps);
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

export function encodeFp8Array(values: FloatArray): Uint8Array {
  return Uint8Array.from(values, encodeFp8);
}

const decoded = Float32Array.from({ length: 256 }, (_, code) => decodeFp8(code));

export function decodeFp8Array(codes: Uint8Array): Float32Array {
  return Float32Array.from(codes, (code) => decoded[code]);
}
