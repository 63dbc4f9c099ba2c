import * as vscode from 'vscode';
import {
  formatBytes,
  formatCount,
  formatPercent,
  formatTokens,
  formatUsd,
} from '../core/format/numbers.ts';
import type { Verdict } from '../core/budget/budget.ts';
import { wordsBy, type FreeTokens } from '../core/format/words.ts';
import type { UsdInterval } from '../core/weigh/weighed.ts';

export const {
  verdictText,
  fileCountText,
  usdIntervalText,
  freeText,
  leftOutReasonText,
  strategyName,
} = wordsBy((message, ...values) => vscode.l10n.t(message, ...values));

export const tokensText = formatCount;
export const shortTokensText = formatTokens;
export const bytesText = formatBytes;
export const usdText = formatUsd;

/** A part of a whole: "34%", and "0%" of nothing. */
export function percentText(part: number, of: number): string {
  return formatPercent(of > 0 ? (100 * part) / of : 0);
}

export function tokenCountText(tokens: number): string {
  return tokens === 1
    ? vscode.l10n.t('{0} token', formatCount(tokens))
    : vscode.l10n.t('{0} tokens', formatCount(tokens));
}

export const verdictIcons: Readonly<Record<Verdict, string>> = {
  fits: 'pass',
  uncertain: 'question',
  doesNotFit: 'error',
  unknown: 'dash',
};

/** "128K window". */
export function windowText(contextWindowTokens: number | undefined): string {
  return contextWindowTokens === undefined
    ? vscode.l10n.t('window unknown')
    : vscode.l10n.t('{0} window', shortTokensText(contextWindowTokens));
}

/** The end of the interval that can be relied on, for where there is no room: "≥ 970K free", "≥ 3.1K over". */
export function shortFreeText(free: FreeTokens | undefined): string {
  if (free === undefined || (free.low < 0 && free.high >= 0)) {
    return freeText(free);
  }
  const text =
    free.low >= 0
      ? vscode.l10n.t('{0} free', shortTokensText(free.low))
      : vscode.l10n.t('{0} over', shortTokensText(-free.high));
  return free.low === free.high ? text : `≥ ${text}`;
}

/** The most that it may cost, for where there is no room: "≤ $0.014"; "$0.014" where that is what it costs. */
export function shortUsdText(interval: UsdInterval | undefined): string {
  if (interval === undefined) return vscode.l10n.t('price unknown');
  const high = usdText(interval.highUsd);
  return usdText(interval.lowUsd) === high ? high : `≤ ${high}`;
}
