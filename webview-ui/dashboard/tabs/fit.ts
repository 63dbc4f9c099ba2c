import { html, nothing, render, type TemplateResult } from 'lit';
import { fitModel, fitTabId, type FitModel } from '../../../src/core/dashboard/fit.ts';
import { fitStrategies } from '../../../src/core/dashboard/strategyArithmetic.ts';
import { t } from '../../shared/l10n.ts';
import { compareView } from '../fit/compareView.ts';
import { filtersView, strategyKnobsView, type SetKnobs } from '../fit/filtersView.ts';
import { matrixView } from '../fit/matrixView.ts';
import { createRowsInView, type RowsInView } from '../fit/rowsInView.ts';
import { summaryView } from '../fit/summaryView.ts';
import { keepOneStop } from '../numbersTable.ts';
import type { ExportTable, Tab, TabContext, TabView } from '../tab.ts';
import { refreshWhy } from '../why.ts';
import { exampleNote } from './parts.ts';

export const fitTab: Tab = { id: fitTabId, title: 'Fit', mount };

function mount(host: HTMLElement, context: TabContext): TabView {
  let model: FitModel | undefined;
  const inView = createRowsInView(context.redraw);
  return {
    update: () => {
      const { store, snapshot } = context;
      model = fitModel(snapshot(), store.get(), new Date(), store.counted());
      inView.begin();
      render(view(model, context, inView), host);
      inView.end(host.querySelector('.matrix'));
      for (const table of host.querySelectorAll<HTMLElement>('.numbers')) keepOneStop(table);
      refreshWhy();
    },
    dispose: () => {
      inView.dispose();
      render(nothing, host);
    },
    tables: () => (model === undefined ? [] : [exportTable(model)]),
    charts: () => [],
  };
}

function view(model: FitModel, context: TabContext, inView: RowsInView): TemplateResult {
  const { store } = context;
  const set: SetKnobs = (patch) => store.setKnobs(fitTabId, patch);
  return html`${exampleNote(model, context)} ${summaryView(model, context)}
    ${compareView(model, set)}
    <h2>${t('Models and strategies')}</h2>
    ${strategyKnobsView(model, set)} ${filtersView(model, set)}
    ${matrixView(model, { set, choose: (modelId) => store.set({ modelId }) }, inView)}
    <p class="quiet">
      ${t(
        'By arithmetic on the counts: windows that overlap, parts whose answers are combined, the best pieces up to a size. The exact plans, which read the files, are under Strategies.',
      )}
    </p>`;
}

/** Every row that the filters pass, on all pages; costs in USD, latency in seconds, unknown left empty. */
function exportTable(model: FitModel): ExportTable {
  const columns = fitStrategies.flatMap((strategy) => [
    `${strategy} verdict`,
    `${strategy} calls`,
    `${strategy} lowUsd`,
    `${strategy} highUsd`,
    `${strategy} seconds`,
    `${strategy} seenAtOnce`,
  ]);
  return {
    title: t('Fit'),
    columns: [
      'model',
      'maker',
      'contextWindowTokens',
      'lowTokens',
      'tokens',
      'highTokens',
      'exact',
      ...columns,
    ],
    rows: model.rows.map((row) => {
      const { model: one, count } = row;
      return [
        one.id,
        one.maker,
        one.contextWindowTokens?.value,
        count.lowTokens,
        count.tokens,
        count.highTokens,
        String(count.exact),
        ...fitStrategies.flatMap((strategy) => {
          const { verdict, likely, cost } = row.strategies[strategy];
          return [
            verdict,
            likely?.calls,
            cost?.lowUsd,
            cost?.highUsd,
            model.latencyOf(row, strategy).seconds,
            likely?.seenAtOnce,
          ];
        }),
      ];
    }),
  };
}
