import { html, nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import type { Category, MatrixPicture, Picture, TokensPicture } from '../../src/lab/picture.ts';
import { cellText, pictureTable } from '../../src/lab/pictureTable.ts';
import { t } from '../shared/l10n.ts';
import { categoryPlaces, placeClass, placeMark } from './colours.ts';
import { formatsOf, type PictureFormat } from './exporting.ts';
import { cellAt, drawMatrix, matrixLayout, type CellIdx } from './pictures/matrix.ts';
import { barsSvg, blocksSvg, categoryBox, circleSvg, ringSvg } from './pictures/shapes.ts';
import { seriesSvg } from './pictures/series.ts';
import { rowWords } from './rowWords.ts';
import { strengthStep, tokenRuns } from './tokenRuns.ts';

export interface PictureActions {
  /** Draws the page anew. */
  redraw(): void;
  /** A position was picked for a control. */
  toggle(controlId: string, position: number): void;
  save(picture: Picture, format: PictureFormat, figure: Element): void;
}

const chosenCells = new WeakMap<MatrixPicture, CellIdx>();
const openTables = new Set<string>();
/** Tokens that can be picked by a button each; others are picked in the matrix or typed. */
const mostButtons = 512;
/** More rows than that nobody reads; the CSV file has them all. */
const tableRows = 64;

/** @param saveSteps saves the picture of every step; absent where there is one step only */
export function pictureView(
  picture: Picture,
  actions: PictureActions,
  saveSteps?: () => void,
): TemplateResult {
  const key = picture.title;
  return html`<figure class=${picture.kind}>
    <figcaption>${picture.title}</figcaption>
    ${drawn(picture, actions)} ${legend(picture)}
    <p class="quiet">${picture.summary}</p>
    <div class="row">
      ${formatsOf(picture).map(
        (format) =>
          html`<button
            class="secondary"
            aria-label=${t('Save {0} as {1}', picture.title, format.toUpperCase())}
            @click=${(event: Event) => {
              const figure = (event.target as Element).closest('figure');
              if (figure !== null) actions.save(picture, format, figure);
            }}
          >
            ${format.toUpperCase()}
          </button>`,
      )}
      ${
        saveSteps === undefined
          ? nothing
          : html`<button
              class="secondary steps"
              aria-label=${t('PNG of every step: {0}', picture.title)}
              @click=${saveSteps}
            >
              ${t('PNG of every step')}
            </button>`
      }
    </div>
    <details
      ?open=${openTables.has(key)}
      @toggle=${(event: Event) => {
        const open = (event.target as HTMLDetailsElement).open;
        if (open === openTables.has(key)) return;
        if (open) openTables.add(key);
        else openTables.delete(key);
        actions.redraw();
      }}
    >
      <summary>${t('The same as a table')}</summary>
      ${openTables.has(key) ? tableView(picture) : nothing}
    </details>
  </figure>`;
}

function drawn(picture: Picture, actions: PictureActions): TemplateResult {
  switch (picture.kind) {
    case 'matrix':
      return matrixView(picture, actions);
    case 'tokens':
      return tokensView(picture, actions);
    case 'series':
      return html`${seriesSvg(picture)}`;
    case 'bars':
      return html`${barsSvg(picture)}`;
    case 'blocks':
      return html`${blocksSvg(picture)}`;
    case 'ring':
      return html`${ringSvg(picture)}`;
    case 'circle':
      return html`${circleSvg(picture)}`;
  }
}

/** A picture without its title, words and buttons; not for matrices, which are drawn on a canvas of their own. */
export function drawnPicture(picture: Exclude<Picture, MatrixPicture>): TemplateResult {
  return drawn(picture, { redraw: nothingToDo, toggle: nothingToDo, save: nothingToDo });
}

function nothingToDo(): void {
  // A thumbnail is no control.
}

function matrixView(picture: MatrixPicture, actions: PictureActions): TemplateResult {
  const chosen = chosenCells.get(picture);
  const choose = (cell: CellIdx | undefined) => {
    if (cell === undefined) chosenCells.delete(picture);
    else chosenCells.set(picture, cell);
    actions.redraw();
  };
  const pick = (position: number) => {
    if (picture.togglesControl !== undefined) actions.toggle(picture.togglesControl, position);
  };
  return html`<canvas
      tabindex="0"
      role="img"
      aria-label=${`${picture.title}. ${picture.summary} ${t('Arrow keys go through the cells.')}`}
      ${ref((element) => {
        if (element instanceof HTMLCanvasElement) drawMatrix(element, picture, chosen);
      })}
      @pointermove=${(event: PointerEvent) => {
        const cell = cellUnder(picture, event);
        if (cell?.row !== chosen?.row || cell?.column !== chosen?.column) choose(cell);
      }}
      @click=${(event: PointerEvent) => {
        const cell = cellUnder(picture, event);
        if (cell !== undefined) pick(cell.column);
      }}
      @keydown=${(event: KeyboardEvent) => {
        const { row, column } = chosen ?? { row: 0, column: 0 };
        if (event.key === 'Enter' && chosen !== undefined) pick(column);
        const moves: Record<string, readonly [number, number]> = {
          ArrowUp: [-1, 0],
          ArrowDown: [1, 0],
          ArrowLeft: [0, -1],
          ArrowRight: [0, 1],
        };
        const move = moves[event.key] as readonly [number, number] | undefined;
        if (move === undefined) return;
        event.preventDefault();
        const within = (value: number, end: number) => Math.max(0, Math.min(end - 1, value));
        choose({
          row: within(row + (chosen === undefined ? 0 : move[0]), picture.numRows),
          column: within(column + (chosen === undefined ? 0 : move[1]), picture.numColumns),
        });
      }}
    ></canvas>
    <p class="cell" aria-live="polite">
      ${chosen === undefined ? '\u00a0' : cellWords(picture, chosen)}
    </p>`;
}

/** The canvas may be drawn smaller than it is laid out, where the page is narrow. */
function cellUnder(picture: MatrixPicture, event: PointerEvent): CellIdx | undefined {
  const { clientWidth } = event.target as HTMLCanvasElement;
  const scale = matrixLayout(picture).width / Math.max(1, clientWidth);
  return cellAt(picture, event.offsetX * scale, event.offsetY * scale);
}

function cellWords(picture: MatrixPicture, { row, column }: CellIdx): string {
  const of = (labels: readonly string[] | undefined, idx: number) =>
    labels === undefined ? String(idx) : `${idx} “${labels[idx]}”`;
  const value = cellText(picture, row, column);
  const cell = t(
    'row {0}, column {1}: {2}',
    of(picture.rowLabels, row),
    of(picture.columnLabels, column),
    value,
  );
  const whole = rowWords(picture, row);
  return whole === '' ? cell : t('{0}. The row: {1}.', cell, whole);
}

function tokensView(picture: TokensPicture, actions: PictureActions): TemplateResult {
  const places = categoryPlaces(picture.categories ?? []);
  const runs = tokenRuns(picture);
  const shown = picture.togglesControl === undefined ? runs : runs.slice(0, mostButtons);
  const { togglesControl } = picture;
  return html`<p class="tokens">
    ${shown.map(({ start, end, text, strength, category }) => {
      const classes = [
        'token',
        category === undefined ? '' : tokenClasses(places[category]),
        strength === undefined ? '' : `s${strengthStep(strength)}`,
      ].join(' ');
      const is = category === undefined ? '' : (picture.categories?.[category]?.name ?? '');
      const at = end - start === 1 ? String(start) : `${start}–${end - 1}`;
      const title = `${at} ${is} ${strength === undefined ? '' : strength.toPrecision(3)}`;
      const visible = text.replaceAll('\n', '⏎').replaceAll('\t', '→') || '∅';
      return togglesControl === undefined
        ? html`<span class=${classes} title=${title}>${visible}</span>`
        : html`<button
            class=${classes}
            title=${title}
            @click=${() => actions.toggle(togglesControl, start)}
            .textContent=${visible}
          ></button>`;
    })}
    ${shown.length < runs.length ? html`<span class="quiet">…</span>` : nothing}
  </p>`;
}

/** The colour of the line under a token and, for those who don't see it, the line's kind. */
function tokenClasses(place: number): string {
  return place < 0 ? placeClass(place) : `${placeClass(place)} lined m${placeMark(place)}`;
}

function legend(picture: Picture): TemplateResult | typeof nothing {
  if (picture.kind === 'series') {
    return html`<ul class="legend">
      ${picture.series.map(
        ({ name }, idx) =>
          html`<li>
            <svg viewBox="0 0 28 12" width="28" height="12" aria-hidden="true">
              <path class=${`line k${idx % 6} d${idx % 4}`} d="M0 6H28"></path></svg
            >${name}
          </li>`,
      )}
    </ul>`;
  }
  const categories: readonly Category[] = 'categories' in picture ? (picture.categories ?? []) : [];
  if (categories.length === 0) return nothing;
  const places = categoryPlaces(categories);
  return html`<ul class="legend">
    ${categories.map(
      ({ name }, idx) =>
        html`<li>
          ${
            picture.kind === 'tokens'
              ? html`<span
                  class=${`token sample ${tokenClasses(places[idx])}`}
                  aria-hidden="true"
                ></span>`
              : html`<svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
                  ${categoryBox({ x: 0.5, y: 0.5, width: 11, height: 11 }, places[idx])}
                </svg>`
          }${name}
        </li>`,
    )}
  </ul>`;
}

function tableView(picture: Picture): TemplateResult {
  const { columns, rows, note } = pictureTable(picture, tableRows);
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${picture.title}>
      <table>
        <thead>
          <tr>
            ${columns.map((column) => html`<th scope="col">${column}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                ${row.map((cell) => html`<td>${cell}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${note === undefined ? nothing : html`<p class="quiet">${note}</p>`}`;
}
