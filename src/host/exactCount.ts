/** The room that has texts counted by models themselves: a bundle of its own, for its search for secrets is large. */
export { openExactCount } from './exactCount/openExactCount.ts';
export type { ExactCount, ExactCountOptions } from './exactCount/openExactCount.ts';
