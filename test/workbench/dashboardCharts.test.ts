import type { Frame } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { takeImage } from './support/images.ts';
import { runCommand } from './support/palette.ts';
import { setTheme, themes } from './support/views.ts';
import { accessibilityFaults, webviewWith } from './support/webviews.ts';
import { useWorkbench } from './support/workbench.ts';

const tabIds = ['memory', 'cost', 'latency', 'quality'] as const;
/** What each tab begins with, once it is drawn. */
const firstParts = {
  memory: '#figure-longest',
  cost: '#figure-month',
  latency: '#figure-timeToFirstToken',
  quality: '#quality-finding',
} as const;

async function openTab(frame: Frame, id: (typeof tabIds)[number]): Promise<void> {
  await frame.locator(`#tab-${id}`).click();
  await frame.locator(firstParts[id]).waitFor();
}

/** All but the one that VS Code begins with, in which the tabs are drawn first. */
const otherThemes = (Object.keys(themes) as (keyof typeof themes)[]).filter(
  (theme) => theme !== 'Light Modern',
);

describe('the charts of the dashboard in VS Code', () => {
  const workbench = useWorkbench({
    files: { 'prices.ts': 'export const price = 3;\n'.repeat(4000) },
    settings: { 'contextBudget.model': 'google/gemini-2.5-pro' },
    viewport: { width: 1500, height: 1400 },
  });

  it.each(tabIds)('draw the tab %s, with nothing wrong for axe', async (id) => {
    const { page } = workbench();
    await runCommand(page, 'Context Budget: Open Dashboard');
    const frame = await webviewWith(page, '[role="tablist"]');
    await frame.locator('#subject').selectOption('typed');
    await openTab(frame, id);
    expect(await accessibilityFaults(frame)).toEqual([]);
    if (id === 'cost') await frame.locator('#cost-gpu-hour').fill('3');
    await frame.evaluate(() => window.scrollTo(0, 0));
    await takeImage(page, `dashboard/${id}.png`);
    expect(workbench().outsideRequests).toEqual([]);
  });

  it.each(otherThemes)('have no serious fault for axe in %s', async (theme) => {
    const { page } = workbench();
    await setTheme(page, theme);
    for (const id of tabIds) {
      const frame = await webviewWith(page, '[role="tablist"]');
      await openTab(frame, id);
      expect(await accessibilityFaults(frame)).toEqual([]);
    }
  });
});
