import { html, type TemplateResult } from 'lit';
import { t } from '../../shared/l10n.ts';
import type { ExportTable } from '../tab.ts';
import type { LineChartData } from './chartData.ts';
import { formatQuantity } from './quantities.ts';
import type { Quantity } from './quantities.ts';

/** The chart's numbers: one row for each x, one column for each series; then the points and rules. */
export function chartTables(data: LineChartData): readonly ExportTable[] {
  const lines: ExportTable = {
    title: data.title,
    columns: [data.x.label, ...data.series.map(({ name }) => name)],
    rows: lineRows(data),
  };
  const points = data.points ?? [];
  const rules = data.rules ?? [];
  const tables = [
    lines,
    {
      title: `${data.title}: ${data.pointsName ?? t('Points')}`,
      columns: [t('What'), data.x.label, data.y.label, t('Source')],
      rows: points.map(({ at, label, source }) => [label, ...at, source]),
    },
    {
      title: `${data.title}: ${t('Limits')}`,
      columns: [t('What'), t('Axis'), t('Value')],
      rows: rules.map(({ axis, value, label }) => [label, data[axis].label, value]),
    },
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}

function lineRows({ series }: LineChartData) {
  const columns = series.map(({ points }) => new Map(points));
  const xs = [...new Set(series.flatMap(({ points }) => points.map(([x]) => x)))].sort(
    (a, b) => a - b,
  );
  return xs.map((x) => [x, ...columns.map((column) => column.get(x))]);
}

/** The same tables on the page, numbers as a person reads them. */
export function chartTableView(data: LineChartData): TemplateResult {
  const [x, y] = [data.x.quantity, data.y.quantity];
  const points = data.points ?? [];
  const rules = data.rules ?? [];
  const cell = (value: number | undefined, quantity: Quantity) =>
    html`<td class="number">${value === undefined ? '–' : formatQuantity(value, quantity)}</td>`;
  return html`<div
    class="scroll"
    tabindex="0"
    role="region"
    aria-label=${t('Table: {0}', data.title)}
  >
    <table>
      <thead>
        <tr>
          <th scope="col">${data.x.label}</th>
          ${data.series.map(({ name }) => html`<th scope="col" class="number">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${lineRows(data).map(
          ([at, ...values]) =>
            html`<tr>
              <th scope="row">${formatQuantity(at ?? NaN, x)}</th>
              ${values.map((value) => cell(value, y))}
            </tr>`,
        )}
      </tbody>
    </table>
    ${
      points.length === 0
        ? ''
        : html`<table>
            <thead>
              <tr>
                <th scope="col">${data.pointsName ?? t('Points')}</th>
                <th scope="col" class="number">${data.x.label}</th>
                <th scope="col" class="number">${data.y.label}</th>
                <th scope="col">${t('Source')}</th>
              </tr>
            </thead>
            <tbody>
              ${points.map(
                ({ at, label, source }) =>
                  html`<tr>
                    <th scope="row">${label}</th>
                    ${cell(at[0], x)} ${cell(at[1], y)}
                    <td class="source">${source ?? ''}</td>
                  </tr>`,
              )}
            </tbody>
          </table>`
    }
    ${
      rules.length === 0
        ? ''
        : html`<table>
            <thead>
              <tr>
                <th scope="col">${t('Limits')}</th>
                <th scope="col" class="number">${t('Value')}</th>
              </tr>
            </thead>
            <tbody>
              ${rules.map(
                ({ axis, value, label }) =>
                  html`<tr>
                    <th scope="row">${label}</th>
                    ${cell(value, axis === 'x' ? x : y)}
                  </tr>`,
              )}
            </tbody>
          </table>`
    }
  </div>`;
}
