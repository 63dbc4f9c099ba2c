import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { findDemo } from '../../src/lab/demos.ts';
import { takeImage } from './support/images.ts';
import { runCommand } from './support/palette.ts';
import { openFile, setTheme } from './support/views.ts';
import { webviewWith } from './support/webviews.ts';
import { useWorkbench } from './support/workbench.ts';

const code = `export function total(prices: readonly number[]): number {
  let sum = 0;
  for (const price of prices) sum += price;
  return sum;
}

export function mean(prices: readonly number[]): number {
  return total(prices) / prices.length;
}
`;

async function openDemo(page: Page, id: string) {
  await runCommand(page, `Context Budget: Demo: ${findDemo(id).title}`);
  return webviewWith(page, `article[data-demo="${id}"] .numbers .key td[data-value]`);
}

const hcDemos = ['bigBird', 'attentionSinks', 'yarn', 'pagedCache', 'ringAttention'];

describe('the lab in high contrast', () => {
  const workbench = useWorkbench({
    files: { 'prices.ts': code },
    viewport: { width: 1100, height: 900 },
  });

  it.each(['Dark High Contrast', 'Light High Contrast'] as const)(
    'has colours that stand out and differ in %s',
    async (theme) => {
      const { page } = workbench();
      await openFile(page, 'prices.ts');
      await setTheme(page, theme);
      for (const id of hcDemos) {
        const lab = await openDemo(page, id);
        const colours = await lab.evaluate(() => {
          const style = getComputedStyle(document.documentElement);
          return [0, 1, 2, 3, 4, 5].map((idx) => style.getPropertyValue(`--lab-c${idx}`));
        });
        expect(new Set(colours).size).toBe(6);
        await lab.evaluate(() => document.querySelector('.caption')?.scrollIntoView());
        await takeImage(
          page.locator('.part.editor'),
          `lab/highContrast/${id}-${theme === 'Dark High Contrast' ? 'dark' : 'light'}.png`,
        );
      }
    },
  );
});
