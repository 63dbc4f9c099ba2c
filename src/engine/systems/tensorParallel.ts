import { referenceAttention } from '../attention/reference.ts';
import { requireHeads } from '../attention/shape.ts';
import { EngineInputError, requirePositive, requirePositiveInteger } from '../errors.ts';
import { linear, mergeHeads, silu, splitHeads } from '../layerMath.ts';
import { causal } from '../masks/causal.ts';
import type { StepObserver } from '../stepEvents.ts';
import { requireShape, zerosLike, type FloatArray } from '../tensor.ts';

export interface ParallelAttentionShape {
  readonly tokens: number;
  readonly hiddenSize: number;
  readonly numHeads: number;
  readonly numKvHeads: number;
  readonly headDim: number;
}

/** As `nn.Linear` stores them, (outputSize, inputSize). */
export interface ParallelAttentionWeights {
  /** (numHeads x headDim, hiddenSize) */
  readonly Wq: FloatArray;
  /** (numKvHeads x headDim, hiddenSize) */
  readonly Wk: FloatArray;
  /** (numKvHeads x headDim, hiddenSize) */
  readonly Wv: FloatArray;
  /** (hiddenSize, numHeads x headDim) */
  readonly Wo: FloatArray;
}

export interface ParallelOptions {
  /** Of the numbers sent between ranks, 2 (bf16) when left out. The sums themselves are in the arrays' precision. */
  readonly bytesPerElement?: number;
  readonly observer?: StepObserver;
}

export interface ParallelResult {
  /** (tokens, hiddenSize): the sum over ranks, in the precision of x. */
  readonly output: FloatArray;
  /** Each rank's part of the sum, (tokens, hiddenSize). */
  readonly partialOutputs: readonly FloatArray[];
  readonly allReduce: AllReduceBytes;
}

/** How heads fall on ranks. */
export interface HeadSplit {
  readonly headsPerRank: number;
  readonly kvHeadsPerRank: number;
  /** Ranks that hold the same kv head; 1 = the cache is split without waste. */
  readonly kvCopies: number;
  /** Per rank against one device's: 1 / numRanks when nothing is held twice. */
  readonly kvCacheShare: number;
}

/**
 * Undefined when the heads can't be split so: numHeads must be a multiple of numRanks, and of numKvHeads and numRanks one a
 * multiple of the other (fewer kv heads than ranks are held by several). 8 kv heads go on 1, 2, 4, 8, 16 ranks, not on 3.
 */
export function splitHeadsOverRanks(
  numHeads: number,
  numKvHeads: number,
  numRanks: number,
): HeadSplit | undefined {
  requireHeads(numHeads, numKvHeads);
  requirePositiveInteger('numRanks', numRanks);
  if (numHeads % numRanks !== 0) return undefined;
  if (numKvHeads % numRanks !== 0 && numRanks % numKvHeads !== 0) return undefined;
  const kvHeadsPerRank = Math.max(1, numKvHeads / numRanks);
  return {
    headsPerRank: numHeads / numRanks,
    kvHeadsPerRank,
    kvCopies: Math.max(1, numRanks / numKvHeads),
    kvCacheShare: kvHeadsPerRank / numKvHeads,
  };
}

export interface AllReduceBytes {
  /** Numbers in the tensor that is summed. */
  readonly elements: number;
  /** Its size. */
  readonly tensorBytes: number;
  /** What each rank sends in a ring all-reduce, and receives: 2 (numRanks - 1) / numRanks of the tensor; 0 on one rank. */
  readonly bytesPerRank: number;
}

/** A ring all-reduce is a reduce-scatter and an all-gather, each passing (numRanks - 1) / numRanks of the tensor. */
export function allReduceBytes(
  elements: number,
  numRanks: number,
  bytesPerElement = 2,
): AllReduceBytes {
  requirePositiveInteger('numRanks', numRanks);
  requirePositive('bytesPerElement', bytesPerElement);
  const tensorBytes = elements * bytesPerElement;
  return { elements, tensorBytes, bytesPerRank: (2 * (numRanks - 1) * tensorBytes) / numRanks };
}

/**
 * One attention layer, causal, on `numRanks` devices: each takes its heads' rows of Wq, Wk, Wv and its columns of Wo,
 * computes its heads alone, and the parts are summed by one all-reduce. Equal to one device. (Shoeybi et al. 2019,
 * "Megatron-LM", section 3.)
 * @param x (tokens, hiddenSize), on every rank
 * @throws EngineInputError when the heads do not divide
 */
