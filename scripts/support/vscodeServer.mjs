// Starts the VS Code that npm ships: its server alone, on 127.0.0.1, with data folders of its own and no outside connection.
import { spawn } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { serverEntry, serverNode } from './install.mjs';
import { pause } from './processes.mjs';

/** What would ask the network or get in the way of a test. */
const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.enableExperiments': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'security.workspace.trust.banner': 'never',
  'chat.agentHost.enabled': false,
  'chat.commandCenter.enabled': false,
  // TypeScript's automatic type acquisition runs npm over the network.
  'js/ts.tsserver.automaticTypeAcquisition.enabled': false,
  'js/ts.tsserver.web.typeAcquisition.enabled': false,
  'typescript.disableAutomaticTypeAcquisition': true,
  'typescript.tsserver.web.typeAcquisition.enabled': false,
  'npm.fetchOnlinePackageInfo': false,
  'json.schemaDownload.enable': false,
  'git.openRepositoryInParentFolders': 'never',
};

/** A port that was free a moment ago. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** The environment without what npm, Vitest and an outer VS Code put into it, and with a home of its own. */
function serverEnvironment(dataFolder, extra) {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|VSCODE_|ELECTRON_|VITEST|NODE_ENV$|NODE_OPTIONS$|INIT_CWD$)/i.test(name),
  );
  const home = path.join(dataFolder, 'home');
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    XDG_CONFIG_HOME: path.join(home, '.config'),
    XDG_CACHE_HOME: path.join(home, '.cache'),
    XDG_DATA_HOME: path.join(home, '.local/share'),
    // No address: the extension gallery is never asked.
    EXTENSIONS_GALLERY: '{"serviceUrl":"","itemUrl":"","resourceUrlTemplate":""}',
    ...extra,
  };
}

/**
 * @typedef {object} ServerOptions
 * @property {string} dataFolder where the server keeps all it writes; must be of this run alone
 * @property {Record<string, unknown>} [settings] user settings, over the quiet ones
 * @property {readonly string[]} [extensionFolders] extensions to install, each a folder named publisher.name-version
 * @property {string} [vsix] a packed extension to install
 * @property {boolean} [askForTrust] keeps workspace trust on, so that the workbench asks
 * @property {boolean} [withChat] keeps chat and VS Code's own AI features
 * @property {boolean} [automation] lets the page's address name the extension under development and its tests (default true)
 * @property {Record<string, string>} [env] more environment for the server and the extension host
 * @property {string} [token] what the page's address must carry as `tkn`; without one every local process may connect
 * @property {boolean} [keepSettings] leaves the user settings of an earlier run as they are
 */

/**
 * Starts a server and waits until it answers; a start that fails is tried again.
 * @param {ServerOptions} options
 * @returns {Promise<{ port: number, url: string, processId: number, readLog: () => string, stop: () => Promise<void> }>}
 */
export async function startServer(options) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options);
    } catch (error) {
      if (attempt === 3) throw error;
      console.log(`VS Code's server did not start (${error.message.split('\n')[0]}); once more`);
    }
  }
}

async function startOnce(options) {
  const { dataFolder, settings, extensionFolders = [], vsix, env, withChat = false } = options;
  const userFolder = path.join(dataFolder, 'user');
  const extensionsFolder = path.join(dataFolder, 'extensions');
  for (const folder of [
    path.join(userFolder, 'User'),
    extensionsFolder,
    path.join(dataFolder, 'home'),
  ]) {
    mkdirSync(folder, { recursive: true });
  }
  const chat = withChat ? {} : { 'chat.disableAIFeatures': true };
  const settingsFile = path.join(userFolder, 'User/settings.json');
  if (!(options.keepSettings && existsSync(settingsFile))) {
    writeFileSync(
      settingsFile,
      JSON.stringify({ ...quietSettings, ...chat, ...settings }, undefined, 2),
    );
  }
  for (const folder of extensionFolders) {
    cpSync(folder, path.join(extensionsFolder, path.basename(folder)), { recursive: true });
  }
  const environment = serverEnvironment(dataFolder, env);
  const folders = [
    ...['--server-data-dir', dataFolder],
    ...['--user-data-dir', userFolder],
    ...['--extensions-dir', extensionsFolder],
    '--accept-server-license-terms',
  ];
  if (vsix !== undefined) await installVsix(vsix, folders, environment, dataFolder);
  const port = await freePort();
  const logFile = path.join(dataFolder, 'server.log');
  const server = spawnLogged(
    [
      ...['--host', '127.0.0.1', '--port', String(port)],
      ...(options.token === undefined
        ? ['--without-connection-token']
        : ['--connection-token', options.token]),
      ...folders,
      ...['--telemetry-level', 'off'],
      ...(options.askForTrust ? [] : ['--disable-workspace-trust']),
      // Without this flag the server ignores the page's payload: extension under development and its tests.
      ...(options.automation === false ? [] : ['--enable-smoke-test-driver']),
    ],
    environment,
    logFile,
  );
  const readLog = () => readFileSync(logFile, 'utf8');
  const stop = () => stopProcess(server);
  // A script that ends early takes the server with it.
  const stopNow = () => server.kill('SIGKILL');
  process.once('exit', stopNow);
  server.once('exit', () => process.removeListener('exit', stopNow));
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 60_000;
  while (!(await answers(`${url}/version`))) {
    if (server.exitCode !== null || server.signalCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`VS Code's server gave no answer at ${url}\n${readLog().slice(-3000)}`);
    }
    await pause(50);
  }
  return { port, url, processId: server.pid, readLog, stop };
}

function spawnLogged(args, env, logFile) {
  const log = openSync(logFile, 'a');
  const child = spawn(serverNode, [serverEntry, ...args], { env, stdio: ['ignore', log, log] });
  closeSync(log);
  return child;
}

async function installVsix(vsix, folders, environment, dataFolder) {
  const logFile = path.join(dataFolder, 'install-vsix.log');
  const installer = spawnLogged(
    [...folders, '--install-extension', path.resolve(vsix), '--do-not-include-pack-dependencies'],
    environment,
    logFile,
  );
  const code = await new Promise((resolve, reject) => {
    installer.once('exit', resolve);
    installer.once('error', reject);
  });
  const log = readFileSync(logFile, 'utf8');
  if (code !== 0 || !/successfully installed/i.test(log)) {
    throw new Error(`${vsix} could not be installed (exit ${code}):\n${log}`);
  }
}

async function answers(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    return (await response.text()).length > 0;
  } catch {
    return false;
  }
}

async function stopProcess(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 8000);
  await ended;
  clearTimeout(force);
}

/** Removes a data folder whose server may still be closing its last files. */
export function removeFolder(folder) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}

/** The workbench's address for a folder, with an extension under development and, if wanted, its tests. */
export function workbenchUrl(url, { folder, extensionFolder, testsFile }) {
  const address = new URL(`${url}/`);
  const remote = (file) => `vscode-remote://${new URL(url).host}${path.resolve(file)}`;
  if (folder !== undefined) {
    const name = folder.endsWith('.code-workspace') ? 'workspace' : 'folder';
    address.searchParams.set(name, path.resolve(folder));
  }
  const payload = [
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ];
  if (extensionFolder !== undefined) {
    payload.push(['extensionDevelopmentPath', remote(extensionFolder)]);
  }
  if (testsFile !== undefined) payload.push(['extensionTestsPath', remote(testsFile)]);
  address.searchParams.set('payload', JSON.stringify(payload));
  return address.href;
}
