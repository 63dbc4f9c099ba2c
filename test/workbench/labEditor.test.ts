import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { takeImage } from './support/images.ts';
import { openDemo, pricesCode } from './support/lab.ts';
import { runCommand, runCommandAndPick } from './support/palette.ts';
import { openFile, setTheme, statusBarItem } from './support/views.ts';
import { waitUntil } from './support/waiting.ts';
import { webviewWith } from './support/webviews.ts';
import { useWorkbench } from './support/workbench.ts';

const code = `${pricesCode}
export function largest(prices: readonly number[]): number {
  let most = -Infinity;
  for (const price of prices) if (price > most) most = price;
  return most;
}
`;
const small = {
  id: 'own/small',
  name: 'Small',
  contextWindowTokens: 70,
  tokenizer: { encoding: 'o200k_base', exact: true },
};

/** The overlays of our decorations in the lines, and their icons in the gutter. */
function marks(page: Page): Locator {
  return page.locator('.editor-instance .view-overlays .cdr[class*="ced-"]');
}
function gutterMarks(page: Page): Locator {
  return page.locator('.editor-instance .glyph-margin-widgets [class*="ced-"]');
}

describe('the lab’s marks in the editor', () => {
  const workbench = useWorkbench({
    files: { 'prices.ts': code, 'data.bin': 'PK\u0003\u0004\u0000\u0000\u0000', 'empty.ts': '' },
    settings: {
      'contextBudget.userModels': [small],
      'contextBudget.model': 'own/small',
      'contextBudget.reservedOutputTokens': 0,
      'contextBudget.overheadTokens': 0,
      'editor.minimap.enabled': false,
    },
    viewport: { width: 1500, height: 760 },
  });

  it('show what the token at the cursor sees, follow it, and stand beside the other marks', async () => {
    const { page } = workbench();
    await setTheme(page, 'Light Modern');
    await openFile(page, 'prices.ts');
    const lab = await openDemo(page, 'attentionSinks');
    await lab.locator('#num-tokens').selectOption('128');
    await lab.locator('[data-mark]').click();
    await statusBarItem(page, /Attention sinks: token .* sees \d+ of/);
    await waitUntil('marks', async () => (await marks(page).count()) > 0);
    const line = page.locator('.view-line', { hasText: 'most = price' }).first();
    await line.click();
    const item = await statusBarItem(page, /sees/);
    const before = await item.innerText();
    await waitUntil('marks of several kinds', async () => {
      const classes = await marks(page).evaluateAll((nodes) => [
        ...new Set(nodes.map((node) => node.getAttribute('class'))),
      ]);
      return classes.length >= 2;
    });
    await page.keyboard.press('ArrowUp');
    await waitUntil('the marks to follow', async () => {
      const now = await statusBarItem(page, /sees/);
      return (await now.innerText()) !== before;
    });
    await page.keyboard.press('ArrowDown');
    await runCommandAndPick(page, "Context Budget: Show Where the Model's Window Ends", 'Full');
    await waitUntil('the gutter mark', async () => (await gutterMarks(page).count()) === 1);
    await takeImage(page, 'lab/editorMarks.png');
  });

  it('leave nothing behind: not by the command, not when the lab is closed', async () => {
    const { page } = workbench();
    await runCommand(page, 'Context Budget: Hide All Marks');
    const gone = () =>
      waitUntil('no mark', async () => {
        const left = (await marks(page).count()) + (await gutterMarks(page).count());
        const said = await page.locator('.statusbar-item', { hasText: ' sees ' }).count();
        return left + said === 0;
      });
    await gone();
    const lab = await webviewWith(page, 'article[data-demo="attentionSinks"]');
    const button = lab.locator('[data-mark]');
    await waitUntil('the button to say so', async () =>
      (await button.innerText()).includes('Show in the editor'),
    );
    await button.click();
    await waitUntil('marks', async () => (await marks(page).count()) > 0);
    await page.locator('.tabs-container .tab', { hasText: 'Attention lab' }).first().click();
    await runCommand(page, 'View: Close Editor');
    await gone();
  });

  it('are taken over by the demo that is opened next, while the lab was hidden', async () => {
    const { page } = workbench();
    await openFile(page, 'prices.ts');
    await page.locator('.tabs-container .tab[data-resource-name="prices.ts"]').first().click();
    const lab = await openDemo(page, 'attentionSinks');
    await lab.locator('[data-mark]').click();
    await statusBarItem(page, /Attention sinks: token .* sees/);
    await page.locator('.tabs-container .tab[data-resource-name="prices.ts"]').first().click();
    await openDemo(page, 'slidingWindow');
    await statusBarItem(page, /Sliding window attention: token .* sees/);
    await runCommand(page, 'Context Budget: Hide All Marks');
    await waitUntil('no mark', async () => (await marks(page).count()) === 0);
  });

  it('the lab runs on a sample where the active file is no text or has none, and says so', async () => {
    const { page } = workbench();
    await openFile(page, 'data.bin');
    await page
      .getByText(/is not displayed in the text editor|binary/)
      .first()
      .waitFor();
    const lab = await openDemo(page, 'slidingWindow');
    expect(await lab.locator('#text').innerText()).toContain(
      'sample text, as data.bin is not open as text',
    );
    expect(await lab.locator('.error').count()).toBe(0);
    await openFile(page, 'empty.ts');
    const next = await waitUntil('the lab to take the empty file', async () => {
      await page.locator('.tabs-container .tab[data-resource-name="empty.ts"]').click();
      const shown = await openDemo(page, 'longformer');
      const text = await shown.locator('#text').innerText();
      return text.includes('sample text, as empty.ts is empty') ? shown : undefined;
    });
    await next.locator('[data-mark]').click();
    await next.locator('.error', { hasText: 'runs on no open file' }).waitFor();
  });

  it('opens a model’s card from a demo, and a demo from that card', async () => {
    const { page } = workbench();
    const lab = await openDemo(page, 'slidingWindow');
    await lab.locator('li[data-model="gpt-oss-20b"] button').click();
    const card = await webviewWith(page, 'a[href="command:contextBudget.demo.attentionSinks"]');
    await takeImage(page, 'lab/modelCard.png');
    await card.locator('a[href="command:contextBudget.demo.attentionSinks"]').click();
    await webviewWith(page, 'article[data-demo="attentionSinks"] .numbers .key');
  });
});
