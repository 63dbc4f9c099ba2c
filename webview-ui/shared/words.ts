import { formatCount, formatTokens } from '../../src/core/format/numbers.ts';
import { wordsBy } from '../../src/core/format/words.ts';
import type { TokenCount } from '../../src/core/tokens/tokenCounter.ts';
import { t } from './l10n.ts';

export const {
  verdictText,
  fileCountText,
  usdIntervalText,
  freeText,
  leftOutReasonText,
  strategyName,
} = wordsBy(t);

/** "12,345", or "11K – 17K" where the count is an interval: an estimate has no seven digits. One number where both ends read the same. */
export function countText(count: TokenCount): string {
  if (count.lowTokens === count.highTokens) return formatCount(count.tokens);
  const [low, high] = [formatTokens(count.lowTokens), formatTokens(count.highTokens)];
  return low === high ? low : `${low} – ${high}`;
}
