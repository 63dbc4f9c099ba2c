import { html, render, type TemplateResult } from 'lit';
import {
  engineNameOf,
  isSameRun,
  latencyFigures,
  measuredOn,
  noticedLengths,
  noticedReason,
  noticedSeconds,
  partShares,
  placedLayouts,
} from '../../../src/core/dashboard/latency.ts';
import type {
  LatencyFigures,
  LatencySetup,
  NoticedLength,
} from '../../../src/core/dashboard/latency.ts';
import { tokenRange } from '../../../src/core/dashboard/series.ts';
import { knobsOf } from '../../../src/core/dashboard/state.ts';
import { latencyDefaults, latencyTabId } from '../../../src/core/dashboard/tabKnobs.ts';
import type { LatencyKnobs } from '../../../src/core/dashboard/tabKnobs.ts';
import { answerTokensOf, workloadOf } from '../../../src/core/dashboard/workload.ts';
import type { Workload } from '../../../src/core/dashboard/workload.ts';
import { engineNames } from '../../../src/core/estimates/calibration.ts';
import type { EngineName } from '../../../src/core/estimates/calibration.ts';
import type { Explained } from '../../../src/core/estimates/explained.ts';
import { longestContextTokens } from '../../../src/core/estimates/fit.ts';
import { secondsText } from '../../../src/core/estimates/formulaText.ts';
import type { MeasuredPrefill } from '../../../src/core/estimates/measuredLatency.ts';
import {
  formatCount,
  formatNumber,
  formatSeconds,
  formatTokens,
} from '../../../src/core/format/numbers.ts';
import { t } from '../../shared/l10n.ts';
import type { ChartSeries } from '../charts/chartData.ts';
import { createLineChart } from '../charts/lineChart.ts';
import { numberField, selectField } from '../fields.ts';
import type { Tab, TabContext, TabView } from '../tab.ts';
import { whyIn } from '../whyIn.ts';
import { refreshWhy, why } from '../why.ts';
import { cardsText, waitingSeries } from './latencySeries.ts';
import type { Placed } from './latencySeries.ts';
import { measuredTable, measuredView, partsTable, partsView, partText } from './latencyTables.ts';
import {
  deploymentKey,
  exampleNote,
  overWindowNote,
  figuresTable,
  figuresView,
  keepLast,
  markerLabel,
  rangeField,
  shapeLine,
  shapeName,
} from './parts.ts';
import type { Figure } from './parts.ts';

export const latencyTab: Tab = { id: latencyTabId, title: 'Latency', mount };

interface Drawn {
  readonly workload: Workload;
  readonly knobs: LatencyKnobs;
  readonly setup: LatencySetup;
  readonly figures: LatencyFigures;
  readonly noticed: readonly NoticedLength[];
  readonly measured: readonly MeasuredPrefill[];
  readonly answerTokens: number;
}

