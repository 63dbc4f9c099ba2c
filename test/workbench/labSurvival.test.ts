import { describe, expect, it } from 'vitest';
import { openDemo } from './support/lab.ts';
import { openFile, setTheme, statusBarItem } from './support/views.ts';
import { waitUntil } from './support/waiting.ts';
import { useWorkbench } from './support/workbench.ts';

const line = 'for (const price of prices) sum += price;\n';
const long = line.repeat(Math.ceil(200_000 / line.length)).slice(0, 200_000);
describe('the lab survives', () => {
  const workbench = useWorkbench({
    files: { 'long.ts': long },
  });

  it('a selection of 200,000 characters, of which it takes the start', async () => {
    const { page } = workbench();
    const frame = await waitUntil('the lab to take the selection', async () => {
      await openFile(page, 'long.ts');
      await page.locator('.tabs-container .tab[data-resource-name="long.ts"]').click();
      await page.locator('.part.editor .monaco-editor .view-lines').first().click();
      await page.keyboard.press('Control+A');
      await statusBarItem(page, /selected/);
      const lab = await openDemo(page, 'slidingWindow', true);
      const text = await lab.locator('#text').innerText();
      return text.includes('selection in long.ts') ? lab : undefined;
    });
    expect(await frame.locator('#text').innerText()).toMatch(/8,192\+ tokens/);
    await frame.locator('#num-tokens').selectOption('8192');
    const reach = frame.locator('tr[data-number="cells"] td[data-value]');
    // Rows of 8 keys, the first seven of fewer.
    await waitUntil('8,192 tokens', async () => {
      return (await reach.getAttribute('data-value')) === String(8192 * 8 - 28);
    });
    expect(await frame.locator('.error').count()).toBe(0);
  });

  it('changes of theme while a time line plays', async () => {
    const { page } = workbench();
    const frame = await openDemo(page, 'flashAttention');
    await frame.locator('#num-tokens').selectOption('256');
    const position = frame.locator('.position');
    await frame.locator('.timeline .primary').click();
    for (const theme of ['Dark High Contrast', 'Light High Contrast', 'Dark Modern'] as const) {
      await setTheme(page, theme);
      const before = await position.innerText();
      await waitUntil(
        'the time line to go on',
        async () => (await position.innerText()) !== before,
      );
    }
    expect(await frame.locator('.error').count()).toBe(0);
    await frame.locator('.timeline .primary').click();
  });
});
