import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import {
  maxPinned,
  pageSize,
  strategyOf,
  type FitModel,
  type FitRow,
  type FitSort,
  type StrategyFit,
} from '../../../src/core/dashboard/fit.ts';
import { fitStrategies, type FitStrategy } from '../../../src/core/dashboard/strategyArithmetic.ts';
import type { StrategyLatency } from '../../../src/core/dashboard/fitLatency.ts';
import {
  formatCount,
  formatPercent,
  formatSeconds,
  formatTokens,
} from '../../../src/core/format/numbers.ts';
import { t } from '../../shared/l10n.ts';
import { verdictIcon } from '../../shared/verdictIcon.ts';
import { countText, usdIntervalText, verdictText } from '../../shared/words.ts';
import { pagerView } from '../fields.ts';
import { strategyText } from '../words.ts';
import type { SetKnobs } from './filtersView.ts';
import { sortText } from './filtersView.ts';

export interface MatrixActions {
  readonly set: SetKnobs;
  readonly choose: (modelId: string) => void;
}

/** Models down, strategies across: verdict, calls, cost, latency and what is not seen, of each. */
export function matrixView(model: FitModel, actions: MatrixActions): TemplateResult {
  const { rows, knobs } = model;
  const pages = Math.ceil(rows.length / pageSize);
  const page = Math.max(0, Math.min(Math.floor(knobs.page), pages - 1));
  const shown = rows.slice(page * pageSize, (page + 1) * pageSize);
  return html`<table class="matrix cards">
      <caption class="hidden">
        ${t('Models and strategies')}
      </caption>
      <thead>
        <tr>
          <th scope="col"><span class="hidden">${t('Compare')}</span></th>
          ${sortHeader('name', model, actions)} ${sortHeader('window', model, actions)}
          ${sortHeader('tokens', model, actions)}
          ${fitStrategies.map((strategy) => strategyHeader(strategy, model, actions))}
        </tr>
      </thead>
      <tbody>
        ${shown.map((row) => rowView(row, model, actions))}
      </tbody>
    </table>
    ${rows.length === 0 ? html`<p class="quiet">${t('No model passes these filters.')}</p>` : nothing}
    ${pagerView({
      page,
      pages,
      label: t('Pages of the models'),
      change: (next) => actions.set({ page: next }),
    })}`;
}

function ariaSort(isSorted: boolean, descending: boolean) {
  return !isSorted ? nothing : descending ? 'descending' : 'ascending';
}

function sortHeader(sort: FitSort, { knobs }: FitModel, { set }: MatrixActions): TemplateResult {
  const isSorted = knobs.sortBy === sort;
  return html`<th
    scope="col"
    class=${sort === 'name' ? '' : 'number'}
    aria-sort=${ariaSort(isSorted, knobs.descending)}
  >
    <button
      class="link"
      @click=${() => set({ sortBy: sort, descending: isSorted && !knobs.descending, page: 0 })}
    >
      ${sort === 'name' ? t('Model') : sortText(sort)}${isSorted ? arrow(knobs.descending) : nothing}
    </button>
  </th>`;
}

function strategyHeader(
  strategy: FitStrategy,
  { knobs }: FitModel,
  { set }: MatrixActions,
): TemplateResult {
  const isSorted = knobs.sortBy === 'cost' && strategyOf(knobs) === strategy;
  return html`<th scope="col" aria-sort=${ariaSort(isSorted, knobs.descending)}>
    <button
      class="link"
      title=${t('Sort by the cost of this strategy')}
      @click=${() =>
        set({ sortBy: 'cost', strategy, descending: isSorted && !knobs.descending, page: 0 })}
    >
      ${strategyText(strategy)}${isSorted ? arrow(knobs.descending) : nothing}
    </button>
  </th>`;
}

function arrow(descending: boolean): TemplateResult {
  return html`<span aria-hidden="true">${descending ? ' ↓' : ' ↑'}</span>`;
}

