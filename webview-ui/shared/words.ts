import type { Verdict } from '../../src/core/budget/budget.ts';
import { quantityFormat } from '../../src/core/format/quantityFormat.ts';
import type { TokenCount } from '../../src/core/tokens/tokenCounter.ts';
import type { UsdInterval } from '../../src/core/weigh/weighed.ts';
import { t } from './l10n.ts';

export const format = quantityFormat(document.documentElement.lang || 'en');

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
  return format.isOne(count)
    ? t('{0} file', format.whole(count))
    : t('{0} files', format.whole(count));
}

/** "12,345", or "11,000 – 17,000" where the count is an interval. */
export function countText(count: TokenCount): string {
  if (count.lowTokens === count.highTokens) return format.whole(count.tokens);
  return `${format.whole(count.lowTokens)} – ${format.whole(count.highTokens)}`;
}

export function usdIntervalText(interval: UsdInterval | undefined): string {
  if (interval === undefined) return t('price unknown');
  const low = format.usd(interval.lowUsd);
  const high = format.usd(interval.highUsd);
  return low === high ? low : `${low} – ${high}`;
}

/** By how much: "72,000 free", "3,100 over", "1,200 over to 400 free". */
export function freeText(
  free: { readonly low: number; readonly high: number } | undefined,
): string {
  if (free === undefined) return t('window unknown');
  const { low, high } = free;
  if (low >= 0) {
    return low === high
      ? t('{0} free', format.whole(low))
      : t('{0} – {1} free', format.whole(low), format.whole(high));
  }
  if (high < 0) {
    return low === high
      ? t('{0} over', format.whole(-low))
      : t('{0} – {1} over', format.whole(-high), format.whole(-low));
  }
  return t('{0} over to {1} free', format.whole(-low), format.whole(high));
}
