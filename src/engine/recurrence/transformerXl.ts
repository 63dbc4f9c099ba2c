import { referenceAttention } from '../attention/reference.ts';
import { requireEven, requireNonNegativeInteger, requirePositiveInteger } from '../errors.ts';
import { linear, mergeHeads, splitHeads, transpose } from '../layerMath.ts';
import { causal } from '../masks/causal.ts';
import { intervalMask, type Mask } from '../masks/mask.ts';
import { requireShape, zerosLike, type FloatArray } from '../tensor.ts';

/** hiddenSize = numHeads x headDim, an even number. */
export interface TransformerXlShape {
  readonly numHeads: number;
  readonly headDim: number;
  /** Tokens of this segment. */
  readonly tokens: number;
  /** Tokens of earlier segments that are still remembered; 0 = none. */
  readonly memoryTokens: number;
}

/** Matrices as the paper's equations use them, y = x W: (hiddenSize, hiddenSize), input first. */
export interface TransformerXlWeights {
  readonly Wq: FloatArray;
  readonly Wk: FloatArray;
  readonly Wv: FloatArray;
  /** Of the relative positions. */
  readonly Wr: FloatArray;
  /** (numHeads, headDim): stands in for the query's position against a key's content. */
  readonly u: FloatArray;
  /** (numHeads, headDim): stands in for the query's position against a distance. */
  readonly v: FloatArray;
}

/**
 * The four parts of every score, before scaling, each (numHeads, tokens, memoryTokens + tokens), 0 above the diagonal.
 * (Dai et al. 2019, section 3.3.)
 */
export interface TransformerXlTerms {
  /** (a) query content against key content, q . k. */
  readonly content: Float64Array;
  /** (b) query content against the distance, q . r. */
  readonly contentPosition: Float64Array;
  /** (c) a key's content for whoever asks, u . k. */
  readonly contentBias: Float64Array;
  /** (d) a distance for whoever asks, v . r. */
  readonly positionBias: Float64Array;
}

/**
 * Sines, then cosines, of each distance 0 .. distances - 1: where positions count from the query backwards, the same text
 * has the same numbers in every segment.
 * @returns (distances, hiddenSize)
 */
export function relativeSinusoids(distances: number, hiddenSize: number): Float64Array {
  requireNonNegativeInteger('distances', distances);
  requirePositiveInteger('hiddenSize', hiddenSize);
  requireEven('hiddenSize', hiddenSize);
  const half = hiddenSize / 2;
  const table = new Float64Array(distances * hiddenSize);
  for (let distance = 0; distance < distances; distance++) {
    for (let idx = 0; idx < half; idx++) {
      const angle = distance / 10_000 ** ((2 * idx) / hiddenSize);
      table[distance * hiddenSize + idx] = Math.sin(angle);
      table[distance * hiddenSize + half + idx] = Math.cos(angle);
    }
  }
  return table;
}

function project(
  x: FloatArray,
  memory: FloatArray,
  weights: TransformerXlWeights,
  shape: TransformerXlShape,
) {
  const { numHeads, headDim, tokens, memoryTokens } = shape;
  requirePositiveInteger('numHeads', numHeads);
  requirePositiveInteger('headDim', headDim);
  const hiddenSize = numHeads * headDim;
  const keyTokens = memoryTokens + tokens;
  requireShape('x', x, { tokens, hiddenSize });
  requireShape('memory', memory, { memoryTokens, hiddenSize });
  requireShape('u', weights.u, { numHeads, headDim });
  requireShape('v', weights.v, { numHeads, headDim });
  const context = zerosLike(x, keyTokens * hiddenSize);
  context.set(memory);
  context.set(x, memory.length);

  const toHeads = (name: 'Wq' | 'Wk' | 'Wv' | 'Wr', rows: FloatArray, count: number) => {
    requireShape(name, weights[name], { inputSize: hiddenSize, outputSize: hiddenSize });
    const matrix = transpose(weights[name], hiddenSize, hiddenSize);
    const size = { rows: count, inputSize: hiddenSize, outputSize: hiddenSize };
    return splitHeads(linear(rows, matrix, size), count, numHeads, headDim);
  };
  return {
    keyTokens,
    q: toHeads('Wq', x, tokens),
    k: toHeads('Wk', context, keyTokens),
    values: toHeads('Wv', context, keyTokens),
    /** (numHeads, keyTokens, headDim): by distance. */
    r: toHeads('Wr', relativeSinusoids(keyTokens, hiddenSize), keyTokens),
  };
}

/**
 * Attention of one segment over itself, causal, and over the memory of the segments before, with positions as distances:
 * score = (q + u) . k + (q + v) . r, over sqrt(headDim). Gradients would stop at the memory; values don't.
 * (Dai et al. 2019, "Transformer-XL", sections 3.2 and 3.3.)
 * @param x (tokens, hiddenSize)
 * @param memory (memoryTokens, hiddenSize): this layer's inputs for the tokens before
 * @returns (tokens, hiddenSize), heads side by side, in the precision of x
 */