function mount(host: HTMLElement, context: TabContext): TabView {
  const waiting = createLineChart(context.nonce);
  const shares = createLineChart(context.nonce);
  const kept = {
    series: keepLast<readonly ChartSeries[]>(),
    shares: keepLast<readonly ChartSeries[]>(),
    noticed: keepLast<readonly NoticedLength[]>(),
    measured: keepLast<readonly MeasuredPrefill[]>(),
    layouts: keepLast<Placed>(),
  };
  let drawn: Drawn | undefined;

  const compute = (): Drawn => {
    const state = context.store.get();
    const knobs = knobsOf(state, latencyTabId, latencyDefaults);
    const workload = workloadOf(context.snapshot(), state, context.store.counted());
    const { architecture } = workload.shape;
    const deployment = { ...workload.placed.deployment, engine: engineOf(knobs) };
    const setup: LatencySetup = {
      architecture,
      deployment,
      cachedShare: Math.min(100, Math.max(0, knobs.cachedPercent)) / 100,
      concurrency: Math.max(1, Math.round(knobs.concurrency)),
      ...(knobs.chunkTokens > 0 && { chunkTokens: Math.round(knobs.chunkTokens) }),
    };
    const answerTokens = answerTokensOf(state, workload.chosen.model);
    return {
      workload,
      knobs,
      setup,
      answerTokens,
      figures: latencyFigures(setup, workload.input.tokens, answerTokens),
      noticed: kept.noticed(keyOf(setup), () => noticedLengths(setup)),
      measured: kept.measured([architecture, deployment.hardware], () =>
        measuredOn(architecture, deployment),
      ),
    };
  };

  const drawCharts = ({ workload, setup, measured }: Drawn) => {
    const promptTokens = Math.round(workload.input.tokens);
    const range = tokenRange(promptTokens);
    const x = {
      label: t('Prompt, tokens'),
      quantity: 'tokens' as const,
      scale: 'log' as const,
      domain: range,
    };
    const marker = { x: promptTokens, label: markerLabel(workload, promptTokens) };
    const key = [...keyOf(setup), range[1]];
    const { architecture, deployment, chunkTokens } = setup;
    // What the memory holds does not depend on how the time is spent.
    const placed = kept.layouts([architecture, deploymentKey(deployment), chunkTokens], () => ({
      layouts: placedLayouts(setup),
      longestTokens: longestContextTokens(architecture, deployment, {
        chunkTokens: chunkTokens ?? Infinity,
      }).value,
    }));
    waiting.update({
      id: 'latency',
      title: t('Time to the first token'),
      x,
      y: { label: t('Seconds to the first token'), quantity: 'seconds', scale: 'log' },
      series: kept.series(key, () => waitingSeries(setup, range, placed)),
      rules: noticedSeconds.map((seconds) => ({
        axis: 'y' as const,
        value: seconds,
        label: noticedText(seconds),
      })),
      points: measured
        .filter(({ promptTokens: tokens }) => tokens <= range[1])
        .map((one) => ({
          at: [one.promptTokens, one.seconds] as const,
          label: measuredText(one),
          source: `${one.software}; ${one.source}`,
          isHollow: !isSameRun(one, setup),
        })),
      pointsName: t('Measured'),
      hollowName: t('Measured with another engine, dtype or number of cards'),
      marker,
    });
    shares.update({
      id: 'latencyShares',
      title: t('What the time goes into'),
      x,
      y: { label: t('Share of the time'), quantity: 'percent', scale: 'linear', domain: [0, 100] },
      series: kept.shares(key, () =>
        partShares(setup, range).map((one) => ({ ...one, name: partText(one.id) })),
      ),
      isStacked: true,
      marker,
    });
  };

  return {
    update: () => {
      drawn = compute();
      render(view(drawn, context, waiting.element, shares.element), host);
      drawCharts(drawn);
      refreshWhy();
    },
    dispose: () => {
      waiting.dispose();
      shares.dispose();
    },
    tables: () =>
      drawn === undefined
        ? []
        : [
            figuresTable(t('Latency'), figuresOf(drawn)),
            partsTable(drawn.figures.timeToFirstToken),
            measuredTable(drawn.measured, drawn.setup),
            ...waiting.tables(),
            ...shares.tables(),
          ],
    charts: () => [...waiting.charts(), ...shares.charts()],
  };
}

function keyOf({ architecture, deployment, ...rest }: LatencySetup): readonly unknown[] {
  return [architecture, deploymentKey(deployment), JSON.stringify(rest)];
}

function engineOf({ engine }: LatencyKnobs): EngineName {
  return engineNames.find((one) => one === engine) ?? 'vllm';
}

function noticedText(seconds: number): string {
  if (seconds <= 0.1) return t('{0}: feels instant', formatSeconds(seconds));
  return seconds <= 1
    ? t('{0}: thought goes on', formatSeconds(seconds))
    : t('{0}: attention is lost', formatSeconds(seconds));
}

function measuredText(one: MeasuredPrefill): string {
  return `${one.modelName}, ${cardsText(one.tensorParallel)}, ${one.weightDtype}, ${engineNameOf(one.engine)}`;
}

