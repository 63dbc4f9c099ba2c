// The dashboard's page in a browser without VS Code around it: a host of a few lines answers its calls. For the benchmark and
// for tests of what takes a workbench too long; that the real host answers alike is what dashboard.test.ts tests.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const projectRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const dist = path.join(projectRoot, 'dist');
const nonce = 'aBcDeFgHiJkLmNoP';

/** The catalogue as the host sends it. */
export async function bundledCatalogue() {
  const folder = mkdtempSync(path.join(tmpdir(), 'context-budget-catalogue-'));
  const outfile = path.join(folder, 'catalogue.mjs');
  const from = (file) => JSON.stringify(path.join(projectRoot, 'src/core', file));
  try {
    await build({
      stdin: {
        contents: `import { models } from ${from('catalog/models.ts')};
          import { architectures } from ${from('architectures/architectures.ts')};
          import { hardware } from ${from('hardware/hardware.ts')};
          import { effectiveMeasurements as measurements } from ${from('quality/effectiveContext.ts')};
          export const catalogue = { models, architectures, hardware, measurements };`,
        resolveDir: projectRoot,
      },
      bundle: true,
      format: 'esm',
      outfile,
      logLevel: 'warning',
    });
    return (await import(pathToFileURL(outfile).href)).catalogue;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file table from paths with tokens. */
export function tableOf(entries) {
  const columns = { paths: [], tokens: [], bytes: [], lines: [], kinds: [] };
  for (const [name, tokens] of entries) {
    columns.paths.push(name);
    columns.tokens.push(tokens);
    columns.bytes.push(tokens * 4);
    columns.lines.push(Math.ceil(tokens / 9));
    columns.kinds.push(name.endsWith('.md') ? 2 : 0);
  }
  return { encoding: 'o200k_base', ...columns, leftOut: [], problems: [], numProblems: 0 };
}

/** A made-up repository of `count` files in folders of folders, the same on every run. */
export function madeUpFiles(count) {
  let seed = 7;
  const random = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  const entries = [];
  for (let i = 0; i < count; i++) {
    const area = ['src', 'lib', 'test', 'docs', 'tools'][Math.floor(random() ** 2 * 5)];
    const part = `part${Math.floor(random() ** 2 * 24)}`;
    const deeper = random() < 0.6 ? `/inner${Math.floor(random() * 9)}` : '';
    const kind = area === 'docs' ? 'md' : 'ts';
    entries.push([
      `${area}/${part}${deeper}/file${i}.${kind}`,
      Math.ceil(Math.exp(4 + 3 * random())),
    ]);
  }
  return tableOf(entries);
}

export function snapshotOf(catalogue, files, now = {}) {
  return {
    catalogue,
    files,
    now: {
      status: { type: 'ready', leftOutFiles: 0, problems: 0 },
      set: { checked: [], unchecked: [] },
      overheadFiles: [],
      settings: { modelId: 'openai/gpt-5.5', reservedOutputTokens: 8000, overheadTokens: 0 },
      ...now,
    },
  };
}

/**
 * Loads the page as the webview would, policy and all, and gives it `snapshot`. `calls` are the calls that it made on the host.
 * The page holds `window.dashboardHost`: `emit(event)` as the host would, and the times that the benchmark reads.
 */
export async function openDashboardPage(browser, snapshot, options = {}) {
  const context = await browser.newContext({
    viewport: options.viewport ?? { width: 1200, height: 900 },
  });
  const page = await context.newPage();
  const calls = [];
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.exposeFunction('dashboardCall', (method, args) => {
    calls.push({ method, args });
    return options.answer?.(method, args) ?? null;
  });
  const policy = `default-src 'none'; style-src 'self' 'nonce-${nonce}'; script-src 'nonce-${nonce}'; img-src blob:`;
  const html = `<!DOCTYPE html><html lang="en" dir="${options.direction ?? 'ltr'}"><head><meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy.replaceAll('"', '&quot;')}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="stylesheet" href="theme.css"><link rel="stylesheet" href="dashboardView.css"></head>
    <body class="${options.theme?.kind ?? 'vscode-dark'}"><main id="root"></main>
    <script nonce="${nonce}" src="host.js"></script>
    <script type="module" nonce="${nonce}" src="dashboardView.js"></script></body></html>`;
  const variables = Object.entries(options.theme?.variables ?? {})
    .map(([name, value]) => `${name}: ${value};`)
    .join('\n');
  const served = {
    'index.html': ['text/html', html],
    'theme.css': ['text/css', `:root { ${variables} }`],
    'host.js': [
      'text/javascript',
      `(${hostInPage.toString()})(${inScript({ snapshot, kept: options.kept, remembered: options.remembered })})`,
    ],
    'dashboardView.js': ['text/javascript', readFileSync(path.join(dist, 'dashboardView.js'))],
    'dashboardView.css': ['text/css', readFileSync(path.join(dist, 'dashboardView.css'))],
  };
  await page.route('http://dashboard.test/**', (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    const [contentType, body] = served[name] ?? [];
    return body === undefined ? route.abort() : route.fulfill({ contentType, body });
  });
  await page.goto('http://dashboard.test/index.html');
  await page.locator('[role="tablist"]').waitFor();
  return { page, calls, problems, close: () => context.close() };
}

/** JSON that no script of an HTML page can be ended by. */
function inScript(value) {
  return JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028');
}

/** Runs in the page: stands in for VS Code's `acquireVsCodeApi` and the extension host behind it. */
function hostInPage({ snapshot, kept, remembered }) {
  let state = kept;
  const post = (data) => window.postMessage(data, '*');
  const own = {
    ready: () => ({ strings: {}, remembered, snapshot }),
  };
  // Frames that the page asks for are what it draws in: each is timed, with the layout that follows from it.
  let draws = [];
  let paintedMs;
  const nextFrame = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (draw) =>
    nextFrame((at) => {
      const startMs = performance.now();
      draw(at);
      void document.body.offsetHeight;
      draws.push(performance.now() - startMs);
    });
  const lookForPaint = () => {
    // The frame after the one in which it was put there: by then it is painted.
    if (document.querySelector('#fit-verdict')) nextFrame(() => (paintedMs = performance.now()));
    else nextFrame(lookForPaint);
  };
  nextFrame(lookForPaint);
  window.dashboardHost = {
    emit: (event) => post({ type: 'event', event }),
    state: () => state,
    nextFrame,
    /** When the verdict was on the screen, from the start of loading the page. */
    paintedMs: () => paintedMs,
    /** The draws since this was last asked, milliseconds. */
    drawMs: () => {
      const done = draws;
      draws = [];
      return done;
    },
  };
  window.acquireVsCodeApi = () => ({
    getState: () => state,
    setState: (next) => {
      state = next;
    },
    postMessage: async ({ type, id, method, args }) => {
      if (type !== 'call') return;
      const answered = await window.dashboardCall(method, method === 'remember' ? [] : args);
      const ok = answered ?? own[method]?.(...args) ?? null;
      post({ type: 'reply', id, result: { ok } });
    },
  });
}
