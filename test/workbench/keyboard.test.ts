import { describe, expect, it } from 'vitest';
import { runCommandByKeys } from './support/palette.ts';
import { waitUntil } from './support/waiting.ts';
import { webviewWith } from './support/webviews.ts';
import { useWorkbench } from './support/workbench.ts';

// Nothing here touches the mouse, and nothing is given the focus but by the product itself.

describe('by the keyboard alone', () => {
  const workbench = useWorkbench({
    files: {
      'src/shelf.ts': `/** Puts a book on the shelf. */\nexport function shelve(title: string) {\n  return title;\n}\n`,
      'src/desk.ts': `import { shelve } from './shelf.ts';\nexport const done = shelve('Moby Dick');\n`,
    },
    settings: { 'contextBudget.model': 'openai/gpt-4o' },
  });

  it('a prompt is written, though the view was never open', async () => {
    const { page } = workbench();
    await runCommandByKeys(page, 'Context Budget: Write a Prompt');
    const frame = await webviewWith(page, '#prompt:focus');
    await page.keyboard.type('Who puts the book there?');
    await waitUntil('the prompt to be counted', async () =>
      (await frame.locator('.prompt-box').innerText()).includes('With the answer'),
    );
    expect(await frame.locator('#prompt').inputValue()).toBe('Who puts the book there?');
  });

  it('a question is planned and the request it makes is read', async () => {
    const { page } = workbench();
    await runCommandByKeys(page, 'Context Budget: Plan a Strategy…');
    const quickInput = page.locator('.quick-input-widget:visible');
    await quickInput.locator('.focused').getByText('Ask a question').waitFor();
    await page.keyboard.press('Enter');
    await quickInput.getByText('Question about the code').waitFor();
    await page.keyboard.type('Who shelves a book?');
    await page.keyboard.press('Enter');
    await quickInput.getByText(/^Strategies for/).waitFor();
    await quickInput.locator('.focused').first().waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.monaco-editor .view-lines').getByText('Who shelves a book?').waitFor();
  });

  it('a row is acted upon from its menu, in the Files view and in the Models view', async () => {
    const { page } = workbench();
    const menu = page.locator('.monaco-menu:visible');
    const goTo = (text: string) =>
      waitUntil(`the focus on a row with "${text}"`, async () => {
        await page.keyboard.press('ArrowDown');
        const focused = page.locator('.monaco-list:focus .monaco-list-row.focused');
        return (await focused.filter({ hasText: text }).count()) > 0;
      });
    await runCommandByKeys(page, 'Context Budget: Focus on Files View');
    await goTo('src');
    await page.keyboard.press('Shift+F10');
    await menu.getByText('Add to Context Set').waitFor();
    await page.keyboard.press('Escape');

    await runCommandByKeys(page, 'Context Budget: Focus on Models View');
    await goTo('Fits');
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
    await page.keyboard.press('Shift+F10');
    await menu.getByText('Use This Model').waitFor();
    await menu.getByText('Show Model Card').waitFor();
    await page.keyboard.press('Escape');
  });

  it('what a field of the prompt box says is not cut, in the narrow side bar of a small window', async () => {
    const { page } = workbench();
    await page.setViewportSize({ width: 1024, height: 700 });
    const frame = await webviewWith(page, '#output');
    const [needed, given] = await frame.locator('#output').evaluate((field) => {
      const context = document.createElement('canvas').getContext('2d');
      const style = getComputedStyle(field);
      if (context !== null) context.font = style.font;
      const padding = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
      // Chromium keeps room for the arrows beside the number.
      return [(context?.measureText('20000').width ?? 0) + 16, field.clientWidth - padding];
    });
    expect(given).toBeGreaterThanOrEqual(needed);
  });

  it('the focus comes back to where it was in a page, after the palette and after a quick pick', async () => {
    const { page } = workbench();
    await runCommandByKeys(page, 'Context Budget: Open Dashboard');
    const frame = await webviewWith(page, '#tab-fit');
    const inTabs = frame.locator('#tab-fit:focus');
    await waitUntil('the focus to come to the tabs', async () => {
      await page.keyboard.press('Tab');
      return (await inTabs.count()) === 1;
    });
    const typing = page.locator('.quick-input-widget:visible input:focus');
    await page.keyboard.press('F1');
    await typing.waitFor();
    await page.keyboard.press('Escape');
    await typing.waitFor({ state: 'hidden' });
    await inTabs.waitFor();
    await runCommandByKeys(page, 'Context Budget: Choose Model');
    await page.locator('.quick-input-titlebar:visible').getByText('Choose Model').waitFor();
    await typing.waitFor();
    await page.keyboard.press('Escape');
    await typing.waitFor({ state: 'hidden' });
    await inTabs.waitFor();
  });
});
