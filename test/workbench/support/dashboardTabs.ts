// The dashboard's tabs, in a webview of VS Code or in a page of their own.
import type { Frame, Page } from 'playwright-core';
import { webviewWith } from './webviews.ts';

export const tabIds = [
  'fit',
  'files',
  'strategies',
  'memory',
  'cost',
  'latency',
  'quality',
] as const;
export type TabId = (typeof tabIds)[number];
export const chartTabIds = ['memory', 'cost', 'latency', 'quality'] as const;

/** What each tab begins with, once it is drawn. */
const firstParts: Readonly<Record<TabId, string>> = {
  fit: '#fit-verdict, #fit-nothing',
  files: '.treemap[data-painted], #no-files',
  strategies: '#strategies-task',
  memory: '#figure-longest',
  cost: '#figure-month',
  latency: '#figure-timeToFirstToken',
  quality: '#quality-finding',
};

/** Shows a tab and waits until it is drawn. */
export async function openTab(where: Page | Frame, id: TabId): Promise<void> {
  await where.locator(`#tab-${id}`).click();
  await where.locator(`#panel[aria-labelledby="tab-${id}"]`).waitFor();
  await where.locator(firstParts[id]).first().waitFor();
}

/** The dashboard's document in VS Code; ask again after a reload. */
export function dashboardFrame(page: Page): Promise<Frame> {
  return webviewWith(page, '[role="tablist"]');
}

/** Moves a slider by script to a share of its range, as a drag would end there. */
export async function slideTo(where: Page | Frame, selector: string, share: number): Promise<void> {
  await where.locator(selector).evaluate((input, to) => {
    const range = input as HTMLInputElement;
    range.value = String(Number(range.min) + to * (Number(range.max) - Number(range.min)));
    range.dispatchEvent(new Event('input', { bubbles: true }));
  }, share);
}

/** Chooses in one of VS Code's drop-down lists, as a person would: opens it, and clicks what has this value. */
export async function choose(where: Page | Frame, selector: string, value: string): Promise<void> {
  const list = where.locator(selector);
  const idx = await list.evaluate(
    (one, wanted) =>
      (one as HTMLElement & { readonly options: readonly { readonly value: string }[] }).options
        .map((option) => option.value)
        .indexOf(wanted),
    value,
  );
  if (idx < 0) throw new Error(`${selector} has no option ${value}`);
  await list.click();
  await list.locator('li.option').nth(idx).click();
}
