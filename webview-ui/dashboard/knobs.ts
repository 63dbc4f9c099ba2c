import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { chosenOf, type Chosen } from '../../src/core/dashboard/chosen.ts';
import type { DashboardSnapshot, TextSource } from '../../src/core/dashboard/snapshot.ts';
import { subjectOf } from '../../src/core/dashboard/subject.ts';
import { kvDtypes, weightDtypes } from '../../src/core/estimates/dtypes.ts';
import { formatTokens } from '../../src/core/format/numbers.ts';
import type { DashboardApi } from '../../src/protocol/dashboardMessages.ts';
import { t } from '../shared/l10n.ts';
import './elements.ts';
import './knobs.css';
import { selectField, sliderField } from './fields.ts';
import type { Store } from './store.ts';
import { subjectText } from './words.ts';

export interface KnobsOptions {
  readonly store: Store;
  readonly snapshot: DashboardSnapshot;
  readonly api: DashboardApi;
  readonly fail: (error: unknown) => void;
  readonly redraw: () => void;
}

/** The knobs that every tab shares: what is weighed, for which model, what is kept free, on which cards. */
export function knobsView(options: KnobsOptions): TemplateResult {
  const { store, snapshot } = options;
  const state = store.get();
  const chosen = chosenOf(snapshot, state);
  return html`<section class="knobs" aria-label=${t('Knobs')}>
    ${subjectKnob(options)} ${modelKnob(chosen, options)}
    ${
      chosen.model === undefined
        ? html`<p class="error">${t('{0} is not in the catalogue.', chosen.modelId)}</p>`
        : nothing
    }
    ${sliderField({
      id: 'reserved',
      label: t('Reserved for the answer'),
      value: chosen.budget.reservedOutputTokens,
      min: 0,
      max: 256_000,
      text: (value) => t('{0} tokens', formatTokens(value)),
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
      // The tabs of memory and latency name the reference themselves, and let choose another.
      chosen.shape.isReference && state.tab === 'fit'
        ? html`<p class="quiet reference" id="reference">
            ${t(
              'Memory and latency are those of {0} on {1}, as a reference: the shape of {2} is not known.',
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
  // A folder is chosen where it is seen, under Files; here it stands while it is.
  const isFolder = state.subject.kind === 'folder';
  const choices = [
    'set',
    'workspace',
    ...(isFolder ? (['folder'] as const) : []),
    'selection',
    'diff',
    'clipboard',
    'typed',
  ] as const;
  const names = {
    set: t('Context set'),
    workspace: t('All files'),
    folder: t('Folder'),
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
        ? sliderField({
            id: 'typed-tokens',
            label: t('Tokens'),
            value: state.subject.tokens,
            min: 100,
            max: 1_000_000_000,
            text: formatTokens,
            change: (tokens) => store.set({ subject: { kind: 'typed', tokens } }),
          })
        : nothing
    }
    <p class="quiet" id="subject-text">${subjectText(subject, state.subject)}</p>`;
}

/** Hundreds of options take longer to make than all else of the page: they are made when somebody goes to choose. */
let areAllModelsShown = false;

/** All models to choose from by typing a part of the name; the choice holds for the dashboard until it is made the setting. */
function modelKnob({ model, modelId }: Chosen, options: KnobsOptions): TemplateResult {
  const { store, snapshot, api, fail, redraw } = options;
  const { models } = snapshot.catalogue;
  const offered = areAllModelsShown ? models : model;
  const offerAll = () => {
    if (areAllModelsShown) return;
    areAllModelsShown = true;
    redraw();
  };
  const setting = snapshot.now.settings.modelId;
  const isSetting = modelId === setting || model?.id === setting;
  return html`<span class="field model">
    <label for="model">${t('Model')}</label>
    <span class="slide">
      <vscode-single-select
        id="model"
        combobox
        label=${t('Model')}
        .value=${model?.id ?? ''}
        @focusin=${offerAll}
        @pointerenter=${offerAll}
        @change=${(event: Event) => {
          const { value } = event.target as HTMLElement & { readonly value: string };
          if (value !== '') store.set({ modelId: value });
        }}
      >
        ${guard([offered], () =>
          [offered ?? []]
            .flat()
            .map(
              ({ id, name, maker }) =>
                html`<vscode-option value=${id} description=${id} ?selected=${id === model?.id}
                  >${name} · ${maker}</vscode-option
                >`,
            ),
        )}
      </vscode-single-select>
      ${
        isSetting || model === undefined
          ? nothing
          : html`<button
                class="link"
                id="use-model"
                title=${t('Every view follows the model of the settings')}
                @click=${() => {
                  api.useModel(model.id).then(() => store.set({ modelId: undefined }), fail);
                }}
              >
                ${t('Use everywhere')}
              </button>
              <button
                class="link"
                id="model-of-settings"
                @click=${() => store.set({ modelId: undefined })}
              >
                ${t('Back to the setting’s')}
              </button>`
      }
    </span>
  </span>`;
}
