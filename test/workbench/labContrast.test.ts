import { describe, expect, it } from 'vitest';
import { takeImage } from './support/images.ts';
import { openDemo, pricesCode } from './support/lab.ts';
import { openFile, setTheme } from './support/views.ts';
import { useWorkbench } from './support/workbench.ts';

const hcDemos = ['bigBird', 'attentionSinks', 'yarn', 'pagedCache', 'ringAttention'];

describe('the lab in high contrast', () => {
  const workbench = useWorkbench({
    files: { 'prices.ts': pricesCode },
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
