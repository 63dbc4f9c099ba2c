import { html, nothing, render, svg as svgTemplate } from 'lit';
import { t } from '../../shared/l10n.ts';
import type { ExportChart, ExportTable } from '../tab.ts';
import { differOnlyInMarker, isShown } from './chartData.ts';
import type { LineChartData } from './chartData.ts';
import { chartTables, chartTableView } from './chartTable.ts';
import { drawPlot, numColours } from './drawPlot.ts';
import { movePaths } from './movePaths.ts';
import { ruleViews } from './ruleViews.ts';
import type { DrawnPlot } from './drawPlot.ts';
import { nearestReading, readingTracks } from './readings.ts';
import type { Reading, ReadingTrack } from './readings.ts';
import './charts.css';

export interface LineChart {
  readonly element: HTMLElement;
  /** Draws what has changed: the marker alone moves without the rest being drawn anew. */
  update(data: LineChartData): void;
  tables(): readonly ExportTable[];
  charts(): readonly ExportChart[];
  dispose(): void;
}

const svgNamespace = 'http://www.w3.org/2000/svg';

/**
 * A chart with its legend, a line that reads out the point under the pointer or the keys, and its numbers as a table. Left and
 * right move along a line, up and down between lines, Home and End to its ends.
 */
export function createLineChart(nonce: string): LineChart {
  const element = document.createElement('figure');
  element.className = 'chart';
  let data: LineChartData | undefined;
  let drawn: DrawnPlot | undefined;
  /** Made when somebody reads them: a slider's step moves the lines only. */
  let madeTracks: readonly ReadingTrack[] | undefined;
  const tracksNow = () => (madeTracks ??= data === undefined ? [] : readingTracks(data));
  let cursor: readonly [track: number, reading: number] | undefined;
  let width = 0;
  let isOpen = false;
  const overlay = document.createElementNS(svgNamespace, 'g');
  overlay.setAttribute('class', 'overlay');

  const reading = (): Reading | undefined =>
    cursor === undefined ? undefined : tracksNow().at(cursor[0])?.readings.at(cursor[1]);

  const drawOverlay = () => {
    if (data === undefined || drawn === undefined) return;
    const { frame, xAt, yAt } = drawn;
    const { marker } = data;
    const at = marker !== undefined && isShown(marker.x, data.x) ? xAt(marker.x) : NaN;
    const isInside = at >= frame.left - 0.5 && at <= frame.right + 0.5;
    const isLate = at > (frame.left + frame.right) / 2;
    const read = reading();
    render(
      svgTemplate`${ruleViews(data, drawn)}${
        isInside
          ? svgTemplate`<line class="marker" x1=${at} x2=${at} y1=${frame.top} y2=${frame.bottom}></line>
            <text class="markerLabel" x=${at + (isLate ? -5 : 5)} y=${frame.bottom - 6} text-anchor=${isLate ? 'end' : 'start'}>${marker?.label}</text>`
          : nothing
      }${
        read === undefined
          ? nothing
          : svgTemplate`<line class="cursor" x1=${xAt(read.x)} x2=${xAt(read.x)} y1=${frame.top} y2=${frame.bottom}></line>
            <circle class="cursor" cx=${xAt(read.x)} cy=${yAt(read.y)} r="5"></circle>`
      }`,
      overlay,
    );
  };

  const drawFrame = () => {
    if (data === undefined) return;
    const titleId = `chart-${data.id}`;
    const read = reading();
    const at = cursor ?? [0, 0];
    const numReadings = numReadingsOf(data, cursor === undefined ? undefined : tracksNow(), at[0]);
    render(
      html`<figcaption id=${titleId}>${data.title}</figcaption>
        ${legend(data)}
        <div class="yLabel quiet">${data.y.label}</div>
        <div
          class="plotFrame"
          tabindex="0"
          role="slider"
          aria-label=${t('{0}. Arrow keys read the points.', data.title)}
          aria-valuemin="1"
          aria-valuemax=${Math.max(1, numReadings)}
          aria-valuenow=${at[1] + 1}
          aria-valuetext=${read?.text ?? summary(data)}
          @keydown=${onKey}
          @pointermove=${onPointer}
          @pointerleave=${forget}
          @blur=${forget}
        ></div>
        <p class="readout quiet" aria-hidden="true">
          ${read?.text ?? t('Point at a line, or focus the chart and use the arrow keys.')}
        </p>
        <details ?open=${isOpen} @toggle=${onToggle}>
          <summary>${t('Table')}<span class="hidden">: ${data.title}</span></summary>
          ${isOpen ? chartTableView(data) : nothing}
        </details>`,
      element,
    );
  };

  const place = (next: readonly [number, number] | undefined) => {
    if (next?.[0] === cursor?.[0] && next?.[1] === cursor?.[1]) return;
    cursor = next;
    drawOverlay();
    drawFrame();
  };
  const forget = () => {
    place(undefined);
  };
  const onPointer = (event: PointerEvent) => {
    if (drawn === undefined) return;
    const box = drawn.svg.getBoundingClientRect();
    const scale = drawn.svg.viewBox.baseVal.width / Math.max(1, box.width);
    const at = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale] as const;
    place(nearestReading(tracksNow(), at, drawn));
  };
  const onKey = (event: KeyboardEvent) => {
    const next = keyed(event.key, tracksNow(), cursor);
    if (next === undefined) return;
    event.preventDefault();
    if (next === 'out') forget();
    else place(next);
  };
  const onToggle = (event: Event) => {
    isOpen = (event.currentTarget as HTMLDetailsElement).open;
    drawFrame();
  };

  const drawAll = () => {
    if (data === undefined) return;
    drawFrame();
    const frame = element.querySelector('.plotFrame');
    width = Math.max(240, Math.min(820, Math.floor(frame?.clientWidth ?? 0) || 640));
    drawn = drawPlot(data, width, nonce);
    drawn.svg.append(overlay);
    frame?.replaceChildren(drawn.svg);
    drawOverlay();
  };
  const resized = new ResizeObserver(() => {
    const now = element.querySelector('.plotFrame')?.clientWidth ?? 0;
    const next = Math.max(240, Math.min(820, Math.floor(now)));
    if (now > 0 && next !== width) drawAll();
  });
  resized.observe(element);

  return {
    element,
    update: (next) => {
      const before = data;
      data = next;
      if (before !== undefined && drawn !== undefined && differOnlyInMarker(before, next)) {
        if (before.marker?.x !== next.marker?.x || before.marker?.label !== next.marker?.label) {
          drawOverlay();
        }
        return;
      }
      madeTracks = undefined;
      cursor = undefined;
      if (before !== undefined && drawn !== undefined && movePaths(drawn, before, next)) {
        drawOverlay();
        drawFrame();
      } else drawAll();
    },
    tables: () => (data === undefined ? [] : chartTables(data)),
    charts: () =>
      data === undefined || drawn === undefined ? [] : [{ title: data.title, element: drawn.svg }],
    dispose: () => {
      resized.disconnect();
      element.remove();
    },
  };
}

