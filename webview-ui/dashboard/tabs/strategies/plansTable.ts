import { html, nothing, type TemplateResult } from 'lit';
import type { PlannedModel, StrategyRow } from '../../../../src/core/dashboard/strategies.ts';
import type { Workload } from '../../../../src/core/dashboard/workload.ts';
import type { StrategyId } from '../../../../src/core/plans/plan.ts';
import { rules } from '../../../../src/core/plans/recommend.ts';
import { t } from '../../../shared/l10n.ts';
import { strategyName } from '../../../shared/words.ts';
import { planHeadings, planNumbers } from './planNumbers.ts';
import { lossText, pointsText } from './words.ts';

export function bestView({ best }: PlannedModel): TemplateResult | typeof nothing {
  if (best === undefined) return nothing;
  return html`<div id="recommendation" class="notice">
    <strong>${t('Recommended: {0}', strategyName(best.strategy))}</strong>
    <div>${best.reasons.join('; ')}</div>
  </div>`;
}

/** The strategies beside each other; each name is a button that shows its requests. */
export function plansTable(
  planned: PlannedModel,
  workload: Workload,
  shown: StrategyId | undefined,
  show: (strategy: StrategyId) => void,
): TemplateResult {
  return html`<div class="scrolled">
    <table class="plans numbers">
      <caption class="hidden">
        ${t('Strategies')}
      </caption>
      <thead>
        <tr>
          <th scope="col">${t('Strategy')}</th>
          <th scope="col">${t('Fits')}</th>
          ${planHeadings().map((heading) => html`<th scope="col" class="number">${heading}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${planned.rows.map((row) => rowView(row, planned, workload, row.strategy === shown, show))}
      </tbody>
    </table>
  </div>`;
}

function rowView(
  row: StrategyRow,
  planned: PlannedModel,
  workload: Workload,
  isShown: boolean,
  show: (strategy: StrategyId) => void,
): TemplateResult {
  const { strategy, plan, refused, fit } = row;
  if (plan === undefined || fit === undefined) {
    return html`<tr data-strategy=${strategy}>
      <th scope="row">${strategyName(strategy)}</th>
      <td colspan="10">${refused ?? ''}</td>
    </tr>`;
  }
  const numbers = planNumbers({ ...row, plan, fit }, planned, workload);
  return html`<tr data-strategy=${strategy} class=${row.rank === 1 ? 'best' : ''}>
      <th scope="row">
        <button
          class="link"
          aria-expanded=${isShown ? 'true' : 'false'}
          @click=${() => {
            show(strategy);
          }}
        >
          ${strategyName(strategy)}
        </button>
        ${row.rank === 1 ? html`<vscode-badge>${t('recommended')}</vscode-badge>` : nothing}
      </th>
      <td class="fit" data-label=${t('Fits')}>${numbers.fit}</td>
      ${numbers.cells.map(
        ([heading, number]) => html`<td class="number" data-label=${heading}>${number}</td>`,
      )}
    </tr>
    <tr class=${row.rank === 1 ? 'said best' : 'said'}>
      <td colspan="11" class="quiet">${saidOf(row)}</td>
    </tr>`;
}

/** What speaks for and against a strategy, what was cut, what is not seen. */
function saidOf(row: StrategyRow): string {
  const said = [...row.reasons, ...(row.plan?.notes ?? []), lossText(row)];
  return said
    .filter((text) => text !== '')
    .map((text) => text.replace(/\.$/, ''))
    .join(' · ');
}

/** How plans are ranked, for whoever wants to know. */
export function rulesView(): TemplateResult {
  return html`<details id="rules">
    <summary>${t('The rules of the recommendation')}</summary>
    <table>
      <thead>
        <tr>
          <th scope="col" class="number">${t('Points')}</th>
          <th scope="col">${t('Holds when')}</th>
        </tr>
      </thead>
      <tbody>
        ${rules.map(
          ({ points, when }) =>
            html`<tr>
              <td class="number">${pointsText(points)}</td>
              <td>${when}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    <p class="quiet">
      ${t('A plan has the points of all rules that hold for it; equal points: the cheaper plan, then the fewer tokens.')}
    </p>
  </details>`;
}
