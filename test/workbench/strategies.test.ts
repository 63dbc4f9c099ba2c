import { describe, expect, it } from 'vitest';
import { takeImage } from './support/images.ts';
import { runCommand } from './support/palette.ts';
import { waitUntil } from './support/waiting.ts';
import { accessibilityFaults, webviewWith } from './support/webviews.ts';
import { useWorkbench } from './support/workbench.ts';

/** Of the form that GitHub's tokens have; it opens nothing. */
const secret = `ghp_${'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'}`;

/** A small shop: a hundred modules that need each other, so that strategies lose something. */
function shop(): Record<string, string> {
  const files: Record<string, string> = {
    'shop/prices.ts':
      '/** Adds up the prices of a basket, with the tax of its country. */\nexport function basketTotal(prices: number[]) {\n  return prices.reduce((sum, price) => sum + price, 0);\n}\n',
    'shop/key.ts': `export const key = '${secret}';\n`,
  };
  for (let i = 0; i < 100; i++) {
    const body = Array.from(
      { length: 120 },
      (_, line) => `  total = total * ${line + 1} + basketTotal([total, ${i * line}]);`,
    ).join('\n');
    files[`shop/module${i}.ts`] =
      `import { basketTotal } from './prices';\nimport { step${(i * 7 + 1) % 100} } from './module${(i * 7 + 1) % 100}';\n\n/** Works out part ${i} of the yearly report. */\nexport function step${i}(total: number): number {\n${body}\n  return total > 1e9 ? total : step${(i * 7 + 1) % 100}(total);\n}\n`;
  }
  return files;
}

describe('the tab Strategies', () => {
  const workbench = useWorkbench({ files: shop() });

  it('plans every strategy, recommends one with its reason, and lists the requests of one', async () => {
    const { page } = workbench();
    await runCommand(page, 'Context Budget: Open Dashboard');
    const frame = await webviewWith(page, '#tab-strategies');
    await frame.locator('#tab-strategies').click();
    await waitUntil('the files to be counted', () => frame.locator('#plan:enabled').isVisible());
    await frame.locator('#plan').click();
    await frame.locator('table.plans').waitFor({ timeout: 60_000 });
    const rows = await frame
      .locator('table.plans tbody tr')
      .evaluateAll((all) => all.map((row) => (row as HTMLElement).dataset['strategy']));
    expect(rows.slice(0, 4)).toEqual(['full', 'slidingWindow', 'rag', 'mapReduce']);
    expect(rows.length).toBe(8);
    expect(await frame.locator('#recommendation').innerText()).toContain(
      'Recommended: Full context',
    );
    expect(await frame.locator('tr.best').getAttribute('data-strategy')).toBe('full');

    await frame.locator('tr[data-strategy="slidingWindow"] button.link').click();
    await frame.locator('#requests .requests > li').first().waitFor();
    await frame.locator('#requests summary').first().click();
    expect(await frame.locator('#requests').innerText()).toContain('shop/module0.ts');
    expect(await accessibilityFaults(frame)).toEqual([]);
    await takeImage(page, 'dashboard/strategies.png');
  });

  it('measures retrieval on this code when asked', async () => {
    const { page } = workbench();
    const frame = await webviewWith(page, '#measure-recall');
    await frame.locator('#measure-recall').click();
    await frame.locator('#recall table').waitFor({ timeout: 60_000 });
    expect(await frame.locator('#recall').innerText()).toContain('An import asks for its file');
  });

  it('blocks what looks like a secret until the person decides, and never shows it', async () => {
    const { page } = workbench();
    const frame = await webviewWith(page, '#requests');
    await frame.locator('button[aria-label="Copy request 1"]').click();
    const dialog = page.locator('.monaco-dialog-box');
    await dialog.waitFor();
    const text = await dialog.innerText();
    expect(text).toContain('One place looks like a secret');
    expect(text).toContain('shop/key.ts:1');
    expect(text).not.toContain(secret);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  });
});
