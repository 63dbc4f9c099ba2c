import { svg, type SVGTemplateResult } from 'lit';
import { formatTick } from '../numberText.ts';
import type { AxisUnit, SeriesPicture } from '../../../src/lab/picture.ts';
import { axis, type Axis } from './axis.ts';

const width = 560;
const height = 300;
const left = 64;
const bottom = 40;
const right = 12;
const top = 12;
const lineHeight = 14;

/** Lines with a dash of their own each, so that they can be told apart without colour. */
export function seriesSvg(picture: SeriesPicture): SVGTemplateResult {
  const points = picture.series.flatMap((one) => one.points);
  const rules = picture.rules ?? [];
  const ruled = (which: 'x' | 'y') =>
    rules.filter((rule) => rule.axis === which).map((rule) => rule.value);
  const x = axis([...points.map(([value]) => value), ...ruled('x')], picture.xScale, [
    left,
    width - right,
  ]);
  const y = axis(
    [...points.map(([, value]) => value), ...ruled('y')],
    picture.yScale,
    [height - bottom, top],
    picture.unit,
  );
  /** Right below another level, whose words would stand in the way: its own go to the other end. */
  const crowded = (value: number) =>
    ruled('y').some((other) => other > value && y.at(value) - y.at(other) < lineHeight);
  return svg`<svg class="picture" viewBox="0 0 ${width} ${height}" role="img" aria-label=${picture.summary}>
    ${grid(x, y, picture.unit)}
    <text class="label" x=${(left + width) / 2} y=${height - 4} text-anchor="middle">${picture.xLabel}</text>
    <text class="label" transform="translate(12 ${(height - bottom + top) / 2}) rotate(-90)" text-anchor="middle">${picture.yLabel}</text>
    ${rules.map(({ axis: which, value }) =>
      which === 'x'
        ? svg`<line class="rule" x1=${x.at(value)} x2=${x.at(value)} y1=${top} y2=${height - bottom}></line>`
        : svg`<line class="rule" x1=${left} x2=${width - right} y1=${y.at(value)} y2=${y.at(value)}></line>`,
    )}
    ${picture.series.map(({ points: own }, idx) => {
      const shown = own.filter(([px, py]) => x.shows(px) && y.shows(py));
      const path = shown
        .map(([px, py], place) => `${place === 0 ? 'M' : 'L'}${x.at(px)} ${y.at(py)}`)
        .join('');
      return svg`<path class="line k${idx % 6} d${idx % 4}" d=${path}></path>
        ${
          shown.length <= 40
            ? shown.map(
                ([px, py]) =>
                  svg`<circle class="dot k${idx % 6}" cx=${x.at(px)} cy=${y.at(py)} r="2.5"></circle>`,
              )
            : ''
        }`;
    })}
    ${rules.map(({ axis: which, value, label }) =>
      which === 'x'
        ? svg`<text class="label" x=${x.at(value)} y=${top + 10} dx=${x.at(value) > width / 2 ? -4 : 4} text-anchor=${x.at(value) > width / 2 ? 'end' : 'start'}>${label}</text>`
        : svg`<text class="label" x=${crowded(value) ? width - right - 4 : left + 4} y=${y.at(value) - 3} text-anchor=${crowded(value) ? 'end' : 'start'}>${label}</text>`,
    )}
  </svg>`;
}

function grid(x: Axis, y: Axis, unit: AxisUnit | undefined): SVGTemplateResult {
  return svg`${x.ticks.map(
    (
      tick,
    ) => svg`<line class="grid" x1=${x.at(tick)} x2=${x.at(tick)} y1=${top} y2=${height - bottom}></line>
      <text class="tick" x=${x.at(tick)} y=${height - bottom + 14} text-anchor="middle">${formatTick(tick, undefined)}</text>`,
  )}${y.ticks.map(
    (
      tick,
    ) => svg`<line class="grid" x1=${left} x2=${width - right} y1=${y.at(tick)} y2=${y.at(tick)}></line>
      <text class="tick" x=${left - 4} y=${y.at(tick) + 4} text-anchor="end">${formatTick(tick, unit)}</text>`,
  )}`;
}
