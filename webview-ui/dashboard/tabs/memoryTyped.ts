import { html, type TemplateResult } from 'lit';
import type { MemoryKnobs } from '../../../src/core/dashboard/tabKnobs.ts';
import { t } from '../../shared/l10n.ts';
import { numberField } from '../fields.ts';
import { checkField } from '../fields.ts';

type TypedKnob = Extract<keyof MemoryKnobs, `typed${string}`>;

/** A model's shape as a person types it in, in place of one from the data. */
export function typedShapeView(
  knobs: MemoryKnobs,
  set: (patch: Partial<MemoryKnobs>) => void,
): TemplateResult {
  const fields: readonly (readonly [TypedKnob, string])[] = [
    ['typedLayers', t('Layers')],
    ['typedHeads', t('Query heads')],
    ['typedKvHeads', t('KV heads')],
    ['typedHeadDim', t('Head dimension')],
    ['typedHiddenSize', t('Hidden size')],
    ['typedIntermediateSize', t('Feed-forward width')],
    ['typedVocabSize', t('Vocabulary')],
    ['typedWindowTokens', t('Sliding window, 0 for none')],
  ];
  return html`<details class="more" id="typed-shape" ?open=${knobs.isTyped}>
    <summary>${t('A shape of your own')}</summary>
    ${checkField({
      id: 'typed-use',
      label: t('Work memory and latency out for this shape'),
      checked: knobs.isTyped,
      change: (isTyped) => set({ isTyped }),
    })}
    <div class="tabKnobs">
      ${fields.map(([name, label]) =>
        numberField({
          id: `typed-${name}`,
          label,
          value: knobs[name],
          min: name === 'typedWindowTokens' ? 0 : 1,
          max: 100_000_000,
          step: 1,
          change: (value) => set({ [name]: value }),
        }),
      )}
    </div>
  </details>`;
}
