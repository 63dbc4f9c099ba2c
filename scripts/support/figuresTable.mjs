// The table of docs/reliability.md: its rows, and how those of a part take the places of the ones before.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot, run } from './processes.mjs';

const header = [
  'case',
  'tried',
  'hangs',
  'crashes',
  'wrong',
  'connections out',
  'bytes out',
  'seconds',
  'remarks',
];

const line = (cells) =>
  `| ${cells.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell)).join(' | ')} |`;

/** The lines of the table, without its head. What was not counted is said so, not 0. */
export function linesOf(figures) {
  return figures.map((one) =>
    line([
      `${one.group}: ${one.name}`,
      one.tried,
      one.hangs,
      one.crashes,
      one.wrong,
      one.connections ?? 'not recorded',
      one.bytesOut ?? 'not recorded',
      one.seconds.toFixed(1),
      one.notes.join('; '),
    ]),
  );
}

export function tableOf(lines) {
  return [
    line(header),
    line(header.map((_, i) => (i === 0 || i === header.length - 1 ? '---' : '--:'))),
    ...lines,
  ].join('\n');
}

/** The lines with those of the same case in their places, and the other new ones at the end of their group. */
function withAnew(lines, anew) {
  const caseOf = (text) => text.split('|')[1].trim();
  const byCase = new Map(anew.map((text) => [caseOf(text), text]));
  const merged = lines.map((text) => {
    const other = byCase.get(caseOf(text));
    byCase.delete(caseOf(text));
    return other ?? text;
  });
  for (const [name, text] of byCase) {
    const last = merged.findLastIndex(
      (other) => caseOf(other).split(':')[0] === name.split(':')[0],
    );
    merged.splice(last + 1, 0, text);
  }
  return merged;
}

/**
 * Writes the lines into docs/reliability.md: the whole table anew, or those of a part, which leaves the other rows as they are and
 * says that it was run by itself.
 * @param {{ summary: string, lines: readonly string[], isWhole: boolean }} run
 */
export async function writeFigures({ summary, lines, isWhole }) {
  const file = path.join(projectRoot, 'docs/reliability.md');
  const text = readFileSync(file, 'utf8');
  const [begin, end] = ['<!-- figures -->', '<!-- end of figures -->'];
  if (!text.includes(begin) || !text.includes(end))
    throw new Error(`${file} has no place for figures`);
  const at = [text.indexOf(begin) + begin.length, text.indexOf(end)];
  const before = text.slice(...at).split('\n');
  const kept = before.filter((each) => each.startsWith('|')).slice(2);
  const saidBefore = before.filter((each) => each !== '' && !each.startsWith('|'));
  const said = isWhole ? [summary] : [saidBefore.join('\n'), '', `Anew, ${summary}`];
  const table = tableOf(isWhole ? lines : withAnew(kept, lines));
  writeFileSync(
    file,
    `${text.slice(0, at[0])}\n\n${said.join('\n')}\n\n${table}\n\n${text.slice(at[1])}`,
  );
  const prettier = path.join(projectRoot, 'node_modules/prettier/bin/prettier.cjs');
  await run(process.execPath, [prettier, '--log-level', 'warn', '--write', file]);
}
