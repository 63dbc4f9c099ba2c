import { html, nothing, type TemplateResult } from 'lit';
import type { FitModel, FitRow } from '../../../src/core/dashboard/fit.ts';
import type { FitStrategy } from '../../../src/core/dashboard/strategyArithmetic.ts';
import { verdictIcon } from '../../shared/verdictIcon.ts';
import { verdictText } from '../../shared/words.ts';
import { callsNumber, costNumber, latencyNumber, seenNumber } from './fitNumbers.ts';

/** What a strategy means for a model: verdict, calls, cost, latency and what is not seen, a line each. */
export function strategyCell(
  strategy: FitStrategy,
  row: FitRow,
  model: FitModel,
): TemplateResult | typeof nothing {
  const fit = row.strategies[strategy];
  const verdict = html`<span class="line"
    >${verdictIcon(fit.verdict)} ${verdictText(fit.verdict)} ${callsNumber(fit, row)}</span
  >`;
  if (fit.likely === undefined) return verdict;
  const seen = seenNumber(fit, row);
  return html`${verdict}<span class="line quiet">${costNumber(fit, row, model)}</span>
    <span class="line quiet">${latencyNumber(fit, row, model.latencyOf(row, strategy))}</span>
    ${seen === '' ? nothing : html`<span class="line quiet">${seen}</span>`}`;
}
