import { html, nothing, render, type TemplateResult } from 'lit';
import { fitModel, fitTabId, pageSize } from '../../../src/core/dashboard/fit.ts';
import type {
  FitModel,
  FitRow,
  StrategyFit,
  fitDefaults,
} from '../../../src/core/dashboard/fit.ts';
import { fitStrategies } from '../../../src/core/dashboard/strategyArithmetic.ts';
import { formatCount, formatPercent, formatTokens } from '../../../src/core/format/numbers.ts';
import { t } from '../../shared/l10n.ts';
import { verdictIcon } from '../../shared/verdictIcon.ts';
import { countText, usdIntervalText, verdictText } from '../../shared/words.ts';
import type { ExportTable, Tab, TabContext, TabView } from '../tab.ts';
import { strategyText } from '../words.ts';

export const fitTab: Tab = { id: fitTabId, title: 'Fit', mount };

function mount(host: HTMLElement, context: TabContext): TabView {
  let model: FitModel | undefined;
  return {
    update: () => {
      const { store, snapshot } = context;
      model = fitModel(snapshot(), store.get(), new Date(), store.counted());
      render(view(model, context), host);
    },
    dispose: () => {
      render(nothing, host);
    },
    tables: () => (model === undefined ? [] : [exportTable(model)]),
    charts: () => [],
  };
}

function view(model: FitModel, { store }: TabContext): TemplateResult {
  const { rows, knobs } = model;
  const pages = Math.max(1, Math.ceil(rows.length / pageSize));
  const page = Math.min(knobs.page, pages - 1);
  const set = (patch: Partial<typeof fitDefaults>) => store.setKnobs(fitTabId, patch);
  return html`<div class="row">
      <input
        type="search"
        id="fit-query"
        aria-label=${t('Find a model')}
        placeholder=${t('Find a model')}
        .value=${knobs.query}
        @input=${(event: Event) =>
          set({ query: (event.target as HTMLInputElement).value, page: 0 })}
      />
      <span id="fit-count" class="quiet"
        >${t('{0} of {1} models', rows.length, model.numModels)}</span
      >
    </div>
    <table class="matrix">
      <thead>
        <tr>
          <th scope="col">${t('Model')}</th>
          <th scope="col" class="number">${t('Window')}</th>
          <th scope="col" class="number">${t('Tokens')}</th>
          ${fitStrategies.map((strategy) => html`<th scope="col">${strategyText(strategy)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.slice(page * pageSize, (page + 1) * pageSize).map(rowView)}
      </tbody>
    </table>
    ${
      pages > 1
        ? html`<div class="row">
            <button ?disabled=${page === 0} @click=${() => set({ page: page - 1 })}>
              ${t('Previous')}
            </button>
            <span>${t('Page {0} of {1}', page + 1, pages)}</span>
            <button ?disabled=${page === pages - 1} @click=${() => set({ page: page + 1 })}>
              ${t('Next')}
            </button>
          </div>`
        : nothing
    }`;
}

function rowView(row: FitRow): TemplateResult {
  const window = row.model.contextWindowTokens?.value;
  const share = row.fit.sharePercent;
  return html`<tr data-model=${row.model.id}>
    <th scope="row">${row.model.name}</th>
    <td class="number">${window === undefined ? t('unknown') : formatTokens(window)}</td>
    <td class="number" title=${row.count.basis}>
      ${countText(row.count)}
      ${share === undefined ? nothing : html`<span class="quiet">${formatPercent(share)}</span>`}
    </td>
    ${fitStrategies.map((strategy) => strategyCell(row.strategies[strategy]))}
  </tr>`;
}

function strategyCell(fit: StrategyFit): TemplateResult {
  const calls = fit.likely?.calls;
  return html`<td data-strategy=${fit.strategy}>
    ${verdictIcon(fit.verdict)} ${verdictText(fit.verdict)}
    ${
      calls === undefined
        ? nothing
        : html`<span class="quiet"
            >${calls === 1 ? t('1 call') : t('{0} calls', formatCount(calls))} ·
            ${usdIntervalText(fit.cost)}</span
          >`
    }
  </td>`;
}

function exportTable({ rows }: FitModel): ExportTable {
  return {
    title: t('Fit'),
    columns: ['model', 'contextWindowTokens', 'lowTokens', 'highTokens', 'verdict'],
    rows: rows.map(({ model, count, fit }) => [
      model.id,
      model.contextWindowTokens?.value,
      count.lowTokens,
      count.highTokens,
      fit.verdict,
    ]),
  };
}
