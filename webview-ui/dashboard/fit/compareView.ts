import { html, nothing, type TemplateResult } from 'lit';
import type { FitModel, FitRow } from '../../../src/core/dashboard/fit.ts';
import { fitStrategies } from '../../../src/core/dashboard/strategyArithmetic.ts';
import { formatPercent, formatTokens, formatUsd } from '../../../src/core/format/numbers.ts';
import { t } from '../../shared/l10n.ts';
import { verdictIcon } from '../../shared/verdictIcon.ts';
import { countText, usdIntervalText, verdictText } from '../../shared/words.ts';
import { strategyText } from '../words.ts';
import type { SetKnobs } from './filtersView.ts';
import { callsText, latencyText, lossText } from './matrixView.ts';

/** Up to four models side by side, what they have in rows. */
export function compareView(model: FitModel, set: SetKnobs): TemplateResult | typeof nothing {
  const { pinned, knobs } = model;
  if (pinned.length === 0) return nothing;
  const price = (usd: number | undefined) =>
    usd === undefined ? t('unknown') : t('{0} a million', formatUsd(usd));
  const tokens = (value: number | undefined) =>
    value === undefined ? t('unknown') : formatTokens(value);
  const facts: readonly (readonly [string, (row: FitRow) => unknown])[] = [
    [t('Maker'), ({ model: { maker } }) => maker],
    [t('Window'), ({ model: { contextWindowTokens } }) => tokens(contextWindowTokens?.value)],
    [t('Longest answer'), ({ model: { maxOutputTokens } }) => tokens(maxOutputTokens?.value)],
    [t('Tokens'), ({ count }) => html`<span title=${count.basis}>${countText(count)}</span>`],
    [
      t('Share of what it takes'),
      ({ fit }) =>
        fit.sharePercent === undefined ? t('unknown') : formatPercent(fit.sharePercent),
    ],
    [t('Input price'), ({ prices }) => price(prices?.inputUsdPerMillionTokens)],
    [t('Cached input price'), ({ prices }) => price(prices?.cachedInputUsdPerMillionTokens)],
    [t('Output price'), ({ prices }) => price(prices?.outputUsdPerMillionTokens)],
    ...fitStrategies.map(
      (strategy) =>
        [
          strategyText(strategy),
          (row: FitRow) => {
            const fit = row.strategies[strategy];
            return html`<span class="line"
                >${verdictIcon(fit.verdict)} ${verdictText(fit.verdict)}${callsText(fit)}</span
              >
              ${
                fit.likely === undefined
                  ? nothing
                  : html`<span class="line quiet">${usdIntervalText(fit.cost)}</span>
                      <span class="line quiet">${latencyText(model.latencyOf(row, strategy))}</span>
                      <span class="line quiet">${lossText(strategy, fit.likely)}</span>`
              }`;
          },
        ] as const,
    ),
  ];
  return html`<section aria-label=${t('Compared models')} id="compare" class="scroll" tabindex="0">
    <h2>${t('Side by side')}</h2>
    <table>
      <thead>
        <tr>
          <th scope="col"><span class="hidden">${t('Fact')}</span></th>
          ${pinned.map(
            ({ model: { id, name } }) =>
              html`<th scope="col">
                ${name}
                <button
                  class="link"
                  aria-label=${t('Take {0} out of the comparison', name)}
                  @click=${() => set({ pinned: knobs.pinned.filter((one) => one !== id) })}
                >
                  ✕
                </button>
              </th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${facts.map(
          ([name, cell]) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${pinned.map((row) => html`<td>${cell(row)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}
