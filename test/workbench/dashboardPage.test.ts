import { describe, expect, it } from 'vitest';
import { formatCount } from '../../src/core/format/numbers.ts';
import { madeUpFiles, tableOf } from './support/dashboardPage.mjs';
import { emit, smallTable, useDashboardPages } from './support/dashboardPages.ts';
import { choose, slideTo } from './support/dashboardTabs.ts';
import { waitUntil } from './support/waiting.ts';

const pages = useDashboardPages();
const typed = (tokens: number) => ({ subject: { kind: 'typed', tokens } });

describe('the dashboard’s page', () => {
  it('filters, sorts and compares models, and follows its sliders', async () => {
    const { page } = await pages.open(smallTable());
    expect(await page.locator('#fit-tokens').innerText()).toContain('10,000 tokens, exact');
    await page.locator('#fit-query input').fill('claude sonnet');
    await waitUntil('only what was searched', async () => {
      const names = await page
        .locator('tr[data-model]')
        .evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.model ?? ''));
      return names.length > 0 && names.every((name) => name.includes('sonnet'));
    });
    await page.locator('tr[data-model] input[type="checkbox"]').first().click();
    await page.locator('#compare').waitFor();
    await page.locator('#fit-query input').fill('no such model');
    await page.getByText('No model passes these filters.').waitFor();
    await page.locator('#fit-query input').fill('');

    await choose(page, '#subject', 'typed');
    await slideTo(page, '#typed-tokens', 1);
    await waitUntil('a thousand million tokens', async () =>
      (await page.locator('#fit-verdict').innerText()).includes('Does not fit'),
    );
    await slideTo(page, '#typed-tokens', 0);
    await waitUntil('a hundred tokens', async () =>
      (await page.locator('#fit-tokens').innerText()).startsWith('100 tokens'),
    );
    await slideTo(page, '#reserved', 1);
    await waitUntil('more reserved', async () =>
      (await page.locator('#bar-legend').innerText()).includes('Reserved'),
    );
  });

  it('leads back from anywhere in a tab to its name by Escape, once nothing else is left to close', async () => {
    const { page } = await pages.open(smallTable());
    await page.locator('tr[data-model] .why').nth(40).click();
    await page.locator('.why[aria-expanded="true"]').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('tr[data-model] .why:focus').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#tab-fit:focus').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.locator('#tab-files[aria-selected="true"]').waitFor();
    await page.locator('#tab-fit').click();
    await page.locator('#fit-query input').fill('claude');
    await page.keyboard.press('Escape');
    await page.locator('#fit-query:focus').waitFor();
  });

  it('never takes the focus to what is out of sight, also where rows are cards', async () => {
    const { page } = await pages.open(smallTable());
    expect(await page.locator('#subject-text').innerText()).toMatch(/^All files, as none is ch/);
    await page.setViewportSize({ width: 690, height: 700 });
    await page.locator('tr[data-model]').first().waitFor();
    await page.locator('tr[data-model] input[type="checkbox"]').first().focus();
    await page.keyboard.press('Shift+Tab');
    const isInHead = (): boolean => document.activeElement?.closest('thead') !== null;
    expect(await page.evaluate(isInHead)).toBe(false);
  });

  it('shares its check boxes and opens files, by mouse and by keyboard', async () => {
    const { page, calls } = await pages.open(smallTable(), { state: { tab: 'files' } });
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
    await page.locator('#files-query input').fill('heavy');
    await waitUntil('the search', async () =>
      (await page.locator('#files-found').innerText()).includes('1 file'),
    );
  });

  it('shows names as text, whatever is in them', async () => {
    const hostile = [
      '<script><img src=x onerror=alert(1)>.ts',
      '</script><script>alert(1)</script>.ts',
      'a"b\'c`${1}.ts',
      'line\nbreak.ts',
      'gnp.\u202esj.ts',
    ];
    const { page, problems } = await pages.open(
      tableOf(hostile.map((name, idx) => [name, 100 + idx])),
      { state: { tab: 'files' } },
    );
    await page.locator('.treemap[data-painted=""]').waitFor();
    const shown = await page.locator('table.files th .path').allInnerTexts();
    expect(shown.sort()).toEqual(
      // A slash is the end of a folder's name, whatever stands around it.
      [hostile[0], '</', hostile[2], 'line\ufffdbreak.ts', 'gnp.\ufffdsj.ts'].sort(),
    );
    expect(await page.locator('img').count()).toBe(0);
    expect(problems).toEqual([]);
  });

  it.each([
    ['no file', tableOf([]), {}],
    ['nothing counted', tableOf([]), { status: { type: 'notAnalyzed' } }],
    ['one empty file', tableOf([['empty.ts', 0]]), {}],
    ['one file', tableOf([['only.ts', 700]]), {}],
    [
      'a model that is gone',
      smallTable(),
      { settings: { modelId: 'gone/model', reservedOutputTokens: 0, overheadTokens: 0 } },
    ],
  ] as const)('has something to say to %s, in every tab', async (_, files, now) => {
    const { page, problems } = await pages.open(files, {
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

  it('shows an example while files are counted, and says that it is one', async () => {
    const { page } = await pages.open(tableOf([]), {
      now: { status: { type: 'analyzing', filesDone: 3, filesFound: 9 } },
    });
    expect(await page.locator('#example').innerText()).toMatch(
      /being counted\. Until then, as an example, the figures are those of 100,000 tokens/,
    );
    expect(await page.locator('#fit-verdict').innerText()).toContain('Fits');
  });

  it('says so when the model is taken out of the catalogue while it is shown', async () => {
    const { page } = await pages.open(smallTable(), { state: { modelId: 'openai/gpt-4o' } });
    await page.locator('#fit-verdict').waitFor();
    const { models: all } = pages.catalogue();
    const models = all.filter(({ id }) => id !== 'openai/gpt-4o');
    await emit(page, { type: 'catalogue', catalogue: { ...pages.catalogue(), models } });
    await page.getByText('openai/gpt-4o is not in the catalogue.').waitFor();
    await page.locator('#fit-nothing').waitFor();
  });

  it('says unknown where a price, a window or a latency is', async () => {
    const model = {
      ...pages.catalogue().models[0],
      id: 'my/model',
      name: 'Mine',
      prices: undefined,
      contextWindowTokens: undefined,
      architectureId: undefined,
    };
    const { page } = await pages.open(smallTable(), {
      state: { modelId: 'my/model', tabs: { fit: { query: 'my/model' } } },
    });
    await emit(page, {
      type: 'catalogue',
      catalogue: { ...pages.catalogue(), models: [...pages.catalogue().models, model] },
    });
    const row = page.locator('tr[data-model="my/model"]');
    await row.waitFor();
    expect(await row.innerText()).toContain('unknown');
    expect(await row.innerText()).not.toContain('$');
  });

  it('keeps its knobs when it is shown again, and takes over a state that was shared', async () => {
    const { page, calls } = await pages.open(smallTable(), {
      state: { ...typed(123_456), tab: 'fit' },
    });
    expect(await page.locator('#fit-tokens').innerText()).toContain(formatCount(123_456));
    await page.locator('#export summary').click();
    await page.locator('#copy-state').click();
    await waitUntil('the string', () => calls.some(({ method }) => method === 'copy'));
    const text = String(calls.find(({ method }) => method === 'copy')?.args[0]);
    expect(text).toBe('contextBudget:1?tab=fit&tokens=123456');

    const take = (text: string) => emit(page, { type: 'state', text });
    await take('contextBudget:1?tokens=5000&reservedOutputTokens=1000');
    await waitUntil('the knobs', async () =>
      (await page.locator('#fit-tokens').innerText()).startsWith('5,000 tokens'),
    );
    await take('contextBudget:1?tokens=-5');
    await page.locator('.error[role="alert"]').waitFor();
    expect(await page.locator('#fit-tokens').innerText()).toContain('5,000 tokens');
  });

  it('stands as the last of what VS Code and the host kept of it', async () => {
    const tokensShown = async (keptAtMs: number) => {
      const { page, close } = await pages.open(smallTable(), {
        state: { ...typed(1_000), tab: 'fit' },
        keptAtMs,
        remembered: { atMs: 2, state: { ...typed(2_000), tab: 'fit' } },
      });
      const text = await page.locator('#fit-tokens').innerText();
      await close();
      return text;
    };
    expect(await tokensShown(1)).toContain('2,000 tokens');
    expect(await tokensShown(3)).toContain('1,000 tokens');
  });

  it('gives away tables and charts as files', async () => {
    const files: Record<string, unknown> = {};
    const { page, problems } = await pages.open(smallTable(), {
      state: { tab: 'memory', ...typed(200_000) },
      answer: (method: string, args: readonly unknown[]) => {
        if (method === 'save') files[String(args[0])] = args[1];
        return method === 'save' ? true : undefined;
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

  it('closes the export menu by Escape, and when the focus goes on to another place of the page', async () => {
    const { page } = await pages.open(smallTable(), { state: { tab: 'fit' } });
    const summary = page.locator('#export summary');
    const isOpen = () => page.locator('#export-md').isVisible();
    await summary.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await isOpen()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await isOpen()).toBe(false);
    expect(await summary.evaluate((element) => element === document.activeElement)).toBe(true);

    await page.keyboard.press('Enter');
    expect(await isOpen()).toBe(true);
    await page.locator('#paste-state').focus();
    await page.keyboard.press('Tab');
    expect(await isOpen()).toBe(false);
  });

  it('gives away the treemap as a picture in which names are text', async () => {
    const saved: unknown[] = [];
    const { page } = await pages.open(tableOf([['</svg><script>"&.ts', 900]]), {
      state: { tab: 'files' },
      answer: (method, args) => (method === 'save' ? saved.push(args[1]) > 0 : undefined),
    });
    await page.locator('.treemap[data-painted=""]').waitFor();
    await page.locator('#export summary').click();
    await page.locator('[data-save="svg"]').click();
    await waitUntil('the picture', () => saved.length === 1);
    const texts = await page.evaluate((source) => {
      const picture = new DOMParser().parseFromString(source, 'image/svg+xml');
      if (picture.querySelector('parsererror, script') !== null) throw new Error(source);
      return [...picture.querySelectorAll('text')].map(({ textContent }) => textContent);
    }, String(saved[0]));
    expect(texts).toContain('svg><script>"&.ts');
    expect(texts).toContain('900');
  });

  it.each(['ltr', 'rtl'] as const)(
    'does not run out of a side bar of 320 pixels, %s',
    async (direction) => {
      const { page } = await pages.open(madeUpFiles(500), {
        viewport: { width: 320, height: 800 },
        direction,
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
    },
  );
});
