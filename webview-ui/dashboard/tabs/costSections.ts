import { html, nothing, type TemplateResult } from 'lit';
import type { CostModel } from '../../../src/core/dashboard/costModel.ts';
import {
  breakEvenReason,
  conversationReason,
  crossingReason,
  hitRateReason,
  prefixRequestReason,
  windowFullReason,
} from '../../../src/core/dashboard/costReasons.ts';
import { fitDefaults, fitTabId } from '../../../src/core/dashboard/fit.ts';
import { knobsOf } from '../../../src/core/dashboard/state.ts';
import type { CostKnobs } from '../../../src/core/dashboard/tabKnobs.ts';
import { formatCount, formatPercent, formatUsd } from '../../../src/core/format/numbers.ts';
import { t } from '../../shared/l10n.ts';
import { numberField } from '../fields.ts';
import type { TabContext } from '../tab.ts';
import { whyIn } from '../whyIn.ts';
import { why } from '../why.ts';
import type { CostCharts } from './cost.ts';
import { deploymentText, rangeField, shapeLine } from './parts.ts';

type Set = (patch: Partial<CostKnobs>) => void;

/** The length of an answer is one knob for the whole dashboard. */
export function answerKnob({ store }: TabContext): TemplateResult {
  return numberField({
    id: 'cost-answer',
    label: t('Tokens of answer'),
    value: knobsOf(store.get(), fitTabId, fitDefaults).answerTokens,
    min: 0,
    max: 10_000_000,
    step: 100,
    change: (answerTokens) => store.setKnobs(fitTabId, { answerTokens }),
  });
}

export function callKnobs({ knobs }: CostModel, set: Set): TemplateResult {
  return html`${numberField({
    id: 'cost-calls',
    label: t('Calls a day'),
    value: knobs.callsPerDay,
    min: 0,
    max: 1_000_000_000,
    step: 10,
    change: (callsPerDay) => set({ callsPerDay }),
  })}
  ${rangeField({
    id: 'cost-cached',
    label: t('Input that is cached'),
    value: knobs.cachedPercent,
    min: 0,
    max: 100,
    step: 5,
    text: `${knobs.cachedPercent}%`,
    change: (cachedPercent) => set({ cachedPercent }),
  })}`;
}

export function conversationSection(
  drawn: CostModel,
  set: Set,
  charts: CostCharts,
): TemplateResult {
  const { knobs, conversation, setup, talk, limits } = drawn;
  const { windowFullAtTurn } = conversation;
  const isKnown = conversation.totalUsd !== undefined;
  return html`<section aria-label=${t('A conversation')}>
    ${isKnown ? charts.conversation : nothing}
    <div class="tabKnobs">
      ${rangeField({
        id: 'cost-turns',
        label: t('Turns'),
        value: knobs.turns,
        min: 1,
        max: 200,
        step: 1,
        text: formatCount(knobs.turns),
        change: (turnCount) => set({ turns: turnCount }),
      })}
      ${numberField({
        id: 'cost-prompt',
        label: t('Tokens a person adds each turn'),
        value: knobs.promptTokensPerTurn,
        min: 0,
        max: 10_000_000,
        step: 100,
        change: (promptTokensPerTurn) => set({ promptTokensPerTurn }),
      })}
      ${rangeField({
        id: 'cost-hits',
        label: t('Requests that find the cache'),
        value: knobs.hitPercent,
        min: 0,
        max: 100,
        step: 5,
        text: `${knobs.hitPercent}%`,
        change: (hitPercent) => set({ hitPercent }),
      })}
    </div>
    <p id="conversation" class=${isKnown ? '' : 'quiet'}>${conversationText(drawn)}</p>
    ${
      windowFullAtTurn === undefined
        ? nothing
        : html`<p id="window-full">
            ${whyIn(
              t('The window is full at turn {0}.'),
              why(() => windowFullReason(setup, talk, conversation, limits), {
                text: formatCount(windowFullAtTurn),
                label: t('The turn at which the window is full'),
              }),
            )}
          </p>`
    }
  </section>`;
}

function conversationText({ conversation, setup, talk, figures }: CostModel): unknown {
  const { totalUsd, totalCachedUsd, turns } = conversation;
  if (totalUsd === undefined) return figures.call.unknownBecause;
  const sum = (usd: number, isCached: boolean) =>
    why(() => conversationReason(setup, talk, conversation, isCached), {
      text: formatUsd(usd),
      label: isCached ? t('The conversation with a cache') : t('The conversation without a cache'),
    });
  return totalCachedUsd === undefined
    ? whyIn(t('{0} turns cost {1}.'), turns.length, sum(totalUsd, false))
    : whyIn(
        t('{0} turns cost {1}, or {2} where the provider caches what was said before.'),
        turns.length,
        sum(totalUsd, false),
        sum(totalCachedUsd, true),
      );
}

