import { type TemplateResult } from 'lit';
import type { FitModel, FitRow, StrategyFit } from '../../../src/core/dashboard/fit.ts';
import type { StrategyLatency } from '../../../src/core/dashboard/fitLatency.ts';
import { countReason, factReason, shareReason } from '../../../src/core/dashboard/fitReasons.ts';
import type { FitStrategy } from '../../../src/core/dashboard/strategyArithmetic.ts';
import { strategyCostReason } from '../../../src/core/dashboard/strategyCost.ts';
import { callsReason, seenReason } from '../../../src/core/dashboard/strategyReasons.ts';
import { unknown } from '../../../src/core/estimates/explained.ts';
import type { Explained } from '../../../src/core/estimates/explained.ts';
import {
  formatCount,
  formatPercent,
  formatSeconds,
  formatTokens,
  formatUsd,
} from '../../../src/core/format/numbers.ts';
import { formatShare } from '../../../src/core/format/shares.ts';
import { t } from '../../shared/l10n.ts';
import { countText, usdIntervalText } from '../../shared/words.ts';
import { strategyText } from '../words.ts';
import { why, type Why } from '../why.ts';

/** The numbers of a model in the matrix and in the comparison, each with its reasons. */

function inTable(reason: Why, text: string, label: string): TemplateResult {
  return why(reason, { text, label, isInTable: true });
}

export function windowNumber({ model }: FitRow): TemplateResult {
  const { contextWindowTokens: fact, name } = model;
  return inTable(
    () => factReason('contextWindowTokens', fact, 'tokens', name),
    fact === undefined ? t('unknown') : formatTokens(fact.value),
    t('Window of {0}', name),
  );
}

export function longestAnswerNumber({ model }: FitRow): TemplateResult {
  const { maxOutputTokens: fact, name } = model;
  return inTable(
    () => factReason('maxOutputTokens', fact, 'tokens', name),
    fact === undefined ? t('unknown') : formatTokens(fact.value),
    t('Longest answer of {0}', name),
  );
}

export function tokensNumber({ model, count }: FitRow, { subject }: FitModel): TemplateResult {
  return inTable(
    () => countReason(count, subject),
    countText(count),
    t('Tokens for {0}', model.name),
  );
}

export function shareNumber({ model, budget, fit, count }: FitRow): TemplateResult {
  return inTable(
    () => shareReason(model, budget, fit, count),
    fit.sharePercent === undefined ? t('unknown') : formatShare(fit.sharePercent),
    t('Share of what {0} takes', model.name),
  );
}

type PriceName = 'input' | 'cachedInput' | 'output';

export function priceNumber({ model, prices }: FitRow, name: PriceName): TemplateResult {
  const value = prices?.[`${name}UsdPerMillionTokens`];
  const listed = model.prices;
  const reason = (): Explained =>
    listed === undefined || value === undefined
      ? unknown(`${name}Usd`, 'usd', `no such price of ${model.name} is listed`)
      : factReason(`${name}UsdPerMillionTokens`, { ...listed, value, disagreements: [] }, 'usd', model.name); // prettier-ignore
  return inTable(
    reason,
    value === undefined ? t('unknown') : t('{0} a million', formatUsd(value)),
    t('Price of {0}', model.name),
  );
}

/** "in 3 calls", "in 3 – 5 calls"; nothing for one. */
function callsText({ low, likely, high }: StrategyFit): string {
  const [least, most] = [low?.calls ?? likely?.calls, high?.calls ?? likely?.calls];
  if (least === undefined || most === undefined || most === 1) return '';
  return least === most
    ? t('in {0} calls', formatCount(most))
    : t('in {0} – {1} calls', formatCount(least), formatCount(most));
}

function labelOf(what: string, { strategy }: StrategyFit, { model }: FitRow): string {
  return t('{0}, {1}, {2}', what, strategyText(strategy), model.name);
}

export function callsNumber(fit: StrategyFit, row: FitRow): TemplateResult | '' {
  const { strategy, limits } = fit;
  const text = callsText(fit);
  if (text === '' || limits === undefined) return '';
  const reason = () => callsReason(strategy, row.count, fit, limits);
  return inTable(reason, text, labelOf(t('Calls'), fit, row));
}

export function costNumber(fit: StrategyFit, row: FitRow, { at }: FitModel): TemplateResult {
  const { model, count } = row;
  return inTable(
    () => strategyCostReason(fit, fit.cost, model, at, count.basis),
    usdIntervalText(fit.cost),
    labelOf(t('Cost'), fit, row),
  );
}

export function latencyNumber(
  fit: StrategyFit,
  row: FitRow,
  latency: StrategyLatency,
): TemplateResult {
  return inTable(latency.reason, latencyText(latency), labelOf(t('Latency'), fit, row));
}

function latencyText({ seconds, gpus }: StrategyLatency): string {
  if (seconds === undefined) return t('latency unknown');
  const text = formatSeconds(seconds);
  return gpus === undefined || gpus === 1
    ? `≈ ${text}`
    : t('≈ {0} on {1} cards', text, formatCount(gpus));
}

/** What the strategy does not see; nothing is said where it sees all at once. */
export function seenNumber(fit: StrategyFit, row: FitRow): TemplateResult | '' {
  const { strategy, likely, limits } = fit;
  if (likely === undefined || limits === undefined || likely.seenAtOnce === 1) return '';
  return inTable(
    () => seenReason(strategy, row.count, fit, limits),
    seenText(strategy, likely.seenAtOnce),
    labelOf(t('Seen at once'), fit, row),
  );
}

function seenText(strategy: FitStrategy, seenAtOnce: number): string {
  const share = formatPercent(100 * seenAtOnce);
  return strategy === 'rag' ? t('sees {0}', share) : t('sees {0} at once', share);
}