export function transformerXlAttention(
  x: FloatArray,
  memory: FloatArray,
  weights: TransformerXlWeights,
  shape: TransformerXlShape,
): FloatArray {
  const { numHeads, headDim, tokens, memoryTokens } = shape;
  const { keyTokens, q, k, values, r } = project(x, memory, weights, shape);
  const scale = 1 / Math.sqrt(headDim);
  const withU = Float64Array.from(q);
  for (let idx = 0; idx < q.length; idx++) {
    const headIdx = Math.floor(idx / (tokens * headDim));
    withU[idx] += weights.u[headIdx * headDim + (idx % headDim)];
  }
  const { output } = referenceAttention(
    withU,
    k,
    values,
    { numHeads, numKvHeads: numHeads, queryTokens: tokens, keyTokens, headDim },
    {
      mask: causal,
      firstQueryIdx: memoryTokens,
      scoreBias(headIdx, qIdx, kvIdx) {
        const qStart = (headIdx * tokens + qIdx - memoryTokens) * headDim;
        const rStart = (headIdx * keyTokens + qIdx - kvIdx) * headDim;
        let sum = 0;
        for (let dim = 0; dim < headDim; dim++) {
          sum += (q[qStart + dim] + weights.v[headIdx * headDim + dim]) * r[rStart + dim];
        }
        return sum * scale;
      },
    },
  );
  const merged = zerosLike(x, x.length);
  merged.set(mergeHeads(output, tokens, numHeads, headDim));
  return merged;
}

/** The four parts of each score of `transformerXlAttention`, for looking at. */
export function transformerXlTerms(
  x: FloatArray,
  memory: FloatArray,
  weights: TransformerXlWeights,
  shape: TransformerXlShape,
): TransformerXlTerms {
  const { numHeads, headDim, tokens, memoryTokens } = shape;
  const { keyTokens, q, k, r } = project(x, memory, weights, shape);
  const empty = () => new Float64Array(numHeads * tokens * keyTokens);
  const terms = {
    content: empty(),
    contentPosition: empty(),
    contentBias: empty(),
    positionBias: empty(),
  };
  for (let headIdx = 0; headIdx < numHeads; headIdx++) {
    for (let query = 0; query < tokens; query++) {
      for (let kvIdx = 0; kvIdx <= memoryTokens + query; kvIdx++) {
        const cell = (headIdx * tokens + query) * keyTokens + kvIdx;
        const distance = memoryTokens + query - kvIdx;
        for (let dim = 0; dim < headDim; dim++) {
          const asked = q[(headIdx * tokens + query) * headDim + dim];
          const key = k[(headIdx * keyTokens + kvIdx) * headDim + dim];
          const position = r[(headIdx * keyTokens + distance) * headDim + dim];
          terms.content[cell] += asked * key;
          terms.contentPosition[cell] += asked * position;
          terms.contentBias[cell] += weights.u[headIdx * headDim + dim] * key;
          terms.positionBias[cell] += weights.v[headIdx * headDim + dim] * position;
        }
      }
    }
  }
  return terms;
}

export interface SegmentedStackShape {
  readonly numHeads: number;
  readonly headDim: number;
  readonly tokens: number;
  readonly segmentTokens: number;
  /** Most tokens each layer remembers; 0 = segments know nothing of each other. */
  readonly memoryTokens: number;
}

/**
 * A stack of such layers, x + attention(x), run over a text segment by segment, each layer remembering its inputs for the
 * last `memoryTokens` tokens. With memory for the whole text it gives what one long segment gives. Norms and MLPs, which
 * mix nothing between tokens, are left out.
 * @param x (tokens, hiddenSize)
 * @param layers first layer first
 * @returns (tokens, hiddenSize), in the precision of x
 */
export function transformerXlSegments(
  x: FloatArray,
  layers: readonly TransformerXlWeights[],
  shape: SegmentedStackShape,
): FloatArray {
  const { numHeads, headDim, tokens, segmentTokens, memoryTokens } = shape;
  requirePositiveInteger('segmentTokens', segmentTokens);
  requireNonNegativeInteger('memoryTokens', memoryTokens);
  const hiddenSize = numHeads * headDim;
  requireShape('x', x, { tokens, hiddenSize });
  const output = zerosLike(x, x.length);
  const memories = layers.map(() => zerosLike(x, 0));
  for (let first = 0; first < tokens; first += segmentTokens) {
    const count = Math.min(segmentTokens, tokens - first);
    let segment = x.slice(first * hiddenSize, (first + count) * hiddenSize);
    layers.forEach((weights, layer) => {
      const memory = memories[layer];
      const attended = transformerXlAttention(segment, memory, weights, {
        numHeads,
        headDim,
        tokens: count,
        memoryTokens: memory.length / hiddenSize,
      });
      const seen = zerosLike(x, memory.length + segment.length);
      seen.set(memory);
      seen.set(segment, memory.length);
      memories[layer] = seen.slice(Math.max(0, seen.length - memoryTokens * hiddenSize));
      segment = segment.map((value, idx) => value + attended[idx]);
    });
    output.set(segment, first * hiddenSize);
  }
  return output;
}

/**
 * What one layer sees: the tokens of the own segment so far and `memoryTokens` before it. A stack's reach is
 * `receptiveField` of as many of these as there are layers: it grows by the memory per layer.
 */
export function segmentMask(segmentTokens: number, memoryTokens: number): Mask {
  requirePositiveInteger('segmentTokens', segmentTokens);
  requireNonNegativeInteger('memoryTokens', memoryTokens);
  return intervalMask(
    (qIdx) => qIdx - (qIdx % segmentTokens) - memoryTokens,
    (qIdx) => qIdx + 1,
  );
}
