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

/**
 * One step of each slider of each tab, the shared ones included: from the input event until all of the page is drawn anew and
 * laid out. The line names the slowest slider of the tab.
 */
async function slider(page) {
  await page.locator('#subject').click();
  await page.locator('#subject li.option', { hasText: 'Typed number' }).click();
  await page.locator('#typed-tokens').waitFor();
  for (const tab of await page.locator('[role="tab"]').all()) {
    const name = (await tab.innerText()).trim();
    await tab.click();
    await page.waitForTimeout(300);
    const ids = await page
      .locator('input[type="range"]')
      .evaluateAll((inputs) => inputs.map(({ id }) => id));
    const steps = [];
    for (const id of ids) steps.push({ id, ms: median(await slide(page, id)) });
    const slowest = steps.sort((one, other) => other.ms - one.ms)[0];
    row(`slider step, ${name}, #${slowest.id}`, slowest.ms, 'ms', 16);
  }
}

/** Milliseconds of each step of a slider that is moved over the middle of its range and put back. */
async function slide(page, id) {
  const times = await page.evaluate(async (inputId) => {
    const { nextFrame, drawMs } = window.dashboardHost;
    const input = document.getElementById(inputId);
    const [low, high, before] = [Number(input.min), Number(input.max), input.value];
    const moveTo = async (value) => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      drawMs();
      input.value = String(value);
      input.dispatchEvent(new Event('input', { bubbles: true }));
      await new Promise((resolve) => nextFrame(() => setTimeout(resolve, 0)));
      return drawMs();
    };
    const each = [];
    for (let step = 0; step < 25; step++) {
      const draws = await moveTo(low + (high - low) * (0.3 + step / 100));
      if (draws.length > 0) each.push(draws.reduce((sum, one) => sum + one, 0));
    }
    await moveTo(before);
    return each;
  }, id);
  if (times.length === 0) throw new Error(`the slider ${id} drew nothing`);
  return times;
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