/** Points on a line, before anybody has asked for the readings as many as it has. */
function numReadingsOf(
  { series }: LineChartData,
  tracks: readonly ReadingTrack[] | undefined,
  track: number,
): number {
  return tracks?.at(track)?.readings.length ?? series.at(track)?.points.length ?? 1;
}

/** Where a key leads; `out`: nothing is read any more; undefined: no key of ours. */
function keyed(
  key: string,
  tracks: readonly ReadingTrack[],
  cursor: readonly [number, number] | undefined,
): readonly [number, number] | 'out' | undefined {
  if (tracks.length === 0) return undefined;
  if (key === 'Escape') return cursor === undefined ? undefined : 'out';
  const isOurs = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'].includes(key);
  if (!isOurs) return undefined;
  if (cursor === undefined) return [0, 0];
  const [track, at] = cursor;
  const last = tracks[track].readings.length - 1;
  switch (key) {
    case 'ArrowRight':
      return [track, Math.min(last, at + 1)];
    case 'ArrowLeft':
      return [track, Math.max(0, at - 1)];
    case 'Home':
      return [track, 0];
    case 'End':
      return [track, last];
    default: {
      const step = key === 'ArrowDown' ? 1 : -1;
      const other = (track + step + tracks.length) % tracks.length;
      return [other, nearestInX(tracks[other], tracks[track].readings[at].x)];
    }
  }
}

function nearestInX({ readings }: ReadingTrack, x: number): number {
  const away = readings.map((one) => Math.abs(Math.log(one.x / x)));
  return Math.max(0, away.indexOf(Math.min(...away)));
}

function legend({ series, points, pointsName, hollowName, isStacked }: LineChartData) {
  if (series.length + (points?.length ?? 0) === 0) return nothing;
  return html`<ul class="legend">
    ${series.map(
      ({ name }, idx) =>
        html`<li>
          <svg class="key" viewBox="0 0 28 12" width="28" height="12" aria-hidden="true">
            ${
              isStacked === true
                ? svgTemplate`<rect class="area k${idx % numColours}" width="28" height="12"></rect>`
                : svgTemplate`<line class="line k${idx % numColours}" x1="0" x2="28" y1="6" y2="6"></line>`
            }
          </svg>
          <bdi>${name}</bdi>
        </li>`,
    )}
    ${[false, true]
      .filter((isHollow) => points?.some((one) => (one.isHollow === true) === isHollow) === true)
      .map(
        (isHollow) =>
          html`<li>
            <svg class="key" viewBox="0 0 28 12" width="28" height="12" aria-hidden="true">
              <circle class="point ${isHollow ? 'hollow' : ''}" cx="14" cy="6" r="4"></circle>
            </svg>
            ${(isHollow ? hollowName : undefined) ?? pointsName ?? t('Points')}
          </li>`,
      )}
  </ul>`;
}

function summary({ series, marker }: LineChartData): string {
  const names = series.map(({ name }) => name).join(', ');
  return marker === undefined ? names : `${names}. ${marker.label}`;
}
