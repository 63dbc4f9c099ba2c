// Commands and quick picks, as a person would run them, and as often as it takes: the workbench may steal the focus.
import type { Locator, Page } from 'playwright-core';
import { patience, waitUntil } from './waiting.ts';

function quickInput(page: Page): Locator {
  return page.locator('.quick-input-widget:visible');
}

function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}

/** The quick pick's row whose label is exactly this text, icons apart. */
function quickInputRow(page: Page, label: string): Locator {
  return quickInput(page)
    .locator('.quick-input-list .monaco-list-row')
    .filter({ has: page.locator('.label-name', { hasText: exactly(label) }) })
    .first();
}

/**
 * Runs a command by its full title ("Context Budget: Pick Model") through the command palette.
 * Starts over when the palette closes or loses its text before the row was clicked.
 * @param keepSelection no Escape before the palette opens: in an editor it would take the selection away
 */
export async function runCommand(page: Page, title: string, keepSelection = false): Promise<void> {
  const text = `>${title}`;
  await waitUntil(`the command "${title}" to run`, async () => {
    try {
      if (!keepSelection) await page.keyboard.press('Escape');
      await page.keyboard.press('F1');
      const input = quickInput(page).locator('input[type="text"]').first();
      await input.fill(text, { timeout: 3000 });
      const row = quickInputRow(page, title);
      await row.waitFor({ timeout: 5000 });
      if ((await input.inputValue({ timeout: 1000 })) !== text) return false;
      await row.click({ timeout: 3000 });
      return await waitUntil(
        'the palette to take the click',
        () => paletteIsDone(page, text),
        5000,
      );
    } catch {
      return false;
    }
  });
}

/** Runs a command by its full title as one does who has no mouse: F1, the title, Enter. */
export async function runCommandByKeys(page: Page, title: string): Promise<void> {
  await waitUntil(`the command "${title}" to be offered`, async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('F1');
    const input = quickInput(page).locator('input[type="text"]').first();
    try {
      await input.waitFor({ timeout: 3000 });
      await page.keyboard.type(title);
      const first = quickInput(page).locator('.monaco-list-row.focused .label-name');
      await first.filter({ hasText: exactly(title) }).waitFor({ timeout: 5000 });
      return true;
    } catch {
      return false;
    }
  });
  await page.keyboard.press('Enter');
}

/** The palette closed, or the command put its own quick input in its place. */
async function paletteIsDone(page: Page, text: string): Promise<boolean> {
  const input = quickInput(page).locator('input[type="text"]').first();
  if ((await input.count()) === 0) return true;
  return (await input.inputValue({ timeout: 1000 }).catch(() => '')) !== text;
}

/**
 * Clicks the item with exactly this label in the open quick pick, after typing into its box, if asked.
 * Types again when the pick loads its items late or takes the text back.
 */
export async function pickItem(page: Page, label: string, typed?: string): Promise<void> {
  await waitUntil(`the item "${label}" to be picked`, () => tryToPick(page, label, typed));
}

/** Runs the command and picks the item; starts over when the quick pick closed by itself. */
export async function runCommandAndPick(page: Page, title: string, label: string): Promise<void> {
  await waitUntil(
    `"${label}" to be picked from "${title}"`,
    async () => {
      await runCommand(page, title);
      return waitUntil('the item', () => tryToPick(page, label, label), 10_000).catch(() => false);
    },
    2 * patience,
  );
}

async function tryToPick(page: Page, label: string, typed?: string): Promise<boolean> {
  try {
    if (typed !== undefined) {
      await quickInput(page).locator('input[type="text"]').first().fill(typed, { timeout: 3000 });
    }
    const row = quickInputRow(page, label);
    await row.click({ timeout: 3000 });
    await row.waitFor({ state: 'hidden', timeout: 5000 });
    return true;
  } catch {
    return false;
  }
}

/** The labels of the open quick pick's rendered rows, top down. */
export async function quickPickLabels(page: Page): Promise<string[]> {
  await quickInput(page).locator('.quick-input-list .monaco-list-row').first().waitFor();
  return quickInput(page).locator('.quick-input-list .monaco-list-row .label-name').allInnerTexts();
}

/** Types text into the open input box and accepts it. */
export async function answerInput(page: Page, text: string): Promise<void> {
  const input = quickInput(page).locator('input[type="text"]').first();
  await input.fill(text);
  await input.press('Enter');
}
