import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Control, ControlValue, ControlValues } from '../../src/lab/demo.ts';
import { t } from '../shared/l10n.ts';

/** One input for each control. `scope` keeps ids apart where two demos are shown. */
export function controlsView(
  controls: readonly Control[],
  values: ControlValues,
  scope: string,
  change: (id: string, value: ControlValue) => void,
): TemplateResult {
  return html`<div class="controls">
    ${controls.map((control) =>
      controlView(control, values[control.id] ?? control.initial, `${scope}-${control.id}`, change),
    )}
  </div>`;
}

function controlView(
  control: Control,
  value: ControlValue,
  inputId: string,
  change: (id: string, value: ControlValue) => void,
): TemplateResult {
  const input = (event: Event) => event.target as HTMLInputElement;
  switch (control.kind) {
    case 'number': {
      const { logarithmic = false, min, max, step } = control;
      // A doubling control's slider moves over the exponents.
      const place = (at: number) => (logarithmic ? Math.log2(Math.max(at, 1e-9)) : at);
      const number = Number(value);
      return html`<label for=${inputId}>${control.label}</label>
        <span class="slider">
          <input
            id=${inputId}
            type="range"
            min=${place(min)}
            max=${place(max)}
            step=${logarithmic ? 1 : step}
            .value=${String(place(number))}
            aria-valuetext=${String(number)}
            @input=${(event: Event) => {
              const at = Number(input(event).value);
              change(control.id, within(logarithmic ? 2 ** at : at, min, max));
            }}
          />
          <output for=${inputId}>${Number(number.toPrecision(6))}</output>
        </span>`;
    }
    case 'choice':
      return html`<label for=${inputId}>${control.label}</label>
        <select id=${inputId} @change=${(event: Event) => change(control.id, input(event).value)}>
          ${control.options.map(
            (option) =>
              html`<option value=${option.value} .selected=${live(option.value === value)}>
                ${option.label}
              </option>`,
          )}
        </select>`;
    case 'switch':
      return html`<label for=${inputId}>${control.label}</label>
        <input
          id=${inputId}
          type="checkbox"
          .checked=${value === true}
          @change=${(event: Event) => change(control.id, input(event).checked)}
        />`;
    case 'positions':
      return html`<label for=${inputId}>${control.label}</label>
        <input
          id=${inputId}
          type="text"
          placeholder=${t('positions, such as 0, 5')}
          .value=${Array.isArray(value) ? value.join(', ') : ''}
          @change=${(event: Event) => change(control.id, readPositions(input(event).value))}
        />`;
  }
}

function within(value: number, min: number, max: number): number {
  return Number(Math.max(min, Math.min(max, value)).toPrecision(12));
}

/** Whole numbers of 0 or more, rising, each once; anything else is left out. */
export function readPositions(text: string): readonly number[] {
  const numbers = text
    .split(/[\s,;]+/)
    .filter((part) => /^\d{1,9}$/.test(part))
    .map(Number);
  return [...new Set(numbers)].sort((a, b) => a - b);
}

export function toggledPosition(
  value: ControlValue | undefined,
  position: number,
): readonly number[] {
  const before = Array.isArray(value) ? (value as readonly number[]) : [];
  return before.includes(position)
    ? before.filter((one) => one !== position)
    : [...before, position].sort((a, b) => a - b);
}
