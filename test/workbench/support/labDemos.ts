// The lab's demos, each opened by its command on a selection of a real file: some of them in each test file, as one server
// should not live too long.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { demos, findDemo } from '../../../src/lab/demos.ts';
import { takeImage } from './images.ts';
import { allThumbnails, demoTimes, keyNumber, keySelector } from './lab.ts';
import { runCommand } from './palette.ts';
import { hideSideBar, openFile, statusBarItem } from './views.ts';
import { waitUntil } from './waiting.ts';
import { accessibilityFaults, webviewWith } from './webviews.ts';
import { projectRoot, useWorkbench } from './workbench.ts';

const fileName = 'numbers.ts';
const code = readFileSync(path.join(projectRoot, 'src/core/format', fileName), 'utf8');
const selectedLines = 40;
const selection = code
  .split('\n')
  .slice(0, selectedLines)
  .map((line) => `${line}\n`)
  .join('');

/** Opens the file, marks its first lines, and runs the demo's command until the lab says that it took the selection. */
async function openOnSelection(page: Page, title: string): Promise<void> {
  await waitUntil(
    'the lab to take the selection',
    async () => {
      await openFile(page, fileName);
      await page.locator(`.tabs-container .tab[data-resource-name="${fileName}"]`).click();
      await page.locator('.part.editor .monaco-editor .view-lines').first().click();
      await page.keyboard.press('Control+Home');
      for (let line = 0; line < selectedLines; line++) await page.keyboard.press('Shift+ArrowDown');
      await statusBarItem(page, /selected/);
      await runCommand(page, title, true);
      const frame = await webviewWith(page, '#text');
      return (await frame.locator('#text').innerText()).includes(`selection in ${fileName}`);
    },
    120_000,
  );
}

/** The tests of one part of the demos: number `part` of `parts`. */
export function testDemos(part: number, parts: number): void {
  const own = demos.filter((_, idx) => idx % parts === part);
  describe(`the demos ${own.map(({ id }) => id).join(', ')}`, () => {
    const workbench = useWorkbench({
      files: { [fileName]: code },
      viewport: { width: 1400, height: 1500 },
    });

    // Whichever comes first: one alone can be asked for by its name.
    let isOpen = false;
    it.each(own.map(({ id }) => id))(
      'opens %s by its command on a selection, with the engine’s key number',
      async (id) => {
        const { page } = workbench();
        const title = `Context Budget: Demo: ${findDemo(id).title}`;
        if (isOpen) await runCommand(page, title);
        else {
          await hideSideBar(page);
          await openOnSelection(page, title);
          isOpen = true;
        }
        const key = keySelector(id);
        const frame = await webviewWith(page, key);
        const expected = String(await keyNumber(id, selection));
        await waitUntil(`the key number ${expected} of ${id}`, async () => {
          return (await frame.locator(key).first().getAttribute('data-value')) === expected;
        });
        expect(await frame.locator('#text').innerText()).toContain(`selection in ${fileName}`);
        expect(await frame.locator('article .uses').count()).toBe(1);
        expect(await frame.locator('.error').count()).toBe(0);
        const blank = await frame
          .locator('article select')
          .evaluateAll((selects) =>
            selects
              .filter((one) => one instanceof HTMLSelectElement && one.selectedIndex < 0)
              .map(({ id: of }) => of),
          );
        expect(blank).toEqual([]);
        expect(await accessibilityFaults(frame)).toEqual([]);
        await takeImage(page.locator('.part.editor'), `lab/${id}.png`);
      },
    );

    it('shows a picture of every demo in the gallery, and draws frames of 256 tokens', async () => {
      const { page, outsideRequests } = workbench();
      const frame = await webviewWith(page, '#gallery');
      await frame.locator('#num-tokens').selectOption('256');
      await frame.locator('#gallery').click();
      await allThumbnails(frame);
      expect(await frame.locator('.thumbnail').count()).toBe(demos.length);
      if (part === 0) await takeImage(page.locator('.part.editor'), 'lab/thumbnails.png');
      for (const { id } of own) {
        console.log(`256 tokens: ${await demoTimes(frame, id)}`);
        await frame.locator('#gallery').click();
      }
      expect(outsideRequests).toEqual([]);
    });
  });
}
