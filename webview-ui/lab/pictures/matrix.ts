import type { MatrixPicture } from '../../../src/lab/picture.ts';
import {
  categoryPlaces,
  css,
  currentTheme,
  mix,
  placeMark,
  scaleColour,
  type Theme,
} from '../colours.ts';
import type { Rgb } from '../palette.ts';

export interface CellIdx {
  readonly row: number;
  readonly column: number;
}

/** Where the cells lie in the canvas, CSS pixels. */
export interface MatrixLayout {
  readonly left: number;
  readonly top: number;
  readonly cell: number;
  readonly width: number;
  readonly height: number;
}

const mostPixels = 520;
const labelPixels = 76;

export function matrixLayout({
  numRows,
  numColumns,
  rowLabels,
  columnLabels,
}: MatrixPicture): MatrixLayout {
  const cell = Math.max(mostPixels / Math.max(numRows, numColumns), 0.25);
  // Few cells would be lost in the page at the size of many.
  const size = Math.min(cell, Math.max(numRows, numColumns) <= 8 ? 48 : 28);
  // Labels are drawn where a line of text has room; the words under the picture name every cell.
  const labelled = size >= 9;
  const left = labelled && rowLabels !== undefined ? labelPixels : 2;
  const top = labelled && columnLabels !== undefined ? labelPixels : 2;
  return {
    left,
    top,
    cell: size,
    width: left + numColumns * size + 2,
    height: top + numRows * size + 2,
  };
}

/** The cell under a point of the canvas, CSS pixels. */
export function cellAt(picture: MatrixPicture, x: number, y: number): CellIdx | undefined {
  const { left, top, cell } = matrixLayout(picture);
  const row = Math.floor((y - top) / cell);
  const column = Math.floor((x - left) / cell);
  const inside = row >= 0 && column >= 0 && row < picture.numRows && column < picture.numColumns;
  return inside ? { row, column } : undefined;
}

const images = new WeakMap<MatrixPicture, HTMLCanvasElement>();
/** What each canvas shows, so that a redraw of the page leaves the others alone. */
const shown = new WeakMap<HTMLCanvasElement, Shown>();

interface Shown {
  readonly picture: MatrixPicture;
  readonly colours: Theme;
  readonly row: number | undefined;
  readonly column: number | undefined;
  readonly ratio: number;
}

function isShown(canvas: HTMLCanvasElement, next: Shown): boolean {
  const now = shown.get(canvas);
  shown.set(canvas, next);
  return (
    now?.picture === next.picture &&
    now.colours === next.colours &&
    now.row === next.row &&
    now.column === next.column &&
    now.ratio === next.ratio
  );
}

/** Draws the matrix and the chosen cell's row and column. One pixel per cell first, then scaled: fast for many cells. */
export function drawMatrix(
  canvas: HTMLCanvasElement,
  picture: MatrixPicture,
  chosen: CellIdx | undefined,
): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const colours = currentTheme();
  const ratio = window.devicePixelRatio;
  const { row, column } = chosen ?? {};
  if (isShown(canvas, { picture, colours, row, column, ratio })) return;
  const layout = matrixLayout(picture);
  canvas.width = Math.round(layout.width * ratio);
  canvas.height = Math.round(layout.height * ratio);
  canvas.style.width = `${layout.width}px`;
  canvas.style.height = `${layout.height}px`;
  context.scale(ratio, ratio);
  context.clearRect(0, 0, layout.width, layout.height);
  context.imageSmoothingEnabled = false;
  const { left, top, cell } = layout;
  const width = picture.numColumns * cell;
  const height = picture.numRows * cell;
  context.drawImage(cellImage(picture, colours), left, top, width, height);
  drawMarks(context, picture, layout, colours);
  context.strokeStyle = css(mix(colours.background, colours.foreground, 0.5));
  context.lineWidth = 1;
  context.strokeRect(left, top, width, height);
  context.strokeStyle = css(colours.foreground);
  for (const [row, column, numRows, numColumns] of picture.outlines ?? []) {
    context.strokeRect(left + column * cell, top + row * cell, numColumns * cell, numRows * cell);
  }
  drawLabels(context, picture, layout, colours);
  if (chosen === undefined) return;
  context.strokeStyle = css(colours.focus);
  context.lineWidth = 2;
  context.strokeRect(left, top + chosen.row * cell, width, Math.max(cell, 2));
  context.strokeRect(left + chosen.column * cell, top, Math.max(cell, 2), height);
}

