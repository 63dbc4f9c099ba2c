import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { demos } from '../../src/lab/demos.ts';
import { demoTimes, openDemo } from './support/lab.ts';
import { runCommand } from './support/palette.ts';
import { openFile, setTheme, statusBarItem, waitForNotification } from './support/views.ts';
import { waitUntil } from './support/waiting.ts';
import { projectRoot, useWorkbench } from './support/workbench.ts';

const line = 'for (const price of prices) sum += price;\n';
const long = line.repeat(Math.ceil(200_000 / line.length)).slice(0, 200_000);
const threadEnder = 'test/workbench/extensions/context-budget-tests.thread-ender-0.0.1';

describe('the lab survives', () => {
  const workbench = useWorkbench({
    files: { 'long.ts': long },
    extensionFolders: [path.join(projectRoot, threadEnder)],
  });

  it('a selection of nothing: it takes the start of the file, and says so', async () => {
    const { page } = workbench();
    const frame = await waitUntil('the lab to take the file', async () => {
      await openFile(page, 'long.ts');
      await page.locator('.tabs-container .tab[data-resource-name="long.ts"]').click();
      await page.locator('.part.editor .monaco-editor .view-lines').first().click();
      const lab = await openDemo(page, 'slidingWindow');
      const text = await lab.locator('#text').innerText();
      return text.includes('long.ts') ? lab : undefined;
    });
    expect(await frame.locator('#text').innerText()).not.toContain('selection');
    expect(await frame.locator('.error').count()).toBe(0);
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
    for (const { id } of demos.filter(({ maxTokens }) => maxTokens >= 8192)) {
      await frame.locator('#gallery').click();
      console.log(`8,192 tokens: ${await demoTimes(frame, id)}`);
      expect(await frame.locator('.error').count()).toBe(0);
    }
  });

  it('the end of its thread in the middle of a run, which it says, and goes on with the next step', async () => {
    const { page } = workbench();
    const frame = await openDemo(page, 'flashAttention');
    await frame.locator('.timeline input').press('Home');
    const position = frame.locator('.position');
    const isAt = (step: number) =>
      waitUntil(`step ${step}`, async () =>
        (await position.innerText()).startsWith(`step ${step} `),
      );
    await isAt(1);
    await runCommand(page, "Context Budget Tests: End the Lab's Thread in Its Next Run");
    await waitForNotification(page, 'The next run of the thread is its last.');
    await frame.locator('.timeline .step').click();
    const alert = frame.locator('article [role="alert"]');
    await alert.waitFor();
    expect(await alert.innerText()).toBe(
      'The engine ended with code 7. It starts anew when it is needed.',
    );
    // What was shown stays, and the next press does what this one should have done.
    expect(await frame.locator('figure').count()).toBeGreaterThan(0);
    await isAt(1);
    await frame.locator('.timeline .step').click();
    await alert.waitFor({ state: 'detached' });
    await isAt(2);
    // Controls and other demos are answered by the new thread as well.
    const next = await openDemo(page, 'longformer');
    expect(await next.locator('.error').count()).toBe(0);
  });

  it('changes of theme while a time line plays', async () => {
    const { page } = workbench();
    const frame = await openDemo(page, 'flashAttention');
    await frame.locator('#num-tokens').selectOption('256');
    const position = frame.locator('.position');
    for (const theme of ['Dark High Contrast', 'Light High Contrast', 'Dark Modern'] as const) {
      // From the start for each: a slow machine plays to the end while a theme is chosen.
      await frame.locator('.timeline input').press('Home');
      await frame.locator('.timeline .primary').click();
      await setTheme(page, theme);
      const before = await position.innerText();
      await waitUntil(
        'the time line to go on',
        async () => (await position.innerText()) !== before,
      );
      await frame.locator('.timeline .primary').click();
    }
    expect(await frame.locator('.error').count()).toBe(0);
  });
});
