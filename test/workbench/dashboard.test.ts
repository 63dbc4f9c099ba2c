import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { openTokenCounter } from '../../src/node/openTokenCounter.ts';
import { formatCount } from '../../src/core/format/numbers.ts';
import { choose, dashboardFrame, openTab, slideTo, tabIds } from './support/dashboardTabs.ts';
import { takeImage } from './support/images.ts';
import { answerInput, runCommand } from './support/palette.ts';
import { setTheme, statusBarItem, themes } from './support/views.ts';
import { waitUntil } from './support/waiting.ts';
import { accessibilityFaults, webviewWith } from './support/webviews.ts';
import { useWorkbench } from './support/workbench.ts';

const code = `export function total(prices: readonly number[]): number {
  return prices.reduce((sum, price) => sum + price, 0);
}
`;
const files: Readonly<Record<string, string>> = {
  'src/engine/attention.ts': code.repeat(120),
  'src/engine/cache.ts': code.repeat(60),
  'src/engine/rope.ts': code.repeat(30),
  'src/core/tokens.ts': code.repeat(90),
  'src/core/budget.ts': code.repeat(25),
  'src/core/catalog/models.json': JSON.stringify({
    models: Array.from({ length: 300 }, (_, id) => ({ id })),
  }),
  'src/view/main.css': '.row { display: flex; gap: 6px; }\n'.repeat(80),
  'src/view/main.ts': code.repeat(70),
  'test/attention.test.ts': code.repeat(40),
  'test/cache.test.ts': code.repeat(35),
  'docs/guide.md': '# Guide\n\nHow long context is paid for, in money and in waiting.\n\n'.repeat(
    90,
  ),
  'AGENTS.md': '# For agents\n\nRun the tests before you answer.\n',
  '<img src=x onerror=alert(1)>"quoted".ts': code,
  'two\nlines \u202egnp.ts': code,
  'package-lock.json': '{}\n',
};

async function closeEditor(page: Page, name: string): Promise<void> {
  const tab = page.locator(`.tab[aria-label^="${name}"]`).first();
  // The middle button closes an editor, as in a browser.
  await tab.click({ button: 'middle' });
  await tab.waitFor({ state: 'detached' });
}

