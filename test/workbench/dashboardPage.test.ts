import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatCount } from '../../src/core/format/numbers.ts';
import type {
  DashboardCatalogue,
  DashboardNow,
  DashboardSnapshot,
  FileTable,
} from '../../src/core/dashboard/snapshot.ts';
import { findBrowser, launchBrowser } from '../../scripts/support/browser.mjs';
import {
  bundledCatalogue,
  madeUpFiles,
  openDashboardPage,
  snapshotOf,
  tableOf,
} from './support/dashboardPage.mjs';
import { waitUntil } from './support/waiting.ts';

interface OpenedPage {
  readonly page: Page;
  readonly calls: { readonly method: string; readonly args: readonly unknown[] }[];
  readonly problems: readonly string[];
  readonly close: () => Promise<void>;
}

let browser: Browser;
let catalogue: DashboardCatalogue;
const opened: OpenedPage[] = [];

beforeAll(async () => {
  const chosen = process.env['CONTEXT_BUDGET_BROWSER'];
  browser = await launchBrowser(
    chosen === undefined
      ? await findBrowser()
      : (JSON.parse(chosen) as Awaited<ReturnType<typeof findBrowser>>),
  );
  catalogue = (await bundledCatalogue()) as DashboardCatalogue;
});
afterAll(() => browser.close());

async function openPage(
  files: FileTable,
  options: {
    readonly now?: Partial<DashboardNow>;
    readonly state?: object;
    readonly more?: object;
  } = {},
): Promise<OpenedPage> {
  const snapshot = snapshotOf(catalogue, files, options.now) as DashboardSnapshot;
  const page = (await openDashboardPage(browser, snapshot, {
    ...(options.state !== undefined && { kept: { state: options.state } }),
    ...options.more,
  })) as OpenedPage;
  page.page.setDefaultTimeout(20_000);
  opened.push(page);
  return page;
}

const small = () =>
  tableOf([
    ['src/heavy.ts', 9000],
    ['src/light.ts', 900],
    ['README.md', 100],
  ]) as FileTable;
const typed = (tokens: number) => ({ subject: { kind: 'typed', tokens } });

async function slide(page: Page, selector: string, share: number): Promise<void> {
  await page.locator(selector).evaluate((input, to) => {
    const range = input as HTMLInputElement;
    range.value = String(Number(range.min) + to * (Number(range.max) - Number(range.min)));
    range.dispatchEvent(new Event('input', { bubbles: true }));
  }, share);
}

