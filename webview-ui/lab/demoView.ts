import { html, nothing, type TemplateResult } from 'lit';
import type { ControlValue, NumberRow } from '../../src/lab/demo.ts';
import type { DemoCard, ShownFrame } from '../../src/lab/labMessages.ts';
import { formatCount, formatSeconds } from '../../src/core/format/numbers.ts';
import { t } from '../shared/l10n.ts';
import { columnsOf } from './columns.ts';
import { controlsView } from './controlsView.ts';
import { pictureView, type PictureActions } from './pictureView.ts';
import type { Pane } from './state.ts';

export interface DemoActions extends PictureActions {
  change(controlId: string, value: ControlValue): void;
  reset(): void;
  goTo(frameIdx: number): void;
  play(playing: boolean): void;
  /** Shows the pattern in the editor, or takes it away again. */
  mark(marking: boolean): void;
  openCard(modelId: string): void;
  /** Saves the frame's picture of this place for every step of the time line. */
  saveSteps(pictureIdx: number): void;
}

/** One demo: controls, time line, pictures, numbers, and what it is and comes from. */
export function demoView(
  demo: DemoCard,
  pane: Pane,
  scope: string,
  numTokens: number,
  marking: boolean,
  actions: DemoActions,
): TemplateResult {
  const { shown, error } = pane;
  return html`<article aria-label=${demo.title} data-demo=${demo.id}>
    <h2 tabindex="-1">${demo.title}</h2>
    <p>${demo.line}</p>
    ${controlsView(demo.controls, pane.values, scope, (id, value) => actions.change(id, value))}
    <div class="row">
      <button class="secondary" @click=${() => actions.reset()}>${t('Reset controls')}</button>
      ${
        demo.canMark
          ? html`<button
              class="secondary"
              data-mark
              aria-pressed=${marking}
              @click=${() => actions.mark(!marking)}
            >
              ${marking ? t('Hide in the editor') : t('Show in the editor')}
            </button>`
          : nothing
      }
    </div>
    ${error === undefined ? nothing : html`<p class="error" role="alert">${error}</p>`}
    ${shown === undefined ? nothing : timeline(pane, scope, actions)}
    ${
      shown === undefined
        ? html`<p class="quiet">${error === undefined ? t('Computing…') : ''}</p>`
        : html`<p class="caption">${shown.frame.caption}</p>
            ${
              shown.usedTokens < numTokens
                ? html`<p class="quiet">
                    ${t('This demo takes {0} tokens at most; it runs on the first ones.', formatCount(shown.usedTokens))}
                  </p>`
                : nothing
            }
            ${resultView(shown, actions)}`
    }
    <section>
      <h3>${t('What to notice')}</h3>
      <p>${demo.notice}</p>
      <p class="formula"><code>${demo.formula}</code></p>
      <p>${t('Source: ')}<a href=${demo.source.url}>${demo.source.title}</a></p>
      <p class="quiet">
        ${t('Basis: {0}. Nothing here is the behaviour of a trained model.', demo.basis)}
      </p>
    </section>
    ${modelsView(demo, actions)}
  </article>`;
}

/** The step's pictures and, after them, its numbers. */
function resultView(
  { frame: { pictures, numbers }, numFrames, keyNumberId, engineSeconds }: ShownFrame,
  actions: DemoActions,
): TemplateResult {
  const columns = columnsOf(pictures, numbers.length);
  return html`<div class="result">
    ${pictures.map(
      (picture, idx) =>
        html`<div class=${columns[idx]}>
          ${pictureView(picture, actions, numFrames > 1 ? () => actions.saveSteps(idx) : undefined)}
        </div>`,
    )}
    <div class=${columns[pictures.length]}>
      ${numbersView(numbers, keyNumberId)}
      ${
        engineSeconds === undefined
          ? nothing
          : html`<p class="quiet">
              ${t('The engine took {0} for this, in a thread of its own.', formatSeconds(engineSeconds))}
            </p>`
      }
    </div>
  </div>`;
}

/** Longer lists are folded. */
const shownModels = 8;

function modelsView({ models: { models, note } }: DemoCard, actions: DemoActions): TemplateResult {
  const list = html`<ul class="models">
    ${models.map(
      ({ id, name, how }) =>
        html`<li data-model=${id}>
          <button class="link" title=${t('Show Model Card')} @click=${() => actions.openCard(id)}>
            ${name}</button
          >: ${how}
        </li>`,
    )}
  </ul>`;
  return html`<section class="uses">
    <h3>${t('Models that use it')}</h3>
    ${note === undefined ? nothing : html`<p>${note}</p>`}
    ${
      models.length <= shownModels
        ? models.length === 0
          ? nothing
          : list
        : html`<details>
            <summary>${t('{0} models of the catalogue', formatCount(models.length))}</summary>
            ${list}
          </details>`
    }
  </section>`;
}

function timeline({ shown, playing }: Pane, scope: string, actions: DemoActions) {
  if (shown === undefined || shown.numFrames <= 1) return nothing;
  const { frameIdx, numFrames } = shown;
  const last = numFrames - 1;
  return html`<div class="row timeline" role="group" aria-label=${t('Steps')}>
    <button
      class="secondary"
      ?disabled=${frameIdx === 0}
      @click=${() => actions.goTo(frameIdx - 1)}
    >
      ${t('Back')}
    </button>
    <button class="primary" @click=${() => actions.play(!playing)}>
      ${playing ? t('Pause') : t('Play')}
    </button>
    <button
      class="secondary step"
      ?disabled=${frameIdx === last}
      @click=${() => actions.goTo(frameIdx + 1)}
    >
      ${t('Step')}
    </button>
    <label class="hidden" for=${`${scope}-time`}>${t('Step')}</label>
    <input
      id=${`${scope}-time`}
      type="range"
      min="0"
      max=${last}
      step="1"
      .value=${String(frameIdx)}
      aria-valuetext=${t('step {0} of {1}', frameIdx + 1, numFrames)}
      @input=${(event: Event) => actions.goTo(Number((event.target as HTMLInputElement).value))}
    />
    <span class="position">${t('step {0} of {1}', frameIdx + 1, numFrames)}</span>
  </div>`;
}

function numbersView(numbers: readonly NumberRow[], keyNumberId: string): TemplateResult {
  return html`<table class="numbers">
    <caption class="hidden">
      ${t('Numbers')}
    </caption>
    <tbody>
      ${numbers.map(
        (row) =>
          html`<tr class=${row.id === keyNumberId ? 'key' : ''} data-number=${row.id}>
            <th scope="row">${row.label}</th>
            <td data-value=${String(row.value)}>${row.text}</td>
            <td class="why quiet">${row.why ?? ''}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
