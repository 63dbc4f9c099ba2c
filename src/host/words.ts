import * as vscode from 'vscode';
import type { Verdict } from '../core/budget/budget.ts';
import type { LeftOutReason } from '../core/files/scanReport.ts';
import type { UsdInterval } from '../protocol/budgetMessages.ts';

const language = vscode.env.language;
const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(language, { notation: 'compact', maximumSignificantDigits: 3 });
const plural = new Intl.PluralRules(language);
const bytesOf = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 });

/** A whole number with the language's separators: "12,345". */
export function tokensText(tokens: number): string {
  return whole.format(tokens);
}

/** For where there is little room: "12.3K". */
export function shortTokensText(tokens: number): string {
  return tokens < 1000 ? whole.format(tokens) : short.format(tokens);
}

export function fileCountText(count: number): string {
  return plural.select(count) === 'one'
    ? vscode.l10n.t('{0} file', whole.format(count))
    : vscode.l10n.t('{0} files', whole.format(count));
}

export function tokenCountText(tokens: number): string {
  return plural.select(tokens) === 'one'
    ? vscode.l10n.t('{0} token', whole.format(tokens))
    : vscode.l10n.t('{0} tokens', whole.format(tokens));
}

/** Bytes in binary units, with their binary names: "1.5 MiB". */
export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let amount = bytes;
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${unit === 0 ? whole.format(amount) : bytesOf.format(amount)} ${units[unit]}`;
}

/** A part of a whole: "34%", "0.4%", and "<0.1%" for what is there but hardly. */
export function percentText(part: number, of: number): string {
  if (of <= 0 || part <= 0) return `0%`;
  const percent = (100 * part) / of;
  if (percent < 0.1) return '<0.1%';
  return `${percent < 10 ? percent.toFixed(1).replace(/\.0$/, '') : Math.round(percent)}%`;
}

/** An amount of USD, to the cent from one dollar up and to three digits below: "$0.0123"; "free" for none. */
export function usdText(usd: number): string {
  if (usd === 0) return vscode.l10n.t('free');
  const style = { style: 'currency', currency: 'USD' } as const;
  const format =
    usd >= 1
      ? new Intl.NumberFormat(language, { ...style, maximumFractionDigits: 2 })
      : new Intl.NumberFormat(language, { ...style, maximumSignificantDigits: 2 });
  return format.format(usd);
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

/** By how much something fits or does not: "72,000 free", "3,100 over", "1,200 over to 400 free". */
export function freeText(free: { readonly low: number; readonly high: number } | undefined): string {
  if (free === undefined) return vscode.l10n.t('window unknown');
  if (free.low >= 0) {
    return free.low === free.high
      ? vscode.l10n.t('{0} free', tokensText(free.low))
      : vscode.l10n.t('{0} – {1} free', tokensText(free.low), tokensText(free.high));
  }
  if (free.high < 0) {
    return free.low === free.high
      ? vscode.l10n.t('{0} over', tokensText(-free.low))
      : vscode.l10n.t('{0} – {1} over', tokensText(-free.high), tokensText(-free.low));
  }
  return vscode.l10n.t('{0} over to {1} free', tokensText(-free.low), tokensText(free.high));
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
