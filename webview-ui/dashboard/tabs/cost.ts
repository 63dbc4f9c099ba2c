import { html, nothing, render, type TemplateResult } from 'lit';
import {
  breakEvenCurves,
  conversationCurves,
} from '../../../src/core/dashboard/conversationCost.ts';
import { callCostCurves, callCostMostTokens } from '../../../src/core/dashboard/cost.ts';
import { costModel, type CostModel } from '../../../src/core/dashboard/costModel.ts';
import { hostingCurves } from '../../../src/core/dashboard/selfHosting.ts';
import { costTabId } from '../../../src/core/dashboard/tabKnobs.ts';
import type { CostKnobs } from '../../../src/core/dashboard/tabKnobs.ts';
import { formatCount, formatTokens } from '../../../src/core/format/numbers.ts';
import { t } from '../../shared/l10n.ts';
import type { ChartMarker, ChartSeries, LineChartData } from '../charts/chartData.ts';
import { createLineChart } from '../charts/lineChart.ts';
import type { LineChart } from '../charts/lineChart.ts';
import type { Tab, TabContext, TabView } from '../tab.ts';
import { refreshWhy } from '../why.ts';
import {
  answerKnob,
  callKnobs,
  conversationSection,
  hostingSection,
  prefixSection,
} from './costSections.ts';
import {
  deploymentKey,
  exampleNote,
  overWindowNote,
  figuresTable,
  figuresView,
  keepLast,
  markerLabel,
} from './parts.ts';
import type { Figure } from './parts.ts';

export const costTab: Tab = { id: costTabId, title: 'Cost', mount };

const chartNames = ['call', 'conversation', 'prefix', 'hosting'] as const;
export type CostCharts = Readonly<Record<(typeof chartNames)[number], HTMLElement>>;

function mount(host: HTMLElement, context: TabContext): TabView {
  const charts = Object.fromEntries(
    chartNames.map((name) => [name, createLineChart(context.nonce)]),
  ) as Record<(typeof chartNames)[number], LineChart>;
  const elements = Object.fromEntries(
    chartNames.map((name) => [name, charts[name].element]),
  ) as unknown as CostCharts;
  const kept = Object.fromEntries(
    chartNames.map((name) => [name, keepLast<readonly ChartSeries[]>()]),
  ) as Record<(typeof chartNames)[number], ReturnType<typeof keepLast<readonly ChartSeries[]>>>;
  // Prices that change by the hour hold as they were when the tab was opened.
  const at = new Date();
  let drawn: CostModel | undefined;

  const drawCharts = (now: CostModel) => {
    const parts = costParts(now);
    charts.call.update({ ...callChart(now), series: kept.call(parts.call, () => callSeries(now)) });
    charts.conversation.update({
      ...conversationChart(now),
      series: kept.conversation(parts.conversation, () =>
        conversationCurves(now.conversation).map(cachingNamed),
      ),
    });
    charts.prefix.update({
      ...prefixChart(now),
      series: kept.prefix(parts.prefix, () =>
        now.breakEven === undefined ? [] : breakEvenCurves(now.breakEven).map(cachingNamed),
      ),
    });
    charts.hosting.update({
      ...hostingChart(now),
      series: kept.hosting(parts.hosting, () => hostingSeries(now)),
    });
  };

  return {
    update: () => {
      drawn = costModel(context.snapshot(), context.store.get(), at, context.store.counted());
      render(view(drawn, context, elements), host);
      drawCharts(drawn);
      refreshWhy();
    },
    dispose: () => {
      for (const chart of Object.values(charts)) chart.dispose();
    },
    tables: () =>
      drawn === undefined
        ? []
        : [
            figuresTable(t('Cost'), figuresOf(drawn)),
            ...Object.values(charts).flatMap((chart) => chart.tables()),
          ],
    charts: () => Object.values(charts).flatMap((chart) => chart.charts()),
  };
}

/** What each chart's lines are made of: they are made anew when one of these is another. */
function costParts({ setup, knobs, hosting, hosted, model, figures, breakEven }: CostModel) {
  const { input, outputTokens, cachedShare, prices } = setup;
  return {
    call: [prices, outputTokens, cachedShare, callCostMostTokens(setup, model)],
    conversation: [prices, input.tokens, outputTokens, JSON.stringify(knobs)],
    prefix: [JSON.stringify(breakEven)],
    hosting: [
      hosting.latency.architecture,
      deploymentKey(hosting.latency.deployment),
      hosting.gpuHourUsd,
      hosted.callsPerDay.value,
      figures.call.value,
      setup.callsPerDay,
    ],
  };
}

function callSeries({ setup, model }: CostModel): readonly ChartSeries[] {
  const names: Record<string, string> = {
    inputUsd: t('Input'),
    cachedInputUsd: t('Cached input'),
    outputUsd: t('Output'),
  };
  const most = callCostMostTokens(setup, model);
  return callCostCurves(setup, most).map((one) => ({ ...one, name: names[one.id] }));
}

