import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { live } from 'lit/directives/live.js';
import {
  maxPinned,
  pageSize,
  strategyOf,
  type FitModel,
  type FitRow,
  type FitSort,
} from '../../../src/core/dashboard/fit.ts';
import { fitStrategies, type FitStrategy } from '../../../src/core/dashboard/strategyArithmetic.ts';
import { t } from '../../shared/l10n.ts';
import { pagerView } from '../fields.ts';
import { strategyText } from '../words.ts';
import type { SetKnobs } from './filtersView.ts';
import { sortText } from './filtersView.ts';
import { shareNumber, tokensNumber, windowNumber } from './fitNumbers.ts';
import type { RowsInView } from './rowsInView.ts';
import { strategyCell } from './strategyCell.ts';
import './matrix.css';

export interface MatrixActions {
  readonly set: SetKnobs;
  readonly choose: (modelId: string) => void;
}

/** Models down, strategies across: verdict, calls, cost, latency and what is not seen, of each. */
export function matrixView(
  model: FitModel,
  actions: MatrixActions,
  inView: RowsInView,
): TemplateResult {
  const { rows, knobs } = model;
  const pages = Math.ceil(rows.length / pageSize);
  const page = Math.max(0, Math.min(Math.floor(knobs.page), pages - 1));
  const shown = rows.slice(page * pageSize, (page + 1) * pageSize);
  return html`<table class="matrix cards numbers">
      <caption class="hidden">
        ${t('Models and strategies. Arrow keys lead from number to number.')}
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
        ${shown.map((row, idx) => {
          const drawing = inView.drawingOf(idx);
          return drawing === undefined
            ? nothing
            : guard([drawing], () => rowView(row, model, actions));
        })}
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
  const { id, name, maker } = row.model;
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
    <td class="number" data-label=${t('Window')}>${windowNumber(row)}</td>
    <td class="number" data-label=${t('Tokens')}>
      ${tokensNumber(row, model)}
      ${share === undefined ? nothing : html`<span class="quiet line">${shareNumber(row)}</span>`}
    </td>
    ${fitStrategies.map(
      (strategy) =>
        html`<td
          data-strategy=${strategy}
          data-verdict=${row.strategies[strategy].verdict}
          data-label=${strategyText(strategy)}
        >
          ${strategyCell(strategy, row, model)}
        </td>`,
    )}
  </tr>`;
}
