import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { formatCount } from '../../src/core/format/numbers.ts';
import { t } from '../shared/l10n.ts';
import { tokenSteps, type State } from './state.ts';

export interface HeaderActions {
  goTo(place: 'gallery' | 'wall' | 'learn'): void;
  /** An empty id: with nothing. */
  compareWith(demoId: string): void;
  runOn(numTokens: number): void;
  takeText(): void;
}

/** Where one is in the lab, and the text that everything runs on. */
export function headerView(state: State, actions: HeaderActions): TemplateResult {
  const { text } = state;
  return html`<nav class="row" aria-label=${t('Attention lab')}>
      <button class="secondary" id="gallery" @click=${() => actions.goTo('gallery')}>
        ${t('All demos')}
      </button>
      <button class="secondary" id="wall" @click=${() => actions.goTo('wall')}>
        ${t('Pattern wall')}
      </button>
      <button class="secondary" id="learn" @click=${() => actions.goTo('learn')}>
        ${t('Learn')}
      </button>
      ${state.place === 'demo' ? compareChoice(state, actions) : nothing}
    </nav>
    ${
      text === undefined
        ? nothing
        : html`<div class="row">
            <span class="quiet" id="text"
              >${t('Text: {0}, {1} tokens counted with {2}', text.name, formatCount(text.numTokens) + (text.cut ? '+' : ''), text.encoding)}</span
            >
            <label for="num-tokens">${t('Run on the first')}</label>
            <select
              id="num-tokens"
              @change=${(event: Event) =>
                actions.runOn(Number((event.target as HTMLSelectElement).value))}
            >
              ${tokenSteps.map(
                (step) =>
                  html`<option value=${step} .selected=${live(step === state.numTokens)}>
                    ${formatCount(step)}
                  </option>`,
              )}
            </select>
            <button class="secondary" @click=${() => actions.takeText()}>
              ${t('Take selection or file')}
            </button>
          </div>`
    }`;
}

function compareChoice(state: State, actions: HeaderActions): TemplateResult {
  const second = state.panes[1]?.demoId as string | undefined;
  return html`<label for="compare">${t('Compare with')}</label>
    <select
      id="compare"
      @change=${(event: Event) => actions.compareWith((event.target as HTMLSelectElement).value)}
    >
      <option value="" .selected=${live(second === undefined)}>${t('nothing')}</option>
      ${state.demos.map(
        (demo) =>
          html`<option value=${demo.id} .selected=${live(demo.id === second)}>
            ${demo.title}
          </option>`,
      )}
    </select>`;
}
