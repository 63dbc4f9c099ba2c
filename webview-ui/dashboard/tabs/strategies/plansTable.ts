import { html, nothing, type TemplateResult } from 'lit';
import type { PlannedModel, StrategyRow } from '../../../../src/core/dashboard/strategies.ts';
import type { StrategyId } from '../../../../src/core/plans/plan.ts';
import { rules } from '../../../../src/core/plans/recommend.ts';
import { formatCount, formatPercent } from '../../../../src/core/format/numbers.ts';
import { t } from '../../../shared/l10n.ts';
import { usdIntervalText } from '../../../shared/words.ts';
import {
  fitText,
  lossText,
  pointsText,
  secondsText,
  sentText,
  strategyName,
  togetherText,
} from './words.ts';

export function bestView({ best }: PlannedModel): TemplateResult | typeof nothing {
  if (best === undefined) return nothing;
  return html`<div id="recommendation" class="notice">
    <strong>${t('Recommended: {0}', strategyName(best.strategy))}</strong>
    <div>${best.reasons.join('; ')}</div>
  </div>`;
}

/** The strategies beside each other; each name is a button that shows its requests. */
export function plansTable(
  { rows }: PlannedModel,
  shown: StrategyId | undefined,
  show: (strategy: StrategyId) => void,
): TemplateResult {
  return html`<div class="scrolled">
    <table class="plans">
      <caption class="hidden">
        ${t('Strategies')}
      </caption>
      <thead>
        <tr>
          <th scope="col">${t('Strategy')}</th>
          <th scope="col">${t('Fits')}</th>
          <th scope="col" class="number">${t('Calls')}</th>
          <th scope="col" class="number">${t('Tokens sent')}</th>
          <th scope="col" class="number">${t('Cost')}</th>
          <th scope="col" class="number">${t('Batch')}</th>
          <th scope="col" class="number">${t('Asked again')}</th>
          <th scope="col" class="number">${t('First answer')}</th>
          <th scope="col" class="number">${t('All calls')}</th>
          <th scope="col" class="number">${t('Code seen')}</th>
          <th scope="col" class="number">${t('Dependencies together')}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => rowView(row, row.strategy === shown, show))}
      </tbody>
    </table>
  </div>`;
}

function rowView(
  row: StrategyRow,
  isShown: boolean,
  show: (strategy: StrategyId) => void,
): TemplateResult {
  const { strategy, plan, refused, fit, cost, time } = row;
  if (plan === undefined) {
    return html`<tr data-strategy=${strategy}>
      <th scope="row">${strategyName(strategy)}</th>
      <td colspan="10">${refused ?? ''}</td>
    </tr>`;
  }
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
        ${row.rank === 1 ? html`<strong>${t('recommended')}</strong>` : nothing}
      </th>
      <td class="fit">${fit === undefined ? '' : fitText(fit.verdict)}</td>
      <td class="number">${formatCount(plan.requests.length)}</td>
      <td class="number">${sentText(row)}</td>
      <td class="number">${usdIntervalText(cost?.once)}</td>
      <td class="number">${usdIntervalText(cost?.batch)}</td>
      <td class="number">${usdIntervalText(cost?.again)}</td>
      <td class="number">${secondsText(time?.firstAnswer)}</td>
      <td class="number">${secondsText(time?.total)}</td>
      <td class="number">${formatPercent(plan.coverage * 100)}</td>
      <td class="number">${togetherText(row)}</td>
    </tr>
    <tr class=${row.rank === 1 ? 'why best' : 'why'}>
      <td colspan="11" class="quiet">${whyText(row)}</td>
    </tr>`;
}

/** What speaks for and against a strategy, what was cut, what is not seen. */
function whyText(row: StrategyRow): string {
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
