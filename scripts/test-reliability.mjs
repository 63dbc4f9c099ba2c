// Attacks the real code: hostile trees, dying threads and processes, fuzzed input, and what leaves the machine.
//   npm run test:reliability              everything in full, then the unit tests with their connections recorded, then what
//                                         needs an editor and a browser; some ten minutes on two quiet cores
//   npm run test:reliability -- tree      the files of test/reliability whose name contains the text, nothing else;
//                                         "unit", "host" and "workbench" are the parts after them
//   npm run test:reliability -- --write   writes the figures into the table of docs/reliability.md
// Each part runs in a network of its own where that can be made (support/ownNetwork.mjs). Among the unit tests a sample of the same
// attacks runs.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, release, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { linesOf, tableOf, writeFigures } from './support/figuresTable.mjs';
import { installProject, installVsCode, whyNoNpmVsCode } from './support/install.mjs';
import { inOwnNetwork, readSent, whyNoOwnNetwork } from './support/ownNetwork.mjs';
import { projectRoot, run, secondsSince } from './support/processes.mjs';
import { runVitest } from './support/vitest.mjs';

const { values, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean', default: false } },
});
const isWhole = filters.length === 0;
const partNames = ['unit', 'host', 'workbench'];
const fileFilters = filters.filter((part) => !partNames.includes(part));
const isWanted = (part) => isWhole || filters.includes(part);
const recorder = path.join(projectRoot, 'test/reliability/recordNetwork.mjs');
const folder = mkdtempSync(path.join(tmpdir(), 'context-budget-reliability-'));
const figuresFile = path.join(folder, 'figures');
const networkLog = path.join(folder, 'network');

/** Connections are recorded in every process and thread of Node that is started from here. */
const recorded = {
  CONTEXT_BUDGET_NETWORK_LOG: networkLog,
  NODE_OPTIONS: `--import ${new URL(`file://${recorder}`).href}`,
};

