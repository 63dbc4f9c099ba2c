import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { t } from '../shared/l10n.ts';

export interface SelectField {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly change: (value: string) => void;
}

/** A labelled choice. */
export function selectField({ id, label, value, options, change }: SelectField): TemplateResult {
  return html`<span class="field">
    <label for=${id}>${label}</label>
    <select id=${id} @change=${(event: Event) => change((event.target as HTMLSelectElement).value)}>
      ${options.map(
        (option) =>
          html`<option value=${option.value} .selected=${live(option.value === value)}>
            ${option.text}
          </option>`,
      )}
    </select>
  </span>`;
}

export interface NumberField {
  readonly id: string;
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly change: (value: number) => void;
}

/** A labelled number; what is typed is brought into its range, nonsense is the least. */
export function numberField(field: NumberField): TemplateResult {
  const { id, label, value, min, max, step, change } = field;
  return html`<span class="field">
    <label for=${id}>${label}</label>
    <input
      id=${id}
      type="number"
      min=${min}
      max=${max}
      step=${step}
      .value=${live(String(value))}
      @input=${(event: Event) => {
        const typed = (event.target as HTMLInputElement).valueAsNumber;
        if (Number.isFinite(typed)) change(Math.min(max, Math.max(min, Math.round(typed))));
      }}
    />
  </span>`;
}

export interface Pager {
  /** From 0. */
  readonly page: number;
  readonly pages: number;
  readonly label: string;
  readonly change: (page: number) => void;
}

/** Steps through the pages of a long table; nothing where there is one page. */
export function pagerView({ page, pages, label, change }: Pager): TemplateResult | typeof nothing {
  if (pages <= 1) return nothing;
  return html`<nav class="row pager" aria-label=${label}>
    <button ?disabled=${page === 0} @click=${() => change(page - 1)}>${t('Previous')}</button>
    <span>${t('Page {0} of {1}', page + 1, pages)}</span>
    <button ?disabled=${page >= pages - 1} @click=${() => change(page + 1)}>${t('Next')}</button>
  </nav>`;
}

export interface SliderField {
  readonly id: string;
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** Steps of equal difference; absent: 1,000 steps of equal factors, rounded to two digits. */
  readonly step?: number;
  readonly text: (value: number) => string;
  readonly change: (value: number) => void;
}

const factorSteps = 1000;

/** A labelled slider with its value in words. With equal factors, its left end is 0 where `min` is 0. */
export function sliderField(field: SliderField): TemplateResult {
  const { id, label, value, min, max, step, text, change } = field;
  const first = Math.max(1, min);
  const factor = Math.log(max / first);
  const positionOf = (at: number) =>
    at < first ? 0 : Math.round((factorSteps * Math.log(at / first)) / factor);
  const valueAt = (position: number) =>
    position === 0
      ? min
      : Number((first * Math.exp((factor * position) / factorSteps)).toPrecision(2));
  const byFactor = step === undefined;
  return html`<span class="field slider">
    <label for=${id}>${label}</label>
    <span class="slide">
      <input
        id=${id}
        type="range"
        min=${byFactor ? 0 : min}
        max=${byFactor ? factorSteps : max}
        step=${step ?? 1}
        aria-valuetext=${text(value)}
        .value=${live(String(byFactor ? positionOf(value) : value))}
        @input=${(event: Event) => {
          const position = (event.target as HTMLInputElement).valueAsNumber;
          change(byFactor ? valueAt(position) : position);
        }}
      />
      <output for=${id}>${text(value)}</output>
    </span>
  </span>`;
}

export interface CheckField {
  readonly id: string;
  readonly label: string;
  readonly checked: boolean;
  readonly change: (checked: boolean) => void;
}

export function checkField({ id, label, checked, change }: CheckField): TemplateResult {
  return html`<label class="check"
    ><input
      type="checkbox"
      id=${id}
      .checked=${live(checked)}
      @change=${(event: Event) => change((event.target as HTMLInputElement).checked)}
    />${label}</label
  >`;
}