function cachingNamed<T extends { readonly id: string }>(series: T): T & { readonly name: string } {
  return {
    ...series,
    name: series.id === 'cached' ? t('With the prefix cached') : t('Without a cache'),
  };
}

function hostingSeries({ hosting, hosted, figures, setup }: CostModel): readonly ChartSeries[] {
  return hostingCurves(hosting, hosted, figures.call.value, setup.callsPerDay).map((one) => ({
    ...one,
    name: one.id === 'hosted' ? setup.modelName : t('Own cards'),
  }));
}

type ChartFrame = Omit<LineChartData, 'series'>;

function callChart({ setup, figures, workload, model }: CostModel): ChartFrame {
  const most = callCostMostTokens(setup, model);
  const tokens = Math.round(setup.input.tokens);
  const marker: ChartMarker = { x: tokens, label: markerLabel(workload, tokens) };
  return {
    id: 'costCall',
    title: t('One call against its input'),
    x: { label: t('Input, tokens'), quantity: 'tokens', scale: 'linear', domain: [0, most] },
    y: { label: t('USD a call'), quantity: 'usd', scale: 'linear' },
    isStacked: true,
    rules: figures.tiersAboveInputTokens
      .filter((tokensAbove) => tokensAbove <= most)
      .map((tokensAbove) => ({
        axis: 'x',
        value: tokensAbove,
        label: t('dearer above {0}', formatTokens(tokensAbove)),
      })),
    marker,
  };
}

function conversationChart({ conversation }: CostModel): ChartFrame {
  const full = conversation.windowFullAtTurn;
  return {
    id: 'costConversation',
    title: t('A conversation, turn by turn'),
    x: {
      label: t('Turn'),
      quantity: 'count',
      scale: 'linear',
      domain: [1, Math.max(2, conversation.turns.length)],
    },
    y: { label: t('USD up to here'), quantity: 'usd', scale: 'linear' },
    rules:
      full === undefined || full > conversation.turns.length
        ? []
        : [{ axis: 'x', value: full, label: t('the window is full') }],
  };
}

function prefixChart({ breakEven }: CostModel): ChartFrame {
  const from = breakEven?.breakEvenRequests;
  return {
    id: 'costPrefix',
    title: t('The same text before every request'),
    x: { label: t('Requests'), quantity: 'count', scale: 'linear' },
    y: { label: t('USD up to here'), quantity: 'usd', scale: 'linear' },
    rules:
      from === undefined || from > 1000
        ? []
        : [{ axis: 'x', value: from, label: t('pays from request {0} on', formatCount(from)) }],
  };
}

function hostingChart({ hosted, setup }: CostModel): ChartFrame {
  const at = hosted.crossing?.callsPerDay;
  const isDrawn = at !== undefined && at >= 1 && hosted.crossing?.withinCapacity === true;
  return {
    id: 'costHosting',
    title: t('Own cards against hosted calls'),
    x: { label: t('Calls a day'), quantity: 'count', scale: 'log' },
    y: { label: t('USD a month'), quantity: 'usd', scale: 'log' },
    rules: isDrawn
      ? [{ axis: 'x', value: at, label: t('equal at {0} a day', formatCount(at)) }]
      : [],
    marker: { x: setup.callsPerDay, label: t('{0} a day', formatCount(setup.callsPerDay)) },
  };
}

function figuresOf({ figures, setup }: CostModel): readonly Figure[] {
  const tokens = t(
    '{0} tokens in, {1} out',
    formatCount(setup.input.tokens),
    formatCount(setup.outputTokens),
  );
  return [
    { id: 'call', label: t('One call'), explained: figures.call, note: tokens },
    {
      id: 'day',
      label: t('A day'),
      explained: figures.day,
      note: t('{0} calls', formatCount(setup.callsPerDay)),
    },
    { id: 'month', label: t('A month'), explained: figures.month },
  ];
}

function view(drawn: CostModel, context: TabContext, charts: CostCharts): TemplateResult {
  const { workload, figures } = drawn;
  const set = (patch: Partial<CostKnobs>) => context.store.setKnobs(costTabId, patch);
  return html`${exampleNote(workload, context)} ${overWindowNote(workload)}
    ${figuresView(figuresOf(drawn))}
    ${figures.assumptions.map((one) => html`<p class="quiet">${one}</p>`)}
    <div class="tabKnobs">${answerKnob(context)} ${callKnobs(drawn, set)}</div>
    <div class="columns">
      <section aria-label=${t('One call')}>
        ${figures.call.value === undefined ? nothing : charts.call}
      </section>
      ${conversationSection(drawn, set, charts)} ${prefixSection(drawn, charts)}
      ${hostingSection(drawn, context, set, charts)}
    </div>`;
}
