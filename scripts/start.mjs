// npm start -- [folder] [--no-open]: builds, prints what the folder weighs and what it fits, then opens VS Code with the extension on it.
// The desktop's `code` where it is on the PATH, else the VS Code that npm ships, served on 127.0.0.1 until Ctrl+C.
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { installProject, installVsCode, whyNoNpmVsCode } from './support/install.mjs';
import { findOnPath, projectRoot, run, secondsSince } from './support/processes.mjs';
import { removeFolder, startServer } from './support/vscodeServer.mjs';

const usage = 'usage: npm start -- [folder] [--no-open]';

function fail(message, code) {
  console.error(message);
  process.exit(code);
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { 'no-open': { type: 'boolean', default: false } },
    });
    if (positionals.length > 1)
      fail(`more than one folder: ${positionals.join(', ')}\n${usage}`, 2);
    // npm runs this script in the project's folder and keeps the caller's in INIT_CWD.
    const caller = process.env.INIT_CWD ?? process.cwd();
    return { folder: path.resolve(caller, positionals[0] ?? '.'), open: !values['no-open'] };
  } catch (error) {
    return fail(`${error.message}\n${usage}`, 2);
  }
}

async function build() {
  const start = performance.now();
  const { code } = await run(process.execPath, ['esbuild.config.mjs']);
  if (code !== 0) fail(`the build failed (exit ${code})`, 1);
  console.log(`Built in ${secondsSince(start)}.`);
}

/** True when a desktop VS Code opened the folder. */
async function openDesktop(folder) {
  const code = findOnPath('code');
  if (code === undefined) return false;
  const args = [`--extensionDevelopmentPath=${projectRoot}`, '--new-window', folder];
  const shell = process.platform === 'win32';
  const quoted = shell ? args.map((arg) => `"${arg}"`) : args;
  const ended = await run(shell ? `"${code}"` : code, quoted, { shell });
  if (ended.code === 0) console.log(`Opened ${folder} in VS Code with the extension (${code}).`);
  else console.log(`${code} ended with ${ended.code}; opening the VS Code that npm ships instead.`);
  return ended.code === 0;
}

/** Where the served VS Code keeps settings and state from one start to the next; a second one at the same time gets its own. */
function claimDataFolder() {
  for (let number = 1; ; number++) {
    const folder = path.join(projectRoot, 'out', `vscode-${number}`);
    const ownerFile = path.join(folder, 'owner');
    if (!existsSync(ownerFile) || !isRunning(Number(readFileSync(ownerFile, 'utf8')))) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(ownerFile, String(process.pid));
      return folder;
    }
  }
}

function isRunning(processId) {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}

/** Lays the extension's packaged files into the server's extensions folder. */
async function installExtension(dataFolder) {
  const { listFiles } = await import('@vscode/vsce');
  const { publisher, name, version } = JSON.parse(
    readFileSync(path.join(projectRoot, 'package.json'), 'utf8'),
  );
  const extensions = path.join(dataFolder, 'extensions');
  removeFolder(extensions);
  const target = path.join(extensions, `${publisher}.${name}-${version}`);
  for (const file of await listFiles({ cwd: projectRoot, dependencies: false })) {
    cpSync(path.join(projectRoot, file), path.join(target, file), { recursive: true });
  }
}

async function serve(folder) {
  const reason = whyNoNpmVsCode();
  if (reason !== undefined) {
    fail(
      `No \`code\` on the PATH, and ${reason}. In VS Code run "Shell Command: Install 'code' command in PATH", then start again; or open ${projectRoot} and press F5.`,
      1,
    );
  }
  await installVsCode();
  const dataFolder = claimDataFolder();
  await installExtension(dataFolder);
  const token = randomBytes(16).toString('hex');
  const server = await startServer({
    dataFolder,
    token,
    askForTrust: true,
    automation: false,
    keepSettings: true,
    withChat: true,
  });
  const stop = async () => {
    console.log('\nStopping VS Code.');
    await server.stop();
    process.exit(0);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const address = new URL(`${server.url}/`);
  address.searchParams.set('tkn', token);
  address.searchParams.set('folder', folder);
  console.log(`\nVS Code with Context Budget: ${address.href}`);
  console.log('Open this address in a browser on this machine. Ctrl+C ends it.');
}

const { folder, open } = readArguments();
if (!existsSync(folder) || !statSync(folder).isDirectory()) fail(`no such folder: ${folder}`, 2);
try {
  await installProject();
  await build();
  if (existsSync(path.join(projectRoot, 'dist/cli.js'))) {
    const { code } = await run(process.execPath, ['dist/cli.js', 'analyze', folder]);
    if (code !== 0 && !open) process.exit(code);
  } else {
    console.log('The build made no dist/cli.js: nothing to print in the terminal.');
  }
  if (open && !(await openDesktop(folder))) await serve(folder);
} catch (error) {
  fail(error.message, 1);
}
