import type { Verdict } from '../../src/core/budget/budget.ts';
import { formatCount, formatTokens, formatUsd } from '../../src/core/format/numbers.ts';
import type { TokenCount } from '../../src/core/tokens/tokenCounter.ts';
import type { UsdInterval } from '../../src/core/weigh/weighed.ts';
import { t } from './l10n.ts';

export function verdictText(verdict: Verdict): string {
  switch (verdict) {
    case 'fits':
      return t('Fits');
    case 'uncertain':
      return t('Uncertain');
    case 'doesNotFit':
      return t('Does not fit');
    case 'unknown':
      return t('Unknown');
  }
}

export function fileCountText(count: number): string {
  return count === 1 ? t('{0} file', formatCount(count)) : t('{0} files', formatCount(count));
}

/** "12,345", or "11K – 17K" where the count is an interval: an estimate has no seven digits. */
export function countText(count: TokenCount): string {
  if (count.lowTokens === count.highTokens) return formatCount(count.tokens);
  return `${formatTokens(count.lowTokens)} – ${formatTokens(count.highTokens)}`;
}

export function usdIntervalText(interval: UsdInterval | undefined): string {
  if (interval === undefined) return t('price unknown');
  const low = formatUsd(interval.lowUsd);
  const high = formatUsd(interval.highUsd);
  return low === high ? low : `${low} – ${high}`;
}

/** By how much: "72,000 free", "3,100 over"; of an estimate "71K – 73K free", "1.2K over to 400 free". */
export function freeText(
  free: { readonly low: number; readonly high: number } | undefined,
): string {
  if (free === undefined) return t('window unknown');
  const { low, high } = free;
  if (low >= 0) {
    return low === high
      ? t('{0} free', formatCount(low))
      : t('{0} – {1} free', formatTokens(low), formatTokens(high));
  }
  if (high < 0) {
    return low === high
      ? t('{0} over', formatCount(-low))
      : t('{0} – {1} over', formatTokens(-high), formatTokens(-low));
  }
  return t('{0} over to {1} free', formatTokens(-low), formatTokens(high));
}
