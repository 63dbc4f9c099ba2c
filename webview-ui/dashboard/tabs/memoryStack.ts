import { html, type TemplateResult } from 'lit';
import type { MemorySetup } from '../../../src/core/dashboard/memory.ts';
import { sharesHeads } from '../../../src/core/dashboard/layouts.ts';
import type { MemoryKnobs } from '../../../src/core/dashboard/tabKnobs.ts';
import { techniqueStack } from '../../../src/core/estimates/stack.ts';
import type { StackStep, StackSwitches } from '../../../src/core/estimates/stack.ts';
import { formatCount, formatNumber } from '../../../src/core/format/numbers.ts';
import { t } from '../../shared/l10n.ts';
import { selectField } from '../fields.ts';
import type { ExportTable } from '../tab.ts';
import { checkField } from './parts.ts';

type Technique = keyof StackSwitches;

const switches = [
  'sharedKvHeads',
  'windows',
  'flashAttention',
  'chunkedPrefill',
  'paging',
  'fp8Cache',
] as const;

/** The longest context after each technique that is switched on, from a plain model on one card. */
export function stackOf(
  { architecture, deployment }: MemorySetup,
  knobs: MemoryKnobs,
): readonly StackStep[] {
  const gpus = Math.max(1, Math.round(knobs.stackTensorParallel));
  const tensorParallel = sharesHeads(architecture, gpus) ? gpus : 1;
  return techniqueStack(architecture, deployment, {
    sharedKvHeads: knobs.sharedKvHeads,
    windows: knobs.windows,
    flashAttention: knobs.flashAttention,
    chunkedPrefill: knobs.chunkedPrefill,
    paging: knobs.paging,
    fp8Cache: knobs.fp8Cache,
    tensorParallel,
    ring: Math.max(1, Math.round(knobs.stackRing)),
  });
}

export function techniqueText(technique: StackStep['technique']): string {
  switch (technique) {
    case 'none':
      return t('None: a KV head for each query head, one card');
    case 'sharedKvHeads':
      return t("The model's own grouped, multi-query or latent attention");
    case 'windows':
      return t("The model's own windows and state layers");
    case 'flashAttention':
      return t('FlashAttention: scores are never written');
    case 'chunkedPrefill':
      return t('Chunked prefill: 8K tokens at once');
    case 'paging':
      return t('Paged cache instead of one reservation');
    case 'fp8Cache':
      return t('fp8 cache');
    case 'tensorParallel':
      return t('Cards that share every layer');
    case 'ring':
      return t('Ring attention: cards that share the text');
  }
}

export function stackView(
  stack: readonly StackStep[],
  knobs: MemoryKnobs,
  set: (patch: Partial<MemoryKnobs>) => void,
): TemplateResult {
  const stepOf = (technique: Technique) => stack.find((step) => step.technique === technique);
  const counts = [1, 2, 4, 8, 16].map((count) => ({
    value: String(count),
    text: count === 1 ? t('off') : String(count),
  }));
  const start = stack[0];
  return html`<section aria-labelledby="stack-title">
    <h2 id="stack-title">${t('What each technique multiplies the longest context by')}</h2>
    <div class="tableScroll">
      <table id="stack">
        <thead>
          <tr>
            <th scope="col">${t('Technique')}</th>
            <th scope="col" class="number">${t('Longest context')}</th>
            <th scope="col" class="number">${t('Times')}</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <td>${techniqueText('none')}</td>
            <td class="number">${lengthText(start.longestContextTokens)}</td>
            <td class="number"></td>
          </tr>
          ${switches.map((technique) =>
            stepRow(
              technique,
              stepOf(technique),
              checkField({
                id: `stack-${technique}`,
                label: techniqueText(technique),
                checked: knobs[technique],
                change: (isOn) => set({ [technique]: isOn }),
              }),
            ),
          )}
          ${stepRow(
            'tensorParallel',
            stepOf('tensorParallel'),
            selectField({
              id: 'stack-tensorParallel',
              label: techniqueText('tensorParallel'),
              value: String(knobs.stackTensorParallel),
              options: counts,
              change: (value) => set({ stackTensorParallel: Number(value) }),
            }),
          )}
          ${stepRow(
            'ring',
            stepOf('ring'),
            selectField({
              id: 'stack-ring',
              label: techniqueText('ring'),
              value: String(knobs.stackRing),
              options: counts,
              change: (value) => set({ stackRing: Number(value) }),
            }),
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function stepRow(
  technique: Technique,
  step: StackStep | undefined,
  control: TemplateResult,
): TemplateResult {
  return html`<tr data-technique=${technique}>
    <td>${control}</td>
    <td class="number">${step === undefined ? t('off') : lengthText(step.longestContextTokens)}</td>
    <td class="number">
      ${step?.multiplier === undefined ? '' : `× ${formatNumber(step.multiplier)}`}
    </td>
  </tr>`;
}

function lengthText(tokens: number | undefined): string {
  if (tokens === undefined) return t('unknown');
  return tokens === 0 ? t('does not fit') : formatCount(tokens);
}

export function stackTable(stack: readonly StackStep[]): ExportTable {
  return {
    title: t('Techniques'),
    columns: [t('Technique'), t('Longest context'), t('Times')],
    rows: stack.map(({ technique, longestContextTokens, multiplier }) => [
      techniqueText(technique),
      longestContextTokens,
      multiplier,
    ]),
  };
}
