import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Architecture } from '../../../src/core/architectures/architecture.ts';
import type { Workload } from '../../../src/core/dashboard/workload.ts';
import { exampleTokens } from '../../../src/core/dashboard/subject.ts';
import type { Deployment } from '../../../src/core/estimates/deployment.ts';
import { gpuCount } from '../../../src/core/estimates/deployment.ts';
import type { Explained } from '../../../src/core/estimates/explained.ts';
import { formatCount, formatTokens } from '../../../src/core/format/numbers.ts';
import type { Hardware } from '../../../src/core/hardware/hardware.ts';
import { t } from '../../shared/l10n.ts';
import { demoLinks } from '../demoLinks.ts';
import { selectField } from '../fields.ts';
import type { ExportTable, TabContext } from '../tab.ts';
import { valueText, why } from '../why.ts';
import './parts.css';

/** Keeps the last result and makes another only when one of the parts it was made of is another. */
export function keepLast<T>(): (parts: readonly unknown[], make: () => T) => T {
  let kept: { readonly parts: readonly unknown[]; readonly value: T } | undefined;
  return (parts, make) => {
    const same =
      kept?.parts.length === parts.length && parts.every((part, idx) => part === kept?.parts[idx]);
    if (kept === undefined || !same) kept = { parts, value: make() };
    return kept.value;
  };
}

/** What a deployment is, as one value that equals that of another just like it. */
export function deploymentKey({ hardware, ...settings }: Deployment): string {
  return JSON.stringify([hardware.id, settings]);
}

export interface Figure {
  readonly id: string;
  readonly label: string;
  readonly explained: Explained;
  readonly note?: string | TemplateResult;
}

/** The numbers that a tab begins with, each with its reasons. */
export function figuresView(figures: readonly Figure[]): TemplateResult {
  return html`<dl class="figures">
    ${figures.map(
      ({ id, label, explained, note }) =>
        html`<div id="figure-${id}">
          <dt>${label}</dt>
          <dd>
            <span class="value">${why(explained, { text: valueText(explained), label })}</span>
            ${bandText(explained)}
            ${note === undefined ? nothing : html`<span class="quiet">${note}</span>`}
            ${
              explained.unknownBecause === undefined
                ? nothing
                : html`<span class="quiet">${explained.unknownBecause}</span>`
            }
          </dd>
        </div>`,
    )}
  </dl>`;
}

function bandText({ band, value, unit }: Explained): TemplateResult | typeof nothing {
  if (band === undefined || value === undefined) return nothing;
  const of = (end: number) => valueText({ value: end, unit });
  return html`<span class="quiet">${t('{0} to {1}', of(band.low), of(band.high))}</span>`;
}

export function figuresTable(title: string, figures: readonly Figure[]): ExportTable {
  return {
    title,
    columns: [t('What'), t('Value'), t('Unit'), t('Low'), t('High'), t('Formula')],
    rows: figures.map(({ label, explained: { value, unit, band, formula } }) => [
      label,
      value,
      unit,
      band?.low,
      band?.high,
      formula,
    ]),
  };
}

/** "H100 SXM5": the maker's name is on every other line too. */
export function cardName({ name }: Hardware): string {
  return name.replace(/^(NVIDIA|GeForce|Apple|Google|AMD) /, '');
}

/** "meta-llama/Llama-3.1-8B" without who publishes it. */
export function shapeName({ name }: Architecture): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** "4 x H100 SXM5, tensor parallel 4". */
export function deploymentText(deployment: Deployment): string {
  const { tensorParallel, pipelineParallel } = deployment;
  const cards = `${gpuCount(deployment)} × ${cardName(deployment.hardware)}`;
  const layout = [
    ...(tensorParallel > 1 ? [t('every layer over {0} cards', tensorParallel)] : []),
    ...(pipelineParallel > 1 ? [t('layers in {0} stages', pipelineParallel)] : []),
  ];
  return [cards, ...layout].join(', ');
}

/** What the marker on an axis of tokens says. */
export function markerLabel({ isExample, input }: Workload, tokens: number): string {
  if (isExample) return t('example: {0}', formatTokens(tokens));
  return input.exact ? formatTokens(tokens) : t('about {0}', formatTokens(tokens));
}

