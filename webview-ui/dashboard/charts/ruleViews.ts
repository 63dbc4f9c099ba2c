import { svg, type SVGTemplateResult } from 'lit';
import { xDomain, yDomain } from './chartData.ts';
import type { ChartRule, LineChartData } from './chartData.ts';
import type { DrawnPlot } from './drawPlot.ts';

const labelHeight = 13;
const widestColumn = 150;

/** Rules across the chart with their labels; labels that would lie on each other stand in another column. */
export function ruleViews(data: LineChartData, drawn: DrawnPlot): readonly SVGTemplateResult[] {
  const { frame, xAt, yAt } = drawn;
  const domains = { x: xDomain(data), y: yDomain(data) };
  const shown = (axis: 'x' | 'y') =>
    (data.rules ?? []).filter(({ axis: own, value }) => {
      const [low, high] = domains[axis];
      return own === axis && value >= low && value <= high;
    });
  const across = shown('y');
  const columns = columnsOf(across.map(({ value }) => yAt(value)));
  const columnWidth = Math.min(widestColumn, (frame.right - frame.left) / 4);
  return [
    ...across.map((rule, idx) =>
      acrossView(rule, yAt(rule.value), frame.right - 4 - columns[idx] * columnWidth, drawn),
    ),
    ...shown('x').map((rule) => uprightView(rule, xAt(rule.value), drawn)),
  ];
}

function acrossView(
  { label }: ChartRule,
  at: number,
  labelEnd: number,
  { frame }: DrawnPlot,
): SVGTemplateResult {
  return svg`<line class="rule" x1=${frame.left} x2=${frame.right} y1=${at} y2=${at}></line>
    <text class="ruleLabel" x=${labelEnd} y=${at - 4} text-anchor="end">${label}</text>`;
}

function uprightView({ label }: ChartRule, at: number, { frame }: DrawnPlot): SVGTemplateResult {
  const isLate = at - frame.left > 0.6 * (frame.right - frame.left);
  return svg`<line class="rule" x1=${at} x2=${at} y1=${frame.top} y2=${frame.bottom}></line>
    <text class="ruleLabel" x=${at + (isLate ? -5 : 5)} y=${frame.top + 10} text-anchor=${isLate ? 'end' : 'start'}>${label}</text>`;
}

/** For each label the first of three columns in which none stands as high. */
function columnsOf(heights: readonly number[]): readonly number[] {
  const taken: number[][] = [[], [], []];
  return heights.map((at) => {
    const free = taken.findIndex((others) =>
      others.every((other) => Math.abs(other - at) >= labelHeight),
    );
    const column = Math.max(0, free);
    taken[column].push(at);
    return column;
  });
}
