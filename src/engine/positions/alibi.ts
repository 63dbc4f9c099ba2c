import { requirePositiveInteger } from '../errors.ts';
import type { ScoreBias } from '../attention/shape.ts';

/**
 * ALiBi's slopes (Press et al. 2022, section 3, and the authors' code for head counts that are no power of two): 2^(-8/H),
 * 2^(-16/H), ... for the largest power of two in numHeads, then every other slope of twice as many heads.
 * @returns (numHeads)
 */
export function alibiSlopes(numHeads: number): Float64Array {
  requirePositiveInteger('numHeads', numHeads);
  const power = 2 ** Math.floor(Math.log2(numHeads));
  return Float64Array.from({ length: numHeads }, (_, headIdx) =>
    headIdx < power
      ? 2 ** ((-8 * (headIdx + 1)) / power)
      : 2 ** ((-4 * (2 * (headIdx - power) + 1)) / power),
  );
}

/** The bias -slope (qIdx - kvIdx) on every score, for `scoreBias`. Distances only: nothing is added to the embedding. */
export function alibiBias(numHeads: number): ScoreBias {
  const slopes = alibiSlopes(numHeads);
  return (headIdx, qIdx, kvIdx) => -slopes[headIdx] * (qIdx - kvIdx);
}
