// The lab's page in a browser without VS Code around it: the real engine answers its calls, in the page. For tests of what takes a
// workbench too long; that the real host and its thread answer alike is what lab.test.ts and the labDemos tests hold.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const projectRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const dist = path.join(projectRoot, 'dist');
const nonce = 'aBcDeFgHiJkLmNoP';

/** The lab's room as one script: what the extension host and its thread do for the page. */
async function bundledLab() {
  const from = (file) => JSON.stringify(path.join(projectRoot, 'src/lab', file));
  const { outputFiles } = await build({
    stdin: {
      contents: `import { createRunner, demoCards, patternWall, thumbnail } from ${from('runner.ts')};
        import { checkAnswer, exerciseCards } from ${from('learn/exercises.ts')};
        import { gradeQuiz, quiz } from ${from('learn/quiz.ts')};
        const runner = createRunner();
        window.labRoom = (tokens) => ({
          demos: demoCards,
          frame: ({ numTokens, ...request }) => runner.frame({ ...request, tokens: tokens.slice(0, numTokens) }),
          wall: (numTokens) => patternWall(runner, tokens.slice(0, numTokens)),
          thumbnail: (demoId) => thumbnail(runner, demoId, tokens),
          lessons: () => ({ exercises: exerciseCards(), quiz: quiz() }),
          checkAnswer,
          gradeQuiz,
        });`,
      resolveDir: projectRoot,
    },
    bundle: true,
    write: false,
    format: 'iife',
    logLevel: 'warning',
  });
  return outputFiles[0].text;
}

let lab;

/**
 * Loads the page as the webview would, policy and all, on these tokens, and opens what `opened` names. `saved` are the files that it
 * saved, by name; `calls` are those that change something outside the page. The page holds `window.labHost`: `emit(event)` as the
 * host would, and the state that it keeps.
 */
export async function openLabPage(browser, tokens, options = {}) {
  lab ??= bundledLab();
  const context = await browser.newContext({
    viewport: options.viewport ?? { width: 1200, height: 1400 },
    ...options.context,
  });
  const page = await context.newPage();
  const calls = [];
  const saved = new Map();
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.exposeFunction('labCall', (method, args) => {
    calls.push({ method, args });
  });
  await page.exposeFunction('labSave', (name, base64) => {
    saved.set(name, Buffer.from(base64, 'base64'));
  });
  const policy = `default-src 'none'; style-src 'self' 'nonce-${nonce}'; script-src 'nonce-${nonce}'; img-src blob:`;
  const html = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy.replaceAll('"', '&quot;')}">
    <meta name="viewport" content="width=device-width, initial-scale=1"><title>Attention lab</title>
    <link rel="stylesheet" href="theme.css"><link rel="stylesheet" href="labView.css"></head>
    <body class="${options.theme?.kind ?? 'vscode-dark'}"><main id="root"></main>
    <script nonce="${nonce}" src="room.js"></script><script nonce="${nonce}" src="host.js"></script>
    <script type="module" nonce="${nonce}" src="labView.js"></script></body></html>`;
  const variables = Object.entries({ ...plainTheme, ...options.theme?.variables })
    .map(([name, value]) => `${name}: ${value};`)
    .join('\n');
  const { kept, opened, isMarking } = options;
  const given = { tokens, kept, opened, isMarking };
  const served = {
    'index.html': ['text/html', html],
    'theme.css': ['text/css', `:root { ${variables} }`],
    'room.js': ['text/javascript', await lab],
    'host.js': ['text/javascript', `(${hostInPage.toString()})(${inScript(given)})`],
    'labView.js': ['text/javascript', readFileSync(path.join(dist, 'labView.js'))],
    'labView.css': ['text/css', readFileSync(path.join(dist, 'labView.css'))],
  };
  await page.route('http://lab.test/**', (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    const [contentType, body] = served[name] ?? [];
    return body === undefined ? route.abort() : route.fulfill({ contentType, body });
  });
  await page.goto('http://lab.test/index.html');
  await page.locator('#text').waitFor();
  return { page, calls, saved, problems, close: () => context.close() };
}

/** Enough of a dark theme to see by. */
const plainTheme = {
  '--vscode-editor-background': '#1f1f1f',
  '--vscode-editor-foreground': '#cccccc',
  '--vscode-descriptionForeground': '#9d9d9d',
  '--vscode-errorForeground': '#f85149',
  '--vscode-focusBorder': '#0078d4',
  '--vscode-textLink-foreground': '#4daafc',
  '--vscode-button-background': '#0078d4',
  '--vscode-button-foreground': '#ffffff',
  '--vscode-button-secondaryBackground': '#313131',
  '--vscode-button-secondaryForeground': '#cccccc',
  '--vscode-input-background': '#313131',
  '--vscode-input-foreground': '#cccccc',
  '--vscode-dropdown-background': '#313131',
  '--vscode-dropdown-foreground': '#cccccc',
  '--vscode-editorWidget-background': '#202020',
  '--vscode-widget-border': '#313131',
  '--vscode-font-family': 'system-ui, sans-serif',
  '--vscode-font-size': '13px',
  '--vscode-editor-font-family': 'monospace',
  '--vscode-charts-blue': '#59a4f9',
  '--vscode-charts-orange': '#d18616',
  '--vscode-charts-green': '#89d185',
  '--vscode-charts-purple': '#b180d7',
  '--vscode-charts-yellow': '#cca700',
  '--vscode-charts-red': '#f14c4c',
};

/** JSON that no script of an HTML page can be ended by. */
function inScript(value) {
  return JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028');
}

/** Runs in the page: stands in for VS Code's `acquireVsCodeApi` and the extension host behind it. */
function hostInPage({ tokens, kept, opened, isMarking }) {
  let state = kept;
  const post = (data) => window.postMessage(data, '*');
  const room = window.labRoom(tokens);
  const text = {
    name: 'sample.ts',
    numTokens: tokens.length,
    encoding: 'o200k_base',
    cut: false,
    setTokens: 50_000,
  };
  const base64 = (content) => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    let binary = '';
    for (const byte of bytes) binary += String.fromCharCode(byte);
    return window.btoa(binary);
  };
  const outside = {
    takeText: () => text,
    save: (name, content) => window.labSave(name, base64(content)).then(() => true),
    chooseFolder: () => true,
    saveInFolder: (name, content) => window.labSave(name, base64(content)),
  };
  const host = {
    ...room,
    ...outside,
    ready: () => ({
      strings: {},
      demos: room.demos(),
      text,
      isMarking: isMarking === true,
      opened,
    }),
    frame: (request) => room.frame({ ...request, setTokens: text.setTokens }),
    mark: (request) => window.labCall('mark', [request ?? null]),
    openCard: (id) => window.labCall('openCard', [id]),
  };
  let failure;
  window.labHost = {
    emit: (event) => post({ type: 'event', event }),
    state: () => state,
    /** The next call fails so, as it does when the engine's thread ends. */
    failNext: (message) => {
      failure = message;
    },
  };
  window.acquireVsCodeApi = () => ({
    getState: () => state,
    setState: (next) => {
      state = next;
    },
    postMessage: async ({ type, id, method, args }) => {
      if (type !== 'call') return;
      try {
        const message = failure;
        failure = undefined;
        if (message !== undefined) throw new Error(message);
        const ok = await host[method](...args);
        post({ type: 'reply', id, result: { ok } });
      } catch (error) {
        post({ type: 'reply', id, result: { err: error.message } });
      }
    },
  });
}
