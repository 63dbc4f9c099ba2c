import { html, nothing, type TemplateResult } from 'lit';
import { engineNameOf } from '../../../src/core/dashboard/latency.ts';
import type { LatencySetup } from '../../../src/core/dashboard/latency.ts';
import { sharesHeads } from '../../../src/core/dashboard/layouts.ts';
import { deploymentOn } from '../../../src/core/estimates/deployment.ts';
import type { Explained } from '../../../src/core/estimates/explained.ts';
import { secondsText } from '../../../src/core/estimates/formulaText.ts';
import { prefillSeconds } from '../../../src/core/estimates/latency.ts';
import type { MeasuredPrefill } from '../../../src/core/estimates/measuredLatency.ts';
import { formatCount, formatPercent, formatSeconds } from '../../../src/core/format/numbers.ts';
import { t } from '../../shared/l10n.ts';
import type { ExportTable } from '../tab.ts';
import { why } from '../why.ts';
import { cardName, sourceView } from './parts.ts';

export function partText(id: string): string {
  switch (id) {
    case 'gemmSeconds':
      return t('Matrix products');
    case 'attentionSeconds':
      return t('Attention');
    case 'elementwiseSeconds':
      return t('Norms, activations, RoPE');
    case 'communicationSeconds':
      return t('Between the cards');
    case 'overheadSeconds':
      return t('Launches and steps');
    case 'queueSeconds':
      return t('Request handling and queue');
    default:
      return id;
  }
}

/** The time to the first token of the text at hand, part by part. */
export function partsView({ parts, value }: Explained): TemplateResult | typeof nothing {
  if (parts === undefined || value === undefined) return nothing;
  return html`<h2>${t('The parts, for this text')}</h2>
    <table id="latency-parts">
      <tbody>
        ${parts.map(
          (part) =>
            html`<tr>
              <th scope="row">${partText(part.name)}</th>
              <td class="number">${why(part, { label: partText(part.name) })}</td>
              <td class="number">${shareNumber(part, value)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

function shareNumber(part: Explained, wholeSeconds: number): TemplateResult {
  const percent = (100 * (part.value ?? 0)) / wholeSeconds;
  const reason = (): Explained => ({
    name: 'sharePercent',
    unit: 'percent',
    value: percent,
    formula: `100 x ${secondsText(part.value ?? 0)} / ${secondsText(wholeSeconds)}`,
    inputs: [],
    assumptions: [],
  });
  return why(reason, { text: formatPercent(percent), label: partText(part.name) });
}

export function partsTable({ parts }: Explained): ExportTable {
  return {
    title: t('Parts of the time to the first token'),
    columns: [t('Part'), t('Seconds')],
    rows: (parts ?? []).map(({ name, value }) => [partText(name), value]),
  };
}

/** What the estimate says of just what was measured; undefined: its heads can't be shared out so. */
function predictedFor(one: MeasuredPrefill, setup: LatencySetup): Explained | undefined {
  if (!sharesHeads(setup.architecture, one.tensorParallel)) return undefined;
  const deployment = deploymentOn(setup.deployment.hardware, {
    engine: one.engine,
    weightDtype: one.weightDtype,
    tensorParallel: one.tensorParallel,
  });
  return prefillSeconds(setup.architecture, deployment, {
    promptTokens: one.promptTokens,
    concurrency: one.concurrency,
  });
}

/** Every measurement of the same model and card beside what the estimate says of that very run. */
export function measuredView(
  measured: readonly MeasuredPrefill[],
  setup: LatencySetup,
  modelName: string,
): TemplateResult {
  const card = cardName(setup.deployment.hardware);
  if (measured.length === 0) {
    return html`<p class="quiet" id="no-measured">
      ${t('We have no measurement of {0} on {1}: nothing is drawn over the lines.', modelName, card)}
    </p>`;
  }
  return html`<details class="more" id="measured">
    <summary>${t('{0} measurements of this shape on {1}', measured.length, card)}</summary>
    <div class="tableScroll">
      <table>
        <thead>
          <tr>
            <th scope="col">${t('Run')}</th>
            <th scope="col" class="number">${t('Prompt')}</th>
            <th scope="col" class="number">${t('Measured')}</th>
            <th scope="col" class="number">${t('Estimated')}</th>
            <th scope="col">${t('Source')}</th>
          </tr>
        </thead>
        <tbody>
          ${measured.map((one) => measuredRow(one, predictedFor(one, setup)))}
        </tbody>
      </table>
    </div>
  </details>`;
}

function measuredRow(one: MeasuredPrefill, predicted: Explained | undefined): TemplateResult {
  return html`<tr>
    <th scope="row">${runText(one)}</th>
    <td class="number">${formatCount(one.promptTokens)}</td>
    <td class="number">${formatSeconds(one.seconds)}</td>
    <td class="number">
      ${
        predicted?.value === undefined
          ? t('unknown')
          : html`${why(predicted, { text: formatSeconds(predicted.value), label: t('Estimated') })}
            ${signed(predicted.value / one.seconds - 1)}`
      }
    </td>
    <td class="source">${one.software}. ${sourceView(one.source)}</td>
  </tr>`;
}

function signed(share: number): string {
  return `(${share >= 0 ? '+' : '−'}${formatPercent(Math.abs(100 * share))})`;
}

function runText(one: MeasuredPrefill): string {
  const cards = one.tensorParallel === 1 ? t('1 card') : t('{0} cards', one.tensorParallel);
  return `${one.modelName}, ${cards}, ${one.weightDtype}, ${engineNameOf(one.engine)}`;
}

export function measuredTable(
  measured: readonly MeasuredPrefill[],
  setup: LatencySetup,
): ExportTable {
  return {
    title: t('Measured'),
    columns: [t('Run'), t('Prompt'), t('Measured'), t('Estimated'), t('Source')],
    rows: measured.map((one) => [
      runText(one),
      one.promptTokens,
      one.seconds,
      predictedFor(one, setup)?.value,
      one.source,
    ]),
  };
}
