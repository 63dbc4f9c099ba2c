import { describe, expect, it } from 'vitest';
import { takeImage } from './support/images.ts';
import { keyNumber, keySelector, openDemo, pricesCode } from './support/lab.ts';
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
    await takeImage(page, 'lab/gallery.png');
    expect(workbench().outsideRequests).toEqual([]);
  });
});
