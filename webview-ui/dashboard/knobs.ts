import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { chosenOf } from '../../src/core/dashboard/chosen.ts';
import type { DashboardSnapshot, TextSource } from '../../src/core/dashboard/snapshot.ts';
import { subjectOf } from '../../src/core/dashboard/subject.ts';
import { kvDtypes, weightDtypes } from '../../src/core/estimates/dtypes.ts';
import { formatCount, formatTokens } from '../../src/core/format/numbers.ts';
import type { DashboardApi } from '../../src/protocol/dashboardMessages.ts';
import { t } from '../shared/l10n.ts';
import { numberField, selectField } from './fields.ts';
import type { Store } from './store.ts';
import { subjectText } from './words.ts';

export interface KnobsOptions {
  readonly store: Store;
  readonly snapshot: DashboardSnapshot;
  readonly api: DashboardApi;
  readonly fail: (error: unknown) => void;
}

const maxTokens = 10_000_000_000;

/** The knobs that every tab shares: what is weighed, for which model, what is kept free, on which cards. */
export function knobsView(options: KnobsOptions): TemplateResult {
  const { store, snapshot } = options;
  const state = store.get();
  const chosen = chosenOf(snapshot, state);
  const { models } = snapshot.catalogue;
  return html`<section class="knobs" aria-label=${t('Knobs')}>
    ${subjectKnob(options)}
    ${selectField({
      id: 'model',
      label: t('Model'),
      value: chosen.model?.id ?? '',
      options: [
        ...(chosen.model === undefined ? [{ value: '', text: chosen.modelId }] : []),
        ...models.map(({ id, name, maker }) => ({ value: id, text: `${name} · ${maker}` })),
      ],
      change: (modelId) => store.set({ modelId }),
    })}
    ${
      chosen.model === undefined
        ? html`<p class="error">${t('{0} is not in the catalogue.', chosen.modelId)}</p>`
        : nothing
    }
    ${numberField({
      id: 'reserved',
      label: t('Reserved for the answer'),
      value: chosen.budget.reservedOutputTokens,
      min: 0,
      max: maxTokens,
      step: 1000,
      change: (reservedOutputTokens) => store.set({ reservedOutputTokens }),
    })}
    ${selectField({
      id: 'hardware',
      label: t('Card'),
      value: chosen.hardware.id,
      options: snapshot.catalogue.hardware.map(({ id, name }) => ({ value: id, text: name })),
      change: (hardwareId) => store.set({ hardwareId }),
    })}
    ${selectField({
      id: 'gpus',
      label: t('Cards'),
      value: state.gpuCount === undefined ? '' : String(state.gpuCount),
      options: [
        { value: '', text: t('As few as hold it') },
        ...[1, 2, 4, 8].map((count) => ({ value: String(count), text: String(count) })),
      ],
      change: (value) => store.set({ gpuCount: value === '' ? undefined : Number(value) }),
    })}
    ${selectField({
      id: 'weight-dtype',
      label: t('Weights'),
      value: state.weightDtype,
      options: weightDtypes.map((dtype) => ({ value: dtype, text: dtype })),
      change: (value) =>
        store.set({ weightDtype: weightDtypes.find((dtype) => dtype === value) ?? 'bf16' }),
    })}
    ${selectField({
      id: 'kv-dtype',
      label: t('KV cache'),
      value: state.kvDtype,
      options: kvDtypes.map((dtype) => ({ value: dtype, text: dtype })),
      change: (value) =>
        store.set({ kvDtype: kvDtypes.find((dtype) => dtype === value) ?? 'bf16' }),
    })}
    ${
      chosen.shape.isReference
        ? html`<p class="quiet reference" id="reference">
            ${t(
              'Memory and latency are those of {0} on {1}, as a reference: the weights of {2} are not open.',
              chosen.shape.architecture.name,
              chosen.hardware.name,
              chosen.model?.name ?? chosen.modelId,
            )}
          </p>`
        : nothing
    }
  </section>`;
}

function subjectKnob({ store, snapshot, api, fail }: KnobsOptions): TemplateResult {
  const state = store.get();
  const counted = store.counted();
  const subject = subjectOf(snapshot, state, counted);
  const take = (source: TextSource) => {
    api.countText(source).then((text) => {
      store.setCounted(text);
      store.set({ subject: { kind: 'text' } });
    }, fail);
  };
  const choices = ['set', 'workspace', 'selection', 'diff', 'clipboard', 'typed'] as const;
  const names = {
    set: t('Context set'),
    workspace: t('All files'),
    selection: t('Selection'),
    diff: t('Git changes'),
    clipboard: t('Clipboard'),
    typed: t('Typed number'),
  };
  const value = state.subject.kind === 'text' ? subject.kind : state.subject.kind;
  const change = (choice: string) => {
    if (choice === 'selection' || choice === 'diff' || choice === 'clipboard') take(choice);
    else if (choice === 'typed') store.set({ subject: { kind: 'typed', tokens: 100_000 } });
    else if (choice === 'set' || choice === 'workspace') store.set({ subject: { kind: choice } });
  };
  return html`${selectField({
      id: 'subject',
      label: t('What is weighed'),
      value,
      options: choices.map((choice) => ({ value: choice, text: names[choice] })),
      change,
    })}
    ${
      state.subject.kind === 'typed'
        ? html`<span class="field">
            <label for="typed-tokens">${t('Tokens')}</label>
            <input
              id="typed-tokens"
              type="range"
              min="0"
              max="1000"
              step="1"
              aria-valuetext=${formatCount(state.subject.tokens)}
              .value=${live(String(positionOf(state.subject.tokens)))}
              @input=${(event: Event) =>
                store.set({
                  subject: {
                    kind: 'typed',
                    tokens: tokensAt(Number((event.target as HTMLInputElement).value)),
                  },
                })}
            />
            <output for="typed-tokens">${formatTokens(state.subject.tokens)}</output>
          </span>`
        : nothing
    }
    <p class="quiet" id="subject-text">${subjectText(subject)}</p>`;
}

/** The slider's 1,000 steps go from 100 to 1e9 tokens by equal factors. */
function tokensAt(position: number): number {
  const tokens = 10 ** (2 + (7 * position) / 1000);
  return Number(tokens.toPrecision(2));
}

function positionOf(tokens: number): number {
  return Math.round(((Math.log10(Math.max(100, tokens)) - 2) / 7) * 1000);
}
