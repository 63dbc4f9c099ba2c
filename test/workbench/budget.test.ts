import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { takeImage } from './support/images.ts';
import { runCommand } from './support/palette.ts';
import { openViewContainer, setTheme, treeRow } from './support/views.ts';
import { waitUntil } from './support/waiting.ts';
import { accessibilityFaults, webviewWith } from './support/webviews.ts';
import { useWorkbench } from './support/workbench.ts';

const line = 'export const answer = 42;\n';

/** The mouse out of the way first, or its hover covers what is to be seen. */
async function picture(page: Page, name: `${string}.png`): Promise<void> {
  await page.mouse.move(900, 500);
  await page.locator('.workbench-hover').first().waitFor({ state: 'hidden' });
  await takeImage(page, name);
}

describe('the Context Budget views', () => {
  const workbench = useWorkbench({
    files: {
      'src/heavy.ts': line.repeat(400),
      'src/light.ts': line.repeat(20),
      'README.md': '# A workspace\n\nTwo files of code and one of words.\n',
      'package-lock.json': '{}\n',
    },
    settings: {
      'contextBudget.model': 'openai/gpt-4o',
    },
  });

  it('open, analyse the folder by themselves, and show the same total twice', async () => {
    const { page } = workbench();
    await openViewContainer(page, 'Context Budget');
    const frame = await webviewWith(page, '#used');
    const used = await frame.locator('#used').innerText();
    expect(Number(used.replaceAll(',', ''))).toBeGreaterThanOrEqual(420 * 7);
    await treeRow(page, /src/).first().waitFor();
  });

  it('weigh only what is checked', async () => {
    const { page } = workbench();
    const frame = await webviewWith(page, '#used');
    const before = await frame.locator('#used').innerText();
    await treeRow(page, /README\.md/)
      .locator('.custom-view-tree-node-item-checkbox')
      .first()
      .click();
    await waitUntil('the smaller total', async () => {
      const now = await frame.locator('#used').innerText();
      return now !== before && Number(now.replaceAll(',', '')) < 50;
    });
    expect(await frame.locator('#subject').innerText()).toContain('Context set: 1 file');
  });

  it('count a prompt as it is typed', async () => {
    const { page } = workbench();
    const frame = await webviewWith(page, '#prompt');
    await frame.locator('#prompt').fill('Hello, world! This is a test.');
    await waitUntil('the count', async () => {
      return (await frame.locator('#prompt-tokens').innerText()) === '9';
    });
    expect(await frame.locator('#prompt-cost').innerText()).toMatch(/^\$0\.\d+/);
    // The figures and buttons are in sight without scrolling, in a window of 900 pixels.
    const bottom = await frame.locator('#open-in-chat').evaluate((button) => {
      return window.innerHeight - button.getBoundingClientRect().bottom;
    });
    expect(bottom).toBeGreaterThanOrEqual(0);
  });

  it('have no accessibility faults, and are themed light and in high contrast', async () => {
    const { page } = workbench();
    const frame = await webviewWith(page, '#prompt');
    await setTheme(page, 'Dark Modern');
    expect(await accessibilityFaults(frame)).toEqual([]);
    await picture(page, 'budget-dark.png');
    await setTheme(page, 'Light Modern');
    await picture(page, 'budget-light.png');
    await setTheme(page, 'Dark High Contrast');
    await picture(page, 'budget-high-contrast.png');
  });

  it('list every model under its verdict', async () => {
    const { page } = workbench();
    await setTheme(page, 'Dark Modern');
    await runCommand(page, 'Context Budget: Focus on Models View');
    await treeRow(page, /Fits/).first().waitFor();
    // It makes room.
    await page.locator('.pane-header', { hasText: 'Budget' }).first().click();
    await picture(page, 'models.png');
  });
});