export function prefixSection({ breakEven, setup }: CostModel, charts: CostCharts): TemplateResult {
  return breakEven === undefined
    ? html``
    : html`<section aria-label=${t('The same text before every request')}>
        ${charts.prefix} ${breakEvenText(breakEven, setup)}
      </section>`;
}

function breakEvenText(
  breakEven: NonNullable<CostModel['breakEven']>,
  setup: CostModel['setup'],
): TemplateResult {
  const { breakEvenRequests, breakEvenHitRate, writeUsd, readUsd, uncachedUsd } = breakEven;
  const pays =
    breakEvenRequests === undefined
      ? t('At this rate of hits, caching the text never pays.')
      : whyIn(
          t('Caching the text pays from request {0} on.'),
          why(() => breakEvenReason(breakEven), {
            text: formatCount(breakEvenRequests),
            label: t('The first request by which caching has paid'),
          }),
        );
  const rate =
    breakEvenHitRate > 1
      ? t('No rate of hits makes it pay.')
      : whyIn(
          t('It pays while more than {0} of the requests find it.'),
          why(() => hitRateReason(breakEven), {
            text: formatPercent(100 * breakEvenHitRate),
            label: t('Requests that must find the cache'),
          }),
        );
  const request = (usd: number, kind: 'uncached' | 'write' | 'read') =>
    why(() => prefixRequestReason(setup, kind), { text: formatUsd(usd), label: t('One request') });
  return html`<p id="break-even">
    ${pays} ${rate}
    <span class="quiet"
      >${whyIn(
        t(
          'One request costs {0} without a cache, {1} when it writes the cache and {2} when it reads it.',
        ),
        request(uncachedUsd, 'uncached'),
        request(writeUsd, 'write'),
        request(readUsd, 'read'),
      )}</span
    >
  </p>`;
}

export function hostingSection(
  { knobs, hosting, hosted, workload, setup, figures }: CostModel,
  context: TabContext,
  set: Set,
  charts: CostCharts,
): TemplateResult {
  const { crossing } = hosted;
  return html`<section aria-labelledby="hosting-title">
    <h2 id="hosting-title">${t('Own cards or hosted calls')}</h2>
    ${shapeLine(workload, context, 'cost')}
    <div class="tabKnobs">
      ${numberField({
        id: 'cost-gpu-hour',
        label: t('USD for an hour of one card, 0 for not known'),
        value: knobs.gpuHourUsd,
        min: 0,
        max: 10_000,
        step: 0.05,
        change: (gpuHourUsd) => set({ gpuHourUsd }),
      })}
      ${rangeField({
        id: 'cost-utilization',
        label: t('Hours in which the cards work'),
        value: knobs.utilizationPercent,
        min: 5,
        max: 100,
        step: 5,
        text: `${knobs.utilizationPercent}%`,
        change: (utilizationPercent) => set({ utilizationPercent }),
      })}
      ${numberField({
        id: 'cost-batch',
        label: t('Requests decoded together'),
        value: knobs.batch,
        min: 1,
        max: 1024,
        step: 1,
        change: (batch) => set({ batch }),
      })}
    </div>
    <p id="capacity">
      ${t('{0} finish', deploymentText(hosting.latency.deployment))}
      ${why(hosted.callsPerDay, { label: t('Calls a day') })}
      ${t('such calls a day, {0} decoded together.', formatCount(hosting.latency.concurrency))}
    </p>
    <p id="break-even-hour">
      ${
        hosted.breakEvenGpuHourUsd.value === undefined
          ? html`<span class="quiet">${hosted.breakEvenGpuHourUsd.unknownBecause}</span>`
          : html`${t('At {0} calls a day they pay while an hour of one card costs less than', formatCount(setup.callsPerDay))}
            ${why(hosted.breakEvenGpuHourUsd, { label: t('USD for an hour of one card') })}.`
      }
    </p>
    ${
      crossing === undefined
        ? hosting.gpuHourUsd === undefined
          ? html`<p class="quiet">
              ${t('Say what an hour of one card costs you, and the chart shows where the two are equal.')}
            </p>`
          : nothing
        : html`<p id="crossing">
            ${whyIn(
              crossing.withinCapacity
                ? t('Both cost the same at {0} calls a day.')
                : t('Never equal: at {0} calls a day they would be, more than the cards finish.'),
              why(() => crossingReason(hosting, hosted, figures.call.value), {
                text: formatCount(crossing.callsPerDay),
                label: t('Calls a day at which both cost the same'),
              }),
            )}
          </p>`
    }
    ${figures.call.value === undefined && hosting.gpuHourUsd === undefined ? nothing : charts.hosting}
  </section>`;
}
