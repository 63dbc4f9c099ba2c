import type { Frame } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { takeImage } from './support/images.ts';
import { allThumbnails, openDemo, pricesCode } from './support/lab.ts';
import { openFile, setTheme } from './support/views.ts';
import { waitUntil } from './support/waiting.ts';
import { useWorkbench } from './support/workbench.ts';

const hcDemos = ['bigBird', 'attentionSinks', 'yarn', 'pagedCache', 'ringAttention'];

/** What tells the chosen button of a group from the others without its colours. */
const looks = (frame: Frame, selector: string) =>
  frame.locator(selector).evaluateAll((buttons) =>
    buttons.map((button) => ({
      isChosen: button.getAttribute('aria-pressed') === 'true',
      mark: getComputedStyle(button, '::before').content,
      border: getComputedStyle(button).borderTopWidth,
      borderColour: getComputedStyle(button).borderTopColor,
      accent: getComputedStyle(button).accentColor,
      background: getComputedStyle(document.body).backgroundColor,
    })),
  );

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
      const gallery = await openDemo(page, hcDemos[0]);
      await gallery.locator('#gallery').click();
      await gallery.locator('[role="group"] button', { hasText: 'caches' }).click();
      const chips = await waitUntil('a chosen tag', async () => {
        const all = await looks(gallery, '[role="group"] button');
        return all.filter(({ isChosen }) => isChosen).length === 1 ? all : undefined;
      });
      for (const { isChosen, mark, border, borderColour, background } of chips) {
        expect(mark.includes('✓')).toBe(isChosen);
        expect(border).toBe(isChosen ? '2px' : '1px');
        expect(borderColour).not.toBe(background);
      }
      const kind = theme === 'Dark High Contrast' ? 'dark' : 'light';
      await allThumbnails(gallery);
      await takeImage(page.locator('.part.editor'), `lab/highContrast/gallery-${kind}.png`);
      await gallery.locator('[role="group"] button').first().click();
      for (const id of hcDemos) {
        const lab = await openDemo(page, id);
        const colours = await lab.evaluate(() => {
          const style = getComputedStyle(document.documentElement);
          return [0, 1, 2, 3, 4, 5].map((idx) => style.getPropertyValue(`--lab-c${idx}`));
        });
        expect(new Set(colours).size).toBe(6);
        for (const slider of await looks(lab, 'input[type="range"]')) {
          expect(slider.accent).not.toBe('auto');
          expect(slider.accent).not.toBe(slider.background);
        }
        await lab.evaluate(() => document.querySelector('.caption')?.scrollIntoView());
        await takeImage(page.locator('.part.editor'), `lab/highContrast/${id}-${kind}.png`);
      }
    },
  );
});
