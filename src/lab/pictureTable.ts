import { formatCount } from '../core/format/numbers.ts';
import type { MatrixPicture, Picture } from './picture.ts';

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Rows or columns that were left out. */
  readonly note?: string;
}

/** A picture's data as a table: its text alternative and its CSV. At most `limit` rows, and columns of a matrix. */
export function pictureTable(picture: Picture, limit = Infinity): Table {
  const { columns, rows } = wholeTable(picture, limit);
  if (rows.length <= limit && (picture.kind !== 'matrix' || picture.numColumns <= limit)) {
    return { columns, rows };
  }
  const note = `The first ${formatCount(limit)} rows and columns; the CSV file has them all.`;
  return { columns, rows: rows.slice(0, limit), note };
}

/** RFC 4180; a cell that a spreadsheet would run as a formula is kept from it by an apostrophe. */
export function tableCsv({ columns, rows }: Table): string {
  return [columns, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

function csvCell(text: string): string {
  const formula = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text));
  const safe = formula ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function wholeTable(picture: Picture, limit: number): Table {
  switch (picture.kind) {
    case 'matrix':
      return matrixTable(picture, limit);
    case 'series':
      return {
        columns: ['series', picture.xLabel, picture.yLabel],
        rows: picture.series.flatMap(({ name, points }) =>
          points.map(([x, y]) => [name, String(x), String(y)]),
        ),
      };
    case 'bars':
      return {
        columns: ['', ...picture.categories.map((category) => category.name)],
        rows: picture.bars.map(({ label, parts }) => [label, ...parts.map(String)]),
      };
    case 'tokens':
      return {
        columns: ['position', 'token', 'strength', 'is'],
        rows: picture.tokens.map(({ text, strength, category }, idx) => [
          String(idx),
          text,
          strength === undefined ? '' : String(strength),
          category === undefined ? '' : (picture.categories?.[category]?.name ?? ''),
        ]),
      };
    case 'blocks':
      return {
        columns: ['row', 'block', 'label', 'is'],
        rows: picture.rows.flatMap(({ label, cells }) =>
          cells.map((cell, idx) => [
            label,
            String(idx),
            cell.label ?? '',
            picture.categories[cell.category]?.name ?? '',
          ]),
        ),
      };
    case 'ring':
      return {
        columns: ['rank', 'holds', 'share of the work', 'passes on'],
        rows: picture.ranks.map(({ label, detail, workShare }, idx) => [
          label,
          detail,
          String(workShare),
          picture.transfers
            .filter(({ from }) => from === idx)
            .map((transfer) => `${transfer.label} to ${picture.ranks[transfer.to]?.label ?? ''}`)
            .join('; '),
        ]),
      };
    case 'circle':
      return {
        columns: ['circle', 'hand', 'angle (radians)', 'seen in training'],
        rows: picture.circles.flatMap(({ label, hands }) =>
          hands.map((hand) => [
            label,
            hand.label,
            String(hand.angle),
            hand.unseen === true ? 'no' : 'yes',
          ]),
        ),
      };
  }
}

function matrixTable(picture: MatrixPicture, limit: number): Table {
  const { numRows, numColumns, columnLabels, rowLabels } = picture;
  const shownRows = Math.min(numRows, limit);
  const shownColumns = Math.min(numColumns, limit);
  const labelled = (labels: readonly string[] | undefined, idx: number) =>
    labels === undefined ? String(idx) : `${idx} ${labels[idx]}`;
  return {
    columns: [
      'query',
      ...Array.from({ length: shownColumns }, (_, idx) => labelled(columnLabels, idx)),
    ],
    // One row more than the limit says that rows were left out.
    rows: Array.from({ length: Math.min(numRows, shownRows + 1) }, (_, row) => [
      labelled(rowLabels, row),
      ...Array.from({ length: shownColumns }, (_, column) => cellText(picture, row, column)),
    ]),
  };
}

/** A matrix cell in words: its category's name, its value to four digits, or "not computed". */
export function cellText(picture: MatrixPicture, row: number, column: number): string {
  const value = picture.values[row * picture.numColumns + column];
  if (value === undefined || Number.isNaN(value)) return 'not computed';
  if (picture.categories !== undefined) return picture.categories[value]?.name ?? '';
  return String(Number(value.toPrecision(4)));
}