function entriesOf(file) {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

const noNetworkReason = whyNoOwnNetwork();
/** What the kernel counted of each part. */
const counted = [];
const unknownSent = { bytes: 'unknown', packets: 'unknown', places: ['its network broke down'] };

/** A network of its own for one part: `within` is to run its command; `sent`, asked afterwards, is undefined where there is none. */
function partNetwork(part) {
  if (noNetworkReason !== undefined)
    return { within: (command, args) => ({ command, args }), sent: () => undefined };
  const names = path.join(folder, `network of ${part}`);
  mkdirSync(names);
  return {
    within: (command, args) => inOwnNetwork(names, command, args),
    sent: () => {
      const sent = readSent(names);
      counted.push({ part, ...(sent ?? unknownSent) });
      return sent;
    },
  };
}

/** Connections of a part by the kernel's count: a place that bytes went to or that was asked for. */
const connectionsOf = (sent) => Math.max(sent.places.length, sent.packets > 0 ? 1 : 0);

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
let attacks = { passed: 0, failed: 0 };
if (isWhole || fileFilters.length > 0) {
  const network = partNetwork('attacks');
  attacks = await runVitest({
    reportName: 'reliability',
    // One file after the other: what leaves the machine is counted for the attack that is on.
    args: [
      ...(isWhole ? [''] : fileFilters).map((part) => `test/reliability/${part}`),
      '--no-file-parallelism',
      '--testTimeout=3600000',
    ],
    env: { ...recorded, RELIABILITY: 'full', CONTEXT_BUDGET_FIGURES: figuresFile },
    within: network.within,
  });
  network.sent();
}
const figures = entriesOf(figuresFile);

let unit;
if (isWanted('unit')) {
  const before = entriesOf(networkLog).length;
  const unitStart = performance.now();
  const network = partNetwork('unit tests');
  unit = await runVitest({
    reportName: 'reliability-unit',
    args: ['--exclude', 'test/reliability/**'],
    env: recorded,
    within: network.within,
  });
  const sent = network.sent() ?? { bytes: 0, packets: 0, places: [] };
  const { outgoing, strange, notes } = addressesOf(entriesOf(networkLog).slice(before));
  const connections = outgoing.filter(({ what }) => what !== 'sent').length;
  const bytes = outgoing.reduce((sum, entry) => sum + entry.bytes, 0);
  figures.push({
    group: 'privacy',
    name: 'the unit tests with every connection recorded',
    tried: unit.passed + unit.failed,
    hangs: 0,
    crashes: unit.failed,
    wrong: strange.length,
    connections: Math.max(connections, connectionsOf(sent)),
    bytesOut: Math.max(bytes, sent.bytes),
    seconds: (performance.now() - unitStart) / 1000,
    notes,
  });
}

/** Parts of other suites that write figures too: the editor's log and storage, and each webview in a browser. */
const others = [
  ['host', '-g', 'what must not be told'],
  ['workbench', 'hostileText'],
].filter(([part]) => isWanted(part));
let othersFailed = 0;
if (others.length > 0) {
  // What has to be fetched is fetched before, for no network leads anywhere then.
  if (noNetworkReason === undefined && whyNoNpmVsCode() === undefined) await prepareEditor();
  for (const args of others) {
    const before = entriesOf(figuresFile).length;
    const network = partNetwork(args[0]);
    const { command, args: of } = network.within(process.execPath, ['scripts/test.mjs', ...args]);
    const { code } = await run(command, of, {
      env: { ...process.env, RELIABILITY: 'full', CONTEXT_BUDGET_FIGURES: figuresFile },
    });
    if (code !== 0) othersFailed++;
    const sent = network.sent();
    // An attempt that is made again writes its figures again: the last ones count.
    const written = new Map(
      entriesOf(figuresFile)
        .slice(before)
        .map((one) => [one.name, one]),
    );
    for (const one of written.values()) {
      // Of the browser, the editor and their processes; of a part as a whole.
      const connections = sent && connectionsOf(sent);
      figures.push({ ...one, connections, bytesOut: sent?.bytes });
    }
  }
}

async function prepareEditor() {
  const { findBrowser } = await import('./support/browser.mjs');
  await installProject();
  await installVsCode();
  await findBrowser();
}

rmSync(folder, { recursive: true, force: true });

const groups = ['trees', 'processes', 'input', 'privacy'];
figures.sort((a, b) => groups.indexOf(a.group) - groups.indexOf(b.group));
const lines = linesOf(figures);
const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${release()}, Node ${process.version}`;
const said = counted.map(({ part, packets, bytes, places }) =>
  [`${part} ${packets} packets, ${bytes} bytes`, ...places].join(', '),
);
const network =
  noNetworkReason === undefined
    ? `Sent by all processes, by the kernel’s count: ${said.join('; ')}.`
    : `Connections were recorded in Node’s processes only, for no network of its own could be made: ${noNetworkReason}.`;
const summary = `${new Date().toISOString().slice(0, 10)}, ${machine}; ${secondsSince(start)} in all, ${isWhole ? 'the whole in one go' : `only ${filters.join(', ')}`}. ${network}`;
console.log(`\n${summary}\n\n${tableOf(lines)}`);
if (values.write) await writeFigures({ summary, lines, isWhole });

const failed = attacks.failed + (unit?.failed ?? 0) + othersFailed;
console.log(`\n${attacks.passed + (unit?.passed ?? 0)} passed, ${failed} failed`);
const bad = figures.filter(
  (one) => one.hangs + one.crashes + one.wrong + (one.bytesOut ?? 0) + (one.connections ?? 0) > 0,
);
for (const one of bad) console.error(`not as it should be: ${one.group}: ${one.name}`);
const leaking = counted.filter((sent) => connectionsOf(sent) > 0);
for (const { part } of leaking)
  console.error(`not as it should be: something was sent by: ${part}`);
process.exit(failed + bad.length + leaking.length === 0 ? 0 : 1);
