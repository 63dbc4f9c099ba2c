import { html, nothing, type TemplateResult } from 'lit';
import type { FitModel, FitRow } from '../../../src/core/dashboard/fit.ts';
import { fitStrategies } from '../../../src/core/dashboard/strategyArithmetic.ts';
import { t } from '../../shared/l10n.ts';
import { strategyText } from '../words.ts';
import type { SetKnobs } from './filtersView.ts';
import {
  longestAnswerNumber,
  priceNumber,
  shareNumber,
  tokensNumber,
  windowNumber,
} from './fitNumbers.ts';
import { strategyCell } from './strategyCell.ts';

/** Up to four models side by side, what they have in rows. */
export function compareView(model: FitModel, set: SetKnobs): TemplateResult | typeof nothing {
  const { pinned, knobs } = model;
  if (pinned.length === 0) return nothing;
  const facts: readonly (readonly [string, (row: FitRow) => unknown])[] = [
    [t('Maker'), ({ model: { maker } }) => maker],
    [t('Window'), windowNumber],
    [t('Longest answer'), longestAnswerNumber],
    [t('Tokens'), (row) => tokensNumber(row, model)],
    [t('Share of what it takes'), shareNumber],
    [t('Input price'), (row) => priceNumber(row, 'input')],
    [t('Cached input price'), (row) => priceNumber(row, 'cachedInput')],
    [t('Output price'), (row) => priceNumber(row, 'output')],
    ...fitStrategies.map(
      (strategy) =>
        [strategyText(strategy), (row: FitRow) => strategyCell(strategy, row, model)] as const,
    ),
  ];
  return html`<section aria-label=${t('Compared models')} id="compare" class="scroll">
    <h2>${t('Side by side')}</h2>
    <table class="numbers">
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
