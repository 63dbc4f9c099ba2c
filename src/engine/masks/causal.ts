import { intervalMask, type Mask } from './mask.ts';
import { requireNonNegativeInteger } from '../errors.ts';

/** A token attends to itself and to what came before: kvIdx <= qIdx (Vaswani et al. 2017, section 3.2.3). */
export const causal: Mask = intervalMask(
  () => 0,
  (qIdx) => qIdx + 1,
);

/**
 * The prompt sees all of itself, what follows is causal (Raffel et al. 2020, figure 4, "prefix LM").
 * @param prefixTokens length of the prompt
 */
export function prefixLm(prefixTokens: number): Mask {
  requireNonNegativeInteger('prefixTokens', prefixTokens);
  return intervalMask(
    () => 0,
    (qIdx) => Math.max(qIdx + 1, prefixTokens),
  );
}