export function tensorParallelAttention(
  x: FloatArray,
  weights: ParallelAttentionWeights,
  shape: ParallelAttentionShape,
  numRanks: number,
  options: ParallelOptions = {},
): ParallelResult {
  const { tokens, hiddenSize, numHeads, numKvHeads, headDim } = shape;
  requirePositiveInteger('hiddenSize', hiddenSize);
  requirePositiveInteger('headDim', headDim);
  const split = splitHeadsOverRanks(numHeads, numKvHeads, numRanks);
  if (split === undefined) {
    throw new EngineInputError(
      `numRanks must divide numHeads, and divide numKvHeads or be a multiple of it, got ${numRanks} for ${numHeads} and ${numKvHeads}`,
    );
  }
  const queriesSize = numHeads * headDim;
  const keysSize = numKvHeads * headDim;
  requireShape('x', x, { tokens, hiddenSize });
  requireShape('Wq', weights.Wq, { queriesSize, hiddenSize });
  requireShape('Wk', weights.Wk, { keysSize, hiddenSize });
  requireShape('Wv', weights.Wv, { keysSize, hiddenSize });
  requireShape('Wo', weights.Wo, { hiddenSize, queriesSize });

  const { headsPerRank, kvHeadsPerRank, kvCopies } = split;
  const partialOutputs = Array.from({ length: numRanks }, (_, rankIdx) => {
    const firstKvHead = Math.floor(rankIdx / kvCopies) * kvHeadsPerRank;
    const projectHeads = (matrix: FloatArray, firstHead: number, heads: number) => {
      const start = firstHead * headDim * hiddenSize;
      const rows = matrix.subarray(start, start + heads * headDim * hiddenSize);
      const size = { rows: tokens, inputSize: hiddenSize, outputSize: heads * headDim };
      return splitHeads(linear(x, rows, size), tokens, heads, headDim);
    };
    const { output } = referenceAttention(
      projectHeads(weights.Wq, rankIdx * headsPerRank, headsPerRank),
      projectHeads(weights.Wk, firstKvHead, kvHeadsPerRank),
      projectHeads(weights.Wv, firstKvHead, kvHeadsPerRank),
      {
        numHeads: headsPerRank,
        numKvHeads: kvHeadsPerRank,
        queryTokens: tokens,
        keyTokens: tokens,
        headDim,
      },
      { mask: causal },
    );
    const merged = mergeHeads(output, tokens, headsPerRank, headDim);
    return productOfColumns(merged, weights.Wo, {
      rows: tokens,
      outputSize: hiddenSize,
      inputSize: queriesSize,
      firstInput: rankIdx * headsPerRank * headDim,
      inputs: headsPerRank * headDim,
    });
  });
  return sumOverRanks('attention', x, partialOutputs, options);
}

export interface ParallelMlpShape {
  readonly tokens: number;
  readonly hiddenSize: number;
  /** Width between the two products; a multiple of numRanks. */
  readonly innerSize: number;
}

/**
 * The MLP beside it, down(silu(gate x) * up x), split by its inner width: the layer's second all-reduce.
 * @param weights gate and up (innerSize, hiddenSize), down (hiddenSize, innerSize)
 */
export function tensorParallelMlp(
  x: FloatArray,
  weights: { readonly gate: FloatArray; readonly up: FloatArray; readonly down: FloatArray },
  shape: ParallelMlpShape,
  numRanks: number,
  options: ParallelOptions = {},
): ParallelResult {
  const { tokens, hiddenSize, innerSize } = shape;
  requirePositiveInteger('hiddenSize', hiddenSize);
  requirePositiveInteger('innerSize', innerSize);
  requirePositiveInteger('numRanks', numRanks);
  if (innerSize % numRanks !== 0) {
    throw new EngineInputError(
      `innerSize must be a multiple of numRanks, got ${innerSize} and ${numRanks}`,
    );
  }
  requireShape('x', x, { tokens, hiddenSize });
  requireShape('gate', weights.gate, { innerSize, hiddenSize });
  requireShape('up', weights.up, { innerSize, hiddenSize });
  requireShape('down', weights.down, { hiddenSize, innerSize });
  const width = innerSize / numRanks;
  const partialOutputs = Array.from({ length: numRanks }, (_, rankIdx) => {
    const size = { rows: tokens, inputSize: hiddenSize, outputSize: width };
    const rowsOf = (matrix: FloatArray) =>
      matrix.subarray(rankIdx * width * hiddenSize, (rankIdx + 1) * width * hiddenSize);
    const up = linear(x, rowsOf(weights.up), size);
    const inner = linear(x, rowsOf(weights.gate), size).map((gate, idx) => silu(gate) * up[idx]);
    return productOfColumns(inner, weights.down, {
      rows: tokens,
      outputSize: hiddenSize,
      inputSize: innerSize,
      firstInput: rankIdx * width,
      inputs: width,
    });
  });
  return sumOverRanks('mlp', x, partialOutputs, options);
}

/** x times the columns [firstInput, firstInput + inputs) of an (outputSize, inputSize) matrix. */
function productOfColumns(
  x: FloatArray,
  matrix: FloatArray,
  size: {
    readonly rows: number;
    readonly outputSize: number;
    readonly inputSize: number;
    readonly firstInput: number;
    readonly inputs: number;
  },
): FloatArray {
  const y = zerosLike(x, size.rows * size.outputSize);
  for (let row = 0; row < size.rows; row++) {
    for (let out = 0; out < size.outputSize; out++) {
      let sum = 0;
      for (let dim = 0; dim < size.inputs; dim++) {
        sum += x[row * size.inputs + dim] * matrix[out * size.inputSize + size.firstInput + dim];
      }
      y[row * size.outputSize + out] = sum;
    }
  }
  return y;
}

function sumOverRanks(
  after: 'attention' | 'mlp',
  x: FloatArray,
  partialOutputs: readonly FloatArray[],
  options: ParallelOptions,
): ParallelResult {
  const numRanks = partialOutputs.length;
  const allReduce = allReduceBytes(x.length, numRanks, options.bytesPerElement);
  const sums = new Float64Array(x.length);
  for (const part of partialOutputs) {
    for (let idx = 0; idx < sums.length; idx++) sums[idx] += part[idx];
  }
  const output = zerosLike(x, x.length);
  output.set(sums);
  if (options.observer?.allReduce) {
    const { elements, bytesPerRank } = allReduce;
    options.observer.allReduce({ after, numRanks, elements, bytesPerRank });
  }
  return { output, partialOutputs, allReduce };
}
