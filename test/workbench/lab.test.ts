import { describe, expect, it } from 'vitest';
import { findDemo } from '../../src/lab/demos.ts';
import { tokenTexts } from '../../src/lab/tokenTexts.ts';
import { decodeUtf8 } from '../../src/core/plans/decodeUtf8.ts';
import { openTokenCounter } from '../../src/node/openTokenCounter.ts';
import { takeImage } from './support/images.ts';
import { runCommand } from './support/palette.ts';
import { openFile } from './support/views.ts';
import { waitUntil } from './support/waiting.ts';
import { accessibilityFaults, webviewWith } from './support/webviews.ts';
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

/** The demo's key number on the file's first tokens, as the engine gives it without any view. */
async function keyNumber(id: string): Promise<number> {
  const encoder = await openTokenCounter('o200k_base');
  const { tokens } = tokenTexts(encoder, new TextEncoder().encode(code), 64, decodeUtf8);
  const run = findDemo(id).run({ tokens, values: {} });
  const row = run.frame(run.openingFrame ?? 0).numbers.find((one) => one.id === run.keyNumberId);
  return row?.value ?? NaN;
}

describe('the attention lab', () => {
  const workbench = useWorkbench({ files: { 'prices.ts': code } });

  it.each(['longformer'])('opens %s by its command, on the open file', async (id) => {
    const { page } = workbench();
    const demo = findDemo(id);
    await openFile(page, 'prices.ts');
    await runCommand(page, `Context Budget: Demo: ${demo.title}`);
    const expected = String(await keyNumber(id));
    const frame = await webviewWith(
      page,
      `article[data-demo="${id}"] .numbers .key td[data-value]`,
    );
    const value = frame.locator('.numbers .key td[data-value]').first();
    await waitUntil(`the key number ${expected}`, async () => {
      return (await value.getAttribute('data-value')) === expected;
    });
    expect(await frame.locator('#text').innerText()).toContain('prices.ts');
    expect(await accessibilityFaults(frame)).toEqual([]);
  });

  it('steps, compares two demos, and shows the wall of patterns', async () => {
    const { page } = workbench();
    await runCommand(page, `Context Budget: Demo: ${findDemo('slidingWindow').title}`);
    const frame = await webviewWith(page, 'article[data-demo="slidingWindow"] .timeline .step');
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
