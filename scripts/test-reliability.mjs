// Attacks the real code: hostile trees, dying threads and processes, fuzzed input, and what leaves the machine.
//   npm run test:reliability              everything in full, then the unit tests with their connections recorded, then what
//                                         needs an editor and a browser; some ten minutes on two quiet cores
//   npm run test:reliability -- tree      the files of test/reliability whose name contains the text, nothing else
//   npm run test:reliability -- --write   writes the figures into the table of docs/reliability.md
// Among the unit tests a sample of the same attacks runs.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot, run, secondsSince } from './support/processes.mjs';
import { runVitest } from './support/vitest.mjs';

const { values, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean', default: false } },
});
const recorder = path.join(projectRoot, 'test/reliability/recordNetwork.mjs');
const folder = mkdtempSync(path.join(tmpdir(), 'context-budget-reliability-'));
const figuresFile = path.join(folder, 'figures');
const networkLog = path.join(folder, 'network');

/** Connections are recorded in every process and thread that is started from here. */
const recorded = {
  CONTEXT_BUDGET_NETWORK_LOG: networkLog,
  NODE_OPTIONS: `--import ${new URL(`file://${recorder}`).href}`,
};

function linesOf(file) {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** On this machine a test may only ask servers that a test opened, or this port, at which nobody listens. */
const closedPort = 9;

/** Every address of a run: what left the machine, what asked somebody on it who is no test's server, and a text with all of them. */
function addressesOf(entries) {
  const of = (...kinds) => entries.filter(({ what }) => kinds.includes(what));
  const outgoing = of('connect', 'sent', 'lookup', 'datagram');
  const opened = new Set(of('listening').map(({ port }) => port));
  const local = of('local');
  const toServers = local.filter(({ port }) => opened.has(port));
  const strange = local.filter(({ port }) => !opened.has(port) && port !== closedPort);
  const places = (list, name) => [...new Set(list.map(name))].sort();
  return {
    outgoing,
    strange,
    notes: [
      `${toServers.length} connections to the ${opened.size} servers that tests opened on ${places(toServers, ({ host }) => host).join(', ')}`,
      `${local.filter(({ port }) => port === closedPort && !opened.has(port)).length} to port ${closedPort} of this machine, where nobody listens`,
      ...places(strange, ({ host, port }) => `to ${host}:${port}, which no test opened`),
      ...places(outgoing, ({ host }) => `to ${host}`),
    ],
  };
}

const start = performance.now();
const attacks = await runVitest({
  reportName: 'reliability',
  // One file after the other: what leaves the machine is counted for the attack that is on.
  args: [
    ...(filters.length === 0
      ? ['test/reliability/']
      : filters.map((part) => `test/reliability/${part}`)),
    '--no-file-parallelism',
    '--testTimeout=3600000',
  ],
  env: { ...recorded, RELIABILITY: 'full', CONTEXT_BUDGET_FIGURES: figuresFile },
});
const figures = linesOf(figuresFile);

let unit;
if (filters.length === 0) {
  const before = linesOf(networkLog).length;
  const unitStart = performance.now();
  unit = await runVitest({
    reportName: 'reliability-unit',
    args: ['--exclude', 'test/reliability/**'],
    env: recorded,
  });
  const seen = linesOf(networkLog).slice(before);
  const { outgoing, strange, notes } = addressesOf(seen);
  figures.push({
    group: 'privacy',
    name: 'the unit tests with every connection recorded',
    tried: unit.passed + unit.failed,
    hangs: 0,
    crashes: unit.failed,
    wrong: strange.length,
    connections: outgoing.filter(({ what }) => what !== 'sent').length,
    bytesOut: outgoing.reduce((sum, { bytes }) => sum + bytes, 0),
    seconds: (performance.now() - unitStart) / 1000,
    notes,
  });
}
/** Parts of other suites that write figures too: the editor's log and storage, and each webview in a browser. */
const others = [
  ['host', '-g', 'what must not be told'],
  ['workbench', 'hostileText'],
];
let othersFailed = 0;
if (filters.length === 0) {
  const before = linesOf(figuresFile).length;
  for (const args of others) {
    const { code } = await run(process.execPath, ['scripts/test.mjs', ...args], {
      env: { ...process.env, RELIABILITY: 'full', CONTEXT_BUDGET_FIGURES: figuresFile },
    });
    if (code !== 0) othersFailed++;
  }
  // An attempt that is made again writes its figures again: the last ones count.
  const written = linesOf(figuresFile).slice(before);
  figures.push(...new Map(written.map((one) => [one.name, one])).values());
}
rmSync(folder, { recursive: true, force: true });

const groups = ['trees', 'processes', 'input', 'privacy'];
figures.sort((a, b) => groups.indexOf(a.group) - groups.indexOf(b.group));
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
const rows = figures.map((one) => [
  `${one.group}: ${one.name}`,
  one.tried,
  one.hangs,
  one.crashes,
  one.wrong,
  one.connections,
  one.bytesOut,
  one.seconds.toFixed(1),
  one.notes.join('; '),
]);
const line = (cells) =>
  `| ${cells.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell)).join(' | ')} |`;
const tableOf = (lines) =>
  [
    line(header),
    line(header.map((_, i) => (i === 0 || i === header.length - 1 ? '---' : '--:'))),
    ...lines,
  ].join('\n');
const table = tableOf(rows.map(line));
const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${release()}, Node ${process.version}`;
const summary = `${new Date().toISOString().slice(0, 10)}, ${machine}; ${secondsSince(start)} in all, ${filters.length === 0 ? 'the whole in one go' : `only ${filters.join(', ')}`}.`;
console.log(`\n${summary}\n\n${table}`);

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

if (values.write) {
  const file = path.join(projectRoot, 'docs/reliability.md');
  const text = readFileSync(file, 'utf8');
  const [begin, end] = ['<!-- figures -->', '<!-- end of figures -->'];
  if (!text.includes(begin) || !text.includes(end))
    throw new Error(`${file} has no place for figures`);
  const at = [text.indexOf(begin) + begin.length, text.indexOf(end)];
  const before = text.slice(...at).split('\n');
  const isWhole = filters.length === 0;
  const kept = before.filter((each) => each.startsWith('|')).slice(2);
  // A part leaves the other rows as they are, and says that it was run by itself.
  const said = isWhole
    ? summary
    : [...before.filter((each) => each !== '' && !each.startsWith('|')), '', `Anew, ${summary}`];
  const written = isWhole ? table : tableOf(withAnew(kept, rows.map(line)));
  writeFileSync(
    file,
    `${text.slice(0, at[0])}\n\n${[said].flat().join('\n')}\n\n${written}\n\n${text.slice(at[1])}`,
  );
  const prettier = path.join(projectRoot, 'node_modules/prettier/bin/prettier.cjs');
  await run(process.execPath, [prettier, '--log-level', 'warn', '--write', file]);
}
const failed = attacks.failed + (unit?.failed ?? 0) + othersFailed;
console.log(`\n${attacks.passed + (unit?.passed ?? 0)} passed, ${failed} failed`);
const bad = figures.filter(
  (one) => one.hangs + one.crashes + one.wrong + one.bytesOut + one.connections > 0,
);
for (const one of bad) console.error(`not as it should be: ${one.group}: ${one.name}`);
process.exit(failed === 0 && bad.length === 0 ? 0 : 1);
