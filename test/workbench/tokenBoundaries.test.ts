import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { takeImage } from './support/images.ts';
import { runCommand } from './support/palette.ts';
import { openFile, setTheme } from './support/views.ts';
import { waitUntil } from './support/waiting.ts';
import { useWorkbench } from './support/workbench.ts';

const code = `export function total(prices: readonly number[]): number {
  let sum = 0;
  for (const price of prices) sum += price;
  return sum;
}

// сумма цен · 😀 naïve café, antidisestablishmentarianism
export function mean(prices: readonly number[]): number {
  return total(prices) / prices.length;
}
`;

/** The overlays of our decorations: VS Code names their classes by the extension that made them. */
function marks(page: Page): Locator {
  return page.locator('.editor-instance .view-overlays .cdr[class*="ced-"]');
}

describe('token boundaries', () => {
  const workbench = useWorkbench({
    files: { 'prices.ts': code },
    settings: { 'contextBudget.model': 'openai/gpt-4o', 'editor.minimap.enabled': false },
  });

  it('lie over the visible lines in colours of the theme, with a hover', async () => {
    const { page } = workbench();
    await openFile(page, 'prices.ts');
    await runCommand(page, 'Context Budget: Show Token Boundaries');
    await waitUntil('the marks', async () => (await marks(page).count()) > 50);
    const colours = await marks(page).evaluateAll((nodes) => [
      ...new Set(nodes.map((node) => getComputedStyle(node).backgroundColor)),
    ]);
    expect(colours.length).toBeGreaterThanOrEqual(2);
    await setTheme(page, 'Dark Modern');
    await page.locator('.view-line span', { hasText: 'total' }).first().hover();
    await page.locator('.monaco-hover', { hasText: 'o200k_base' }).first().waitFor();
    await takeImage(page, 'token-boundaries-dark.png');
    await page.mouse.move(900, 800);
    await setTheme(page, 'Dark High Contrast');
    await takeImage(page, 'token-boundaries-high-contrast.png');
    await setTheme(page, 'Dark Modern');
  });

  it('leave nothing behind', async () => {
    const { page } = workbench();
    await runCommand(page, 'Context Budget: Hide All Marks');
    await waitUntil('no marks', async () => (await marks(page).count()) === 0);
  });
});
