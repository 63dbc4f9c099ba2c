import { html, nothing, render, type TemplateResult } from 'lit';
import { measurementsFor, qualityRows } from '../../../src/core/dashboard/quality.ts';
import type { QualityRow } from '../../../src/core/dashboard/quality.ts';
import { qualityTabId } from '../../../src/core/dashboard/tabKnobs.ts';
import { workloadOf } from '../../../src/core/dashboard/workload.ts';
import type { Workload } from '../../../src/core/dashboard/workload.ts';
import { formatCount, formatNumber } from '../../../src/core/format/numbers.ts';
import { t } from '../../shared/l10n.ts';
import type { ChartRule, ChartSeries } from '../charts/chartData.ts';
import { createLineChart } from '../charts/lineChart.ts';
import { selectField } from '../fields.ts';
import type { ExportTable, Tab, TabContext, TabView } from '../tab.ts';
import { exampleNote, keepLast, markerLabel, shapeName, sourceView } from './parts.ts';

export const qualityTab: Tab = { id: qualityTabId, title: 'Quality', mount };

interface Drawn {
  readonly workload: Workload;
  readonly promptTokens: number;
  readonly modelName: string;
  readonly own: readonly QualityRow[];
  /** Those of the open-weight model beside it; empty where the model has a curve of its own. */
  readonly reference: readonly QualityRow[];
}

function mount(host: HTMLElement, context: TabContext): TabView {
  const chart = createLineChart(context.nonce);
  const kept = keepLast<readonly ChartSeries[]>();
  let drawn: Drawn | undefined;
  return {
    update: () => {
      drawn = compute(context);
      const { own, reference, workload, promptTokens } = drawn;
      const rows = [...own, ...reference];
      render(view(drawn, context, chart.element), host);
      const key = rows.map(({ measurement }) => measurement);
      chart.update({
        id: 'quality',
        title: t('Score against the length of the prompt'),
        x: {
          label: t('Prompt, tokens'),
          quantity: 'tokens',
          scale: 'log',
          domain: rangeOf(rows, promptTokens),
        },
        y: { label: t('Score, percent'), quantity: 'percent', scale: 'linear', domain: [0, 100] },
        series: kept(key, () =>
          rows.filter(({ points }) => points.length > 1).map((row) => seriesOf(row)),
        ),
        points: rows
          .filter(({ points }) => points.length === 1)
          .map(({ measurement, points }) => ({
            at: points[0],
            label: `${measurement.modelName}, ${measurement.benchmark}`,
            source: measurement.source,
          })),
        pointsName: t('Measured at one length'),
        rules: effectiveRules(rows),
        marker: { x: promptTokens, label: markerLabel(workload, promptTokens) },
      });
    },
    dispose: () => {
      chart.dispose();
    },
    tables: () => (drawn === undefined ? [] : [table(drawn), ...chart.tables()]),
    charts: () => chart.charts(),
  };
}

function compute(context: TabContext): Drawn {
  const state = context.store.get();
  const workload = workloadOf(context.snapshot(), state, context.store.counted());
  const { measurements } = context.snapshot().catalogue;
  const { model, modelId } = workload.chosen;
  const promptTokens = Math.round(workload.input.tokens);
  const names = model === undefined ? [modelId] : [model.id, model.name, ...model.aliases];
  const own = qualityRows(measurementsFor(names, measurements), promptTokens);
  const { architecture, isReference } = workload.chosen.shape;
  const beside = measurementsFor([architecture.name, architecture.id], measurements);
  return {
    workload,
    promptTokens,
    modelName: model?.name ?? modelId,
    own,
    reference: hasCurve(own) || !isReference ? [] : qualityRows(beside, promptTokens),
  };
}

function seriesOf({ measurement, points }: QualityRow): ChartSeries {
  const { benchmark, modelName } = measurement;
  return { id: `${benchmark} ${modelName}`, name: `${modelName}, ${benchmark}`, points };
}

function rangeOf(rows: readonly QualityRow[], promptTokens: number): readonly [number, number] {
  const lengths = rows.flatMap(({ points }) => points.map(([tokens]) => tokens));
  const low = Math.min(1024, ...lengths);
  const high = Math.max(131_072, promptTokens, ...lengths);
  return [low / 1.25, high * 1.25];
}

