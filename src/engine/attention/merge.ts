import { requireShape, type FloatArray } from '../tensor.ts';
import type { AttentionResult } from './shape.ts';

/** Attention over a growing set of keys, kept in double precision. Starts as attention to nothing. */
export interface PartialAttention {
  readonly rows: number;
  readonly valueDim: number;
  /** (rows, valueDim) and (rows), a row per head and query. */
  readonly output: Float64Array;
  readonly logSumExp: Float64Array;
}

export function emptyPartial(rows: number, valueDim: number): PartialAttention {
  return {
    rows,
    valueDim,
    output: new Float64Array(rows * valueDim),
    logSumExp: new Float64Array(rows).fill(-Infinity),
  };
}

/**
 * Joins attention over other keys into `into`: both outputs weighted by exp(logSumExp), as if one softmax had run over all
 * the keys (Liu et al. 2023, ring attention, section 3; FlashAttention's rescaling between devices).
 * @param part of the same rows; row r of it joins row `rowOf(r)`
 */
export function mergePartial(
  into: PartialAttention,
  part: AttentionResult,
  rowOf: (row: number) => number = (row) => row,
): void {
  const { valueDim } = into;
  requireShape('part.output', part.output, { rows: part.logSumExp.length, valueDim });
  for (let row = 0; row < part.logSumExp.length; row++) {
    const target = rowOf(row);
    const [a, b] = [into.logSumExp[target], part.logSumExp[row]];
    if (b === -Infinity) continue;
    const largest = a > b || Number.isNaN(a) ? a : b;
    const weightA = a === -Infinity ? 0 : Math.exp(a - largest);
    const weightB = Math.exp(b - largest);
    const total = weightA + weightB;
    into.logSumExp[target] = largest + Math.log(total);
    for (let dim = 0; dim < valueDim; dim++) {
      const at = target * valueDim + dim;
      const before = weightA === 0 ? 0 : weightA * into.output[at];
      into.output[at] = (before + weightB * part.output[row * valueDim + dim]) / total;
    }
  }
}

/**
 * The learned sink logit of gpt-oss, joined once all keys are in: a value of zero with a score of its own.
 * @param rowsPerHead queries of each head
 */
export function joinSinkLogits(
  into: PartialAttention,
  sinkLogits: FloatArray,
  rowsPerHead: number,
): void {
  requireShape('sinkLogits', sinkLogits, { numHeads: into.rows / rowsPerHead });
  mergePartial(into, {
    output: new Float64Array(into.rows * into.valueDim),
    logSumExp: Float64Array.from(
      { length: into.rows },
      (_, row) => sinkLogits[Math.floor(row / rowsPerHead)],
    ),
  });
}