describe('the dashboard', () => {
  const workbench = useWorkbench({ files, settings: { 'contextBudget.model': 'openai/gpt-4o' } });

  it('opens by its command and weighs the workspace as it was counted', async () => {
    const { page } = workbench();
    await setTheme(page, 'Dark Modern');
    const startMs = performance.now();
    await runCommand(page, 'Context Budget: Open Dashboard');
    const frame = await webviewWith(page, '#fit-verdict');
    console.log(`palette to verdict: ${Math.round(performance.now() - startMs)} ms`);
    const counter = await openTokenCounter('o200k_base');
    const counted = Object.entries(files)
      .filter(([name]) => name !== 'package-lock.json')
      .reduce((sum, [, text]) => sum + counter.countText(text), 0);
    await waitUntil('every file to be counted', async () =>
      (await frame.locator('#fit-tokens').innerText()).startsWith(`${formatCount(counted)} tokens`),
    );
    expect(await frame.locator('#overhead > span').innerText()).toContain('Overhead: 0 tokens');
    await frame.locator('#overhead summary').click();
    await frame.locator('#count-instruction-files').click();
    await waitUntil('AGENTS.md as overhead', async () => {
      const tokens = counter.countText(files['AGENTS.md']);
      return (await frame.locator('#overhead > span').innerText()).includes(`${tokens} tokens`);
    });
    await frame.locator('#count-instruction-files').click();
    await frame.locator('#overhead summary').click();
    await takeImage(page, 'dashboard/fit.png');
  });

  it('filters the models, compares what is pinned and follows a slider', async () => {
    const { page } = workbench();
    const frame = await dashboardFrame(page);
    await frame.locator('#fit-query input').fill('gpt-4o mini');
    await waitUntil('one model', async () => (await frame.locator('tr[data-model]').count()) < 10);
    expect(await frame.locator('tr[data-model]').first().innerText()).toMatch(/mini/i);
    await frame.locator('tr[data-model] input[type="checkbox"]').first().click();
    await frame.locator('#fit-query input').fill('claude sonnet');
    await waitUntil('others', async () =>
      /sonnet/i.test(await frame.locator('tr[data-model]').first().innerText()),
    );
    await frame.locator('tr[data-model] input[type="checkbox"]').first().click();
    await waitUntil(
      'two side by side',
      async () => (await frame.locator('#compare thead th').count()) === 3,
    );
    await frame.locator('#compare button.link').last().click();
    await frame.locator('#compare button.link').last().click();
    await frame.locator('#compare').waitFor({ state: 'detached' });
    await frame.locator('#fit-query input').fill('');
    await choose(frame, '#subject', 'typed');
    await slideTo(frame, '#typed-tokens', 1);
    await waitUntil('too much', async () =>
      (await frame.locator('#fit-verdict').innerText()).includes('Does not fit'),
    );
    await slideTo(frame, '#typed-tokens', 0.3);
    await waitUntil('little', async () =>
      (await frame.locator('#fit-verdict').innerText()).includes('Fits'),
    );
    await choose(frame, '#subject', 'set');
  });

  it('shows the files as a treemap, and shares its check boxes', async () => {
    const { page } = workbench();
    const frame = await dashboardFrame(page);
    await openTab(frame, 'files');
    await takeImage(page, 'dashboard/files.png');
    expect(await frame.locator('img').count()).toBe(0);
    await frame.locator('tr[data-path="docs"] input').click();
    await waitUntil('the set', async () =>
      (await frame.locator('#subject-text').innerText()).startsWith('Context set · 1 file'),
    );
    await frame.locator('#clear-set').click();
    await waitUntil('no set', async () =>
      (await frame.locator('#subject-text').innerText()).startsWith('All files'),
    );
    await frame.locator('#files-query input').fill('attention');
    await waitUntil('two files found', async () =>
      (await frame.locator('#files-found').innerText()).includes('2 files'),
    );
    await frame.locator('#files-query input').fill('');
    await frame.locator('tr[data-path="AGENTS.md"] .path').click();
    await page.locator('.tab[aria-label^="AGENTS.md"]').first().waitFor();
    await closeEditor(page, 'AGENTS.md');
  });

  it('exports a page as a file of the workspace, through the dialog that saves', async () => {
    const { page, workspace } = workbench();
    const frame = await dashboardFrame(page);
    await openTab(frame, 'files');
    await frame.locator('#export summary').click();
    await frame.locator('#export-csv').click();
    const target = path.join(workspace, 'exported.csv');
    // The dialog writes its own proposal into the box a moment after it has opened.
    const box = page.locator('.quick-input-widget:visible input[type="text"]').first();
    await waitUntil('the proposal', async () =>
      (await box.inputValue()).endsWith('context-budget-files.csv'),
    );
    await answerInput(page, target);
    const text = await waitUntil('the file', () => {
      try {
        // Empty for a moment, between being made and being written.
        return readFileSync(target, 'utf8') || undefined;
      } catch {
        return undefined;
      }
    });
    expect(text).toContain('path,type,tokens,bytes,files,set\r\n');
    expect(text).toMatch(/\r\nsrc,folder,\d+,/);
    await frame.locator('#export summary').click();
  });

  it('counts the selection of the editor beside it', async () => {
    const { page } = workbench();
    const frame = await dashboardFrame(page);
    await openTab(frame, 'files');
    await frame.locator('tr[data-path="AGENTS.md"] .path').click();
    await page.locator('.tab[aria-label^="AGENTS.md"]').first().click();
    await page.keyboard.press('Control+A');
    await choose(frame, '#subject', 'selection');
    await waitUntil('the selection', async () =>
      (await frame.locator('#subject-text').innerText()).startsWith('Selection in AGENTS.md'),
    );
    await closeEditor(page, 'AGENTS.md');
    await choose(frame, '#subject', 'set');
  });

  it('makes its model that of every view', async () => {
    const { page } = workbench();
    const frame = await dashboardFrame(page);
    await openTab(frame, 'fit');
    await frame.locator('#fit-query input').fill('gpt-4o mini');
    const row = frame.locator('tr[data-model="openai/gpt-4o-mini"]');
    await row.locator('button.link').first().click();
    const status = await statusBarItem(page, /128K/);
    const before = await status.innerText();
    await frame.locator('#use-model').click();
    await waitUntil(
      'its price in the status bar',
      async () => (await status.innerText()) !== before,
    );
    await frame.locator('#use-model').waitFor({ state: 'detached' });
    await frame.locator('#fit-query input').fill('');
  });

  it('stands as it stood after the window was loaded again', async () => {
    const { page, reload } = workbench();
    const before = await dashboardFrame(page);
    await openTab(before, 'fit');
    await choose(before, '#subject', 'typed');
    await slideTo(before, '#typed-tokens', 0.5);
    const text = await waitUntil('the slider to be drawn', async () => {
      const now = await before.locator('#fit-tokens').innerText();
      return now.startsWith('100,000 ') ? undefined : now;
    });
    await openTab(before, 'cost');
    // The knobs are kept a little after the last change.
    await page.waitForTimeout(1500);
    await reload();
    // A window that is loaded again on a busy machine: VS Code brings the panel back last of all.
    const restored = () => webviewWith(page, '#panel[aria-labelledby="tab-cost"]');
    const frame = await restored().catch(restored);
    await openTab(frame, 'fit');
    expect(await frame.locator('#fit-tokens').innerText()).toBe(text);
    await choose(frame, '#subject', 'set');
  });

  it.each(Object.keys(themes) as (keyof typeof themes)[])(
    'has no accessibility fault in any tab, in %s',
    async (theme) => {
      const { page } = workbench();
      await setTheme(page, theme);
      for (const id of tabIds) {
        const frame = await dashboardFrame(page);
        await openTab(frame, id);
        expect(await accessibilityFaults(frame), `${id}, ${theme}`).toEqual([]);
        if (theme === 'Light Modern' && id === 'fit') await takeImage(page, 'dashboard/light.png');
        if (theme === 'Dark High Contrast' && id === 'files') {
          await takeImage(page, 'dashboard/high-contrast.png');
        }
      }
    },
  );

  it('asks no address outside this machine for anything', () => {
    expect(workbench().outsideRequests).toEqual([]);
  });
});
