import Table from 'cli-table3';
import { printable, type Section } from './section.ts';

const narrowestFlexible = 12;

/** Sections as tables for a terminal of so many columns. */
export function renderText(
  heading: readonly string[],
  sections: readonly Section[],
  columns: number,
): string {
  const parts = [heading.map(printable).join('\n')];
  for (const section of sections) {
    const note = section.note === undefined ? '' : `\n${wrapped(printable(section.note), columns)}`;
    const table = section.rows.length === 0 ? '' : `\n${tableOf(section, columns)}`;
    parts.push(`${section.title}${table}${note}`);
  }
  return `${parts.join('\n\n')}\n`;
}

/** Rules between columns only, so that a table can be read, cut and pasted. */
const chars = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
} as const;

function tableOf(section: Section, terminalColumns: number): string {
  const rows = section.rows.map((row) => row.map(printable));
  const widths = section.columns.map((column, index) =>
    Math.max(column.name.length, ...rows.map((row) => row[index].length)),
  );
  const excess = widths.reduce((sum, width) => sum + width + 2, 0) - terminalColumns;
  const flexible = section.columns.findIndex((column) => column.flexible);
  const flexibleWidth = Math.max(narrowestFlexible, widths[flexible] - Math.max(0, excess));
  const table = new Table({
    head: section.columns.map((column) => column.name),
    colAligns: section.columns.map((column) => column.align),
    chars,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  });
  for (const row of rows) {
    table.push(
      row.map((cell, index) => (index === flexible ? cutLeft(cell, flexibleWidth) : cell)),
    );
  }
  return table
    .toString()
    .split('\n')
    .map((line) => `  ${line.trimEnd()}`)
    .join('\n');
}

/** Keeps the end, where a path's name is. */
function cutLeft(text: string, width: number): string {
  return text.length <= width ? text : `…${text.slice(text.length - width + 1)}`;
}

function wrapped(text: string, columns: number): string {
  const lines: string[] = [];
  let line = ' ';
  for (const word of text.split(' ')) {
    if (line.length + word.length + 1 > columns && line.trim() !== '') {
      lines.push(line);
      line = ' ';
    }
    line += ` ${word}`;
  }
  return [...lines, line].join('\n');
}
