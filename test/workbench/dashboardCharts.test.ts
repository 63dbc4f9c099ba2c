import { describe, expect, it } from 'vitest';
import { choose, chartTabIds, dashboardFrame, openTab } from './support/dashboardTabs.ts';
import { takeImage } from './support/images.ts';
import { runCommand } from './support/palette.ts';
import { accessibilityFaults } from './support/webviews.ts';
import { useWorkbench } from './support/workbench.ts';

describe('the charts of the dashboard in VS Code', () => {
  const workbench = useWorkbench({
    files: { 'prices.ts': 'export const price = 3;\n'.repeat(4000) },
    settings: { 'contextBudget.model': 'google/gemini-2.5-pro' },
    viewport: { width: 1500, height: 1400 },
  });

  it.each(chartTabIds)('draw the tab %s, with nothing wrong for axe', async (id) => {
    const { page } = workbench();
    await runCommand(page, 'Context Budget: Open Dashboard');
    const frame = await dashboardFrame(page);
    await choose(frame, '#subject', 'typed');
    await openTab(frame, id);
    expect(await accessibilityFaults(frame)).toEqual([]);
    if (id === 'cost') await frame.locator('#cost-gpu-hour input').fill('3');
    await frame.evaluate(() => window.scrollTo(0, 0));
    await takeImage(page, `dashboard/${id}.png`);
    expect(workbench().outsideRequests).toEqual([]);
  });
});
