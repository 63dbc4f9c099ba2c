/** A table as it stands in an export: numbers as numbers, so that CSV and JSON can be worked with. */
export interface ExportTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly ExportCell[])[];
}

/** Undefined is unknown: empty in CSV, null in JSON, "unknown" in Markdown. */
export type ExportCell = string | number | undefined;

/** What an export says of itself, in order. */
export type ExportFacts = readonly (readonly [name: string, value: string])[];

export function tablesMarkdown(
  title: string,
  facts: ExportFacts,
  tables: readonly ExportTable[],
): string {
  const list = facts.map(([name, value]) => `- ${markdownText(name)}: ${markdownText(value)}`);
  const parts = tables.map((table) => `## ${markdownText(table.title)}\n\n${tableMarkdown(table)}`);
  return [`# ${markdownText(title)}`, list.join('\n'), ...parts]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

export function tableMarkdown({ columns, rows }: ExportTable): string {
  const isNumber = columns.map((_, idx) => rows.some((row) => typeof row[idx] === 'number'));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(markdownText)),
    line(isNumber.map((right) => (right ? '--:' : ':--'))),
    ...rows.map((row) =>
      line(
        row.map((cell) =>
          cell === undefined
            ? 'unknown'
            : typeof cell === 'number'
              ? String(cell)
              : markdownText(cell),
        ),
      ),
    ),
  ].join('\n');
}

/** One table after another, each under its title, with an empty line between them; lines end as RFC 4180 says. */
export function tablesCsv(tables: readonly ExportTable[]): string {
  return tables
    .map(({ title, columns, rows }) =>
      [...(tables.length > 1 ? [[title]] : []), columns, ...rows]
        .map((row) => `${row.map(csvCell).join(',')}\r\n`)
        .join(''),
    )
    .join('\r\n');
}

export function tablesJson(
  title: string,
  facts: ExportFacts,
  state: unknown,
  tables: readonly ExportTable[],
): string {
  const objects = tables.map(({ title: name, columns, rows }) => ({
    title: name,
    rows: rows.map((row) =>
      Object.fromEntries(columns.map((column, idx) => [column, row[idx] ?? null])),
    ),
  }));
  const whole = { title, ...Object.fromEntries(facts), state, tables: objects };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

/** Nothing of a name has a meaning in Markdown, HTML included; a line break does not end its row. */
function markdownText(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\`*_{}[\]()#+!|<>~&$]/g, '\\$&');
}

/** Quoted where it must be; a text that a spreadsheet would run as a formula is marked as text, as OWASP advises. */
function csvCell(cell: ExportCell): string {
  if (cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
