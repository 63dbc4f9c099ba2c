// Pages of the dashboard in a browser of a test file's own, without VS Code around them.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import type {
  DashboardCatalogue,
  DashboardNow,
  DashboardSnapshot,
  FileTable,
} from '../../../src/core/dashboard/snapshot.ts';
import { findBrowser, launchBrowser } from '../../../scripts/support/browser.mjs';
import { bundledCatalogue, openDashboardPage, snapshotOf, tableOf } from './dashboardPage.mjs';

export interface OpenedPage {
  readonly page: Page;
  readonly calls: { readonly method: string; readonly args: readonly unknown[] }[];
  /** Errors of the page, what its policy kept out included. */
  readonly problems: readonly string[];
  readonly close: () => Promise<void>;
}

export interface PageOptions {
  readonly now?: Partial<DashboardNow>;
  /** What VS Code kept of the page: knobs over those it begins with. */
  readonly state?: object;
  /** When it was kept, ms since 1970. */
  readonly keptAtMs?: number;
  /** What the host remembered of it. */
  readonly remembered?: object;
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly direction?: 'ltr' | 'rtl';
  /** In place of the host; undefined: the page's own stand-in answers. */
  readonly answer?: (method: string, args: readonly unknown[]) => unknown;
}

export interface DashboardPages {
  open(files: FileTable, options?: PageOptions): Promise<OpenedPage>;
  catalogue(): DashboardCatalogue;
}

/** A browser for all the tests of a file; the pages that a test leaves open are closed with it. */
export function useDashboardPages(): DashboardPages {
  let browser: Browser | undefined;
  let catalogue: DashboardCatalogue | undefined;
  beforeAll(async () => {
    const chosen = process.env['CONTEXT_BUDGET_BROWSER'];
    browser = await launchBrowser(
      chosen === undefined
        ? await findBrowser()
        : (JSON.parse(chosen) as Awaited<ReturnType<typeof findBrowser>>),
    );
    catalogue = (await bundledCatalogue()) as DashboardCatalogue;
  });
  afterAll(() => browser?.close());
  const ready = () => {
    if (browser === undefined || catalogue === undefined) throw new Error('opened by beforeAll');
    return { browser, catalogue };
  };
  return {
    catalogue: () => ready().catalogue,
    open: async (files, { now, state, keptAtMs, ...more } = {}) => {
      const snapshot = snapshotOf(ready().catalogue, files, now) as DashboardSnapshot;
      const opened = (await openDashboardPage(ready().browser, snapshot, {
        ...(state !== undefined && { kept: { state, atMs: keptAtMs } }),
        ...more,
      })) as OpenedPage;
      opened.page.setDefaultTimeout(20_000);
      return opened;
    },
  };
}

/** Three files in a folder and beside it. */
export function smallTable(): FileTable {
  return tableOf([
    ['src/heavy.ts', 9000],
    ['src/light.ts', 900],
    ['README.md', 100],
  ]);
}

/** Sends the page an event, as the host would. */
export async function emit(page: Page, event: unknown): Promise<void> {
  await page.evaluate((sent) => {
    const { dashboardHost } = window as unknown as {
      dashboardHost: { emit: (event: unknown) => void };
    };
    dashboardHost.emit(sent);
  }, event);
}
