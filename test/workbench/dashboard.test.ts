import type { Frame, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { openTokenCounter } from '../../src/node/openTokenCounter.ts';
import { formatCount } from '../../src/core/format/numbers.ts';
import { takeImage } from './support/images.ts';
import { runCommand } from './support/palette.ts';
import { setTheme } from './support/views.ts';
import { waitUntil } from './support/waiting.ts';
import { webviewWith } from './support/webviews.ts';
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
async function dashboard(page: Page): Promise<Frame> {
  return webviewWith(page, '[role="tablist"]');
}

async function showTab(page: Page, id: string): Promise<Frame> {
  const frame = await dashboard(page);
  await frame.locator(`#tab-${id}`).click();
  await frame.locator(`#panel[aria-labelledby="tab-${id}"]`).waitFor();
  return frame;
}

async function slideTo(frame: Frame, selector: string, value: number): Promise<void> {
  await frame.locator(selector).evaluate((input, to) => {
    (input as HTMLInputElement).value = String(to);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }, value);
}

describe('the dashboard', () => {
  const workbench = useWorkbench({ files, settings: { 'contextBudget.model': 'openai/gpt-4o' } });

  it('opens by its command and weighs the workspace as it was counted', async () => {
    const { page } = workbench();
    await setTheme(page, 'Dark Modern');
    await runCommand(page, 'Context Budget: Open Dashboard');
    const frame = await webviewWith(page, '#fit-verdict');
    const counter = await openTokenCounter('o200k_base');
    const counted = Object.entries(files)
      .filter(([name]) => name !== 'package-lock.json')
      .reduce((sum, [, text]) => sum + counter.countText(text), 0);
    await waitUntil('every file to be counted', async () =>
      (await frame.locator('#fit-tokens').innerText()).startsWith(`${formatCount(counted)} tokens`),
    );
    expect(await frame.locator('#overhead summary').innerText()).toContain('Overhead: 0 tokens');
    await frame.locator('#overhead summary').click();
    await frame.locator('#count-instruction-files').click();
    await waitUntil('AGENTS.md as overhead', async () => {
      const tokens = counter.countText(files['AGENTS.md']);
      return (await frame.locator('#overhead summary').innerText()).includes(`${tokens} tokens`);
    });
    await frame.locator('#count-instruction-files').click();
    await frame.locator('#overhead summary').click();
    await takeImage(page, 'dashboard/fit.png');
  });

  it('filters the models and follows a slider', async () => {
    const { page } = workbench();
    const frame = await dashboard(page);
    await frame.locator('#fit-query').fill('gpt-4o mini');
    await waitUntil('one model', async () => (await frame.locator('tr[data-model]').count()) < 10);
    expect(await frame.locator('tr[data-model]').first().innerText()).toMatch(/mini/i);
    await frame.locator('#fit-query').fill('');
    await frame.locator('#subject').selectOption('typed');
    await slideTo(frame, '#typed-tokens', 1000);
    await waitUntil('too much', async () =>
      (await frame.locator('#fit-verdict').innerText()).includes('Does not fit'),
    );
    await slideTo(frame, '#typed-tokens', 300);
    await waitUntil('little', async () =>
      (await frame.locator('#fit-verdict').innerText()).includes('Fits'),
    );
    await frame.locator('#subject').selectOption('set');
  });

  it('shows the files as a treemap, and shares its check boxes', async () => {
    const { page } = workbench();
    const frame = await showTab(page, 'files');
    await frame.locator('.treemap[data-painted=""]').waitFor();
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
    await frame.locator('#files-query').fill('attention');
    await waitUntil('two files found', async () =>
      (await frame.locator('#files-found').innerText()).includes('2 files'),
    );
    await frame.locator('#files-query').fill('');
    await frame.locator('tr[data-path="AGENTS.md"] .path').click();
    await page.locator('.tab[aria-label^="AGENTS.md"]').first().waitFor();
  });

  it('asks no address outside this machine for anything', () => {
    expect(workbench().outsideRequests).toEqual([]);
  });
});
