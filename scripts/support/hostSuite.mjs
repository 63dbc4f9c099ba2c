// The suite inside a real extension host: builds test/host, opens the workbench with it, follows what it reports.
import * as esbuild from 'esbuild';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launchBrowser } from './browser.mjs';
import { pause, projectRoot } from './processes.mjs';
import { removeFolder, startServer, workbenchUrl } from './vscodeServer.mjs';

export const hostTestsFile = path.join(projectRoot, 'out/host/index.cjs');
/** Beside the extension: one that provides language models which count in ways known to the tests. */
export const fakeModelsFolder = path.join(
  projectRoot,
  'test/host/extensions/context-budget-tests.fake-models-0.0.1',
);
const workspaceSource = path.join(projectRoot, 'test/host/workspace');
const failuresFolder = path.join(projectRoot, 'out/host-failures');

/** Bundles the suite's entry and each of its test files to out/host. Returns how many test files there are. */
export async function buildHostSuite() {
  const folder = path.join(projectRoot, 'test/host');
  const tests = readdirSync(folder).filter((name) => name.endsWith('.test.ts'));
  const outdir = path.dirname(hostTestsFile);
  rmSync(outdir, { recursive: true, force: true });
  await esbuild.build({
    entryPoints: ['index.ts', ...tests].map((name) => path.join(folder, name)),
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  return tests.length;
}

/** A copy of the suite's workspace folder that the tests may change. */
export function copyHostWorkspace(target) {
  mkdirSync(target, { recursive: true });
  if (existsSync(workspaceSource)) cpSync(workspaceSource, target, { recursive: true });
  return target;
}

/** Files through which the suite tells its progress and result, and the environment that names them to it. */
export function hostSuiteChannel(folder, nameFilter) {
  const progressFile = path.join(folder, 'progress.txt');
  const resultFile = path.join(folder, 'result.json');
  writeFileSync(progressFile, '');
  let shown = 0;
  return {
    env: {
      CONTEXT_BUDGET_TEST_PROGRESS: progressFile,
      CONTEXT_BUDGET_TEST_RESULT: resultFile,
      ...(nameFilter === undefined ? {} : { CONTEXT_BUDGET_TEST_GREP: nameFilter }),
    },
    /** Prints what is new; true when something was. */
    showProgress() {
      const text = readFileSync(progressFile, 'utf8');
      const news = text.slice(shown, text.lastIndexOf('\n') + 1);
      shown += news.length;
      process.stdout.write(news);
      return news.length > 0;
    },
    /** @returns {{ passed: number, failed: number } | undefined} */
    readResult() {
      return existsSync(resultFile) ? JSON.parse(readFileSync(resultFile, 'utf8')) : undefined;
    },
  };
}

/**
 * Runs the suite in the VS Code that npm ships.
 * @param {import('./browser.mjs').Browser} browser
 * @param {{ nameFilter?: string, silentSeconds?: number }} [options] `silentSeconds`: how long the suite may report nothing
 * @returns {Promise<{ passed: number, failed: number }>} throws when the suite could not run to its end
 */
export async function runHostSuite(browser, { nameFilter, silentSeconds = 150 } = {}) {
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'context-budget-host-'));
  const workspace = copyHostWorkspace(path.join(dataFolder, 'workspace'));
  const channel = hostSuiteChannel(dataFolder, nameFilter);
  const consoleLines = [];
  let server;
  let instance;
  let page;
  try {
    server = await startServer({
      dataFolder,
      env: channel.env,
      extensionFolders: [fakeModelsFolder],
    });
    instance = await launchBrowser(browser);
    page = await instance.newPage({ viewport: { width: 1280, height: 800 } });
    let exitCode;
    await page.exposeFunction('codeAutomationLog', (type, args) => {
      consoleLines.push(`[${type}] ${args.map(String).join(' ')}`);
    });
    await page.exposeFunction('codeAutomationExit', (code) => {
      exitCode = code;
    });
    await page.goto(
      workbenchUrl(server.url, {
        folder: workspace,
        extensionFolder: projectRoot,
        testsFile: hostTestsFile,
      }),
    );
    let lastNews = Date.now();
    let result;
    // The result file is the last thing the suite writes; the exit code is the word of a host that could not load it.
    while ((result = channel.readResult()) === undefined) {
      if (channel.showProgress()) lastNews = Date.now();
      if (exitCode !== undefined && exitCode !== 0) {
        await pause(500);
        if (channel.readResult() === undefined) {
          throw new Error(`the extension host ended with ${exitCode} before the suite did`);
        }
      }
      if (Date.now() - lastNews > silentSeconds * 1000) {
        throw new Error(`the suite reported nothing for ${silentSeconds} s`);
      }
      await pause(100);
    }
    channel.showProgress();
    if (result.failed > 0) await keepEvidence(page, consoleLines, server);
    return result;
  } catch (error) {
    const kept = await keepEvidence(page, consoleLines, server);
    const tail = consoleLines.slice(-30).join('\n');
    throw new Error(`${error.message}\n${tail}\n(kept in ${kept})`, { cause: error });
  } finally {
    await instance?.close().catch(() => {});
    await server?.stop();
    removeFolder(dataFolder);
  }
}

async function keepEvidence(page, consoleLines, server) {
  mkdirSync(failuresFolder, { recursive: true });
  writeFileSync(path.join(failuresFolder, 'console.log'), consoleLines.join('\n'));
  if (server !== undefined)
    writeFileSync(path.join(failuresFolder, 'server.log'), server.readLog());
  await page?.screenshot({ path: path.join(failuresFolder, 'workbench.png') }).catch(() => {});
  return path.relative(projectRoot, failuresFolder);
}