function figuresOf({ figures, workload, answerTokens, setup }: Drawn): readonly Figure[] {
  const each = figures.perOutputToken.value;
  return [
    {
      id: 'timeToFirstToken',
      label: t('Time to the first token'),
      explained: figures.timeToFirstToken,
      note: t('{0} tokens of prompt', formatCount(workload.input.tokens)),
    },
    {
      id: 'perOutputToken',
      label: t('Each token after it'),
      explained: figures.perOutputToken,
      ...(each !== undefined && {
        note: rateNote(each, setup.concurrency),
      }),
    },
    {
      id: 'endToEnd',
      label: t('Until {0} tokens of answer are complete', formatCount(answerTokens)),
      explained: figures.endToEnd,
    },
  ];
}

function rateNote(eachSeconds: number, concurrency: number): TemplateResult {
  const value = concurrency / eachSeconds;
  const reason = (): Explained => ({
    name: 'tokensPerSecond',
    unit: 'tokensPerSecond',
    value,
    formula: `${concurrency} requests / ${secondsText(eachSeconds)} a token`,
    inputs: [],
    assumptions: [],
  });
  return whyIn(
    t('{0} tokens a second'),
    why(reason, { text: formatNumber(value), label: t('Tokens a second') }),
  );
}

function view(
  drawn: Drawn,
  context: TabContext,
  waiting: HTMLElement,
  shares: HTMLElement,
): TemplateResult {
  const { workload, knobs, measured, setup, figures } = drawn;
  const set = (patch: Partial<LatencyKnobs>) => context.store.setKnobs(latencyTabId, patch);
  return html`${exampleNote(workload, context)} ${overWindowNote(workload)}
    ${shapeLine({ ...workload, placed: { ...workload.placed, deployment: setup.deployment } }, context, latencyTabId)}
    ${figuresView(figuresOf(drawn))} ${noticedLine(drawn)}
    <div class="tabKnobs">
      ${selectField({
        id: 'latency-engine',
        label: t('Engine'),
        value: engineOf(knobs),
        options: engineNames.map((name) => ({ value: name, text: engineNameOf(name) })),
        change: (engine) => set({ engine }),
      })}
      ${selectField({
        id: 'latency-chunk',
        label: t('Prefill'),
        value: String(knobs.chunkTokens),
        options: [
          { value: '0', text: t('the prompt at once') },
          ...[512, 2048, 8192].map((tokens) => ({
            value: String(tokens),
            text: t('chunks of {0}', formatCount(tokens)),
          })),
        ],
        change: (value) => set({ chunkTokens: Number(value) }),
      })}
      ${rangeField({
        id: 'latency-cached',
        label: t('In the prefix cache already'),
        value: knobs.cachedPercent,
        min: 0,
        max: 100,
        step: 5,
        text: `${knobs.cachedPercent}%`,
        change: (cachedPercent) => set({ cachedPercent }),
      })}
      ${numberField({
        id: 'latency-concurrency',
        label: t('Requests at the same time'),
        value: knobs.concurrency,
        min: 1,
        max: 10_000,
        step: 1,
        change: (concurrency) => set({ concurrency }),
      })}
    </div>
    <div class="columns">
      <section aria-label=${t('Time to the first token')}>
        ${waiting} ${measuredView(measured, setup, shapeName(setup.architecture))}
      </section>
      <section aria-label=${t('What the time goes into')}>
        ${shares} ${partsView(figures.timeToFirstToken)}
      </section>
    </div>`;
}

function noticedLine({ noticed, setup }: Drawn): TemplateResult {
  const known = noticed.filter(({ tokens }) => tokens !== undefined);
  if (known.length === 0) return html``;
  return html`<p id="noticed">
    ${t('The first token comes')}
    ${known.map(
      ({ seconds, tokens = 0 }, idx) =>
        html`${idx === 0 ? '' : ', '}${
          tokens === 0
            ? t('never within {0}', formatSeconds(seconds))
            : whyIn(
                t('within {0} up to {1} tokens'),
                formatSeconds(seconds),
                why(() => noticedReason(setup, tokens), {
                  text: formatTokens(tokens),
                  label: t('Time to the first token of {0} tokens', formatCount(tokens)),
                }),
              )
        }`,
    )}.
  </p>`;
}
