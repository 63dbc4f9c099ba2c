import type { Series, XY } from '../../../src/core/dashboard/series.ts';
import type { Quantity } from './quantities.ts';

export interface ChartAxis {
  readonly label: string;
  readonly quantity: Quantity;
  readonly scale: 'log' | 'linear';
  /** Absent: as far as the data goes. */
  readonly domain?: readonly [low: number, high: number];
}

export interface ChartSeries extends Series {
  readonly name: string;
}

/** A limit or a boundary across the whole chart. */
export interface ChartRule {
  readonly axis: 'x' | 'y';
  readonly value: number;
  readonly label: string;
}

/** Something that stands alone: a measurement, or where a line meets a limit. */
export interface ChartPoint {
  readonly at: XY;
  readonly label: string;
  /** Where it comes from; shown in the table. */
  readonly source?: string;
  /** Drawn empty: related, not the same. */
  readonly isHollow?: boolean;
}

/** What is weighed now, on the x axis. It moves with a slider, without anything else being drawn anew. */
export interface ChartMarker {
  readonly x: number;
  readonly label: string;
}

export interface LineChartData {
  /** Unique on the page; camelCase. */
  readonly id: string;
  readonly title: string;
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly series: readonly ChartSeries[];
  /** Series are areas on top of each other; all have the same x. */
  readonly isStacked?: boolean;
  readonly rules?: readonly ChartRule[];
  readonly points?: readonly ChartPoint[];
  readonly marker?: ChartMarker;
  /** What `points` are, in words; above them in the table and in the legend. */
  readonly pointsName?: string;
  /** What the empty ones among them are. */
  readonly hollowName?: string;
}

/** Whether two charts have the same axes and points to draw: then only lines, areas and rules move between them. */
export function haveSameFrame(one: LineChartData, other: LineChartData): boolean {
  return (
    one.isStacked === other.isStacked &&
    one.series.length === other.series.length &&
    JSON.stringify([one.x, one.y, one.points ?? [], xDomain(one), yDomain(one)]) ===
      JSON.stringify([other.x, other.y, other.points ?? [], xDomain(other), yDomain(other)])
  );
}

/** Whether two charts look the same but for their marker. */
export function differOnlyInMarker(one: LineChartData, other: LineChartData): boolean {
  return (
    one.series === other.series &&
    one.title === other.title &&
    one.isStacked === other.isStacked &&
    JSON.stringify([one.x, one.y, one.rules ?? [], one.points ?? []]) ===
      JSON.stringify([other.x, other.y, other.rules ?? [], other.points ?? []])
  );
}

/** Values that an axis can show: a log axis has no place for 0. */
export function isShown(value: number, axis: ChartAxis): boolean {
  return Number.isFinite(value) && (axis.scale === 'linear' || value > 0);
}

/** Lows and highs of the stacked areas, in order. */
export function stackedAreas(
  series: readonly ChartSeries[],
): readonly { readonly low: number; readonly high: number; readonly x: number }[][] {
  const sums = new Map<number, number>();
  return series.map(({ points }) =>
    points.map(([x, y]) => {
      const low = sums.get(x) ?? 0;
      sums.set(x, low + y);
      return { x, low, high: low + y };
    }),
  );
}

/** The ends of the y axis: all that is drawn, and the rules that lie near it. */
export function yDomain(data: LineChartData): readonly [number, number] {
  if (data.y.domain !== undefined) return data.y.domain;
  const drawn = data.isStacked
    ? stackedAreas(data.series).flatMap((area) => area.flatMap(({ low, high }) => [low, high]))
    : data.series.flatMap(({ points, band }) => [
        ...points.map(([, y]) => y),
        ...(band ?? []).flatMap(([, low, high]) => [low, high]),
      ]);
  const values = [
    ...drawn,
    ...(data.points ?? []).map(({ at }) => at[1]),
    ...(data.rules ?? []).filter(({ axis }) => axis === 'y').map(({ value }) => value),
  ].filter((value) => isShown(value, data.y));
  if (values.length === 0) return data.y.scale === 'log' ? [1, 10] : [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  // Round ends, so that the axis stands still while a slider moves what is drawn in it.
  if (data.y.scale === 'log') return [stepBelow(low / 1.1), stepAbove(high * 1.1)];
  return [Math.min(0, -roundAbove(-low)), high <= 0 ? 1 : roundAbove(high * 1.02)];
}

/** Quarters of a power of ten. */
function stepBelow(value: number): number {
  return 10 ** (Math.floor(4 * Math.log10(value)) / 4);
}

function stepAbove(value: number): number {
  return 10 ** (Math.ceil(4 * Math.log10(value)) / 4);
}

/** The least of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten that is not less; 0 for what is not positive. */
function roundAbove(value: number): number {
  if (value <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  const digits = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];
  return power * (digits.find((digit) => digit * power >= value) ?? 10);
}

export function xDomain(data: LineChartData): readonly [number, number] {
  if (data.x.domain !== undefined) return data.x.domain;
  const values = [
    ...data.series.flatMap(({ points }) => points.map(([x]) => x)),
    ...(data.points ?? []).map(({ at }) => at[0]),
  ].filter((value) => isShown(value, data.x));
  if (values.length === 0) return data.x.scale === 'log' ? [1, 10] : [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (low === high) return data.x.scale === 'log' ? [low / 2, high * 2] : [low - 1, high + 1];
  return [low, high];
}
