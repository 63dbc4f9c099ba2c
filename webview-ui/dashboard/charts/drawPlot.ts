import {
  areaY,
  axisX,
  axisY,
  dot,
  gridX,
  gridY,
  lineY,
  plot,
  type Markish,
} from '@observablehq/plot';
import { isShown, stackedAreas, xDomain, yDomain } from './chartData.ts';
import type { LineChartData } from './chartData.ts';
import { formatTick, logTicks } from './quantities.ts';

export interface DrawnPlot {
  readonly svg: SVGSVGElement;
  /** Pixels of a value, and back. */
  readonly xAt: (value: number) => number;
  readonly yAt: (value: number) => number;
  readonly xFrom: (pixels: number) => number;
  readonly frame: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  };
}

export const numColours = 6;

/** Draws the chart's axes, areas, lines and points. Colours, dashes and sizes are classes: the theme decides. */
export function drawPlot(data: LineChartData, width: number, nonce: string): DrawnPlot {
  const isNarrow = width < 420;
  const height = isNarrow ? 260 : 320;
  const margins = {
    marginLeft: isNarrow ? 52 : 66,
    marginRight: 14,
    marginTop: 14,
    marginBottom: 42,
  };
  const x = xDomain(data);
  const y = yDomain(data);
  const svg = plot({
    width,
    height,
    ...margins,
    x: { type: data.x.scale, domain: x },
    y: { type: data.y.scale, domain: y, clamp: false },
    marks: [
      ...axes(data, x, y, isNarrow),
      ...(data.isStacked === true ? areas(data) : lines(data)),
      ...points(data),
    ],
  });
  if (!(svg instanceof SVGSVGElement))
    throw new Error('a chart without a legend is one SVG element');
  forPage(svg, nonce);
  const scales = {
    x: (svg as SVGSVGElement & Scaled).scale('x'),
    y: (svg as SVGSVGElement & Scaled).scale('y'),
  };
  return {
    svg,
    xAt: scales.x.apply,
    yAt: scales.y.apply,
    xFrom: scales.x.invert,
    frame: {
      left: margins.marginLeft,
      right: width - margins.marginRight,
      top: margins.marginTop,
      bottom: height - margins.marginBottom,
    },
  };
}

interface Scaled {
  scale(name: 'x' | 'y'): {
    readonly apply: (value: number) => number;
    readonly invert: (pixels: number) => number;
  };
}

/**
 * The page's policy lets in style elements with its nonce only, so it is set before the chart is attached. The chart has its
 * words in the table and in what the keys read out: Plot's own labels stand on elements without a role, where they mean nothing.
 */
function forPage(svg: SVGSVGElement, nonce: string): void {
  for (const style of svg.querySelectorAll('style')) style.nonce = nonce;
  for (const labelled of svg.querySelectorAll('[aria-label]'))
    labelled.removeAttribute('aria-label');
  svg.setAttribute('aria-hidden', 'true');
}

function axes(
  data: LineChartData,
  x: readonly [number, number],
  y: readonly [number, number],
  isNarrow: boolean,
): readonly Markish[] {
  const xTicks =
    data.x.scale === 'log'
      ? [...logTicks(x, data.x.quantity, isNarrow ? 5 : 10)]
      : isNarrow
        ? 4
        : 8;
  const yTicks = data.y.scale === 'log' ? [...logTicks(y, data.y.quantity, 9)] : 6;
  // As a channel: what is given as a format, log scales apply to some of the ticks only.
  return [
    gridX({ ticks: xTicks, className: 'grid' }),
    gridY({ ticks: yTicks, className: 'grid' }),
    axisX({
      ticks: xTicks,
      label: data.x.label,
      labelAnchor: 'center',
      labelArrow: 'none',
      labelOffset: 36,
      text: (value: number) => formatTick(value, data.x.quantity),
      className: 'axis',
    }),
    axisY({
      ticks: yTicks,
      label: null,
      text: (value: number) => formatTick(value, data.y.quantity),
      className: 'axis',
    }),
  ];
}

function lines(data: LineChartData): readonly Markish[] {
  const bands = data.series.flatMap(({ band }, idx) => {
    const shown = (band ?? []).filter(([x, low]) => isShown(x, data.x) && isShown(low, data.y));
    return shown.length < 2
      ? []
      : [
          areaY(shown, {
            x: '0',
            y1: '1',
            y2: '2',
            className: `band k${idx % numColours}`,
            clip: true,
          }),
        ];
  });
  const strokes = data.series.flatMap(({ points: own }, idx) => {
    const shown = own.filter(([x, y]) => isShown(x, data.x) && isShown(y, data.y));
    return shown.length === 0
      ? []
      : [lineY(shown, { x: '0', y: '1', className: `line k${idx % numColours}`, clip: true })];
  });
  return [...bands, ...strokes];
}

function areas(data: LineChartData): readonly Markish[] {
  return stackedAreas(data.series).flatMap((area, idx) => {
    const shown = area.filter(({ x }) => isShown(x, data.x));
    return [
      areaY(shown, {
        x: 'x',
        y1: 'low',
        y2: 'high',
        className: `area k${idx % numColours}`,
        clip: true,
      }),
      lineY(shown, { x: 'x', y: 'high', className: `line k${idx % numColours}`, clip: true }),
    ];
  });
}

function points(data: LineChartData): readonly Markish[] {
  const shown = (data.points ?? []).filter(
    ({ at: [x, y] }) => isShown(x, data.x) && isShown(y, data.y),
  );
  const of = (isHollow: boolean) => shown.filter((one) => (one.isHollow === true) === isHollow);
  return [true, false].flatMap((isHollow) =>
    of(isHollow).length === 0
      ? []
      : [
          dot(of(isHollow), {
            x: ({ at }: { at: readonly number[] }) => at[0],
            y: ({ at }: { at: readonly number[] }) => at[1],
            r: 4,
            className: isHollow ? 'point hollow' : 'point',
          }),
        ],
  );
}
