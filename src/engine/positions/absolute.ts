import {
  EngineInputError,
  requireEven,
  requireNonNegativeInteger,
  requirePositiveInteger,
} from '../errors.ts';
import { requireShape, zerosLike, type FloatArray } from '../tensor.ts';

/**
 * The sinusoids of Vaswani et al. 2017 (section 3.5): sine in the even numbers, cosine in the odd ones, wavelengths from
 * 2 pi to 10,000 x 2 pi. Defined for any position, trained for none.
 * @returns (positions, hiddenSize)
 */
export function sinusoidalPositions(
  positions: ArrayLike<number>,
  hiddenSize: number,
  base = 10_000,
): Float64Array {
  requirePositiveInteger('hiddenSize', hiddenSize);
  requireEven('hiddenSize', hiddenSize);
  const table = new Float64Array(positions.length * hiddenSize);
  for (let idx = 0; idx < positions.length; idx++) {
    for (let pair = 0; pair < hiddenSize / 2; pair++) {
      const angle = positions[idx] * base ** ((-2 * pair) / hiddenSize);
      table[idx * hiddenSize + 2 * pair] = Math.sin(angle);
      table[idx * hiddenSize + 2 * pair + 1] = Math.cos(angle);
    }
  }
  return table;
}

/** A learned table: GPT-2's `wpe`. */
export interface LearnedPositions {
  /** (contextWindowTokens, hiddenSize) */
  readonly table: FloatArray;
  readonly contextWindowTokens: number;
  readonly hiddenSize: number;
}

/**
 * Embeddings with their learned positions added. Two segments that both start at position 0 get the same vectors, and
 * beyond the trained table there is nothing to add.
 * @param embeddings (tokens, hiddenSize), left as they are
 * @param positions (tokens)
 * @throws EngineInputError for a position the table does not have
 */
export function addLearnedPositions(
  embeddings: FloatArray,
  learned: LearnedPositions,
  positions: ArrayLike<number>,
): FloatArray {
  const { table, contextWindowTokens, hiddenSize } = learned;
  requireShape('table', table, { contextWindowTokens, hiddenSize });
  requireShape('embeddings', embeddings, { tokens: positions.length, hiddenSize });
  const sum = zerosLike(embeddings, embeddings.length);
  for (let idx = 0; idx < positions.length; idx++) {
    const position = positions[idx];
    requireNonNegativeInteger('positions', position);
    if (position >= contextWindowTokens) {
      throw new EngineInputError(
        `positions must be below contextWindowTokens ${contextWindowTokens}: the table has no row ${position}`,
      );
    }
    for (let dim = 0; dim < hiddenSize; dim++) {
      const at = idx * hiddenSize + dim;
      sum[at] = embeddings[at] + table[position * hiddenSize + dim];
    }
  }
  return sum;
}
