// The dashboard's page in a browser: size of its bundle, time to the first useful paint, a slider's step, the treemap.
// usage: npm run bench:dashboard            builds nothing: run `npm run build` before
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { findBrowser, launchBrowser } from '../../scripts/support/browser.mjs';
import {
  bundledCatalogue,
  madeUpFiles,
  openDashboardPage,
  snapshotOf,
} from '../workbench/support/dashboardPage.mjs';

const dist = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../dist');
const gzipBytes = (file) => gzipSync(readFileSync(path.join(dist, file)), { level: 9 }).length;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const rows = [];
const row = (what, value, unit, limit) => {
  rows.push({ what, value, unit, limit });
  console.log(`${what}: ${value.toFixed(1)} ${unit} (limit ${limit} ${unit})`);
};

const scriptBytes = gzipBytes('dashboardView.js') + gzipBytes('dashboardView.css');
row('bundle, script and style sheet, gzipped', scriptBytes / 1024, 'KiB', 180);

const browser = await launchBrowser(await findBrowser());
const catalogue = await bundledCatalogue();
const runs = 5;

/** From the page's first byte until the verdict stands; the snapshot goes through the page's messages as in VS Code. */
const paints = [];
for (let run = 0; run < runs; run++) {
  const opened = await openDashboardPage(browser, snapshotOf(catalogue, madeUpFiles(6500)));
  await opened.page.locator('#fit-verdict').waitFor();
  await opened.page.waitForFunction(() => window.dashboardHost.paintedMs() !== undefined);
  paints.push(await opened.page.evaluate(() => window.dashboardHost.paintedMs()));
  if (run < runs - 1) await opened.close();
  else await slider(opened.page);
}
row('first useful paint, 6,500 files', median(paints), 'ms', 500);

/** One step of the slider of typed tokens: from the input event until all of the page is drawn anew and laid out. */
async function slider(page) {
  for (const tab of await page.locator('[role="tab"]').all()) {
    const name = (await tab.innerText()).trim();
    await tab.click();
    await page.locator('#subject').selectOption('typed');
    await page.locator('#typed-tokens').waitFor();
    const steps = await page.evaluate(async () => {
      const { nextFrame, drawMs } = window.dashboardHost;
      const input = document.querySelector('#typed-tokens');
      const times = [];
      for (let step = 0; step < 40; step++) {
        await new Promise((resolve) => setTimeout(resolve, 30));
        drawMs();
        input.value = String(300 + 10 * step);
        input.dispatchEvent(new Event('input', { bubbles: true }));
        await new Promise((resolve) => nextFrame(() => setTimeout(resolve, 0)));
        const draws = drawMs();
        if (draws.length > 0) times.push(draws.reduce((sum, each) => sum + each, 0));
      }
      return times;
    });
    if (steps.length === 0) throw new Error(`the slider drew nothing in ${name}`);
    row(`slider step, ${name}`, median(steps), 'ms', 16);
  }
}

const large = await openDashboardPage(browser, snapshotOf(catalogue, madeUpFiles(50_000)));
const treemap = await large.page.evaluate(async () => {
  const painted = (name) =>
    new Promise((resolve) => {
      const look = () => {
        const element = document.querySelector('.treemap');
        if (element?.dataset.painted === name) resolve(performance.now());
        else requestAnimationFrame(look);
      };
      look();
    });
  const startMs = performance.now();
  document.querySelector('#tab-files').click();
  const paintedMs = (await painted('')) - startMs;
  const zooms = [];
  for (const name of ['src', 'lib', 'test', 'docs', 'tools']) {
    const row = [...document.querySelectorAll('table.files tr[data-path]')].find(
      (each) => each.dataset.path === name,
    );
    const zoomMs = performance.now();
    row.querySelector('button.path').click();
    zooms.push((await painted(name)) - zoomMs);
    document.querySelector('.crumbs button').click();
    await painted('');
  }
  return { paintedMs, zooms };
});
row('treemap of 50,000 files, tab to paint', treemap.paintedMs, 'ms', 1000);
row('treemap zoomed into its heaviest folder', treemap.zooms[0], 'ms', 200);
row('treemap zoomed, median of five folders', median(treemap.zooms), 'ms', 200);
await browser.close();

const over = rows.filter(({ value, limit }) => value > limit);
console.log(
  over.length === 0
    ? `all ${rows.length} within their limits`
    : `over the limit: ${over.map(({ what }) => what).join('; ')}`,
);
process.exitCode = over.length === 0 ? 0 : 1;
