import type { Verdict } from '../budget/budget.ts';
import type { LeftOutReason } from '../files/scanReport.ts';
import type { StrategyId } from '../plans/plan.ts';
import type { UsdInterval } from '../weigh/weighed.ts';
import { formatCount, formatTokens, formatUsd } from './numbers.ts';

/** A text in the display language, with `{0}`, `{1}` ... filled in: `vscode.l10n.t` of the extension host, `t` of the pages. */
export type Translate = (message: string, ...values: (string | number)[]) => string;

/** What is free on the way to a limit (positive) or over it (negative), at the low and at the high end of a count. */
export interface FreeTokens {
  readonly low: number;
  readonly high: number;
}

/** The words that views of the host and pages share, in the language of whoever translates. */
export function wordsBy(t: Translate) {
  return {
    verdictText: (verdict: Verdict): string => {
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
    },

    fileCountText: (count: number): string =>
      count === 1 ? t('{0} file', formatCount(count)) : t('{0} files', formatCount(count)),

    /** One amount, or from-to where the low and the high end differ as written; "price unknown" without one. */
    usdIntervalText: (interval: UsdInterval | undefined): string => {
      if (interval === undefined) return t('price unknown');
      const [low, high] = [formatUsd(interval.lowUsd), formatUsd(interval.highUsd)];
      return low === high ? low : `${low} – ${high}`;
    },

    /** By how much something fits or does not: "72,000 free", "3,100 over"; of an estimate "71K – 73K free", "1.2K over to 400 free". */
    freeText: (free: FreeTokens | undefined): string => {
      if (free === undefined) return t('window unknown');
      const format = free.low === free.high ? formatCount : formatTokens;
      const [low, high] = [format(Math.abs(free.low)), format(Math.abs(free.high))];
      if (free.low >= 0) {
        return low === high ? t('{0} free', low) : t('{0} – {1} free', low, high);
      }
      if (free.high < 0) {
        return low === high ? t('{0} over', low) : t('{0} – {1} over', high, low);
      }
      return t('{0} over to {1} free', low, high);
    },

    leftOutReasonText: (reason: LeftOutReason): string => {
      switch (reason) {
        case 'ignored':
          return t('Ignored by .gitignore or .ignore');
        case 'excludedBySetting':
          return t('Excluded by a setting');
        case 'excludedByUser':
          return t('Excluded by you or .contextbudgetignore');
        case 'dependencies':
          return t('Installed dependencies');
        case 'versionControl':
          return t('Version control');
        case 'lockFile':
          return t('Lock files');
        case 'minified':
          return t('Minified');
        case 'sourceMap':
          return t('Source maps');
        case 'image':
          return t('Images');
        case 'binary':
          return t('Binary files');
        case 'tooLarge':
          return t('Too large');
        case 'notebookOutput':
          return t('Outputs of notebooks');
        case 'symbolicLink':
          return t('Links, counted where they point to');
        case 'notAFile':
          return t('Pipes, sockets and devices');
      }
    },

    strategyName: (strategy: StrategyId): string => {
      switch (strategy) {
        case 'full':
          return t('Full context');
        case 'slidingWindow':
          return t('Sliding window');
        case 'rag':
          return t('RAG');
        case 'mapReduce':
          return t('Chunked: map-reduce');
        case 'refine':
          return t('Chunked: refine');
        case 'retrievalIntoWindow':
          return t('Retrieval into a filled window');
        case 'truncate':
          return t('Truncate by priority');
        case 'summariseThenAsk':
          return t('Summarise, then ask');
      }
    },
  };
}
