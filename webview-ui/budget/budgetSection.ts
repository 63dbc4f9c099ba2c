import { html, nothing, svg, type TemplateResult } from 'lit';
import type { AnalysisStatus, BudgetSnapshot } from '../../src/protocol/budgetMessages.ts';
import { formatCount, formatPercent } from '../../src/core/format/numbers.ts';
import { t } from '../shared/l10n.ts';
import { verdictIcon } from '../shared/verdictIcon.ts';
import {
  countText,
  fileCountText,
  freeText,
  usdIntervalText,
  verdictText,
} from '../shared/words.ts';

export interface BudgetSectionActions {
  readonly analyze: () => void;
  readonly cancelAnalysis: () => void;
  readonly chooseModel: () => void;
  readonly openSettings: (key: string) => void;
}

/** What is weighed, against which model, whether it fits, what the window is used for, what sending it costs. */
export function budgetSection(
  snapshot: BudgetSnapshot,
  actions: BudgetSectionActions,
): TemplateResult {
  return html`<section aria-label=${t('Budget')}>
    ${modelRow(snapshot, actions)} ${statusRow(snapshot.status, actions)}
    ${snapshot.count === undefined ? nothing : weight(snapshot, actions)}
  </section>`;
}

function modelRow(snapshot: BudgetSnapshot, actions: BudgetSectionActions): TemplateResult {
  const { model } = snapshot;
  const label = model?.name ?? t('Choose a model');
  return html`<div class="row">
      <button
        class="choose"
        id="model"
        title=${model === undefined ? '' : `${model.maker}: ${model.id}`}
        aria-label=${t('Model: {0}. Choose another', label)}
        @click=${actions.chooseModel}
      >
        <span>${label}</span
        ><svg class="chevron" viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
          <path d="M3 6l5 5 5-5"></path>
        </svg>
      </button>
    </div>
    ${
      model === undefined && snapshot.configuredModelId !== ''
        ? html`<p class="error">
            ${t('{0} is not in the catalogue.', snapshot.configuredModelId)}
          </p>`
        : nothing
    }`;
}

function statusRow(status: AnalysisStatus, actions: BudgetSectionActions): TemplateResult {
  switch (status.type) {
    case 'noFolder':
      return html`<p class="quiet">${t('Open a folder to see what its files weigh.')}</p>`;
    case 'notAnalyzed':
    case 'cancelled':
      return html`<div class="row">
        <button class="primary" @click=${actions.analyze}>${t('Analyze Workspace')}</button>
      </div>`;
    case 'analyzing':
      return html`<div class="row progress">
        <progress
          aria-label=${t('Counting')}
          max=${Math.max(1, status.filesFound)}
          .value=${status.filesDone}
        ></progress>
        <span class="quiet"
          >${formatCount(status.filesDone)} / ${formatCount(status.filesFound)}</span
        >
        <button class="secondary" @click=${actions.cancelAnalysis}>${t('Cancel')}</button>
      </div>`;
    case 'failed':
      return html`<p class="error" role="alert">${status.message}</p>
        <div class="row">
          <button class="primary" @click=${actions.analyze}>${t('Try Again')}</button>
        </div>`;
    case 'ready':
      return html``;
  }
}

function weight(snapshot: BudgetSnapshot, actions: BudgetSectionActions): TemplateResult {
  const { count, verdict, budget } = snapshot;
  if (count === undefined) return html``;
  const subject =
    snapshot.subject === 'set'
      ? t('Context set: {0}', fileCountText(snapshot.fileCount))
      : t('All files: {0}', fileCountText(snapshot.fileCount));
  return html`
    <p class="verdict" role="status">
      ${verdictIcon(verdict)}<strong>${verdictText(verdict)}</strong>
      <span>${freeText(snapshot.freeTokens)}</span>
    </p>
    <p class="quiet" id="subject">
      ${subject}${
        snapshot.subject === 'workspace'
          ? html`<span class="hint">${t('Check files below to weigh only those.')}</span>`
          : nothing
      }
    </p>
    ${budget === undefined ? nothing : windowBar(snapshot)}
    <dl>
      <dt><i class="swatch used"></i>${t('Used')}</dt>
      <dd id="used" title=${count.basis}>${countText(count)}</dd>
      ${settingRow(t('Overhead'), 'overhead', 'overheadTokens', snapshot.overheadTokens, actions)}
      ${settingRow(
        t('Reserved for the answer'),
        'reserved',
        'reservedOutputTokens',
        budget?.reservedOutputTokens ?? snapshot.reservedOutputTokens,
        actions,
      )}
      <dt><i class="swatch window"></i>${t('Context window')}</dt>
      <dd title=${snapshot.model?.windowSource ?? ''}>
        ${budget === undefined ? t('unknown') : formatCount(budget.contextWindowTokens)}
      </dd>
      <dt class="apart">${t('Sending it once, input alone')}</dt>
      <dd class="apart" id="cost" title=${snapshot.model?.priceSource ?? ''}>
        ${usdIntervalText(snapshot.inputCost)}
      </dd>
    </dl>
    <p class="quiet basis">
      ${count.exact ? t('Exact: {0}.', count.basis) : t('Estimated: {0}.', count.basis)}
    </p>
  `;
}

function settingRow(
  name: string,
  kind: string,
  setting: string,
  tokens: number,
  actions: BudgetSectionActions,
): TemplateResult {
  return html`<dt><i class="swatch ${kind}"></i>${name}</dt>
    <dd>
      <button
        class="link"
        title=${t('Change in Settings')}
        aria-label=${t('{0}: {1} tokens. Change in Settings', name, formatCount(tokens))}
        @click=${() => actions.openSettings(setting)}
      >
        ${formatCount(tokens)}
      </button>
    </dd>`;
}

/** The window as one bar; the list below it has the same numbers, so it is one picture with a name. */
function windowBar({ budget, count, overheadTokens }: BudgetSnapshot): TemplateResult {
  if (budget === undefined || count === undefined) return html``;
  const window = budget.contextWindowTokens;
  const share = (tokens: number) => Math.min(1000, (1000 * tokens) / window);
  const low = share(count.lowTokens);
  const high = share(count.highTokens);
  const overhead = share(overheadTokens);
  const reserved = share(budget.reservedOutputTokens);
  const label = t('{0} of the window used', formatPercent((100 * count.tokens) / window));
  return html`<svg
    class="bar"
    viewBox="0 0 1000 12"
    preserveAspectRatio="none"
    role="img"
    aria-label=${label}
  >
    ${svg`<rect class="window" width="1000" height="12"></rect>
      <rect class="used" width=${low} height="12"></rect>
      <rect class="range" x=${low} width=${Math.max(0, high - low)} height="12"></rect>
      <rect class="overhead" x=${high} width=${Math.min(overhead, 1000 - high)} height="12"></rect>
      <rect class="reserved" x=${1000 - reserved} width=${reserved} height="12"></rect>`}
  </svg>`;
}
