// Views, trees, the status bar, notifications and editors of the workbench.
import type { Locator, Page } from 'playwright-core';
import { runCommand, runCommandAndPick } from './palette.ts';
import { waitUntil } from './waiting.ts';

/** The activity bar's entry of a view container, by its title. */
export function activityBarEntry(page: Page, title: string): Locator {
  return page.locator(`.activitybar .action-label[aria-label^="${title}"]`).first();
}

/** Shows a view container by clicking its entry until it is the one shown. */
export async function openViewContainer(page: Page, title: string): Promise<void> {
  const entry = activityBarEntry(page, title);
  await entry.waitFor();
  const item = page
    .locator('.activitybar .action-item')
    .filter({ has: page.locator(`.action-label[aria-label^="${title}"]`) })
    .first();
  await waitUntil(`the view container "${title}" to show`, async () => {
    const isShown = async (): Promise<boolean> =>
      /\bchecked\b/.test((await item.getAttribute('class', { timeout: 5000 })) ?? '') &&
      (await page.locator('.part.sidebar:visible').count()) > 0;
    if (await isShown().catch(() => false)) return true;
    await entry.click({ timeout: 5000 }).catch(() => {});
    return waitUntil('the side bar', isShown, 3000).catch(() => false);
  });
}

/** Hides the side bar, however it stands when the workbench has opened. */
export async function hideSideBar(page: Page): Promise<void> {
  const sideBar = page.locator('.part.sidebar:visible');
  await waitUntil('the side bar to go', async () => {
    if ((await sideBar.count()) === 0) return true;
    await runCommand(page, 'View: Toggle Primary Side Bar Visibility');
    return waitUntil('it', async () => (await sideBar.count()) === 0, 5000).catch(() => false);
  });
}

/** The section (pane) of the side bar with this title; opened when it is folded. */
export async function openSection(page: Page, title: string): Promise<Locator> {
  const pane = page
    .locator('.part.sidebar .pane')
    .filter({ has: page.locator('.pane-header .title', { hasText: title }) })
    .first();
  const header = pane.locator('.pane-header').first();
  await header.waitFor();
  await waitUntil(`the section "${title}" to open`, async () => {
    if ((await header.getAttribute('aria-expanded')) === 'true') return true;
    await header.click({ timeout: 5000 }).catch(() => {});
    return false;
  });
  return pane;
}

/** A row of a tree or list that contains the text. */
export function treeRow(scope: Page | Locator, text: string | RegExp): Locator {
  return scope.locator('.monaco-list-row', { hasText: text }).first();
}

/** The texts of the rendered rows of a tree or list, top down. */
export async function treeTexts(scope: Page | Locator): Promise<string[]> {
  const texts = await scope.locator('.monaco-list-row').allInnerTexts();
  return texts.map((text) => text.replaceAll(/\s+/g, ' ').trim());
}

/** The status bar's item whose text or spoken label matches, once there is one. */
export async function statusBarItem(page: Page, text: RegExp): Promise<Locator> {
  const items = page.locator('.part.statusbar .statusbar-item');
  return waitUntil(`a status bar item ${String(text)}`, async () => {
    for (const item of await items.all()) {
      const label = (await item.getAttribute('aria-label').catch(() => '')) ?? '';
      const shown = await item.innerText({ timeout: 1000 }).catch(() => '');
      if (text.test(shown) || text.test(label)) return item;
    }
    return undefined;
  });
}

/** A notification that contains the text: a toast, or the notification centre's entry once the toast has gone. */
export async function waitForNotification(page: Page, text: string | RegExp): Promise<Locator> {
  const seen = page
    .locator('.notifications-toasts, .notifications-center')
    .locator('.notification-list-item', { hasText: text })
    .first();
  return waitUntil(`a notification ${String(text)}`, async () => {
    const isSeen = await seen.waitFor({ timeout: 3000 }).then(
      () => true,
      () => false,
    );
    if (isSeen) return seen;
    await runCommand(page, 'Notifications: Show Notifications');
    return undefined;
  });
}

/** Opens a workspace file in an editor through the quick open box. */
export async function openFile(page: Page, relativePath: string): Promise<void> {
  const name = relativePath.split('/').at(-1) ?? relativePath;
  const tab = page.locator(`.tabs-container .tab[data-resource-name="${name}"]`).first();
  await waitUntil(`the file ${relativePath} to open`, async () => {
    if ((await tab.count()) > 0) return true;
    try {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+P');
      const input = page.locator('.quick-input-widget:visible input[type="text"]').first();
      await input.fill(relativePath, { timeout: 3000 });
      const row = page
        .locator('.quick-input-widget:visible .monaco-list-row')
        .filter({ has: page.locator('.label-name', { hasText: name }) })
        .first();
      await row.click({ timeout: 5000 });
      await tab.waitFor({ timeout: 5000 });
      return true;
    } catch {
      return false;
    }
  });
}

/** Shows VS Code's output channel of this name and gives its lines. */
export async function outputLines(page: Page, channel: string): Promise<string[]> {
  await runCommand(page, 'Output: Show Output Channels...');
  const row = page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: channel });
  await row.first().click();
  const lines = page.locator('.part.panel .view-line');
  await lines.first().waitFor();
  return lines.allInnerTexts();
}

/** The themes that VS Code ships, one of each kind, and the class that the workbench carries then. */
export const themes = {
  'Light Modern': 'vs',
  'Dark Modern': 'vs-dark',
  'Light High Contrast': 'hc-light',
  'Dark High Contrast': 'hc-black',
} as const;

/** Changes the colour theme while VS Code runs. */
export async function setTheme(page: Page, theme: keyof typeof themes): Promise<void> {
  const workbench = page.locator(`.monaco-workbench.${themes[theme]}`);
  await waitUntil(`the theme ${theme}`, async () => {
    await runCommandAndPick(page, 'Preferences: Color Theme', theme);
    return workbench.waitFor({ timeout: 5000 }).then(
      () => true,
      () => false,
    );
  });
}
