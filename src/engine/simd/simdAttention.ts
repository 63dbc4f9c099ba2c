import {
  kvHeadOf,
  requireAttention,
  type AttentionResult,
  type AttentionShape,
} from '../attention/shape.ts';
import { tiledAttention } from '../attention/tiled.ts';
import { EngineInputError, requirePositiveInteger } from '../errors.ts';
import { causal } from '../masks/causal.ts';
import { allowAll } from '../masks/mask.ts';
import { slidingWindow } from '../masks/window.ts';
import type { FloatArray } from '../tensor.ts';
import { attentionKernel, type AttentionKernel } from './kernel.ts';

export interface SimdOptions {
  /** Keys at or before the query's own position only; true when left out. */
  readonly causal?: boolean;
  /** Exactly this many keys, own position included; needs `causal`. */
  readonly window?: number;
  /** Position of the first query, 0 when left out. */
  readonly firstQueryIdx?: number;
  /** 1 / sqrt(headDim) when left out. */
  readonly scale?: number;
}

export interface SimdResult extends AttentionResult {
  /** Which kernel computed it: the TypeScript one where WebAssembly SIMD is missing or the input does not suit it. */
  readonly kernel: 'simd' | 'typescript';
}

const floatBytes = 4;
const laneBlock = 8;
const pageBytes = 65_536;

/**
 * Causal, windowed or full attention by the WebAssembly SIMD kernel (attentionKernel.as.ts), in float32; equal to
 * `tiledAttention` within float32 rounding. Shapes as there. Float64Array input, values of another width than the keys,
 * NaN or infinity in the input, and numbers so large that float32 could not hold a sum of them go to `tiledAttention` itself.
 * @throws EngineInputError when a length or option does not fit
 */
export function simdAttention(
  q: FloatArray,
  k: FloatArray,
  v: FloatArray,
  shape: AttentionShape,
  options: SimdOptions = {},
): SimdResult {
  requireAttention(q, k, v, shape, options);
  const { causal: isCausal = true, window, firstQueryIdx = 0 } = options;
  if (window !== undefined) {
    requirePositiveInteger('window', window);
    if (!isCausal) throw new EngineInputError(`window ${window} needs causal attention`);
  }
  const kernel = attentionKernel();
  if (kernel !== undefined && suitsKernel(q, k, v, shape, options))
    return { ...runKernel(kernel, q, k, v, shape, options), kernel: 'simd' };

  const mask = window !== undefined ? slidingWindow(window) : isCausal ? causal : allowAll;
  const { output, logSumExp } = tiledAttention(q, k, v, shape, {
    mask,
    firstQueryIdx,
    scale: options.scale,
  });
  return { output, logSumExp, kernel: 'typescript' };
}

/** Half of the largest float32: room for the rounding of a sum. */
const largestSum = 1.7e38;

function suitsKernel(
  q: FloatArray,
  k: FloatArray,
  v: FloatArray,
  shape: AttentionShape,
  { scale = 1 / Math.sqrt(shape.headDim) }: SimdOptions,
): boolean {
  const { headDim, valueDim = headDim, keyTokens } = shape;
  if (valueDim !== headDim || ![q, k, v].every((array) => array instanceof Float32Array)) {
    return false;
  }
  // A score is a sum over headDim, an output one over the keys before it is divided. NaN and Infinity are below no bound.
  const query = largestMagnitude(q) * Math.abs(scale);
  const score = query * largestMagnitude(k) * headDim;
  const output = largestMagnitude(v) * keyTokens;
  return query < largestSum && score < largestSum && output < largestSum;
}

/** The largest |x|, 0 of nothing; NaN when any number is NaN. */
function largestMagnitude(data: FloatArray): number {
  let largest = 0;
  for (let idx = 0; idx < data.length; idx++) {
    const magnitude = Math.abs(data[idx]);
    if (Number.isNaN(magnitude)) return NaN;
    if (magnitude > largest) largest = magnitude;
  }
  return largest;
}

