import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tableOf } from './support/dashboardPage.mjs';
import { smallTable, useDashboardPages } from './support/dashboardPages.ts';
import { openTab, tabIds } from './support/dashboardTabs.ts';
import { waitUntil } from './support/waiting.ts';
import { projectRoot } from './support/workbench.ts';

const pages = useDashboardPages();
const typed = (tokens: number) => ({ subject: { kind: 'typed', tokens } });

describe('the numbers of the dashboard', () => {
  it('say why in the matrix, on hover, with the keys and on a click', async () => {
    const { page, problems } = await pages.open(smallTable(), {
      state: { ...typed(300_000), tabs: { fit: { query: 'gpt-4o', withDeprecated: true } } },
    });
    const panel = page.locator('.whyPanel:popover-open');
    const row = page.locator('tr[data-model="openai/gpt-4o"]');
    const windows = row.locator('[data-strategy="slidingWindow"]');
    await windows.locator('.why').first().hover();
    await panel.waitFor();
    expect(await panel.innerText()).toMatch(/= 1 \+ \(300000 - 120000\) \/ 108000/);
    await page.mouse.move(1, 1);
    await panel.waitFor({ state: 'detached' });

    // One stop for Tab; arrows lead on.
    const stops = page.locator('.matrix .why[tabindex="0"]');
    expect(await stops.count()).toBe(1);
    await stops.first().focus();
    await page.keyboard.press('ArrowRight');
    await panel.waitFor();
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    expect(await focused()).toMatch(/^Tokens for /);
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toMatch(/^Tokens for /);
    await page.keyboard.press('End');
    expect(await focused()).toMatch(/, Chunked, /);
    expect(await page.locator('.matrix .why[tabindex="0"]').count()).toBe(1);
    await page.keyboard.press('Escape');
    expect(await panel.count()).toBe(0);

    await windows.locator('.why').nth(1).click();
    expect(await panel.innerText()).toContain('USD per million tokens');
    await page.mouse.move(1, 1);
    await page.waitForTimeout(400);
    expect(await panel.count()).toBe(1);
    await page.keyboard.press('Escape');
    expect(problems).toEqual([]);
  });

  it('say why in every tab, without a word that means nothing', async () => {
    const { page, problems } = await pages.open(smallTable(), { state: typed(150_000) });
    for (const id of tabIds) {
      await openTab(page, id);
      // The rows that nobody sees come a moment later.
      await page.waitForTimeout(300);
      const all = await page.locator('#panel .why').all();
      if (id !== 'quality' && id !== 'strategies') expect(all.length, id).toBeGreaterThan(3);
      for (const number of all.slice(0, 24)) {
        await number.evaluate((one: HTMLElement) => one.click());
        const text = await page.locator('.whyPanel').innerText();
        expect(text, `${id}: ${text}`).not.toMatch(/NaN|undefined|Infinity|\[object/);
        expect(text.length).toBeGreaterThan(5);
      }
      await page.keyboard.press('Escape');
    }
    expect(problems).toEqual([]);
  });

  it('stand for a thousand million tokens in every tab, and for names that would be markup', async () => {
    const { page, problems } = await pages.open(tableOf([['</script><b>"\n\u202e.ts', 10]]), {
      state: typed(1e9),
      now: { overheadFiles: [{ path: '</script><i>AGENTS\n.md', tokens: 12 }] },
    });
    for (const id of tabIds) {
      await openTab(page, id);
      const text = await page.locator('#panel').innerText();
      expect(text, id).not.toMatch(/NaN|undefined|Infinity|\[object/);
    }
    for (const id of ['cost', 'latency'] as const) {
      await openTab(page, id);
      expect(await page.locator('#over-window').innerText()).toContain(
        'a call that it would refuse',
      );
    }
    await openTab(page, 'fit');
    await page.locator('#overhead summary').click();
    expect(await page.locator('#overhead .path').innerText()).toBe('</script><i>AGENTS\ufffd.md');
    expect(await page.locator('#panel b, #panel i:not(.swatch)').count()).toBe(0);
    expect(problems).toEqual([]);
  });

  it('are about the model that is chosen from all, which are made when somebody goes to choose', async () => {
    const { page } = await pages.open(smallTable());
    const options = page.locator('#model vscode-option');
    expect(await options.count()).toBe(1);
    const box = page.locator('#model input');
    await box.focus();
    await waitUntil(
      'all models',
      async () => (await options.count()) === pages.catalogue().models.length,
    );
    await box.fill('gpt-4o mini');
    await page.locator('#model li.option', { hasText: 'GPT-4o mini' }).first().click();
    await waitUntil('another model', async () =>
      /mini/i.test(await page.locator('#fit-verdict').innerText()),
    );
    await page.locator('#model-of-settings').click();
    await waitUntil('the first model', async () => (await box.inputValue()).startsWith('GPT-5.5'));
  });

  it('lead to demos of what a shape is made of', async () => {
    const { page, calls } = await pages.open(smallTable(), {
      state: { tab: 'memory', referenceArchitectureId: 'gemma-3-27b' },
    });
    await page.locator('.demos summary').click();
    const window = page.locator('.demos li', { hasText: 'Sliding window' });
    expect(await window.innerText()).toContain('52 of 62 layers');
    await window.locator('[data-demo="slidingWindow"]').click();
    await waitUntil('the lab', () => calls.some(({ method }) => method === 'openDemo'));
    expect(calls.find(({ method }) => method === 'openDemo')?.args).toEqual(['slidingWindow']);
  });

  it('come in less than 180 KB of script and style sheet', () => {
    const gzipped = ['dashboardView.js', 'dashboardView.css'].map(
      (name) =>
        gzipSync(readFileSync(path.join(projectRoot, 'dist', name)), { level: 9 }).byteLength,
    );
    expect(gzipped.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(180_000);
  });

  it('move nothing by themselves where a person wants less motion', async () => {
    const { page } = await pages.open(smallTable());
    await page.emulateMedia({ reducedMotion: 'reduce' });
    for (const id of tabIds) {
      await openTab(page, id);
      expect(await page.evaluate(() => document.getAnimations().length), id).toBe(0);
    }
  });
});
