import type { Architecture } from '../../../src/core/architectures/architecture.ts';
import {
  cacheCurvesByArchitecture,
  cacheCurvesByDtype,
  memoryCurves,
} from '../../../src/core/dashboard/memory.ts';
import type { CardFit, MemorySetup } from '../../../src/core/dashboard/memory.ts';
import { tokenRange } from '../../../src/core/dashboard/series.ts';
import type { MemoryKnobs } from '../../../src/core/dashboard/tabKnobs.ts';
import type { Workload } from '../../../src/core/dashboard/workload.ts';
import { t } from '../../shared/l10n.ts';
import type { ChartPoint, ChartRule, ChartSeries } from '../charts/chartData.ts';
import { createLineChart } from '../charts/lineChart.ts';
import { cardName, deploymentKey, keepLast, markerLabel, shapeName } from './parts.ts';

export interface MemoryChartsInput {
  readonly workload: Workload;
  readonly knobs: MemoryKnobs;
  readonly setup: MemorySetup;
  readonly cards: readonly CardFit[];
  readonly architectures: readonly Architecture[];
}

/** The two charts of the tab; lines are made anew only when what they depend on is another. */
export function createMemoryCharts(nonce: string) {
  const limits = createLineChart(nonce);
  const compared = createLineChart(nonce);
  const keptLimits = keepLast<readonly ChartSeries[]>();
  const keptCompared = keepLast<readonly ChartSeries[]>();

  return {
    limits: limits.element,
    compared: compared.element,
    update: ({ workload, knobs, setup, cards, architectures }: MemoryChartsInput) => {
      const { architecture, deployment, policy, sequences } = setup;
      const range = tokenRange(workload.totalTokens);
      const key = [architecture, deploymentKey(deployment), policy, sequences, range[1]];
      const shared = {
        x: {
          label: t('Context length, tokens'),
          quantity: 'tokens',
          scale: 'log',
          domain: range,
        },
        marker: {
          x: workload.totalTokens,
          label: markerLabel(workload, workload.totalTokens),
        },
      } as const;
      limits.update({
        ...shared,
        id: 'memory',
        title: t('Memory of one card against the length of the context'),
        y: { label: t('Bytes on one card'), quantity: 'bytes', scale: 'log' },
        series: keptLimits(key, () =>
          memoryCurves(setup, range).map((one) => ({ ...one, name: curveText(one.id) })),
        ),
        rules: cards.flatMap(cardRule),
        points: cards.flatMap((card) => fullPoint(card, range)),
        pointsName: t('Stops fitting'),
      });
      const byDtype = knobs.compare === 'dtypes';
      compared.update({
        ...shared,
        id: 'memoryCompared',
        title: byDtype
          ? t('KV cache on one card by dtype')
          : t('KV cache of whole models, {0}', deployment.kvDtype),
        y: { label: t('Bytes of KV cache'), quantity: 'bytes', scale: 'log' },
        // Whole models do not depend on how many cards there are.
        series: keptCompared(
          [
            ...(byDtype ? key : [architecture, deployment.kvDtype, policy, sequences, range[1]]),
            knobs.compare,
            ...knobs.others,
          ],
          () =>
            byDtype
              ? cacheCurvesByDtype(setup, range).map((one) => ({ ...one, name: one.id }))
              : shapeSeries(setup, architectures, knobs.others, range),
        ),
      });
    },
    dispose: () => {
      limits.dispose();
      compared.dispose();
    },
    tables: () => [...limits.tables(), ...compared.tables()],
    charts: () => [...limits.charts(), ...compared.charts()],
  };
}

function curveText(id: string): string {
  switch (id) {
    case 'total':
      return t('All of it');
    case 'kvCache':
      return t('KV cache');
    case 'weights':
      return t('Weights');
    default:
      return id;
  }
}

function shapeSeries(
  setup: MemorySetup,
  architectures: readonly Architecture[],
  ids: readonly string[],
  range: readonly [number, number],
): readonly ChartSeries[] {
  const others = architectures.filter(({ id }) => ids.includes(id));
  return cacheCurvesByArchitecture(setup, others, range).map((one) => {
    const found = [setup.architecture, ...others].find(({ id }) => id === one.id);
    const name = found === undefined ? one.id : `${shapeName(found)} · ${found.attentionName}`;
    return { ...one, name };
  });
}

function cardRule({ hardware, usable }: CardFit): readonly ChartRule[] {
  const usableBytes = usable.value;
  return usableBytes === undefined
    ? []
    : [{ axis: 'y', value: usableBytes, label: cardName(hardware) }];
}

function fullPoint(
  { hardware, usable, longest }: CardFit,
  [low, high]: readonly [number, number],
): readonly ChartPoint[] {
  const tokens = longest.value;
  const usableBytes = usable.value;
  return usableBytes === undefined || tokens === undefined || tokens < low || tokens > high
    ? []
    : [{ at: [tokens, usableBytes], label: t('{0} is full', cardName(hardware)) }];
}
