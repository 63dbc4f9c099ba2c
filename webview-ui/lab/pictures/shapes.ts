import { svg, type SVGTemplateResult } from 'lit';
import type {
  BarsPicture,
  BlocksPicture,
  CirclePicture,
  RingPicture,
} from '../../../src/lab/picture.ts';
import { categoryPlaces, placeClass, placeMark } from '../colours.ts';
import { formatTick } from '../numberText.ts';
import { axis } from './axis.ts';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * A rectangle of a category: its colour, and a mark that says the same without colour.
 * @param markHeight the part of it, from the top, that the mark has; what is below is left to a label
 */
export function categoryBox(
  { x, y, width, height }: Box,
  place: number,
  markHeight = height,
): SVGTemplateResult {
  const mark = placeMark(place);
  const room = Math.min(width, height) >= 7;
  const [middleX, middleY] = [x + width / 2, y + markHeight / 2];
  return svg`<rect class="box ${placeClass(place)}" x=${x} y=${y} width=${Math.max(0, width)} height=${Math.max(0, height)}></rect>
    ${room && mark === 1 ? svg`<circle class="mark" cx=${middleX} cy=${middleY} r="1.5"></circle>` : ''}
    ${room && mark === 2 ? svg`<path class="mark" d="M${middleX - 3} ${middleY + 3}l6 -6"></path>` : ''}
    ${room && mark === 3 ? svg`<path class="mark" d="M${middleX - 3} ${middleY}h6"></path>` : ''}`;
}

export function barsSvg(picture: BarsPicture): SVGTemplateResult {
  const places = categoryPlaces(picture.categories);
  const totals = picture.bars.map(({ parts }) => parts.reduce((sum, part) => sum + part, 0));
  const height = picture.bars.length * 26 + 44;
  const [start, end] = [188, 505];
  const scale = axis([0, ...totals], 'linear', [start, end], picture.unit);
  return svg`<svg class="picture" viewBox="0 0 560 ${height}" role="img" aria-label=${picture.summary}>
    ${scale.ticks.map(
      (
        tick,
      ) => svg`<line class="grid" x1=${scale.at(tick)} x2=${scale.at(tick)} y1="4" y2=${height - 38}></line>
      <text class="tick" x=${scale.at(tick)} y=${height - 24} text-anchor="middle">${formatTick(tick, picture.unit)}</text>`,
    )}
    ${picture.bars.map(({ label, parts }, row) => {
      let before = 0;
      return svg`<text class="label" x=${start - 6} y=${row * 26 + 20} text-anchor="end">${cut(label, 28)}<title>${label}</title></text>
        ${parts.map((part, idx) => {
          const x = scale.at(before);
          before += part;
          return categoryBox(
            { x, y: row * 26 + 6, width: scale.at(before) - x, height: 20 },
            places[idx],
          );
        })}
        <text class="tick" x=${scale.at(totals[row]) + 4} y=${row * 26 + 20}>${formatTick(totals[row], picture.unit)}</text>`;
    })}
    <text class="label" x=${(start + end) / 2} y=${height - 6} text-anchor="middle">${picture.valueLabel}</text>
  </svg>`;
}

export function blocksSvg(picture: BlocksPicture): SVGTemplateResult {
  const places = categoryPlaces(picture.categories);
  const longest = Math.max(1, ...picture.rows.map(({ cells }) => cells.length));
  const perLine = Math.min(longest, 32);
  const cell = Math.min(34, 424 / perLine);
  let y = 4;
  const rows = picture.rows.map(({ label, cells }) => {
    const own = y;
    y += Math.max(1, Math.ceil(cells.length / perLine)) * (cell + 2) + 6;
    return { label, cells, y: own };
  });
  return svg`<svg class="picture" viewBox="0 0 560 ${y}" role="img" aria-label=${picture.summary}>
    ${rows.map(
      (
        row,
      ) => svg`<text class="label" x="122" y=${row.y + cell / 2 + 4} text-anchor="end">${cut(row.label, 17)}<title>${row.label}</title></text>
      ${row.cells.map((each, idx) => {
        const box = {
          x: 128 + (idx % perLine) * cell,
          y: row.y + Math.floor(idx / perLine) * (cell + 2),
          width: cell - 1,
          height: cell - 1,
        };
        const name = picture.categories[each.category]?.name ?? '';
        const isLabelled = each.label !== undefined && cell >= 16;
        return svg`<g><title>${each.label ?? ''} ${name}</title>${categoryBox(box, places[each.category], isLabelled ? box.height * 0.6 : box.height)}
          ${
            isLabelled
              ? svg`<text class="tick over" x=${box.x + box.width / 2} y=${box.y + box.height - 3} text-anchor="middle">${cut(each.label ?? '', Math.floor(cell / 6))}</text>`
              : ''
          }</g>`;
      })}`,
    )}
  </svg>`;
}

