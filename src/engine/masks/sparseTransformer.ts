import { causal } from './causal.ts';
import { and, or } from './compose.ts';
import { createMask, type Mask } from './mask.ts';
import { chunkedLocal, slidingWindow } from './window.ts';
import { requireInRange, requirePositiveInteger } from '../errors.ts';

/**
 * The last `stride` tokens and every stride-th one before (Child et al. 2019, section 4.2, "strided"). With stride near
 * the square root of n a row costs about 2 sqrt(n) cells, so the whole O(n sqrt(n)).
 */
export function stridedSparse(stride: number): Mask {
  requirePositiveInteger('stride', stride);
  const column = createMask(
    (qIdx, kvIdx) => (qIdx - kvIdx) % stride === 0,
    ({ queryStart, queryEnd, keyStart, keyEnd }) => {
      if (stride === 1) return 'full';
      // Distances run from nearest to farthest; without a multiple of the stride among them the tile is empty.
      const nearest = queryStart - (keyEnd - 1);
      const farthest = queryEnd - 1 - keyStart;
      return Math.floor(farthest / stride) * stride < nearest ? 'empty' : 'mixed';
    },
  );
  return and(causal, or(slidingWindow(stride), column));
}

/**
 * The token's own block and the last `summaryTokens` columns of every earlier block (Child et al. 2019, section 4.2,
 * "fixed", where the paper calls them l and c).
 */
export function fixedSparse(blockTokens: number, summaryTokens: number): Mask {
  requirePositiveInteger('blockTokens', blockTokens);
  requirePositiveInteger('summaryTokens', summaryTokens);
  requireInRange('summaryTokens', summaryTokens, 1, blockTokens);
  const firstSummary = blockTokens - summaryTokens;
  const summary = createMask(
    (_, kvIdx) => kvIdx % blockTokens >= firstSummary,
    ({ keyStart, keyEnd }) => {
      const offset = keyStart % blockTokens;
      const end = offset + keyEnd - keyStart;
      if (offset >= firstSummary) return end <= blockTokens ? 'full' : 'mixed';
      return end <= firstSummary ? 'empty' : 'mixed';
    },
  );
  return and(causal, or(chunkedLocal(blockTokens), summary));
}
