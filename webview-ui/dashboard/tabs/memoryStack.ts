import { html, type TemplateResult } from 'lit';
import type { MemorySetup } from '../../../src/core/dashboard/memory.ts';
import { sharesHeads } from '../../../src/core/dashboard/layouts.ts';
import type { MemoryKnobs } from '../../../src/core/dashboard/tabKnobs.ts';
import { techniqueStack } from '../../../src/core/estimates/stack.ts';
import type { Explained } from '../../../src/core/estimates/explained.ts';
import type { StackStep, StackSwitches } from '../../../src/core/estimates/stack.ts';
import { formatCount, formatNumber } from '../../../src/core/format/numbers.ts';
import { t } from '../../shared/l10n.ts';
import { selectField } from '../fields.ts';
import type { ExportTable } from '../tab.ts';
import { why } from '../why.ts';
import { checkField } from '../fields.ts';

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

function techniqueText(technique: StackStep['technique']): string {
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
            <td class="number">${lengthNumber(start)}</td>
            <td class="number"></td>
          </tr>
          ${switches.map((technique) =>
            stepRow(
              technique,
              stack,
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
            stack,
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
            stack,
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
  stack: readonly StackStep[],
  control: TemplateResult,
): TemplateResult {
  const at = stack.findIndex((one) => one.technique === technique);
  const step = stack.at(at < 0 ? stack.length : at);
  const before = stack.at(Math.max(0, at - 1));
  return html`<tr data-technique=${technique}>
    <td>${control}</td>
    <td class="number">${step === undefined ? t('off') : lengthNumber(step)}</td>
    <td class="number">${step === undefined ? '' : timesNumber(step, before)}</td>
  </tr>`;
}

function lengthNumber({ technique, longestContextTokens, reason }: StackStep): TemplateResult {
  return why(reason, { text: lengthText(longestContextTokens), label: techniqueText(technique) });
}

/** What a technique multiplies the longest context by, against all before it. */
function timesNumber(
  { technique, longestContextTokens: after, multiplier }: StackStep,
  before: StackStep | undefined,
): TemplateResult | '' {
  if (multiplier === undefined || after === undefined) return '';
  const reason = (): Explained => ({
    name: 'multiplier',
    unit: 'times',
    value: multiplier,
    formula: `${after} tokens with it / ${before?.longestContextTokens ?? NaN} without`,
    inputs: [],
    assumptions: [t('All that is switched on above it holds.')],
  });
  return why(reason, { text: `× ${formatNumber(multiplier)}`, label: techniqueText(technique) });
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
