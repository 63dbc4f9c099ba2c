// Any of the webviews' pages in a browser without VS Code around it, under the policy that the host gives it (webviewPolicy.ts):
// the test answers its calls and sends it events. Everything that runs or is asked for against the policy is written down.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { scriptPolicy } from '../../../src/host/views/webviewPolicy.ts';

const dist = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../dist');
const nonce = 'aBcDeFgHiJkLmNoP';
const origin = 'http://view.test';

/**
 * @param {import('playwright-core').Browser} browser
 * @param {'dashboardView' | 'budgetView' | 'labView'} view
 * @param {(method: string, args: readonly unknown[]) => unknown} answer what a call is answered with; throws: it fails
 */
export async function openViewPage(browser, view, answer) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 } });
  const page = await context.newPage();
  const problems = [];
  const requests = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('dialog', (dialog) => {
    problems.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith('blob:')) {
      requests.push(request.url());
    }
  });
  await page.exposeFunction('hostAnswer', async (method, args) => {
    try {
      return JSON.stringify({ ok: await answer(method, args) }, asText);
    } catch (error) {
      return JSON.stringify({ err: error.message });
    }
  });
  const policy = scriptPolicy("'self'", nonce, view !== 'budgetView');
  const html = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <link rel="stylesheet" href="${view}.css"></head>
    <body class="vscode-dark"><main id="root"></main>
    <script nonce="${nonce}" src="host.js"></script>
    <script type="module" nonce="${nonce}" src="${view}.js"></script></body></html>`;
  const served = {
    'index.html': ['text/html', html],
    'host.js': ['text/javascript', `(${hostInPage.toString()})()`],
    [`${view}.js`]: ['text/javascript', readFileSync(path.join(dist, `${view}.js`))],
    [`${view}.css`]: ['text/css', readFileSync(path.join(dist, `${view}.css`))],
  };
  await page.route('**/*', (route) => {
    const url = new URL(route.request().url());
    const [contentType, body] = (url.origin === origin && served[url.pathname.slice(1)]) || [];
    return body === undefined ? route.abort() : route.fulfill({ contentType, body });
  });
  await page.goto(`${origin}/index.html`);
  return {
    page,
    problems,
    requests,
    emit: (event) =>
      page.evaluate((text) => window.emitFromHost(text), JSON.stringify(event, asText)),
    /** What was done against the policy, and what markup became part of the page. */
    injected: () => page.evaluate(() => window.foundInPage()),
    close: () => context.close(),
  };
}

/** Typed arrays as JSON can hold them. */
function asText(_key, value) {
  return ArrayBuffer.isView(value)
    ? { typedArray: value.constructor.name, values: [...value].map(String) }
    : value;
}

/** Runs in the page: stands in for `acquireVsCodeApi`, and looks for what should not be there. */
function hostInPage() {
  const violations = [];
  document.addEventListener('securitypolicyviolation', (event) => {
    violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
  });
  const arrays = { Float32Array, Float64Array, Uint8Array, Uint16Array, Uint32Array, Int32Array };
  const revived = (_key, value) =>
    value?.typedArray === undefined
      ? value
      : new arrays[value.typedArray](value.values.map(Number));
  const post = (message) => window.postMessage(message, '*');
  let state;
  window.acquireVsCodeApi = () => ({
    getState: () => state,
    setState: (next) => {
      state = next;
    },
    postMessage: async ({ type, id, method, args }) => {
      if (type !== 'call') return;
      const result = JSON.parse(await window.hostAnswer(method, args), revived);
      post({ type: 'reply', id, result });
    },
  });
  window.emitFromHost = (text) => post({ type: 'event', event: JSON.parse(text, revived) });
  window.foundInPage = () => ({
    ran: window.markupRan === true,
    violations,
    elements: [
      ...document.querySelectorAll(
        'img, iframe, object, embed, base, [onerror], [onload], [onclick], a[href^="javascript:"]',
      ),
    ].map((element) => element.outerHTML.slice(0, 200)),
    scripts: [...document.scripts].map((script) => script.getAttribute('src') ?? 'inline'),
    shows: document.body.innerText.includes('markupRan'),
  });
}