function rowView(row: FitRow, model: FitModel, { set, choose }: MatrixActions): TemplateResult {
  const { pinned } = model.knobs;
  const { id, name, maker, contextWindowTokens } = row.model;
  const isPinned = pinned.includes(id);
  const share = row.fit.sharePercent;
  return html`<tr data-model=${id} class=${model.chosen?.model === row.model ? 'chosen' : ''}>
    <td>
      <input
        type="checkbox"
        aria-label=${t('Compare {0}', name)}
        title=${t('Compare')}
        .checked=${live(isPinned)}
        ?disabled=${!isPinned && pinned.length >= maxPinned}
        @change=${() =>
          set({ pinned: isPinned ? pinned.filter((one) => one !== id) : [...pinned, id] })}
      />
    </td>
    <th scope="row">
      <button class="link" title=${t('Show this model')} @click=${() => choose(id)}>${name}</button>
      <span class="quiet maker">${maker}</span>
    </th>
    <td class="number" data-label=${t('Window')} title=${sourceText(contextWindowTokens)}>
      ${contextWindowTokens === undefined ? t('unknown') : formatTokens(contextWindowTokens.value)}
    </td>
    <td class="number" data-label=${t('Tokens')} title=${row.count.basis}>
      ${countText(row.count)}
      ${share === undefined ? nothing : html`<span class="quiet line">${formatPercent(share)}</span>`}
    </td>
    ${fitStrategies.map((strategy) => strategyCell(row.strategies[strategy], model.latencyOf(row, strategy)))}
  </tr>`;
}

function sourceText(fact: { readonly source: string; readonly asOf: string } | undefined): string {
  return fact === undefined ? '' : `${fact.source}, ${fact.asOf}`;
}

function strategyCell(fit: StrategyFit, latency: StrategyLatency): TemplateResult {
  const { strategy, verdict, likely } = fit;
  return html`<td
    data-strategy=${strategy}
    data-verdict=${verdict}
    data-label=${strategyText(strategy)}
  >
    <span class="line">${verdictIcon(verdict)} ${verdictText(verdict)}${callsText(fit)}</span>
    ${
      likely === undefined
        ? nothing
        : html`<span class="line quiet">${usdIntervalText(fit.cost)}</span>
            <span class="line quiet" title=${latencyTitle(latency)}>${latencyText(latency)}</span>
            ${lossView(fit)}`
    }
  </td>`;
}

/** "in 3 calls", "in 3 – 5 calls"; nothing for one. */
export function callsText({ low, likely, high }: StrategyFit): string {
  const [least, most] = [low?.calls ?? likely?.calls, high?.calls ?? likely?.calls];
  if (least === undefined || most === undefined || most === 1) return '';
  return least === most
    ? ` ${t('in {0} calls', formatCount(most))}`
    : ` ${t('in {0} – {1} calls', formatCount(least), formatCount(most))}`;
}

export function latencyText({ total, gpus }: StrategyLatency): string {
  if (total.value === undefined) return t('latency unknown');
  const seconds = formatSeconds(total.value);
  return gpus === undefined || gpus === 1
    ? `≈ ${seconds}`
    : t('≈ {0} on {1} cards', seconds, formatCount(gpus));
}

function latencyTitle({ total }: StrategyLatency): string {
  if (total.value === undefined) return total.unknownBecause ?? '';
  const { band, formula, assumptions } = total;
  const range =
    band === undefined
      ? ''
      : `${formatSeconds(band.low)} – ${formatSeconds(band.high)} (${band.basis}). `;
  return `${range}${formula}. ${assumptions.join('; ')}`;
}

/** What the strategy does not see; nothing is said where it sees all at once. */
function lossView({ strategy, likely }: StrategyFit): TemplateResult | typeof nothing {
  const text = lossText(strategy, likely);
  return text === '' ? nothing : html`<span class="line quiet">${text}</span>`;
}

export function lossText(strategy: FitStrategy, likely: StrategyFit['likely']): string {
  if (likely === undefined || likely.seenAtOnce === 1) return '';
  const share = formatPercent(100 * likely.seenAtOnce);
  return strategy === 'rag' ? t('sees {0}', share) : t('sees {0} at once', share);
}