function cellImage(picture: MatrixPicture, colours: Theme): HTMLCanvasElement {
  const known = images.get(picture);
  const key = JSON.stringify(colours);
  if (known?.dataset['theme'] === key) return known;
  const { numRows, numColumns, values } = picture;
  const image = document.createElement('canvas');
  image.dataset['theme'] = key;
  image.width = numColumns;
  image.height = numRows;
  const context = image.getContext('2d');
  if (context === null) return image;
  const pixels = context.createImageData(numColumns, numRows);
  const cells = new Uint32Array(pixels.data.buffer);
  const paletteOf = picture.categories === undefined ? scalePalette : categoryPalette;
  const { palette, indexOf } = paletteOf(picture, colours);
  const notComputed = packed(mix(colours.background, colours.foreground, 0.12));
  for (let idx = 0; idx < values.length; idx++) {
    const value = values[idx];
    cells[idx] = Number.isNaN(value) ? notComputed : palette[indexOf(value)];
  }
  context.putImageData(pixels, 0, 0);
  images.set(picture, image);
  return image;
}

/** A colour as one number, as an image's bytes are read on the little-endian machines that VS Code runs on. */
function packed([red, green, blue]: Rgb): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

interface Palette {
  readonly palette: Uint32Array;
  readonly indexOf: (value: number) => number;
}

/** Steps of a scale on either side of 0: more than an eye tells apart. */
const scaleSteps = 255;

function scalePalette({ values, scale }: MatrixPicture, colours: Theme): Palette {
  const diverging = scale === 'diverging';
  const palette = Uint32Array.from({ length: 2 * scaleSteps + 1 }, (_, idx) =>
    packed(scaleColour(colours, idx / scaleSteps - 1, diverging)),
  );
  let largest = 0;
  for (const value of values) if (Math.abs(value) > largest) largest = Math.abs(value);
  const perUnit = largest === 0 ? 0 : scaleSteps / largest;
  return { palette, indexOf: (value) => Math.round(value * perUnit) + scaleSteps };
}

function categoryPalette({ categories = [] }: MatrixPicture, colours: Theme): Palette {
  const places = categoryPlaces(categories);
  return {
    palette: Uint32Array.from(places, (place) =>
      packed(place < 0 ? colours.background : colours.chart[place % colours.chart.length]),
    ),
    indexOf: (value) => value,
  };
}

/** A dot, a stroke or a bar in each cell besides its colour, where cells are large enough. */
function drawMarks(
  context: CanvasRenderingContext2D,
  picture: MatrixPicture,
  { left, top, cell }: MatrixLayout,
  colours: Theme,
): void {
  const { categories, values, numColumns } = picture;
  if (categories === undefined || cell < 8) return;
  const marks = categoryPlaces(categories).map(placeMark);
  context.strokeStyle = css(colours.background);
  context.fillStyle = css(colours.background);
  context.lineWidth = 1.5;
  const [dots, lines] = [new Path2D(), new Path2D()];
  values.forEach((value, idx) => {
    const mark = marks[value] ?? 0;
    if (mark === 0) return;
    const x = left + (idx % numColumns) * cell;
    const y = top + Math.floor(idx / numColumns) * cell;
    if (mark === 1) {
      dots.moveTo(x + cell / 2, y + cell / 2);
      dots.arc(x + cell / 2, y + cell / 2, cell / 7, 0, 2 * Math.PI);
    } else {
      const slope = mark === 2 ? cell * 0.3 : 0;
      lines.moveTo(x + cell * 0.2, y + cell / 2 + slope);
      lines.lineTo(x + cell * 0.8, y + cell / 2 - slope);
    }
  });
  context.fill(dots);
  context.stroke(lines);
}

function drawLabels(
  context: CanvasRenderingContext2D,
  { rowLabels, columnLabels }: MatrixPicture,
  { left, top, cell }: MatrixLayout,
  colours: Theme,
): void {
  if (cell < 9) return;
  const size = Math.min(12, cell);
  context.fillStyle = css(colours.foreground);
  context.font = `${size}px ${getComputedStyle(document.body).getPropertyValue('--vscode-editor-font-family')}`;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  rowLabels?.forEach((label, row) => {
    context.fillText(short(label), left - 4, top + (row + 0.5) * cell, labelPixels - 6);
  });
  context.textAlign = 'left';
  columnLabels?.forEach((label, column) => {
    context.save();
    context.translate(left + (column + 0.5) * cell, top - 4);
    context.rotate(-Math.PI / 2);
    context.fillText(short(label), 0, 0, labelPixels - 6);
    context.restore();
  });
}

function short(label: string): string {
  return label.length > 12 ? `${label.slice(0, 11)}…` : label;
}
