// Each webview in a real browser, sent markup in every text that it shows: it is text, nothing of it runs, and the policy has
// nothing to stop. Run by itself as by `npm run test:reliability`; its figures stand in docs/reliability.md.
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser, launchBrowser } from '../../scripts/support/browser.mjs';
import { LabThread } from '../../src/node/labThread.ts';
import type { BudgetSnapshot, PromptWeight } from '../../src/protocol/budgetMessages.ts';
import { attack, type Tally } from '../reliability/attack.ts';
import { bundledCatalogue, snapshotOf, tableOf } from './support/dashboardPage.mjs';
import { openViewPage } from './support/viewPage.mjs';
import { waitUntil } from './support/waiting.ts';

const markup = `"'><img src=x onerror="window.markupRan=true"><script>window.markupRan=true</script><svg onload="window.markupRan=true">\`\${window.markupRan=true}</style></title>`;

/** Says what kind of thing something is: another word would be another thing, or none. */
const kindFields = new Set([
  'type',
  'kind',
  'verdict',
  'reason',
  'scale',
  'xScale',
  'yScale',
  'axis',
  'status',
  'basisKind',
  'subject',
  'encoding',
  'asOf',
  'from',
  'until',
  'source_date',
  'tab',
  'method',
  'dtype',
  'weightDtype',
  'group',
  'typedArray',
  'vendor',
  'togglesControl',
  'keyNumberId',
  'unit',
]);

/** The value with the markup behind every text in it. */
function hostile<T>(value: T, field = ''): T {
  if (typeof value === 'string') return (kindFields.has(field) ? value : value + markup) as T;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map((one: unknown) => hostile(one, field)) as T;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, hostile(one as unknown, key)]),
  ) as T;
}

const plain = (text: unknown) => String(text).replaceAll(markup, '');

interface ViewPage {
  readonly page: Page;
  readonly problems: readonly string[];
  readonly requests: readonly string[];
  emit(event: unknown): Promise<void>;
  injected(): Promise<{
    ran: boolean;
    violations: string[];
    elements: string[];
    scripts: string[];
    shows: boolean;
  }>;
  close(): Promise<void>;
}

let browser: Browser;

beforeAll(async () => {
  const chosen = process.env['CONTEXT_BUDGET_BROWSER'];
  browser = await launchBrowser(
    chosen === undefined
      ? await findBrowser()
      : (JSON.parse(chosen) as Awaited<ReturnType<typeof findBrowser>>),
  );
});
afterAll(() => browser.close());

async function look(tally: Tally, opened: ViewPage, what: string): Promise<void> {
  tally.tried++;
  const { ran, violations, elements, scripts, shows } = await opened.injected();
  tally.check(!ran, `${what}: markup ran`);
  tally.equal(violations, [], `${what}: the policy reports`);
  tally.equal(elements.join('\n'), '', `${what}: markup became elements`);
  tally.equal(scripts.length, 2, `${what}: scripts`);
  tally.equal(opened.requests, [], `${what}: requests elsewhere`);
  tally.equal(opened.problems.join('\n'), '', `${what}: errors in the page`);
  tally.check(shows, `${what}: none of the texts is shown`);
}

