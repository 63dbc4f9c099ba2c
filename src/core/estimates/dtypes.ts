import { InputError } from './inputError.ts';

export type WeightDtype =
  'fp32' | 'bf16' | 'fp16' | 'fp8' | 'int8' | 'int4' | 'nvfp4' | 'mxfp4' | 'q8_0' | 'q4_0';

/** Bytes of one weight with its scales. */
export const weightBytesPerElement: Readonly<Record<WeightDtype, number>> = {
  fp32: 4,
  bf16: 2,
  fp16: 2,
  fp8: 1,
  int8: 1,
  /** Groups of 128 with a 16-bit scale (AWQ, GPTQ). */
  int4: 0.5 + 2 / 128,
  /** Blocks of 16 with an fp8 scale. */
  nvfp4: 0.5 + 1 / 16,
  /** Blocks of 32 with an 8-bit exponent (OCP MX). */
  mxfp4: 0.5 + 1 / 32,
  /** ggml: 32 weights and a 16-bit scale. */
  q8_0: 34 / 32,
  q4_0: 18 / 32,
};

/** Bytes of an element of the embedding and the output head, which 8- and 4-bit checkpoints keep in 16 bits. */
export function headBytesPerElement(dtype: WeightDtype): number {
  const own = weightBytesPerElement[dtype];
  return own >= 2 || dtype.startsWith('q') ? own : 2;
}

export type KvDtype =
  | 'fp32'
  | 'bf16'
  | 'fp16'
  | 'fp8'
  | 'fp8PerTokenHead'
  | 'int8PerTokenHead'
  | 'int4'
  | 'nvfp4'
  | 'q8_0'
  | 'q5_1'
  | 'q4_0';

/**
 * Bytes of one cached element, scales included; `headDim` is the width that one scale covers where it is per
 * token and head. int4: groups of 64 with a 16-bit scale and zero point (Hugging Face's quantized cache).
 */
export function kvBytesPerElement(dtype: KvDtype, headDim: number): number {
  switch (dtype) {
    case 'fp32':
      return 4;
    case 'bf16':
    case 'fp16':
      return 2;
    case 'fp8':
      return 1;
    case 'fp8PerTokenHead':
    case 'int8PerTokenHead':
      return 1 + 4 / headDim;
    case 'int4':
      return 0.5 + 4 / 64;
    case 'nvfp4':
      return 0.5 + 1 / 16;
    case 'q8_0':
      return 34 / 32;
    case 'q5_1':
      return 24 / 32;
    case 'q4_0':
      return 18 / 32;
  }
}

export const kvDtypes: readonly KvDtype[] = [
  'fp32',
  'bf16',
  'fp16',
  'fp8',
  'fp8PerTokenHead',
  'int8PerTokenHead',
  'int4',
  'nvfp4',
  'q8_0',
  'q5_1',
  'q4_0',
];

export const weightDtypes = Object.keys(weightBytesPerElement) as readonly WeightDtype[];

export function parseKvDtype(text: string): KvDtype {
  const found = kvDtypes.find((one) => one.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  if (text.toLowerCase() === 'int8') return 'int8PerTokenHead';
  throw new InputError('kvDtype', text, `one of ${kvDtypes.join(', ')}`);
}

export function parseWeightDtype(text: string): WeightDtype {
  const wanted = { bfloat16: 'bf16', float16: 'fp16', float32: 'fp32' }[text] ?? text;
  const found = weightDtypes.find((one) => one === wanted.toLowerCase());
  if (found === undefined) throw new InputError('dtype', text, `one of ${weightDtypes.join(', ')}`);
  return found;
}