/** That the figures are an example, and why there are no others yet. */
export function exampleNote(
  { isExample }: { readonly isExample: boolean },
  { snapshot }: TabContext,
): TemplateResult | typeof nothing {
  if (!isExample) return nothing;
  const tokens = formatCount(exampleTokens);
  return html`<p class="notice" id="example">
    ${
      snapshot().now.status.type === 'analyzing'
        ? t(
            'The files are being counted. Until then, as an example, the figures are those of {0} tokens.',
            tokens,
          )
        : t('Nothing is counted yet. As an example, the figures are those of {0} tokens.', tokens)
    }
  </p>`;
}

/** That one call can't take all of it, where figures are worked out as if one could. */
export function overWindowNote({ chosen, totalTokens }: Workload): TemplateResult | typeof nothing {
  const { model } = chosen;
  const window = model?.contextWindowTokens?.value;
  if (model === undefined || window === undefined || totalTokens <= window) return nothing;
  return html`<p class="notice" id="over-window">
    ${t(
      '{0} tokens with the answer are more than the window of {1}, {2}: the figures are those of a call that it would refuse. Under Strategies are requests that fit.',
      formatTokens(totalTokens),
      model.name,
      formatTokens(window),
    )}
  </p>`;
}

/** Whose memory and latency these are; where the model's own are not known, another reference is one click away. */
export function shapeLine(
  { chosen, shape, placed }: Workload,
  context: TabContext,
  tabId: string,
): TemplateResult {
  const { store, snapshot } = context;
  const { architecture, origin, typedError } = shape;
  const modelName = chosen.model?.name ?? chosen.modelId;
  const what =
    origin === 'typed'
      ? t('A shape that was typed in, on {0}.', deploymentText(placed.deployment))
      : origin === 'own'
        ? t(
            '{0} ({1}) on {2}.',
            shapeName(architecture),
            architecture.attentionName,
            deploymentText(placed.deployment),
          )
        : t(
            'A reference, not {0}, whose shape is not known: {1} ({2}) on {3}.',
            modelName,
            shapeName(architecture),
            architecture.attentionName,
            deploymentText(placed.deployment),
          );
  return html`<div class="shape">
      <p id="shape" data-origin=${origin}>${what}</p>
      ${
        origin === 'reference'
          ? selectField({
              id: `reference-${tabId}`,
              label: t('Reference model'),
              value: architecture.id,
              options: snapshot().catalogue.architectures.map((one) => ({
                value: one.id,
                text: shapeName(one),
              })),
              change: (referenceArchitectureId) => store.set({ referenceArchitectureId }),
            })
          : nothing
      }
      ${typedError === undefined ? nothing : html`<p class="error" role="alert">${typedError}</p>`}
    </div>
    ${origin === 'typed' ? nothing : demoLinks(architecture, context)}`;
}

/** An address as a link, anything else as it is. */
export function sourceView(source: string): TemplateResult {
  return /^https:\/\/\S+$/.test(source) ? html`<a href=${source}>${source}</a>` : html`${source}`;
}

export interface RangeField {
  readonly id: string;
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly text: string;
  readonly change: (value: number) => void;
}

/** A labelled slider that says its value. */
export function rangeField({ id, label, value, min, max, step, text, change }: RangeField) {
  return html`<span class="field range">
    <label for=${id}>${label} <output for=${id}>${text}</output></label>
    <input
      id=${id}
      type="range"
      min=${min}
      max=${max}
      step=${step}
      .value=${live(String(value))}
      aria-valuetext=${text}
      @input=${(event: Event) => change((event.target as HTMLInputElement).valueAsNumber)}
    />
  </span>`;
}

/** `list` with `value` in it or not, in the order of `all`. */
export function withMember(
  list: readonly string[],
  value: string,
  isIn: boolean,
  all: readonly string[],
): readonly string[] {
  const wanted = new Set(isIn ? [...list, value] : list.filter((one) => one !== value));
  return all.filter((one) => wanted.has(one));
}
