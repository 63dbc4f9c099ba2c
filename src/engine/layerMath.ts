import { requireShape, zerosLike, type FloatArray } from './tensor.ts';

// The few operations that every layer around an attention or a state needs, row by row, sums in double precision.

/**
 * y = x W^T + bias, as `nn.Linear`.
 * @param x (rows, inputSize)
 * @param weight (outputSize, inputSize)
 * @param bias (outputSize)
 * @returns (rows, outputSize), in the precision of x
 */
export function linear(
  x: FloatArray,
  weight: FloatArray,
  shape: { readonly rows: number; readonly inputSize: number; readonly outputSize: number },
  bias?: FloatArray,
): FloatArray {
  const { rows, inputSize, outputSize } = shape;
  requireShape('x', x, { rows, inputSize });
  requireShape('weight', weight, { outputSize, inputSize });
  if (bias !== undefined) requireShape('bias', bias, { outputSize });
  const y = zerosLike(x, rows * outputSize);
  for (let row = 0; row < rows; row++) {
    for (let out = 0; out < outputSize; out++) {
      let sum = bias?.[out] ?? 0;
      for (let dim = 0; dim < inputSize; dim++) {
        sum += x[row * inputSize + dim] * weight[out * inputSize + dim];
      }
      y[row * outputSize + out] = sum;
    }
  }
  return y;
}

/** x / (1 + exp(-x)) (Elfwing et al. 2017; "swish"). 0 at -Infinity, where the plain formula gives NaN. */
export function silu(x: number): number {
  return x === -Infinity ? 0 : x / (1 + Math.exp(-x));
}

/** ln(1 + exp(x)), without overflow and without losing small results. */
export function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}

/**
 * Depthwise causal convolution: output t sees inputs t - kernelTokens + 1 .. t of its own channel.
 * @param x (tokens, channels)
 * @param weight (channels, kernelTokens), oldest input first, as `nn.Conv1d` stores it
 * @param bias (channels)
 * @param history (kernelTokens - 1, channels): the inputs before x; zeros when left out
 * @returns output (tokens, channels) and the history that a following call needs
 */
export function causalConvolution(
  x: FloatArray,
  weight: FloatArray,
  shape: { readonly tokens: number; readonly channels: number; readonly kernelTokens: number },
  bias?: FloatArray,
  history?: FloatArray,
): { readonly output: FloatArray; readonly history: FloatArray } {
  const { tokens, channels, kernelTokens } = shape;
  const historyTokens = kernelTokens - 1;
  requireShape('x', x, { tokens, channels });
  requireShape('convWeight', weight, { channels, kernelTokens });
  if (bias !== undefined) requireShape('convBias', bias, { channels });
  if (history !== undefined) requireShape('convHistory', history, { historyTokens, channels });

  const padded = zerosLike(x, (historyTokens + tokens) * channels);
  if (history !== undefined) padded.set(history);
  padded.set(x, historyTokens * channels);
  const output = zerosLike(x, tokens * channels);
  for (let tokenIdx = 0; tokenIdx < tokens; tokenIdx++) {
    for (let channel = 0; channel < channels; channel++) {
      let sum = bias?.[channel] ?? 0;
      for (let tap = 0; tap < kernelTokens; tap++) {
        sum += padded[(tokenIdx + tap) * channels + channel] * weight[channel * kernelTokens + tap];
      }
      output[tokenIdx * channels + channel] = sum;
    }
  }
  return { output, history: padded.slice(tokens * channels) };
}

/** x / sqrt(mean(x^2) + eps) x weight over each row of `size` numbers (Zhang & Sennrich 2019), written into x. */
export function rmsNormRows(x: FloatArray, weight: FloatArray, size: number, eps: number): void {
  for (let start = 0; start < x.length; start += size) {
    let squares = 0;
    for (let dim = 0; dim < size; dim++) squares += x[start + dim] ** 2;
    const factor = 1 / Math.sqrt(squares / size + eps);
    for (let dim = 0; dim < size; dim++) x[start + dim] *= factor * weight[dim];
  }
}

/** `width` columns of a (rows, rowSize) matrix from column `first` on. */
export function columns(
  matrix: FloatArray,
  rows: number,
  rowSize: number,
  first: number,
  width: number,
): FloatArray {
  const part = zerosLike(matrix, rows * width);
  for (let row = 0; row < rows; row++) {
    const start = row * rowSize + first;
    part.set(matrix.subarray(start, start + width), row * width);
  }
  return part;
}

/** (rows, columns) to (columns, rows). */
export function transpose(matrix: FloatArray, rows: number, numColumns: number): FloatArray {
  const turned = zerosLike(matrix, matrix.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < numColumns; column++) {
      turned[column * rows + row] = matrix[row * numColumns + column];
    }
  }
  return turned;
}

/** (tokens, numHeads x headDim), as a projection gives it, to (numHeads, tokens, headDim), as attention takes it. */
export function splitHeads(
  rows: FloatArray,
  tokens: number,
  numHeads: number,
  headDim: number,
): FloatArray {
  const heads = zerosLike(rows, rows.length);
  for (let tokenIdx = 0; tokenIdx < tokens; tokenIdx++) {
    for (let headIdx = 0; headIdx < numHeads; headIdx++) {
      const from = (tokenIdx * numHeads + headIdx) * headDim;
      heads.set(rows.subarray(from, from + headDim), (headIdx * tokens + tokenIdx) * headDim);
    }
  }
  return heads;
}

/** The way back: (numHeads, tokens, headDim) to (tokens, numHeads x headDim). */
export function mergeHeads(
  heads: FloatArray,
  tokens: number,
  numHeads: number,
  headDim: number,
): FloatArray {
  // Seen from here tokens and heads have merely changed places.
  return splitHeads(heads, numHeads, tokens, headDim);
}

/** A copy of the state to go on from, or zeros: what is handed in is never written to. */
export function stateFrom(initial: FloatArray | undefined, length: number): Float64Array {
  return initial === undefined ? new Float64Array(length) : Float64Array.from(initial);
}
