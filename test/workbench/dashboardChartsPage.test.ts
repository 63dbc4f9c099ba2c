import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { architectureById } from '../../src/core/architectures/architectures.ts';
import { tokenRange } from '../../src/core/dashboard/series.ts';
import { deploymentOn } from '../../src/core/estimates/deployment.ts';
import { longestContextTokens } from '../../src/core/estimates/fit.ts';
import { kvCacheBytes } from '../../src/core/estimates/kvCache.ts';
import { formatBytes, formatCount } from '../../src/core/format/numbers.ts';
import { hardwareById } from '../../src/core/hardware/hardware.ts';
import { madeUpFiles } from './support/dashboardPage.mjs';
import { useDashboardPages, type PageOptions } from './support/dashboardPages.ts';
import { chartTabIds, openTab, slideTo } from './support/dashboardTabs.ts';
import { waitUntil } from './support/waiting.ts';

const llama = architectureById('llama-3.1-8b');
const h100 = deploymentOn(hardwareById('h100-sxm'));

describe('the charts of the dashboard in a page', () => {
  const pages = useDashboardPages();
  const open = (state: object, options: PageOptions = {}) =>
    pages.open(madeUpFiles(200), { ...options, state });
  const words = (page: Page) => page.evaluate(() => document.body.innerText);

  it('give the numbers of the core, and the longest context of a card', async () => {
    const state = { tab: 'memory', subject: { kind: 'typed', tokens: 120_000 } };
    const { page, problems, close } = await open(state);
    const cache = kvCacheBytes(llama, { tokens: 128_000, policy: 'vllm' }).value ?? NaN;
    const longest = longestContextTokens(llama, h100, { policy: 'vllm' }).value ?? NaN;
    expect(await page.locator('#figure-kvCache .value').innerText()).toBe(formatBytes(cache));
    expect(await page.locator('#figure-longest .value').innerText()).toBe(formatCount(longest));
    expect(problems).toEqual([]);
    await close();
  });

  it('are read point by point with the keys, and by their table', async () => {
    const { page, close } = await open({ tab: 'memory' });
    const chart = page.locator('.plotFrame').first();
    await chart.focus();
    const read = async (key: string) => {
      await page.keyboard.press(key);
      return chart.getAttribute('aria-valuetext');
    };
    expect(await read('ArrowRight')).toMatch(/^All of it, 1K: /);
    expect(await read('End')).toMatch(/^All of it, 2M: /);
    expect(await read('ArrowDown')).toMatch(/^KV cache, 2M: /);
    expect(await read('Escape')).not.toMatch(/2M: /);
    const table = page.locator('.chart').first().locator('details');
    await table.locator('summary').click();
    const rows = await table.locator('tbody').first().locator('tr').allInnerTexts();
    expect(rows.length).toBeGreaterThan(20);
    expect(rows[0]).toContain('1K');
    expect(rows.at(-1)).toContain(`${tokenRange(0)[1] / 1e6}M`);
    await close();
  });

  it('say why, on hover and on a click, and let it go with Escape', async () => {
    const { page, close } = await open({ tab: 'memory' });
    const number = page.locator('#figure-perGpu .value .why');
    await number.click();
    const panel = page.locator('.whyPanel:popover-open');
    const text = await panel.innerText();
    expect(text).toContain('weightBytes');
    expect(text).toContain('Assumptions');
    expect(text).toContain('2026-');
    await page.keyboard.press('Escape');
    expect(await panel.count()).toBe(0);
    expect(await number.evaluate((one) => one === document.activeElement)).toBe(true);
    await page.mouse.move(1, 1);
    await number.hover();
    await panel.waitFor();
    await close();
  });

  const extremes = {
    'zero tokens': { subject: { kind: 'typed', tokens: 0 } },
    'a thousand million tokens': { subject: { kind: 'typed', tokens: 1e9 } },
    'a model that is not in the catalogue': { modelId: 'nobody/<script>alert(1)</script>' },
    'a shape that is not verified': { referenceArchitectureId: 'mistral-small-3.1-24b' },
    'a shape of a kind we do not know': { referenceArchitectureId: 'deepseek-v4-flash' },
    'an encoder': { referenceArchitectureId: 'bert-base-uncased' },
    'a card whose rate is not published': { hardwareId: 'm4-max' },
    'cards that the heads can not be shared out over': {
      gpuCount: 3,
      referenceArchitectureId: 'falcon-7b',
    },
    'knobs out of their range': {
      tabs: {
        memory: { users: -4, policy: 'x', others: ['zz'], stackTensorParallel: 7, stackRing: 0 },
        cost: { turns: 0, callsPerDay: -1, cachedPercent: 900, utilizationPercent: 0, batch: 0 },
        latency: { concurrency: 0, cachedPercent: 100, chunkTokens: -5, engine: 'z' },
      },
    },
  };

  it.each(Object.entries(extremes))('hold at %s', async (_, state) => {
    const { page, problems, close } = await open(state);
    for (const tab of chartTabIds) {
      await openTab(page, tab);
      expect(await words(page)).not.toMatch(/\bNaN\b|undefined|Infinity|\[object/);
    }
    expect(problems).toEqual([]);
    await close();
  });

  it.each(['ltr', 'rtl'] as const)('fit a side bar of 320 pixels, %s', async (direction) => {
    const { page, problems, close } = await open(
      {},
      { direction, viewport: { width: 320, height: 800 } },
    );
    for (const tab of chartTabIds) {
      await openTab(page, tab);
      const widest = () => page.evaluate(() => document.documentElement.scrollWidth);
      await waitUntil(`${tab} to fit`, async () => (await widest()) <= 320, 20_000);
    }
    expect(problems).toEqual([]);
    await close();
  });

  it('have their lines where they would be drawn anew, after a slider has moved them', async () => {
    const numbersOf = (page: Page) =>
      page.locator('.plotFrame .line path, .plotFrame .area path').evaluateAll((paths) =>
        paths.map((path) =>
          (path.getAttribute('d') ?? '')
            .match(/-?[\d.]+/g)
            ?.map(Number)
            .slice(0, 400),
        ),
      );
    const state = (tokens: number) => ({
      tab: 'cost',
      subject: { kind: 'typed', tokens },
      modelId: 'google/gemini-2.5-pro',
      tabs: { cost: { gpuHourUsd: 3 } },
    });
    const moved = await open(state(100_000));
    await openTab(moved.page, 'cost');
    for (const share of [0.42, 0.425, 0.43]) await slideTo(moved.page, '#typed-tokens', share);
    // The words, like the lines, are drawn in the frame after the last step.
    await moved.page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    const text = await moved.page.locator('#subject-text').innerText();
    const tokens = Number(text.replaceAll(/\D/g, ''));
    const anew = await open(state(tokens));
    await openTab(anew.page, 'cost');
    const farthest = async () => {
      const [one, other] = [await numbersOf(moved.page), await numbersOf(anew.page)];
      expect(one.length).toBeGreaterThan(8);
      expect(one.map((numbers) => numbers?.length)).toEqual(
        other.map((numbers) => numbers?.length),
      );
      const apart = one.flatMap((numbers, path) =>
        (numbers ?? []).map((number, idx) => Math.abs(number - (other[path]?.[idx] ?? NaN))),
      );
      return Math.max(...apart);
    };
    // The last step of the slider is drawn a frame after its words.
    await waitUntil('the lines', async () => (await farthest()) < 0.1);
    await moved.close();
    await anew.close();
  });

  it('print what a step of each slider takes', async () => {
    const lines: string[] = [];
    const { page, close } = await open({ subject: { kind: 'typed', tokens: 50_000 } });
    const session = await page.context().newCDPSession(page);
    // Time of the page's thread alone: what else the machine does is not counted.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const taskMs = async () => {
      const { metrics } = await session.send('Performance.getMetrics');
      return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN);
    };
    for (const tab of chartTabIds) {
      await openTab(page, tab);
      const sliders = await page
        .locator('input[type="range"]')
        .evaluateAll((all) => all.map(({ id }) => id));
      for (const id of sliders) {
        const slide = (steps: number) =>
          page.evaluate(
            async ([inputId, count]) => {
              const input = document.getElementById(String(inputId)) as HTMLInputElement;
              const [low, high] = [Number(input.min), Number(input.max)];
              for (let step = 0; step < Number(count); step++) {
                input.value = String(low + ((high - low) * (step + 1)) / (Number(count) + 1));
                input.dispatchEvent(new Event('input', { bubbles: true }));
                await new Promise((resolve) =>
                  requestAnimationFrame(() => requestAnimationFrame(resolve)),
                );
              }
            },
            [id, steps],
          );
        await slide(10);
        const before = await taskMs();
        await slide(20);
        lines.push(`${tab} ${id}: ${(((await taskMs()) - before) / 20).toFixed(1)} ms a step`);
      }
    }
    await close();
    console.log(lines.join('\n'));
    expect(lines.length).toBeGreaterThan(8);
  });
});
