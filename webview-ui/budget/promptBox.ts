import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { PromptDraft, PromptWeight } from '../../src/protocol/budgetMessages.ts';
import { formatCount } from '../../src/core/format/numbers.ts';
import { t } from '../shared/l10n.ts';
import { verdictIcon } from '../shared/verdictIcon.ts';
import {
  countText,
  fileCountText,
  freeText,
  usdIntervalText,
  verdictText,
} from '../shared/words.ts';

export interface PromptBoxActions {
  readonly change: (change: Partial<PromptDraft>) => void;
  readonly copy: () => void;
  readonly openInChat: () => void;
}

const maxOutputTokens = 10_000_000;
const maxTurns = 1000;

/** What is about to be asked, counted with the set as it is typed; what that costs and leaves free. */
export function promptBox(
  draft: PromptDraft,
  weight: PromptWeight | undefined,
  actions: PromptBoxActions,
): TemplateResult {
  return html`<section class="prompt-box" aria-labelledby="prompt-label">
    <label id="prompt-label" for="prompt">${t('What you are about to ask')}</label>
    <textarea
      id="prompt"
      rows="2"
      spellcheck="false"
      placeholder=${t('Type or paste a prompt: it is counted with the checked files')}
      .value=${live(draft.text)}
      @input=${(event: InputEvent) => actions.change({ text: textOf(event) })}
    ></textarea>
    <div class="fields">
      <label for="output">${t('Answer tokens')}</label>
      <input
        id="output"
        title=${t('How long you expect each answer to be, in tokens')}
        type="number"
        min="0"
        max=${maxOutputTokens}
        step="100"
        .value=${live(String(draft.outputTokens))}
        @change=${(event: Event) =>
          actions.change({ outputTokens: numberOf(event, 0, maxOutputTokens) })}
      />
      <label for="turns">${t('Turns')}</label>
      <input
        id="turns"
        type="number"
        min="1"
        max=${maxTurns}
        .value=${live(String(draft.turns))}
        @change=${(event: Event) => actions.change({ turns: numberOf(event, 1, maxTurns) })}
      />
    </div>
    ${weight === undefined ? nothing : weighed(draft, weight)}
    <div class="row buttons">
      <button class="primary" id="copy" @click=${actions.copy}>
        ${t('Copy Prompt with Context')}
      </button>
      <button class="secondary" id="open-in-chat" @click=${actions.openInChat}>
        ${t('Open in Chat')}
      </button>
    </div>
  </section>`;
}

function weighed(draft: PromptDraft, weight: PromptWeight): TemplateResult {
  return html`<dl aria-live="polite">
      <dt>${t('Prompt')}</dt>
      <dd>
        <span id="prompt-tokens">${formatCount(weight.promptTokens)}</span>
        <span class="quiet">
          +
          ${weight.contextFiles === 0 ? t('no files checked') : fileCountText(weight.contextFiles)}
        </span>
      </dd>
      <dt>${draft.turns > 1 ? t('Input of the first turn') : t('Input')}</dt>
      <dd id="prompt-input" title=${weight.firstInput.basis}>${countText(weight.firstInput)}</dd>
      <dt>${draft.turns > 1 ? t('After the last answer') : t('With the answer')}</dt>
      <dd>${countText(weight.lastTotal)}</dd>
      <dt>${draft.turns > 1 ? t('Cost of all turns') : t('Cost')}</dt>
      <dd id="prompt-cost">${usdIntervalText(weight.cost)}</dd>
      ${
        weight.cachedCost === undefined
          ? nothing
          : html`<dt>${t('… with prompt caching')}</dt>
              <dd>${usdIntervalText(weight.cachedCost)}</dd>`
      }
    </dl>
    <p class="verdict small">
      ${verdictIcon(weight.verdict)}<strong>${verdictText(weight.verdict)}</strong>
      <span>${freeText(weight.freeTokens)}</span>
    </p>
    ${
      weight.cap === undefined
        ? nothing
        : html`<p class="warning">
            ${weight.cap === 'hard' ? t('Over your hard cap.') : t('Over your soft cap.')}
          </p>`
    }`;
}

function textOf(event: Event): string {
  return (event.target as HTMLTextAreaElement).value;
}

/** The number that was typed, brought into its range; nothing or nonsense is the least. */
function numberOf(event: Event, min: number, max: number): number {
  const typed = (event.target as HTMLInputElement).valueAsNumber;
  return Number.isFinite(typed) ? Math.min(max, Math.max(min, Math.round(typed))) : min;
}
