import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { keyed } from 'lit/directives/keyed.js';
import { live } from 'lit/directives/live.js';
import { t } from '../shared/l10n.ts';
import './elements.ts';

export interface SelectField {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly change: (value: string) => void;
}

/** What a field of VS Code's components holds, as its events have it. */
function valueOf({ target }: Event): string {
  return (target as HTMLElement & { readonly value: string }).value;
}

/** A labelled choice. Its options are given as data: an element for each would be hundreds. */
export function selectField({ id, label, value, options, change }: SelectField): TemplateResult {
  const texts = options.map(({ text }) => text);
  const key = texts.join('\n');
  // Made anew when there are others to choose from: what was chosen stays with its place in the list.
  return html`<span class="field">
    <label for=${id}>${label}</label>
    ${keyed(
      key,
      html`<vscode-single-select
        id=${id}
        class=${widthOf(texts)}
        label=${label}
        .options=${guard([key], () => options.map((one) => ({ value: one.value, label: one.text })))}
        .selectedIndex=${live(options.findIndex((one) => one.value === value))}
        @change=${(event: Event) => change(valueOf(event))}
      ></vscode-single-select>`,
    )}
  </span>`;
}

/** A choice is as wide as its longest text, in steps; no style attribute gets past the page's policy. */
function widthOf(texts: readonly string[]): string {
  const longest = Math.max(0, ...texts.map(({ length }) => length));
  const step = [6, 10, 14, 18, 22].find((each) => longest <= each);
  return step === undefined ? 'chars-more' : `chars-${step}`;
}

export interface TextField {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  /** search: can be emptied by Escape. */
  readonly type?: 'search' | 'text';
  readonly change: (value: string) => void;
}

/** A labelled line of text. */
export function textField({ id, label, value, type, change }: TextField): TemplateResult {
  return html`<span class="field text">
    <label for=${id}>${label}</label>
    <vscode-textfield
      id=${id}
      type=${type ?? 'text'}
      .label=${label}
      .value=${live(value)}
      @input=${(event: Event) => change(valueOf(event))}
    ></vscode-textfield>
  </span>`;
}

export interface NumberField {
  readonly id: string;
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** Below 1: parts of a whole may be typed. */
  readonly step: number;
  readonly change: (value: number) => void;
}

/** A labelled number; what is typed is brought into its range, nonsense changes nothing. */
export function numberField(field: NumberField): TemplateResult {
  const { id, label, value, min, max, step, change } = field;
  // A part that is being typed ("0.") is not written over by the number that it is so far.
  return html`<span class="field">
    <label for=${id}>${label}</label>
    <vscode-textfield
      id=${id}
      type="number"
      .label=${label}
      min=${min}
      max=${max}
      step=${step}
      .value=${step < 1 ? String(value) : live(String(value))}
      @input=${(event: Event) => {
        const text = valueOf(event);
        const typed = Number(text);
        if (text === '' || !Number.isFinite(typed)) return;
        change(Math.min(max, Math.max(min, step < 1 ? typed : Math.round(typed))));
      }}
    ></vscode-textfield>
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
    <vscode-button secondary ?disabled=${page === 0} @click=${() => change(page - 1)}
      >${t('Previous')}</vscode-button
    >
    <span>${t('Page {0} of {1}', page + 1, pages)}</span>
    <vscode-button secondary ?disabled=${page >= pages - 1} @click=${() => change(page + 1)}
      >${t('Next')}</vscode-button
    >
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

/** A check box with its label. */
export function checkField({ id, label, checked, change }: CheckField): TemplateResult {
  return html`<vscode-checkbox
    id=${id}
    .checked=${live(checked)}
    @change=${(event: Event) =>
      change((event.target as HTMLElement & { readonly checked: boolean }).checked)}
    >${label}</vscode-checkbox
  >`;
}
