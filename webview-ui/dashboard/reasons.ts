import { html, nothing, type TemplateResult } from 'lit';
import type { Explained, ExplainedInput } from '../../src/core/estimates/explained.ts';
import {
  formatBytes,
  formatCount,
  formatFlops,
  formatNumber,
  formatPercent,
  formatSeconds,
  formatUsd,
} from '../../src/core/format/numbers.ts';
import { t } from '../shared/l10n.ts';

/** "5.2 GiB", "1.2 s (0.96 to 1.4 s)", "unknown". */
export function explainedText({ value, band, unit }: Explained): string {
  if (value === undefined) return t('unknown');
  if (band === undefined) return unitText(value, unit);
  return t(
    '{0} ({1} to {2})',
    unitText(value, unit),
    unitText(band.low, unit),
    unitText(band.high, unit),
  );
}

/** The value alone, without its band. */
export function valueText({ value, unit }: Pick<Explained, 'value' | 'unit'>): string {
  return value === undefined ? t('unknown') : unitText(value, unit);
}

function unitText(value: number, unit: Explained['unit']): string {
  switch (unit) {
    case 'bytes':
      return formatBytes(value);
    case 'seconds':
      return formatSeconds(value);
    case 'usd':
      return formatUsd(value);
    case 'flops':
      return formatFlops(value);
    case 'percent':
      return formatPercent(value);
    case 'tokensPerSecond':
      return t('{0} tokens/s', formatNumber(value));
    case 'times':
      return t('{0} times', formatNumber(value));
    case 'tokens':
    case 'gpus':
    case 'users':
    case 'requests':
    case 'count':
      return formatCount(value);
  }
}

/** Formula, parts, inputs and assumptions of a number. */
export function reasons(explained: Explained, label?: string): TemplateResult {
  const { formula, parts = [], inputs, assumptions, band, unit, unknownBecause } = explained;
  return html`<h2>${label ?? explained.name}: ${valueText(explained)}</h2>
    ${
      unknownBecause === undefined
        ? html`<p class="formula">= ${formula}</p>`
        : html`<p class="error">${unknownBecause}</p>`
    }
    ${
      band === undefined
        ? nothing
        : html`<p>
            ${t('Expected within {0} to {1}: {2}.', unitText(band.low, unit), unitText(band.high, unit), band.basis)}
          </p>`
    }
    ${
      parts.length === 0
        ? nothing
        : html`<dl>
            ${parts.map(
              (part) =>
                html`<dt>${part.name}</dt>
                  <dd>${valueText(part)} <span class="quiet">= ${part.formula}</span></dd>`,
            )}
          </dl>`
    }
    ${listOf(t('Inputs'), inputs.map(inputText))} ${listOf(t('Assumptions'), assumptions)}`;
}

function listOf(
  title: string,
  items: readonly (string | TemplateResult)[],
): TemplateResult | typeof nothing {
  if (items.length === 0) return nothing;
  return html`<h3>${title}</h3>
    <ul>
      ${items.map((item) => html`<li>${item}</li>`)}
    </ul>`;
}

function inputText({ name, value, unit, source, asOf }: ExplainedInput): TemplateResult {
  const number = typeof value === 'number' ? inputNumber(value) : (value ?? t('unknown'));
  return html`${name} <strong>${number}${unit === undefined ? '' : ` ${unit}`}</strong>
    <span class="quiet">${source}${asOf === undefined ? '' : `, ${asOf}`}</span>`;
}

/** Counts as they are; three digits say enough of anything else. */
function inputNumber(value: number): string {
  return Number.isInteger(value) && value < 1e9 ? formatCount(value) : formatNumber(value);
}
