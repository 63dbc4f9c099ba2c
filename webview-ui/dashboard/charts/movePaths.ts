import { haveSameFrame, isShown, stackedAreas } from './chartData.ts';
import type { LineChartData } from './chartData.ts';
import type { DrawnPlot } from './drawPlot.ts';

/**
 * Moves the lines and areas of a chart that is drawn, where its axes stay as they are: a slider's step need not make them anew.
 * @returns false when that can not be done, and nothing was changed
 */
export function movePaths(drawn: DrawnPlot, before: LineChartData, next: LineChartData): boolean {
  if (!haveSameFrame(before, next)) return false;
  const wanted = pathsOf(next, drawn);
  // Plot leaves out lines without a point; then which is which can not be told.
  if (wanted.includes('') || pathsOf(before, drawn).includes('')) return false;
  const paths = drawn.svg.querySelectorAll<SVGPathElement>('.band path, .area path, .line path');
  if (paths.length !== wanted.length) return false;
  paths.forEach((path, idx) => path.setAttribute('d', wanted[idx]));
  return true;
}

/** The paths in the order in which they are drawn: bands, then lines; or each area with its upper line. */
function pathsOf(data: LineChartData, { xAt, yAt }: DrawnPlot): readonly string[] {
  if (data.isStacked === true) {
    return stackedAreas(data.series).flatMap((area) => {
      const shown = area.filter(({ x }) => isShown(x, data.x));
      const upper = shown.map(({ x, high }) => [xAt(x), yAt(high)] as const);
      const lower = shown.map(({ x, low }) => [xAt(x), yAt(low)] as const);
      return [areaPath(upper, lower), linePath(upper)];
    });
  }
  const bands = data.series.flatMap(({ band = [] }) => {
    const shown = band.filter(([x, low]) => isShown(x, data.x) && isShown(low, data.y));
    if (shown.length < 2) return [];
    const upper = shown.map(([x, , high]) => [xAt(x), yAt(high)] as const);
    const lower = shown.map(([x, low]) => [xAt(x), yAt(low)] as const);
    return [areaPath(upper, lower)];
  });
  const lines = data.series.map(({ points }) => {
    const shown = points.filter(([x, y]) => isShown(x, data.x) && isShown(y, data.y));
    return linePath(shown.map(([x, y]) => [xAt(x), yAt(y)] as const));
  });
  return [...bands, ...lines];
}

type Place = readonly [x: number, y: number];

function linePath(places: readonly Place[]): string {
  return places.map(([x, y], idx) => `${idx === 0 ? 'M' : 'L'}${round(x)},${round(y)}`).join('');
}

function areaPath(upper: readonly Place[], lower: readonly Place[]): string {
  if (upper.length === 0) return '';
  return `${linePath(upper)}${linePath([...lower].reverse()).replace('M', 'L')}Z`;
}

function round(pixels: number): number {
  return Math.round(100 * pixels) / 100;
}
