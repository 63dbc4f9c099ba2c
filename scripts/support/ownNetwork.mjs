// Runs a command in a network of its own (namespaces of Linux), where the kernel counts what any process sends to anywhere but this
// machine, and where names are asked of a server that writes them down. What is in it is made by ownNetworkInside.mjs.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const inside = fileURLToPath(new URL('ownNetworkInside.mjs', import.meta.url));

/** The interface that everything leaves by which is not for this machine. */
export const outsideInterface = 'outside0';
/** Set for the command: the folder with the names that were asked for. */
export const folderVariable = 'CONTEXT_BUDGET_OWN_NETWORK';
/** In that folder: a line of JSON for each question, `{ type, name, address }` with the address it was answered with; and the sum. */
export const namesFile = 'names';
export const sentFile = 'sent.json';

/**
 * The command that runs another in a network of its own.
 * @param {string} folder where what was sent is written down; of this run alone
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {{ command: string, args: string[] }}
 */
export function inOwnNetwork(folder, command, args) {
  const [user, group] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  // Others than root may do this in a namespace of users, and are themselves again for the command.
  const asRoot = user === 0 ? [] : ['--map-root-user'];
  const asThemselves =
    user === 0 ? [] : ['unshare', '--user', `--map-user=${user}`, `--map-group=${group}`, '--'];
  return {
    command: 'unshare',
    args: [
      ...['--net', '--mount', ...asRoot, '--'],
      ...[process.execPath, inside, folder, ...asThemselves, command, ...args],
    ],
  };
}

/** Why a command can't have a network of its own here; undefined when it can. */
export function whyNoOwnNetwork() {
  if (process.platform !== 'linux') return 'only Linux has network namespaces';
  const folder = mkdtempSync(path.join(tmpdir(), 'context-budget-network-'));
  try {
    const { command, args } = inOwnNetwork(folder, 'true', []);
    // The recorder of the suite has nothing to do in it.
    const env = { ...process.env, NODE_OPTIONS: '' };
    const { status, error, stderr } = spawnSync(command, args, { env, encoding: 'utf8' });
    if (error !== undefined) return error.message;
    if (status === 0) return undefined;
    const said = /(?:^|\n)(?:\w*Error: )?([^\n]*(?:fail|not permitted|cannot|denied)[^\n]*)/i;
    return said.exec(stderr)?.[1].trim() ?? `unshare ended with ${status}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * What was sent to elsewhere, by the kernel's count.
 * @typedef {{ bytes: number, packets: number, places: string[] }} Sent `bytes` with the headers of the packets; `places`: each name
 *   that was asked for, and each address that a packet went to, with its name
 */

/**
 * What was sent so far; to be asked inside.
 * @param {string} folder
 * @returns {Sent}
 */
export function sentSoFar(folder) {
  const lines = readFileSync('/proc/self/net/dev', 'utf8').split('\n');
  const line = lines.find((one) => one.trim().startsWith(`${outsideInterface}:`));
  if (line === undefined) throw new Error(`there is no interface ${outsideInterface}`);
  // Eight columns of what came in, then those of what went out.
  const columns = line.slice(line.indexOf(':') + 1).trim();
  const [bytes, packets] = columns.split(/\s+/).slice(8, 10).map(Number);
  const file = path.join(folder, namesFile);
  const asked = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  const names = asked.map((one) => JSON.parse(one));
  const nameOf = new Map(names.map(({ address, name }) => [address, name]));
  const named = (address) =>
    nameOf.has(address) ? `${address} (${nameOf.get(address)})` : address;
  const places = [
    ...names.map(({ name }) => `the name ${name}`),
    ...(packets === 0 ? [] : neighbours().map(named)),
  ];
  return { bytes, packets, places: [...new Set(places)].sort() };
}

/** The kernel's table of neighbours: without ARP, every address that a packet was sent to. */
function neighbours() {
  const words = ['neighbour', 'show', 'nud', 'all', 'dev', outsideInterface];
  const lines = execFileSync('ip', words, { encoding: 'utf8' }).split('\n').filter(Boolean);
  return lines.map((line) => line.split(' ')[0]);
}

/**
 * What a command sent, after it has ended; undefined when its network could not be made or was ended by force.
 * @param {string} folder
 * @returns {Sent | undefined}
 */
export function readSent(folder) {
  if (!existsSync(path.join(folder, sentFile))) return undefined;
  return JSON.parse(readFileSync(path.join(folder, sentFile), 'utf8'));
}
