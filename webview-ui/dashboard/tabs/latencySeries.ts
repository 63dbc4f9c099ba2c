import { layoutCurves, ttftCurve } from '../../../src/core/dashboard/latency.ts';
import type { LatencySetup, PlacedLayout } from '../../../src/core/dashboard/latency.ts';
import { gpuCount } from '../../../src/core/estimates/deployment.ts';
import { formatCount } from '../../../src/core/format/numbers.ts';
import { t } from '../../shared/l10n.ts';
import type { ChartSeries } from '../charts/chartData.ts';

export interface Placed {
  readonly layouts: readonly PlacedLayout[];
  /** Of the chosen layout. */
  readonly longestTokens: number | undefined;
}

/** The chosen layout with its band, the others that hold any prompt, then the chosen one with the whole prompt at once. */
export function waitingSeries(
  setup: LatencySetup,
  range: readonly [number, number],
  { layouts, longestTokens }: Placed,
): readonly ChartSeries[] {
  const chosen = gpuCount(setup.deployment);
  const chunks = setup.chunkTokens;
  const fits = longestTokens !== 0;
  const end = fits ? longestTokens : undefined;
  const name =
    chunks === undefined
      ? cardsText(chosen)
      : t('{0}, chunks of {1}', cardsText(chosen), formatCount(chunks));
  const main = ttftCurve('chosen', setup, range, end);
  const others = layoutCurves(
    setup,
    range,
    layouts.filter(({ gpus }) => gpus !== chosen),
  );
  const whole =
    chunks === undefined
      ? []
      : [ttftCurve('whole', { ...setup, chunkTokens: undefined }, range, end)];
  return [
    { ...main, name: fits ? name : t('{0} (does not fit)', name) },
    ...others.map((one) => ({ ...one, name: cardsText(one.gpus) })),
    ...whole.map(({ id, points }) => ({
      id,
      points,
      name: t('{0}, the prompt at once', cardsText(chosen)),
    })),
  ].filter(({ points }) => points.length > 0);
}

export function cardsText(count: number): string {
  return count === 1 ? t('1 card') : t('{0} cards', count);
}
