import * as vscode from 'vscode';
import {
  formatBytes,
  formatCount,
  formatPercent,
  formatTokens,
  formatUsd,
} from '../core/format/numbers.ts';
import type { Verdict } from '../core/budget/budget.ts';
import type { LeftOutReason } from '../core/files/scanReport.ts';
import type { UsdInterval } from '../core/weigh/weighed.ts';

export const tokensText = formatCount;
export const shortTokensText = formatTokens;
export const bytesText = formatBytes;
export const usdText = formatUsd;

/** A part of a whole: "34%", and "0%" of nothing. */
export function percentText(part: number, of: number): string {
  return formatPercent(of > 0 ? (100 * part) / of : 0);
}

export function fileCountText(count: number): string {
  return count === 1
    ? vscode.l10n.t('{0} file', formatCount(count))
    : vscode.l10n.t('{0} files', formatCount(count));
}

export function tokenCountText(tokens: number): string {
  return tokens === 1
    ? vscode.l10n.t('{0} token', formatCount(tokens))
    : vscode.l10n.t('{0} tokens', formatCount(tokens));
}

/** One amount, or from-to where the low and the high end differ as written; "unknown" without a price. */
export function usdIntervalText(interval: UsdInterval | undefined): string {
  if (interval === undefined) return vscode.l10n.t('price unknown');
  const low = usdText(interval.lowUsd);
  const high = usdText(interval.highUsd);
  return low === high ? low : `${low} – ${high}`;
}

export function verdictText(verdict: Verdict): string {
  switch (verdict) {
    case 'fits':
      return vscode.l10n.t('Fits');
    case 'uncertain':
      return vscode.l10n.t('Uncertain');
    case 'doesNotFit':
      return vscode.l10n.t('Does not fit');
    case 'unknown':
      return vscode.l10n.t('Unknown');
  }
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

/** By how much something fits or does not: "72,000 free", "3,100 over"; of an estimate "71K – 73K free", "1.2K over to 400 free". */
export function freeText(
  free: { readonly low: number; readonly high: number } | undefined,
): string {
  if (free === undefined) return vscode.l10n.t('window unknown');
  const format = free.low === free.high ? tokensText : shortTokensText;
  const [low, high] = [format(Math.abs(free.low)), format(Math.abs(free.high))];
  if (free.low >= 0) {
    return low === high
      ? vscode.l10n.t('{0} free', low)
      : vscode.l10n.t('{0} – {1} free', low, high);
  }
  if (free.high < 0) {
    return low === high
      ? vscode.l10n.t('{0} over', low)
      : vscode.l10n.t('{0} – {1} over', high, low);
  }
  return vscode.l10n.t('{0} over to {1} free', low, high);
}

/** The end of the interval that can be relied on, for where there is no room: "≥ 970K free", "≥ 3.1K over". */
export function shortFreeText(
  free: { readonly low: number; readonly high: number } | undefined,
): string {
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

export function leftOutReasonText(reason: LeftOutReason): string {
  switch (reason) {
    case 'ignored':
      return vscode.l10n.t('Ignored by .gitignore or .ignore');
    case 'excludedBySetting':
      return vscode.l10n.t('Excluded by a setting');
    case 'excludedByUser':
      return vscode.l10n.t('Excluded by you or .contextbudgetignore');
    case 'dependencies':
      return vscode.l10n.t('Installed dependencies');
    case 'versionControl':
      return vscode.l10n.t('Version control');
    case 'lockFile':
      return vscode.l10n.t('Lock files');
    case 'minified':
      return vscode.l10n.t('Minified');
    case 'sourceMap':
      return vscode.l10n.t('Source maps');
    case 'image':
      return vscode.l10n.t('Images');
    case 'binary':
      return vscode.l10n.t('Binary files');
    case 'tooLarge':
      return vscode.l10n.t('Too large');
    case 'notebookOutput':
      return vscode.l10n.t('Outputs of notebooks');
    case 'symbolicLink':
      return vscode.l10n.t('Links, counted where they point to');
    case 'notAFile':
      return vscode.l10n.t('Pipes, sockets and devices');
  }
}
