// A VS Code of a test file's own: fresh server, data folder and workspace, a browser page with the workbench in it.
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser as BrowserProcess, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { patience } from './waiting.ts';
import { findBrowser, launchBrowser } from '../../../scripts/support/browser.mjs';
import { removeFolder, startServer, workbenchUrl } from '../../../scripts/support/vscodeServer.mjs';

export const projectRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

export interface WorkbenchOptions {
  /** Files of the workspace, path to content; laid over `folder`. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** A folder to copy the workspace from. */
  readonly folder?: string;
  /** Opens no folder at all. */
  readonly noFolder?: boolean;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Keeps workspace trust on, so that the workbench asks. */
  readonly askForTrust?: boolean;
  /** Keeps chat and VS Code's own AI features. */
  readonly withChat?: boolean;
  /** Folders named publisher.name-version, installed beside the extension. */
  readonly extensionFolders?: readonly string[];
  /** Installs this packed extension, and takes none from the working folder. */
  readonly vsix?: string;
  /** More environment for the server and its extension host. */
  readonly env?: Readonly<Record<string, string>>;
  readonly viewport?: { readonly width: number; readonly height: number };
}

export interface Workbench {
  readonly page: Page;
  /** The workspace folder on disk; the tests may change it. */
  readonly workspace: string;
  /** The folder that holds everything of this run: logs, user data, extensions. */
  readonly dataFolder: string;
  readonly serverProcessId: number;
  /** Addresses outside this machine that the workbench's page asked for. */
  readonly outsideRequests: readonly string[];
  /** Loads the page anew, as after a restart, and waits for the workbench. */
  readonly reload: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Opens VS Code on a fresh workspace and waits until the workbench stands and the extension host runs. */
export async function openWorkbench(options: WorkbenchOptions = {}): Promise<Workbench> {
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'context-budget-workbench-'));
  const workspace = path.join(dataFolder, 'workspace');
  layWorkspace(workspace, options);
  const server = await startServer({
    dataFolder,
    settings: { ...options.settings },
    askForTrust: options.askForTrust,
    withChat: options.withChat,
    extensionFolders: options.extensionFolders,
    vsix: options.vsix,
    env: { ...options.env },
  });
  let browser: BrowserProcess | undefined;
  const close = async (): Promise<void> => {
    await browser?.close().catch(() => {});
    await server.stop();
    removeFolder(dataFolder);
  };
  try {
    browser = await launchBrowser(await chosenBrowser());
    const page = await browser.newPage({
      viewport: options.viewport ?? { width: 1400, height: 900 },
    });
    page.setDefaultTimeout(patience);
    const outsideRequests: string[] = [];
    watchPage(page, path.join(dataFolder, 'page.log'), outsideRequests);
    const address = workbenchUrl(server.url, {
      folder: options.noFolder === true ? undefined : workspace,
      extensionFolder: options.vsix === undefined ? projectRoot : undefined,
      testsFile: undefined,
    });
    await loadWorkbench(page, address);
    return {
      page,
      workspace,
      dataFolder,
      serverProcessId: server.processId,
      outsideRequests,
      reload: () => loadWorkbench(page, address),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function layWorkspace(workspace: string, { folder, files = {} }: WorkbenchOptions): void {
  mkdirSync(workspace, { recursive: true });
  if (folder !== undefined) cpSync(folder, workspace, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(workspace, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** The browser that scripts/test.mjs chose, else one chosen here. */
function chosenBrowser(): ReturnType<typeof findBrowser> {
  const chosen = process.env['CONTEXT_BUDGET_BROWSER'];
  if (chosen === undefined) return findBrowser();
  return Promise.resolve(JSON.parse(chosen) as Awaited<ReturnType<typeof findBrowser>>);
}

async function loadWorkbench(page: Page, address: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await page.goto(address);
      await page.locator('.monaco-workbench .activitybar .action-label').first().waitFor();
      // The remote indicator and the status bar's entries come once the extension host answers.
      await page.locator('.statusbar-item[id="status.host"], .remote-kind').first().waitFor();
      return;
    } catch (error) {
      if (attempt === 2) throw error;
    }
  }
}

function watchPage(page: Page, logFile: string, outsideRequests: string[]): void {
  const log = (line: string): void => {
    try {
      appendFileSync(logFile, `${new Date().toISOString()} ${line}\n`);
    } catch {
      // The data folder is gone: the test has ended.
    }
  };
  page.on('console', (message) => log(`[${message.type()}] ${message.text()}`));
  page.on('pageerror', (error) => log(`[page error] ${error.stack ?? error.message}`));
  page.on('requestfailed', (request) => {
    log(`[request failed] ${request.url()} ${request.failure()?.errorText ?? ''}`);
  });
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (/^(https?|wss?):$/.test(protocol) && !/^(127\.0\.0\.1|localhost)$/.test(hostname)) {
      // A webview's document has a made-up host name that the service worker answers.
      if (!hostname.endsWith('.vscode-resource.vscode-cdn.net'))
        outsideRequests.push(request.url());
    }
  });
}

/**
 * One workbench for all the tests of a file: opened before the first, closed after the last. When a test fails,
 * a screenshot and the logs are kept in out/workbench-failures.
 */
export function useWorkbench(options: WorkbenchOptions = {}): () => Workbench {
  let workbench: Workbench | undefined;
  beforeAll(async () => {
    workbench = await openWorkbench(options);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail' && workbench !== undefined) {
      const testFile = path.basename(task.file.name, '.test.ts');
      await keepEvidence(workbench, testFile, task.name);
    }
  });
  afterAll(async () => {
    await workbench?.close();
  });
  return () => {
    if (workbench === undefined) throw new Error('the workbench is opened by beforeAll only');
    return workbench;
  };
}

async function keepEvidence(workbench: Workbench, testFile: string, name: string): Promise<void> {
  const folder = path.join(projectRoot, 'out/workbench-failures', testFile);
  mkdirSync(folder, { recursive: true });
  const attempt = process.env['CONTEXT_BUDGET_ATTEMPT'] ?? '1';
  const base = `${attempt} ${name.replaceAll(/[^\w-]+/g, '-').slice(0, 60)}`;
  await workbench.page.screenshot({ path: path.join(folder, `${base}.png`) }).catch(() => {});
  for (const log of ['page.log', 'server.log']) {
    try {
      cpSync(path.join(workbench.dataFolder, log), path.join(folder, `${base} ${log}`));
    } catch {
      // There is no such log yet.
    }
  }
}
