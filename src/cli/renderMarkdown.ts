import { printable, type Section } from './section.ts';

/** Sections as GitHub-flavoured Markdown. */
export function renderMarkdown(heading: readonly string[], sections: readonly Section[]): string {
  const [title, ...rest] = heading;
  const parts = [`# ${escaped(title)}`, rest.map(escaped).join('  \n')];
  for (const section of sections) {
    parts.push(`## ${section.title}`);
    if (section.rows.length > 0) parts.push(tableOf(section));
    if (section.note !== undefined) parts.push(escaped(section.note));
  }
  return `${parts.join('\n\n')}\n`;
}

function tableOf({ columns, rows }: Section): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map((column) => column.name)),
    line(columns.map((column) => (column.align === 'right' ? '---:' : '---'))),
    ...rows.map((row) => line(row.map(escaped))),
  ].join('\n');
}

/** Nothing in a file name is markup. */
function escaped(text: string): string {
  return printable(text).replace(/[\\`*_{}[\]<>|#~&]/g, (character) => `\\${character}`);
}
