import { createRandom, type AttentionShape } from '../engine/index.ts';

export interface HeadPlan {
  readonly numHeads: number;
  /** As many as query heads when left out. */
  readonly numKvHeads?: number;
  readonly headDim: number;
  readonly seed: number;
  /** Standard deviation of the scaled scores: 1 when left out, larger makes the attention more peaked. */
  readonly scoreDeviation?: number;
}

export interface EmbeddedHeads {
  /** (numHeads, tokens, headDim) */
  readonly q: Float32Array;
  /** (numKvHeads, tokens, headDim) */
  readonly k: Float32Array;
  readonly v: Float32Array;
  readonly shape: AttentionShape;
}

/**
 * A vector per token, drawn from its text and the seed: equal tokens get equal vectors, on every machine. These are random
 * vectors, no model's embedding.
 * @returns (tokens, width), normal numbers of standard deviation 1
 */
export function tokenVectors(tokens: readonly string[], width: number, seed: number): Float32Array {
  const vectors = new Float32Array(tokens.length * width);
  const firstIdxOf = new Map<string, number>();
  tokens.forEach((token, idx) => {
    const firstIdx = firstIdxOf.get(token);
    if (firstIdx !== undefined) {
      vectors.copyWithin(idx * width, firstIdx * width, (firstIdx + 1) * width);
      return;
    }
    firstIdxOf.set(token, idx);
    const random = createRandom(hashText(token, seed));
    for (let dim = 0; dim < width; dim++) vectors[idx * width + dim] = random.normal();
  });
  return vectors;
}

/** The last ones: a control that changes something else, and the same text in a next demo, need not draw them anew. */
const kept: { tokens: readonly string[]; plan: string; heads: EmbeddedHeads }[] = [];
const mostKept = 2;

/**
 * Queries, keys and values of one layer of attention over the tokens: token vectors through seeded random projections.
 * Equal tokens get equal queries, keys and values (positions are the mechanism's own business). The arrays are shared
 * between calls: whoever changes one copies it first.
 */
export function embedHeads(tokens: readonly string[], plan: HeadPlan): EmbeddedHeads {
  const { numHeads, numKvHeads = numHeads, headDim, seed, scoreDeviation = 1 } = plan;
  const planKey = [numHeads, numKvHeads, headDim, seed, scoreDeviation].join(' ');
  const known = kept.find((one) => one.plan === planKey && areEqual(one.tokens, tokens));
  const heads = known?.heads ?? drawnHeads(tokens, plan);
  kept.splice(0, kept.length, ...kept.filter((one) => one !== known).slice(1 - mostKept));
  kept.push({ tokens: known?.tokens ?? [...tokens], plan: planKey, heads });
  return heads;
}

function areEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((token, idx) => token === b[idx]);
}

function drawnHeads(tokens: readonly string[], plan: HeadPlan): EmbeddedHeads {
  const { numHeads, numKvHeads = numHeads, headDim, seed, scoreDeviation = 1 } = plan;
  const width = headDim;
  const distinct = [...new Set(tokens)];
  const placeOf = new Map(distinct.map((token, place) => [token, place]));
  const places = Uint32Array.from(tokens, (token) => placeOf.get(token) ?? 0);
  const vectors = tokenVectors(distinct, width, seed);
  const random = createRandom(seed + 1);
  // Rows of standard deviation 1 keep q and k at 1 per number, so that q . k / sqrt(headDim) has deviation 1 as well.
  const heads = (count: number, gain: number) => {
    const all = new Float32Array(count * tokens.length * headDim);
    for (let headIdx = 0; headIdx < count; headIdx++) {
      const weights = Float64Array.from(
        { length: headDim * width },
        () => (random.normal() * gain) / Math.sqrt(width),
      );
      const projected = project(vectors, weights, distinct.length, width, headDim);
      for (let idx = 0; idx < places.length; idx++) {
        const from = places[idx] * headDim;
        const to = (headIdx * tokens.length + idx) * headDim;
        for (let dim = 0; dim < headDim; dim++) all[to + dim] = projected[from + dim];
      }
    }
    return all;
  };
  return {
    q: heads(numHeads, scoreDeviation),
    k: heads(numKvHeads, 1),
    v: heads(numKvHeads, 1),
    shape: {
      numHeads,
      numKvHeads,
      queryTokens: tokens.length,
      keyTokens: tokens.length,
      headDim,
    },
  };
}

/** One query head alone, with the key and value head that it reads. Nothing is copied. */
export function headOf({ q, k, v, shape }: EmbeddedHeads, headIdx: number): EmbeddedHeads {
  const { numHeads, numKvHeads, queryTokens, keyTokens, headDim } = shape;
  const kvHead = Math.floor((headIdx * numKvHeads) / numHeads);
  const part = (all: Float32Array, head: number, tokens: number) =>
    all.subarray(head * tokens * headDim, (head + 1) * tokens * headDim);
  return {
    q: part(q, headIdx, queryTokens),
    k: part(k, kvHead, keyTokens),
    v: part(v, kvHead, keyTokens),
    shape: { ...shape, numHeads: 1, numKvHeads: 1 },
  };
}

/** The last queries of every head: (numHeads, count, headDim). */
export function lastQueries({ q, shape }: EmbeddedHeads, count: number): Float32Array {
  const { numHeads, queryTokens, headDim } = shape;
  const rows = new Float32Array(numHeads * count * headDim);
  for (let head = 0; head < numHeads; head++) {
    const end = (head + 1) * queryTokens * headDim;
    rows.set(q.subarray(end - count * headDim, end), head * count * headDim);
  }
  return rows;
}

/** (rows, width) times the transpose of (outputs, width). */
function project(
  vectors: Float32Array,
  weights: Float64Array,
  rows: number,
  width: number,
  outputs: number,
): Float32Array {
  const result = new Float32Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    for (let output = 0; output < outputs; output++) {
      let sum = 0;
      for (let dim = 0; dim < width; dim++) {
        sum += vectors[row * width + dim] * weights[output * width + dim];
      }
      result[row * outputs + output] = sum;
    }
  }
  return result;
}

/** FNV-1a over UTF-16 units, 32 bits, with the seed mixed in: good enough to draw different vectors for different texts. */
function hashText(text: string, seed: number): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let idx = 0; idx < text.length; idx++) {
    hash = Math.imul(hash ^ text.charCodeAt(idx), 0x01000193) >>> 0;
  }
  return hash;
}
