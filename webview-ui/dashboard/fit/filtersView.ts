import { html, type TemplateResult } from 'lit';
import {
  fitSorts,
  strategyOf,
  type FitKnobs,
  type FitModel,
  type FitSort,
} from '../../../src/core/dashboard/fit.ts';
import { fitStrategies } from '../../../src/core/dashboard/strategyArithmetic.ts';
import { formatPercent, formatTokens, formatUsd } from '../../../src/core/format/numbers.ts';
import { t } from '../../shared/l10n.ts';
import { checkField, selectField, sliderField, textField } from '../fields.ts';
import { strategyText } from '../words.ts';

export type SetKnobs = (patch: Partial<FitKnobs>) => void;

const windows = [0, 32_000, 128_000, 200_000, 400_000, 1_000_000, 2_000_000] as const;
const prices = [0, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10] as const;

export function sortText(sort: FitSort): string {
  switch (sort) {
    case 'name':
      return t('Name');
    case 'window':
      return t('Window');
    case 'tokens':
      return t('Tokens');
    case 'share':
      return t('Share of the window');
    case 'price':
      return t('Input price');
    case 'cost':
      return t('Cost');
    case 'calls':
      return t('Calls');
    case 'latency':
      return t('Latency');
    case 'coverage':
      return t('Seen at once');
  }
}

/** What a strategy is worked out with. */
export function strategyKnobsView({ knobs }: FitModel, set: SetKnobs): TemplateResult {
  return html`<div class="row knob-row">
    ${sliderField({
      id: 'answer-tokens',
      label: t('Length of an answer'),
      value: knobs.answerTokens,
      min: 0,
      max: 128_000,
      text: (value) => t('{0} tokens', formatTokens(value)),
      change: (answerTokens) => set({ answerTokens }),
    })}
    ${sliderField({
      id: 'retrieval-tokens',
      label: t('RAG sends at most'),
      value: knobs.retrievalTokens,
      min: 500,
      max: 200_000,
      text: (value) => t('{0} tokens', formatTokens(value)),
      change: (retrievalTokens) => set({ retrievalTokens }),
    })}
    ${sliderField({
      id: 'overlap',
      label: t('Overlap of windows'),
      value: Math.round(100 * knobs.overlap),
      min: 0,
      max: 50,
      step: 1,
      text: (value) => formatPercent(value),
      change: (percent) => set({ overlap: percent / 100 }),
    })}
  </div>`;
}

export function filtersView(model: FitModel, set: SetKnobs): TemplateResult {
  const { knobs, rows, numModels, makers } = model;
  const filter = (patch: Partial<FitKnobs>) => set({ ...patch, page: 0 });
  const any = t('any');
  return html`<div class="row knob-row" role="search" aria-label=${t('Filter the models')}>
      ${textField({
        id: 'fit-query',
        label: t('Find a model'),
        value: knobs.query,
        type: 'search',
        change: (query) => filter({ query }),
      })}
      ${selectField({
        id: 'fit-maker',
        label: t('Maker'),
        value: knobs.maker,
        options: [
          { value: '', text: any },
          ...makers.map((maker) => ({ value: maker, text: maker })),
        ],
        change: (maker) => filter({ maker }),
      })}
      ${selectField({
        id: 'fit-window',
        label: t('Window at least'),
        value: String(knobs.minWindowTokens),
        options: windows.map((tokens) => ({
          value: String(tokens),
          text: tokens === 0 ? any : formatTokens(tokens),
        })),
        change: (value) => filter({ minWindowTokens: Number(value) }),
      })}
      ${selectField({
        id: 'fit-price',
        label: t('Input price at most'),
        value: String(knobs.maxInputUsdPerMillionTokens),
        options: prices.map((usd) => ({
          value: String(usd),
          text: usd === 0 ? any : t('{0} a million', formatUsd(usd)),
        })),
        change: (value) => filter({ maxInputUsdPerMillionTokens: Number(value) }),
      })}
      ${selectField({
        id: 'fit-strategy',
        label: t('By strategy'),
        value: strategyOf(knobs),
        options: fitStrategies.map((strategy) => ({
          value: strategy,
          text: strategyText(strategy),
        })),
        change: (strategy) => filter({ strategy }),
      })}
      ${selectField({
        id: 'fit-sort',
        label: t('Sort by'),
        value: knobs.sortBy,
        options: fitSorts.map((sort) => ({ value: sort, text: sortText(sort) })),
        change: (sortBy) => filter({ sortBy }),
      })}
    </div>
    <div class="row">
      ${checkField({
        id: 'fit-descending',
        label: t('Largest first'),
        checked: knobs.descending,
        change: (descending) => filter({ descending }),
      })}
      ${checkField({
        id: 'fit-open',
        label: t('Open weights'),
        checked: knobs.openWeightsOnly,
        change: (openWeightsOnly) => filter({ openWeightsOnly }),
      })}
      ${checkField({
        id: 'fit-fitting',
        label: t('Only what fits'),
        checked: knobs.onlyFitting,
        change: (onlyFitting) => filter({ onlyFitting }),
      })}
      ${checkField({
        id: 'fit-deprecated',
        label: t('Deprecated too'),
        checked: knobs.withDeprecated,
        change: (withDeprecated) => filter({ withDeprecated }),
      })}
      <span id="fit-count" class="quiet" role="status"
        >${t('{0} of {1} models', rows.length, numModels)}</span
      >
    </div>`;
}