describe('the dashboard’s page', () => {
  it('filters, sorts and compares models, and follows its sliders', async () => {
    const { page } = await openPage(small());
    expect(await page.locator('#fit-tokens').innerText()).toContain('10,000 tokens, exact');
    await page.locator('#fit-query').fill('claude sonnet');
    await waitUntil('only what was searched', async () => {
      const names = await page
        .locator('tr[data-model]')
        .evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.model ?? ''));
      return names.length > 0 && names.every((name) => name.includes('sonnet'));
    });
    await page.locator('tr[data-model] input[type="checkbox"]').first().click();
    await page.locator('#compare').waitFor();
    await page.locator('#fit-query').fill('no such model');
    await page.getByText('No model passes these filters.').waitFor();
    await page.locator('#fit-query').fill('');

    await page.locator('#subject').selectOption('typed');
    await slide(page, '#typed-tokens', 1);
    await waitUntil('a thousand million tokens', async () =>
      (await page.locator('#fit-verdict').innerText()).includes('Does not fit'),
    );
    await slide(page, '#typed-tokens', 0);
    await waitUntil('a hundred tokens', async () =>
      (await page.locator('#fit-tokens').innerText()).startsWith('100 tokens'),
    );
    await slide(page, '#reserved', 1);
    await waitUntil('more reserved', async () =>
      (await page.locator('#bar-legend').innerText()).includes('Reserved'),
    );
  });

  it('shares its check boxes and opens files, by mouse and by keyboard', async () => {
    const { page, calls } = await openPage(small(), { state: { tab: 'files' } });
    await page.locator('.treemap[data-painted=""]').waitFor();
    await page.locator('tr[data-path="src"] input').click();
    await waitUntil('the check', () => calls.some(({ method }) => method === 'setChecked'));
    expect(calls.find(({ method }) => method === 'setChecked')?.args).toEqual([[['src', true]]]);

    await page.locator('.treemap').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.locator('.treemap[data-painted="src"]').waitFor();
    await page.locator('#weigh-folder').click();
    await waitUntil('the folder as what is weighed', async () =>
      (await page.locator('#subject-text').innerText()).startsWith('Folder src · 2 files'),
    );
    await page.locator('.treemap').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await waitUntil('the file to open', () =>
      calls.some(({ method, args }) => method === 'openFile' && String(args[0]).startsWith('src/')),
    );
    await page.keyboard.press('Backspace');
    await page.locator('.treemap[data-painted=""]').waitFor();
    await page.locator('#files-query').fill('heavy');
    await waitUntil('the search', async () =>
      (await page.locator('#files-found').innerText()).includes('1 file'),
    );
  });

  it('shows names as text, whatever is in them', async () => {
    const hostile = [
      '<script><img src=x onerror=alert(1)>.ts',
      'a"b\'c`${1}.ts',
      'line\nbreak.ts',
      'gnp.\u202esj.ts',
    ];
    const { page, problems } = await openPage(
      tableOf(hostile.map((name, idx) => [name, 100 + idx])),
      { state: { tab: 'files' } },
    );
    await page.locator('.treemap[data-painted=""]').waitFor();
    const shown = await page.locator('table.files th .path').allInnerTexts();
    expect(shown.sort()).toEqual(
      [hostile[0], hostile[1], 'line\ufffdbreak.ts', 'gnp.\ufffdsj.ts'].sort(),
    );
    expect(await page.locator('img').count()).toBe(0);
    expect(problems).toEqual([]);
  });

  it.each([
    ['no file', tableOf([]), {}],
    ['nothing counted', tableOf([]), { status: { type: 'notAnalyzed' } }],
    ['one empty file', tableOf([['empty.ts', 0]]), {}],
    [
      'a model that is gone',
      small(),
      { settings: { modelId: 'gone/model', reservedOutputTokens: 0, overheadTokens: 0 } },
    ],
  ] as const)('has something to say to %s, in every tab', async (_, files, now) => {
    const { page, problems } = await openPage(files, {
      now: now,
    });
    for (const tab of await page.locator('[role="tab"]').all()) {
      await tab.click();
      await waitUntil(
        'the tab',
        async () => (await page.locator('#panel').innerText()).length > 10,
      );
    }
    expect(await page.locator('#panel').innerText()).not.toMatch(/NaN|undefined|Infinity/);
    expect(problems).toEqual([]);
  });

  it('says so when the model is taken out of the catalogue while it is shown', async () => {
    const { page } = await openPage(small(), { state: { modelId: 'openai/gpt-4o' } });
    await page.locator('#fit-verdict').waitFor();
    const models = catalogue.models.filter(({ id }) => id !== 'openai/gpt-4o');
    await page.evaluate(
      (event) => {
        (
          window as unknown as { dashboardHost: { emit: (event: unknown) => void } }
        ).dashboardHost.emit(event);
      },
      { type: 'catalogue', catalogue: { ...catalogue, models } },
    );
    await page.getByText('openai/gpt-4o is not in the catalogue.').waitFor();
    await page.locator('#fit-nothing').waitFor();
  });

  it('says unknown where a price, a window or a latency is', async () => {
    const model = {
      ...catalogue.models[0],
      id: 'my/model',
      name: 'Mine',
      prices: undefined,
      contextWindowTokens: undefined,
      architectureId: undefined,
    };
    const { page } = await openPage(small(), {
      state: { modelId: 'my/model', tabs: { fit: { query: 'my/model' } } },
      more: {},
    });
    await page.evaluate(
      (event) => {
        (
          window as unknown as { dashboardHost: { emit: (event: unknown) => void } }
        ).dashboardHost.emit(event);
      },
      { type: 'catalogue', catalogue: { ...catalogue, models: [...catalogue.models, model] } },
    );
    const row = page.locator('tr[data-model="my/model"]');
    await row.waitFor();
    expect(await row.innerText()).toContain('unknown');
    expect(await row.innerText()).not.toContain('$');
  });

  it('keeps its knobs when it is shown again, and takes over a state that was shared', async () => {
    const { page, calls } = await openPage(small(), { state: { ...typed(123_456), tab: 'fit' } });
    expect(await page.locator('#fit-tokens').innerText()).toContain(formatCount(123_456));
    await page.locator('#export summary').click();
    await page.locator('#copy-state').click();
    await waitUntil('the string', () => calls.some(({ method }) => method === 'copy'));
    const text = String(calls.find(({ method }) => method === 'copy')?.args[0]);
    expect(text).toBe('contextBudget:1?tab=fit&tokens=123456');

    const emit = (state: string) =>
      page.evaluate(
        (event) => {
          (
            window as unknown as { dashboardHost: { emit: (event: unknown) => void } }
          ).dashboardHost.emit(event);
        },
        { type: 'state', text: state },
      );
    await emit('contextBudget:1?tokens=5000&reservedOutputTokens=1000');
    await waitUntil('the knobs', async () =>
      (await page.locator('#fit-tokens').innerText()).startsWith('5,000 tokens'),
    );
    await emit('contextBudget:1?tokens=-5');
    await page.locator('.error[role="alert"]').waitFor();
    expect(await page.locator('#fit-tokens').innerText()).toContain('5,000 tokens');
  });

  it('gives away tables and charts as files', async () => {
    const files: Record<string, unknown> = {};
    const { page, problems } = await openPage(small(), {
      state: { tab: 'memory', ...typed(200_000) },
      more: {
        answer: (method: string, args: readonly unknown[]) => {
          if (method === 'save') files[String(args[0])] = args[1];
          return method === 'save' ? true : undefined;
        },
      },
    });
    await page.locator('#panel svg').first().waitFor();
    await page.locator('#export summary').click();
    for (const id of ['#export-md', '#export-csv', '#export-json']) await page.locator(id).click();
    await page.locator('[data-save="svg"]').first().click();
    await page.locator('[data-save="png"]').first().click();
    await waitUntil('five files', () => Object.keys(files).length === 5);
    const named = (end: string) => Object.entries(files).find(([name]) => name.endsWith(end))?.[1];
    expect(named('.md')).toContain('# Context dashboard: Memory');
    expect(JSON.parse(String(named('.json')))).toMatchObject({ Model: 'openai/gpt-5.5' });
    expect(named('.svg')).toMatch(/^<svg[^]*<\/svg>$/);
    expect(String(named('.csv')).split('\r\n').length).toBeGreaterThan(3);
    const png = Object.values(named('.png') as Record<string, number>).slice(0, 4);
    expect(png).toEqual([0x89, 0x50, 0x4e, 0x47]);
    expect(problems).toEqual([]);
  });

  it.each(['ltr', 'rtl'])('does not run out of a side bar of 320 pixels, %s', async (direction) => {
    const { page } = await openPage(madeUpFiles(500), {
      more: { viewport: { width: 320, height: 800 }, direction },
    });
    for (const tab of await page.locator('[role="tab"]').all()) {
      await tab.click();
      await waitUntil(
        'the tab',
        async () => (await page.locator('#panel').innerText()).length > 10,
      );
      const [width, room] = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        return [scrollWidth, clientWidth];
      });
      expect(width, await tab.innerText()).toBeLessThanOrEqual(room);
    }
  });
});