export function ringSvg(picture: RingPicture): SVGTemplateResult {
  const count = picture.ranks.length;
  const at = (idx: number, radius: number) => {
    const angle = (2 * Math.PI * idx) / count - Math.PI / 2;
    return {
      x: Number((280 + radius * Math.cos(angle)).toFixed(1)),
      y: Number((190 + radius * Math.sin(angle)).toFixed(1)),
    };
  };
  return svg`<svg class="picture" viewBox="0 0 560 380" role="img" aria-label=${picture.summary}>
    <defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="arrow" d="M0 0 8 4 0 8z"></path></marker></defs>
    ${picture.transfers.map(({ from, to, label }) => {
      const [a, b] = [at(from, 96), at(to, 96)];
      return svg`<path class="transfer" d="M${a.x} ${a.y}L${b.x} ${b.y}" marker-end="url(#arrow)"></path>
        <text class="tick" x=${(a.x + b.x) / 2} y=${(a.y + b.y) / 2} text-anchor="middle">${cut(label, 20)}</text>`;
    })}
    ${picture.ranks.map(({ label, detail, workShare }, idx) => {
      const { x, y } = at(idx, 136);
      const lines = wrapped(detail, 25, 3);
      return svg`<g><title>${label}: ${detail}</title>
        <rect class="rank" x=${x - 78} y=${y - 34} width="156" height="68" rx="3"></rect>
        <rect class="box c0" x=${x - 74} y=${y + 25} width=${148 * workShare} height="5"></rect>
        <text class="label" x=${x} y=${y - 20} text-anchor="middle">${cut(label, 20)}</text>
        ${lines.map(
          (line, place) =>
            svg`<text class="tick" x=${x} y=${y - 6 + 12 * place} text-anchor="middle">${line}</text>`,
        )}</g>`;
    })}
  </svg>`;
}

export function circleSvg(picture: CirclePicture): SVGTemplateResult {
  const perLine = Math.min(4, Math.max(1, picture.circles.length));
  const size = 560 / perLine;
  const radius = Math.min(70, size / 2 - 16);
  const line = radius * 2 + 52;
  const height = Math.ceil(picture.circles.length / perLine) * line;
  return svg`<svg class="picture" viewBox="0 0 560 ${height}" role="img" aria-label=${picture.summary}>
    ${picture.circles.map(({ label, hands, seenAngle }, idx) => {
      const x = (idx % perLine) * size + size / 2;
      const y = Math.floor(idx / perLine) * line + radius + 8;
      return svg`<circle class="rim" cx=${x} cy=${y} r=${radius}></circle>
        ${seenAngle === undefined ? '' : seenArc(x, y, radius, seenAngle)}
        ${hands.map((hand) => {
          const endX = x + radius * Math.cos(hand.angle);
          const endY = y - radius * Math.sin(hand.angle);
          return svg`<g><title>${hand.label}</title><path class="hand ${hand.unseen === true ? 'unseen' : ''}" d="M${x} ${y}L${endX} ${endY}"></path>
            <circle class="dot ${hand.unseen === true ? 'k1' : 'k0'}" cx=${endX} cy=${endY} r="3"></circle></g>`;
        })}
        ${label
          .split(', ')
          .map(
            (part, place) =>
              svg`<text class=${place === 0 ? 'label' : 'tick'} x=${x} y=${y + radius + 20 + 14 * place} text-anchor="middle">${part}</text>`,
          )}`;
    })}
  </svg>`;
}

/** The angles that training has seen, along the rim. */
function seenArc(x: number, y: number, radius: number, angle: number): SVGTemplateResult {
  if (angle >= 2 * Math.PI) {
    return svg`<circle class="seen" cx=${x} cy=${y} r=${radius}></circle>`;
  }
  const [endX, endY] = [x + radius * Math.cos(angle), y - radius * Math.sin(angle)];
  const far = angle > Math.PI ? 1 : 0;
  return svg`<path class="seen" d="M${x + radius} ${y}A${radius} ${radius} 0 ${far} 0 ${endX} ${endY}"></path>`;
}

/** Lines of whole words; what has no room is cut. */
function wrapped(text: string, length: number, mostLines: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= length) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  const rest = lines.slice(mostLines - 1).join(' ');
  return lines.length <= mostLines ? lines : [...lines.slice(0, mostLines - 1), cut(rest, length)];
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, Math.max(1, length - 1))}…` : text;
}
