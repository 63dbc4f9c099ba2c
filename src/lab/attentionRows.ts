import { referenceAttention, type AttentionOptions } from '../engine/index.ts';
import type { EmbeddedHeads } from './embed.ts';
import { mostCells } from './pictures/tiles.ts';

/** Every position of a short text; of a long one `most` of them, evenly spread, the last among them. */
export function sampledQueries(numTokens: number, most = 128): readonly number[] {
  if (numTokens <= mostCells) return Array.from({ length: numTokens }, (_, idx) => idx);
  return Array.from({ length: most }, (_, idx) => Math.ceil(((idx + 1) * numTokens) / most) - 1);
}

export interface AttentionRows {
  /** (numHeads, queries, keyTokens) */
  readonly weights: Float64Array;
  /** (numHeads, queries, headDim) */
  readonly output: Float64Array;
}

/** Attention of some of a text's queries over all of its keys, with the weights: the rows that a picture has room for. */
export function attentionRows(
  heads: EmbeddedHeads,
  queries: readonly number[],
  options: Omit<AttentionOptions, 'firstQueryIdx'> = {},
): AttentionRows {
  const { q, k, v, shape } = heads;
  const { numHeads, queryTokens, keyTokens, headDim } = shape;
  const rows = queries.length;
  if (rows === queryTokens && queryTokens === keyTokens) {
    const whole = referenceAttention(q, k, v, shape, { ...options, keepWeights: true });
    return {
      weights: whole.weights ?? new Float64Array(0),
      output: Float64Array.from(whole.output),
    };
  }
  const weights = new Float64Array(numHeads * rows * keyTokens);
  const output = new Float64Array(numHeads * rows * headDim);
  const one = { ...shape, queryTokens: 1 };
  const query = new Float32Array(numHeads * headDim);
  queries.forEach((qIdx, row) => {
    for (let head = 0; head < numHeads; head++) {
      const start = (head * queryTokens + qIdx) * headDim;
      query.set(q.subarray(start, start + headDim), head * headDim);
    }
    const result = referenceAttention(query, k, v, one, {
      ...options,
      firstQueryIdx: qIdx,
      keepWeights: true,
    });
    const all = result.weights ?? new Float64Array(0);
    for (let head = 0; head < numHeads; head++) {
      const place = head * rows + row;
      weights.set(all.subarray(head * keyTokens, (head + 1) * keyTokens), place * keyTokens);
      output.set(result.output.subarray(head * headDim, (head + 1) * headDim), place * headDim);
    }
  });
  return { weights, output };
}

/** "All positions", or how many of how many: what a long text's figures are taken over. */
export function sampleWords(numTokens: number, queries: readonly number[]): string {
  return queries.length === numTokens
    ? 'over all positions'
    : `over ${queries.length} positions spread over the text`;
}