/** Where a benchmark draws the line; two at the same length are one line. */
function effectiveRules(rows: readonly QualityRow[]): readonly ChartRule[] {
  const byLength = new Map<number, string[]>();
  for (const { measurement } of rows) {
    const { effectiveTokens, effectiveLength, benchmark } = measurement;
    if (effectiveTokens === undefined) continue;
    const label = t('{0}: usable to {1}', benchmark, effectiveLength ?? '');
    byLength.set(effectiveTokens, [...new Set([...(byLength.get(effectiveTokens) ?? []), label])]);
  }
  return [...byLength].map(([value, labels]) => ({ axis: 'x', value, label: labels.join(' · ') }));
}

/** A curve is what the length of a prompt can be marked on. */
function hasCurve(rows: readonly QualityRow[]): boolean {
  return rows.some(({ points }) => points.length > 1);
}

function view(drawn: Drawn, context: TabContext, chart: HTMLElement): TemplateResult {
  const { workload, own, reference, modelName, promptTokens } = drawn;
  const rows = [...own, ...reference];
  const needsReference = workload.chosen.shape.isReference && !hasCurve(own);
  return html`${exampleNote(workload, context)}
    <p id="quality-finding">
      ${
        own.length > 0
          ? t(
              'What benchmarks found of {0}; the prompt has {1} tokens.',
              modelName,
              formatCount(promptTokens),
            )
          : html`<strong>${t('No published measurement of {0}.', modelName)}</strong>
              ${t('None is taken over from a relative or another size.')}`
      }
    </p>
    ${needsReference ? referenceLine(drawn, context) : nothing}
    ${rows.some(({ points }) => points.length > 0) ? chart : nothing}
    ${rows.length === 0 ? nothing : rowsView(rows)}`;
}

function referenceLine({ workload, reference }: Drawn, context: TabContext): TemplateResult {
  const { architecture } = workload.chosen.shape;
  return html`<div class="shape">
    <p id="quality-reference">
      ${
        reference.length > 0
          ? t('Beside it, as a reference and of another model: {0}.', shapeName(architecture))
          : t('There is none of the reference {0} either.', shapeName(architecture))
      }
    </p>
    ${selectField({
      id: 'reference-quality',
      label: t('Reference model'),
      value: architecture.id,
      options: context.snapshot().catalogue.architectures.map((one) => ({
        value: one.id,
        text: shapeName(one),
      })),
      change: (referenceArchitectureId) => context.store.set({ referenceArchitectureId }),
    })}
  </div>`;
}

function findingText(row: QualityRow): string {
  const { effectiveLength } = row.measurement;
  switch (row.finding) {
    case 'usable':
      return t('usable: found good to {0}', effectiveLength ?? '');
    case 'tooLong':
      return t('too long: found good to {0}', effectiveLength ?? '');
    case 'beyondMeasured':
      return t('not tried: good to {0}, and no more was tried', effectiveLength ?? '');
    case 'shorterThanMeasured':
      return t('not tried: the shortest length that was tried is longer');
    case 'noEffectiveLength':
      return t('the benchmark names no usable length');
  }
}

function rowsView(rows: readonly QualityRow[]): TemplateResult {
  return html`<div class="tableScroll">
    <table id="measurements">
      <thead>
        <tr>
          <th scope="col">${t('Benchmark')}</th>
          <th scope="col">${t('Model')}</th>
          <th scope="col">${t('This prompt')}</th>
          <th scope="col">${t('Scores')}</th>
          <th scope="col">${t('Source')}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => {
          const { benchmark, metric, modelName, scores, source, asOf, threshold, caveat } =
            row.measurement;
          return html`<tr data-finding=${row.finding}>
            <th scope="row">${benchmark}<br /><span class="quiet">${metric}</span></th>
            <td>${modelName}</td>
            <td>
              ${findingText(row)}
              ${threshold === undefined ? nothing : html`<br /><span class="quiet">${threshold}</span>`}
            </td>
            <td>
              ${scores.map(({ length, score }) => `${length} ${formatNumber(score)}`).join(' · ')}
            </td>
            <td class="source">
              ${sourceView(source)}, ${asOf}
              ${caveat === undefined ? nothing : html`<br /><span class="quiet">${caveat}</span>`}
            </td>
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

function table({ own, reference }: Drawn): ExportTable {
  return {
    title: t('Quality'),
    columns: [
      t('Benchmark'),
      t('Model'),
      t('This prompt'),
      t('Usable, tokens'),
      t('Source'),
      t('Read on'),
    ],
    rows: [...own, ...reference].map((row) => [
      row.measurement.benchmark,
      row.measurement.modelName,
      findingText(row),
      row.measurement.effectiveTokens,
      row.measurement.source,
      row.measurement.asOf,
    ]),
  };
}
