import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findDemo } from '../../src/lab/demos.ts';
import { takeImage } from './support/images.ts';
import { allThumbnails, keyNumber, keySelector, openDemo, pricesCode } from './support/lab.ts';
import { pngSize } from './support/png.ts';
import { openFile } from './support/views.ts';
import { waitUntil } from './support/waiting.ts';
import { accessibilityFaults } from './support/webviews.ts';
import { useWorkbench } from './support/workbench.ts';

describe('the attention lab', () => {
  const workbench = useWorkbench({ files: { 'prices.ts': pricesCode } });

  it.each(['longformer'])('opens %s by its command, on the open file', async (id) => {
    const { page } = workbench();
    await openFile(page, 'prices.ts');
    const frame = await openDemo(page, id);
    const expected = String(await keyNumber(id, pricesCode));
    const value = frame.locator(keySelector(id)).first();
    await waitUntil(`the key number ${expected}`, async () => {
      return (await value.getAttribute('data-value')) === expected;
    });
    expect(await frame.locator('#text').innerText()).toContain('prices.ts');
    expect(await accessibilityFaults(frame)).toEqual([]);
  });

  it('steps, compares two demos, and shows the wall of patterns', async () => {
    const { page } = workbench();
    const frame = await openDemo(page, 'slidingWindow');
    await frame.locator('.timeline input').press('Home');
    await frame.locator('.timeline .step').click();
    await waitUntil('the second step', async () =>
      (await frame.locator('.position').innerText()).startsWith('step 2 '),
    );
    await frame.locator('#compare').selectOption('longformer');
    await frame.locator('article[data-demo="longformer"] .numbers').waitFor();
    await takeImage(page, 'lab/compare.png');
    await frame.locator('#wall').click();
    await frame.locator('.wall .card canvas').first().waitFor();
    await takeImage(page, 'lab/patternWall.png');
    await frame.locator('#gallery').click();
    await frame.locator('#search').fill('window');
    await frame.locator('.card[data-demo="slidingWindow"]').waitFor();
    await allThumbnails(frame);
    await takeImage(page, 'lab/gallery.png');
    expect(workbench().outsideRequests).toEqual([]);
  });

  it('saves a picture of every step in a folder, through the dialog that chooses one', async () => {
    const { page, workspace } = workbench();
    const frame = await openDemo(page, 'slidingWindow');
    const folder = path.join(workspace, 'steps');
    mkdirSync(folder);
    await frame.locator('figure .steps').first().click();
    // The dialog writes its own proposal into the box a moment after it has opened.
    const box = page.locator('.quick-input-widget:visible input[type="text"]').first();
    await waitUntil('the proposal', async () => (await box.inputValue()).includes(workspace));
    await box.fill(folder);
    await waitUntil('the folder to be taken', async () => {
      if ((await box.count()) === 0) return true;
      await page
        .locator('.quick-input-widget:visible .monaco-button', { hasText: 'Save Here' })
        .click({ timeout: 3000 })
        .catch(() => {});
      return false;
    });
    const { numFrames } = findDemo('slidingWindow').run({ tokens: ['a', 'b'], values: {} });
    const names = Array.from(
      { length: numFrames },
      (_, idx) => `slidingWindow-picture-1-step-${idx + 1}.png`,
    );
    await waitUntil('every step', () => names.every((name) => existsSync(path.join(folder, name))));
    await frame.locator('#saving').waitFor({ state: 'detached' });
    expect(readdirSync(folder).sort()).toEqual(names);
    for (const name of names) {
      expect(pngSize(readFileSync(path.join(folder, name))).width).toBeGreaterThan(200);
    }
    expect(await frame.locator('.error').count()).toBe(0);
  });
});