function runKernel(
  kernel: AttentionKernel,
  q: FloatArray,
  k: FloatArray,
  v: FloatArray,
  shape: AttentionShape,
  options: SimdOptions,
): AttentionResult {
  const { numHeads, queryTokens, keyTokens, headDim } = shape;
  const {
    causal: isCausal = true,
    window = 0,
    firstQueryIdx = 0,
    scale = 1 / Math.sqrt(headDim),
  } = options;
  const output = new Float32Array(numHeads * queryTokens * headDim);
  const logSumExp = new Float64Array(numHeads * queryTokens).fill(-Infinity);
  const paddedDim = roundUp(headDim, laneBlock);
  const memory = layOut(kernel, {
    queries: roundUp(queryTokens, laneBlock) * paddedDim,
    keys: roundUp(keyTokens, laneBlock) * paddedDim,
    packedKeys: roundUp(keyTokens, laneBlock) * paddedDim,
    values: roundUp(keyTokens, laneBlock) * paddedDim,
    output: roundUp(queryTokens, laneBlock) * paddedDim,
    maxima: queryTokens,
    sums: queryTokens,
    scratch: kernel.scratchBytes() / floatBytes,
  });
  const { floats, pointers } = memory;
  const headLength = queryTokens * headDim;
  let packedKvHead = -1;

  for (let headIdx = 0; headIdx < numHeads; headIdx++) {
    const kvHead = kvHeadOf(headIdx, shape);
    if (kvHead !== packedKvHead) {
      copyRows(
        k,
        kvHead * keyTokens * headDim,
        keyTokens,
        headDim,
        1,
        floats,
        pointers.keys,
        paddedDim,
      );
      copyRows(
        v,
        kvHead * keyTokens * headDim,
        keyTokens,
        headDim,
        1,
        floats,
        pointers.values,
        paddedDim,
      );
      kernel.packKeys(pointers.keys, pointers.packedKeys, keyTokens, paddedDim);
      packedKvHead = kvHead;
    }
    copyRows(
      q,
      headIdx * headLength,
      queryTokens,
      headDim,
      scale,
      floats,
      pointers.queries,
      paddedDim,
    );
    kernel.attend(
      pointers.queries,
      pointers.packedKeys,
      pointers.values,
      pointers.output,
      pointers.maxima,
      pointers.sums,
      pointers.scratch,
      queryTokens,
      keyTokens,
      paddedDim,
      firstQueryIdx,
      isCausal ? 1 : 0,
      window,
    );
    for (let row = 0; row < queryTokens; row++) {
      const from = pointers.output / floatBytes + row * paddedDim;
      output.set(floats.subarray(from, from + headDim), headIdx * headLength + row * headDim);
      const sum = floats[pointers.sums / floatBytes + row];
      if (sum > 0) {
        logSumExp[headIdx * queryTokens + row] =
          floats[pointers.maxima / floatBytes + row] + Math.log(sum);
      }
    }
  }
  return { output, logSumExp };
}

/** Places buffers of so many floats one after another in the kernel's memory, cleared; grows it when they need more. */
function layOut<Name extends string>(
  kernel: AttentionKernel,
  lengths: Readonly<Record<Name, number>>,
): { floats: Float32Array; pointers: Record<Name, number> } {
  const pointers = {} as Record<Name, number>;
  // The first kilobyte stays free: the compiler may keep constants there.
  let end = 1024;
  for (const name of Object.keys(lengths) as Name[]) {
    pointers[name] = end;
    end = roundUp(end + lengths[name] * floatBytes, 64);
  }
  const missing = end - kernel.memory.buffer.byteLength;
  if (missing > 0) kernel.memory.grow(Math.ceil(missing / pageBytes));
  const floats = new Float32Array(kernel.memory.buffer, 0, Math.floor(end / floatBytes));
  floats.fill(0, 1024 / floatBytes);
  return { floats, pointers };
}

function copyRows(
  source: FloatArray,
  start: number,
  rows: number,
  headDim: number,
  factor: number,
  floats: Float32Array,
  pointer: number,
  paddedDim: number,
): void {
  for (let row = 0; row < rows; row++) {
    const to = pointer / floatBytes + row * paddedDim;
    const from = start + row * headDim;
    for (let dim = 0; dim < headDim; dim++) floats[to + dim] = source[from + dim] * factor;
  }
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
