import { t } from '../../shared/l10n.ts';
import { isShown, stackedAreas } from './chartData.ts';
import type { LineChartData } from './chartData.ts';
import { formatQuantity } from './quantities.ts';

/** One point as keys and pointer read it. */
export interface Reading {
  readonly x: number;
  /** Where the mark stands: on top of its area when stacked. */
  readonly y: number;
  /** "Llama 8B, 32K: 5.2 GiB". */
  readonly text: string;
}

export interface ReadingTrack {
  readonly name: string;
  readonly readings: readonly Reading[];
}

/** Every series, and the points that stand alone, as tracks to move along; empty ones are left out. */
export function readingTracks(data: LineChartData): readonly ReadingTrack[] {
  const x = (value: number) => formatQuantity(value, data.x.quantity);
  const y = (value: number) => formatQuantity(value, data.y.quantity);
  const areas = data.isStacked === true ? stackedAreas(data.series) : undefined;
  const tracks = data.series.map(({ name, points, band }, seriesIdx) => ({
    name,
    readings: points.flatMap(([at, value], idx) => {
      const top = areas?.[seriesIdx][idx].high ?? value;
      if (!isShown(at, data.x) || !isShown(top, data.y)) return [];
      const [, low, high] = band?.[idx] ?? [];
      const text =
        low === undefined || high === undefined
          ? t('{0}, {1}: {2}', name, x(at), y(value))
          : t('{0}, {1}: {2} ({3} to {4})', name, x(at), y(value), y(low), y(high));
      return [{ x: at, y: top, text }];
    }),
  }));
  const alone = (data.points ?? [])
    .filter(({ at: [px, py] }) => isShown(px, data.x) && isShown(py, data.y))
    .map(({ at: [px, py], label }) => ({
      x: px,
      y: py,
      text: t('{0}, {1}: {2}', label, x(px), y(py)),
    }))
    .sort((one, other) => one.x - other.x);
  return [...tracks, { name: data.pointsName ?? t('Points'), readings: alone }].filter(
    ({ readings }) => readings.length > 0,
  );
}

/** Which reading of which track lies nearest to a place, in pixels. */
export function nearestReading(
  tracks: readonly ReadingTrack[],
  [px, py]: readonly [number, number],
  {
    xAt,
    yAt,
  }: { readonly xAt: (value: number) => number; readonly yAt: (value: number) => number },
): readonly [track: number, reading: number] | undefined {
  let best: readonly [number, number] | undefined;
  let least = Infinity;
  tracks.forEach(({ readings }, track) => {
    readings.forEach(({ x, y }, reading) => {
      const distance = (xAt(x) - px) ** 2 + ((yAt(y) - py) / 2) ** 2;
      if (distance < least) [best, least] = [[track, reading], distance];
    });
  });
  return best;
}