describe('markup in every text', () => {
  it('of the Budget section stays text', () =>
    attack('input', 'markup in every text of the Budget section, in a browser', async (tally) => {
      const count = hostile({
        tokens: 100,
        lowTokens: 90,
        highTokens: 110,
        exact: false,
        basis: 'counted with something',
      });
      const snapshot = hostile<BudgetSnapshot>({
        status: { type: 'failed', message: 'src/a.ts vanished' },
        subject: 'set',
        fileCount: 3,
        count,
        model: {
          id: 'a/b',
          name: 'B',
          maker: 'A',
          contextWindowTokens: 1000,
          windowSource: 'a page',
          priceSource: 'a list',
          inputUsdPerMillionTokens: 2,
        },
        configuredModelId: 'a/b',
        budget: {
          contextWindowTokens: 1000,
          reservedOutputTokens: 100,
          overheadTokens: 10,
          budgetTokens: 890,
        },
        reservedOutputTokens: 100,
        overheadTokens: 10,
        verdict: 'fits',
        freeTokens: { low: 780, high: 800 },
        inputCost: { lowUsd: 1, highUsd: 2 },
      });
      const weight: PromptWeight = {
        promptTokens: 5,
        contextFiles: 3,
        firstInput: count,
        lastTotal: count,
        verdict: 'fits',
      };
      const opened = (await openViewPage(browser, 'budgetView', (method) => {
        if (method === 'ready')
          return {
            strings: { Budget: `Budget${markup}` },
            draft: hostile({ text: 'what', outputTokens: 5, turns: 2 }),
            snapshot,
          };
        if (method === 'weighPrompt') return weight;
        throw new Error(`no ${method}: ${markup}`);
      })) as ViewPage;
      await opened.page.locator('#model').waitFor();
      await look(tally, opened, 'at first');
      await opened.page.locator('#model').click();
      await waitUntil('the error', async () =>
        (await opened.page.locator('body').innerText()).includes('no chooseModel'),
      );
      await look(tally, opened, 'with an error');
      await opened.emit({
        type: 'budgetChanged',
        snapshot: { ...snapshot, model: undefined },
      });
      await opened.page.locator('p.error').first().waitFor();
      await look(tally, opened, 'with a model that is not there');
      // That the look-out would have seen it, and that the policy lets neither its pictures be fetched nor its handlers run:
      await opened.page.evaluate((html) => {
        document.body.insertAdjacentHTML('beforeend', html);
      }, markup);
      await waitUntil('what was put there', async () => {
        const { elements, violations } = await opened.injected();
        const refuses = (directive: string) => violations.some((one) => one.startsWith(directive));
        return elements.length > 0 && refuses('img-src') && refuses('script-src-attr');
      });
      tally.check(!(await opened.injected()).ran, 'a handler ran that was put into the page');
      await opened.close();
    }));

  it('of the dashboard stays text in every tab', () =>
    attack('input', 'markup in every text of the dashboard, in a browser', async (tally) => {
      const files = tableOf([
        ['src/heavy.ts', 9000],
        ['src/light.ts', 900],
        ['README.md', 100],
      ]) as object;
      const left = {
        reason: 'lockFile',
        fileCount: 1,
        bytes: 9,
        largest: [{ path: 'package-lock.json', bytes: 9, fileCount: 1, reason: 'lockFile' }],
      };
      const snapshot = hostile(
        snapshotOf(
          await bundledCatalogue(),
          { ...files, leftOut: [left], problems: [{ path: 'a', message: 'vanished' }] },
          { overheadFiles: [{ path: 'AGENTS.md', tokens: 50 }] },
        ),
      );
      const opened = (await openViewPage(browser, 'dashboardView', (method) => {
        if (method === 'ready') return { strings: { Files: `Files${markup}` }, snapshot };
        if (method === 'remember') return undefined;
        throw new Error(`no ${method}: ${markup}`);
      })) as ViewPage;
      await opened.page.locator('[role="tablist"]').waitFor();
      const tabs = await opened.page.locator('[role="tab"]').all();
      tally.check(tabs.length >= 6, `${tabs.length} tabs`);
      for (const tab of tabs) {
        const name = plain(await tab.innerText());
        await tab.click();
        await waitUntil(
          'the tab',
          async () => (await opened.page.locator('#panel').innerText()).length > 10,
        );
        await look(tally, opened, name);
      }
      await opened.emit({ type: 'state', text: `contextBudget:1?tab=${markup}` });
      await opened.page.locator('.error[role="alert"]').waitFor();
      await look(tally, opened, 'with a state that is refused');
      await opened.close();
    }));

  it('of the lab stays text in every demo, in the wall, and in the lessons', () =>
    attack('input', 'markup in every text of the lab, in a browser', async (tally) => {
      const worker = path.resolve(import.meta.dirname, '../../dist/labWorker.js');
      const thread = new LabThread({ workerFile: worker });
      const tokens = Array.from(
        { length: 24 },
        (_, i) => `<b onclick="window.markupRan=true">${i}</b>`,
      );
      const demos = await thread.call('demos');
      const text = {
        name: 'a.ts',
        numTokens: tokens.length,
        encoding: 'o200k_base',
        cut: true,
      };
      const answers: Record<string, (argument: never) => Promise<unknown>> = {
        ready: () => Promise.resolve({ strings: {}, demos, text }),
        frame: ({ demoId }: { demoId: string }) =>
          thread.call('frame', { demoId: plain(demoId), tokens, values: {} }),
        wall: () => thread.call('wall', tokens),
        thumbnail: (demoId: string) => thread.call('thumbnail', plain(demoId), tokens),
        lessons: () => thread.call('lessons'),
      };
      const opened = (await openViewPage(browser, 'labView', async (method, [argument]) => {
        if (!Object.hasOwn(answers, method)) throw new Error(`no ${method}: ${markup}`);
        return hostile(await answers[method](argument as never));
      })) as ViewPage;
      try {
        await waitUntil('the gallery', async () => (await opened.injected()).shows);
        for (const place of ['gallery', 'wall', 'learn'] as const) {
          await opened.emit({ type: 'open', demo: { place } });
          await waitUntil(place, async () => (await opened.injected()).shows);
          await look(tally, opened, place);
        }
        for (const { id } of demos) {
          await opened.emit({ type: 'open', demo: { demoId: id + markup } });
          await waitUntil(`the demo ${id}`, async () => {
            const shown = await opened.page
              .locator('article')
              .first()
              .getAttribute('data-demo', { timeout: 10_000 });
            return (
              shown === id + markup &&
              (await opened.page.locator('article .numbers td').count()) > 0
            );
          });
          await look(tally, opened, id);
        }
        await opened.emit({ type: 'open', demo: { demoId: `none${markup}` } });
        await waitUntil('the error', async () =>
          (await opened.page.locator('body').innerText()).includes('There is no demo none'),
        );
        await look(tally, opened, 'a demo that is not there');
        expect(demos.length).toBeGreaterThan(20);
      } catch (error) {
        const shown = await opened.page.locator('body').innerText();
        throw new Error(`${shown.slice(0, 1500)}\n${opened.problems.join('\n')}`, { cause: error });
      } finally {
        await opened.close();
        await thread.stop();
      }
    }));
});
