// The tab Strategies in a browser, its plans made by the real thread; test/host/plans.test.ts tests what the host does with them.
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DashboardCatalogue } from '../../src/core/dashboard/snapshot.ts';
import { outlineOfPlan, strategyIds, type StrategyId } from '../../src/core/plans/plan.ts';
import type { PlanQuestion, PlansReport } from '../../src/core/plans/plansReport.ts';
import type { Planned } from '../../src/node/plansCalls.ts';
import { PlansThread } from '../../src/node/plansThread.ts';
import { findBrowser, launchBrowser } from '../../scripts/support/browser.mjs';
import {
  bundledCatalogue,
  openDashboardPage,
  snapshotOf,
  tableOf,
} from './support/dashboardPage.mjs';
import { choose } from './support/dashboardTabs.ts';
import { accessibilityFaults } from './support/webviews.ts';
import { projectRoot } from './support/workbench.ts';

/** Sixty modules of a shop that need each other, so that strategies lose something. */
const files = Array.from({ length: 60 }, (_, i) => {
  const next = (i * 7 + 1) % 60;
  const lines = Array.from({ length: 90 }, (_, line) => `  total = total * ${line + 1} + ${i};`);
  const text = `import { step${next} } from './module${next}';\n\n/** Works out part ${i} of the yearly report. */\nexport function step${i}(total: number): number {\n${lines.join('\n')}\n  return total > 1e9 ? total : step${next}(total);\n}\n`;
  return { path: `shop/module${i}.ts`, utf8: new TextEncoder().encode(text) };
});

/** Its numbers answer a click themselves. */
const atItsStart = { position: { x: 8, y: 8 } };

let browser: Browser;
let page: Page;
let calls: { readonly method: string; readonly args: readonly unknown[] }[];
let problems: readonly string[];
let planned: readonly Planned[] = [];
let paths: readonly string[] = [];
/** What the smallest cut took out. */
let leftOut: readonly string[] = [];
const thread = new PlansThread(path.join(projectRoot, 'dist/plansWorker.js'));

async function planAll(question: PlanQuestion): Promise<PlansReport> {
  const encoding = 'o200k_base';
  const rest = files.filter((file) => !leftOut.includes(file.path));
  const index = await thread.open({ files: rest, encoding, root: 'shop' });
  paths = index.paths;
  const budgetTokens = 20_000;
  planned = await thread.call('plan', index.indexId, strategyIds, {
    task: question.task,
    budgetTokens,
    outputTokens: question.reservedOutputTokens,
    prompt: { format: 'markdown', lineNumbers: false },
    overlap: 0.1,
    retrievalTokens: 8_000,
  });
  return {
    planId: index.indexId,
    question,
    encoding,
    counted: { budgetTokens, likelyRatio: 1, lowRatio: 1, highRatio: 1 },
    index: { ...index, files: paths.length, problems: 0 },
    planned: planned.map(({ strategy, plan, refused }) => ({
      strategy,
      ...(plan && { plan: outlineOfPlan(plan) }),
      ...(refused === undefined ? {} : { refused }),
    })),
  };
}

/** What the page asks its host; undefined: the page's own stand-in answers. */
function answer(method: string, args: readonly unknown[]): unknown {
  switch (method) {
    case 'planStrategies':
      return planAll(args[0] as PlanQuestion);
    case 'planRequests': {
      const strategy = args[1] as StrategyId;
      const plan = planned.find((each) => each.strategy === strategy)?.plan;
      return plan?.requests.map(({ parts, ...request }) => ({
        ...request,
        parts: parts.map(({ fileIdx, ...part }) => ({ path: paths[fileIdx], ...part })),
      }));
    }
    case 'leaveOutCut':
      leftOut = planned[0].plan?.cut?.files.map((file) => file.path) ?? [];
      return null;
    case 'measureRecall':
      return thread.call('recall', args[0] as number, 2_000);
    default:
      return undefined;
  }
}

beforeAll(async () => {
  const chosen = process.env['CONTEXT_BUDGET_BROWSER'];
  browser = await launchBrowser(
    chosen === undefined
      ? await findBrowser()
      : (JSON.parse(chosen) as Awaited<ReturnType<typeof findBrowser>>),
  );
  const catalogue = (await bundledCatalogue()) as DashboardCatalogue;
  const table = tableOf(files.map((file) => [file.path, Math.ceil(file.utf8.length / 3)]));
  const opened = (await openDashboardPage(browser, snapshotOf(catalogue, table), {
    answer,
    viewport: { width: 1400, height: 900 },
  })) as { page: Page; calls: typeof calls; problems: readonly string[] };
  ({ page, calls, problems } = opened);
  page.setDefaultTimeout(60_000);
});
afterAll(async () => {
  await browser.close();
  await thread.stop();
});

describe('the tab Strategies', () => {
  it('plans every strategy, recommends one with its reason, and lists the requests of one', async () => {
    await page.locator('#tab-strategies').click();
    await page.locator('#plan').click();
    await page.locator('table.plans').waitFor();
    const rows = await page
      .locator('table.plans tr[data-strategy]')
      .evaluateAll((all) => all.map((row) => (row as HTMLElement).dataset['strategy']));
    expect(rows.slice(0, 4)).toEqual(['full', 'slidingWindow', 'rag', 'mapReduce']);
    expect(rows.length).toBe(8);
    expect(await page.locator('#recommendation').innerText()).toContain('Recommended:');
    expect(await page.locator('tr.best[data-strategy]').count()).toBe(1);
    // It does not fit whole into the 20,000 tokens of this test.
    const wouldFit = page.locator('#would-fit');
    expect(await wouldFit.innerText()).toContain('All of it does not fit');
    expect(await wouldFit.innerText()).toContain('Nearest model that holds all of it');
    await wouldFit.locator('summary').click(atItsStart);
    expect(await wouldFit.locator('.cutFiles li').count()).toBeGreaterThan(10);
    expect(await page.locator('tr[data-strategy="full"]').innerText()).toContain('Does not fit');
    await page.locator('#rules summary').click();
    expect(await page.locator('#rules tbody tr').count()).toBeGreaterThan(10);

    await page.locator('tr[data-strategy="slidingWindow"] button.link').click();
    await page.locator('#requests .requests > li').first().waitFor();
    await page.locator('#requests summary').first().click(atItsStart);
    await page.locator('#requests .files li').first().waitFor();
    expect(await page.locator('#requests').innerText()).toContain('shop/module0.ts');
    expect(await accessibilityFaults(page.mainFrame())).toEqual([]);
    expect(problems).toEqual([]);
  });

  it('asks the host to copy, save and send, and to open a request', async () => {
    await page.locator('button[aria-label="Copy request 2"]').click();
    await page.locator('button[aria-label="Open request 1"]').click();
    await page.locator('#save-plan').click();
    const asked = calls.filter(({ method }) => /^(copyRequest|showRequest|savePlan)$/.test(method));
    expect(asked.map(({ method, args }) => [method, ...args.slice(1)])).toEqual([
      ['copyRequest', 'slidingWindow', 1],
      ['showRequest', 'slidingWindow', 0],
      ['savePlan', 'slidingWindow'],
    ]);
  });

  it('shows requests that combine answers above those that give them, and opens a file at its lines', async () => {
    await page.locator('tr[data-strategy="mapReduce"] button.link').click();
    const top = page.locator('#requests > .requests > li');
    await top.first().waitFor();
    expect(await top.count()).toBe(1);
    expect(await top.innerText()).toContain('combines');
    await top.locator('summary').first().click(atItsStart);
    const below = top.locator('.requests > li');
    const { requests } = planned.find(({ strategy }) => strategy === 'mapReduce')?.plan ?? {};
    await below.first().waitFor();
    // Two answers to a call: four parts are combined by two calls, and those by one.
    expect(await top.locator(':scope > details > .requests > li').count()).toBe(
      requests?.at(-1)?.answersOf.length,
    );
    await below.first().locator('summary').first().click(atItsStart);
    const part = below.first().locator('.requests > li').first();
    await part.locator('summary').click(atItsStart);
    const line = part.locator('button.lines').first();
    await line.click();
    const opened = calls.filter(({ method }) => method === 'openPart').at(-1)?.args;
    expect(opened?.[0]).toMatch(/^shop\/module\d+\.ts$/);
    expect(await line.getAttribute('aria-label')).toContain(String(opened?.[0]));
    expect(Number(opened?.[2])).toBeGreaterThan(Number(opened?.[1]));
    expect(await accessibilityFaults(page.mainFrame())).toEqual([]);
  });

  it('says when the knobs ask for something else, and what a question still needs', async () => {
    await choose(page, '#strategies-task', 'question');
    await page.locator('#strategies-words').waitFor();
    expect(await page.locator('#plan:disabled').count()).toBe(1);
    await page
      .locator('#strategies-words input')
      .fill('where is part 7 of the yearly report worked out?');
    await page.locator('#plan:enabled').click();
    await page.locator('tr.best[data-strategy="rag"]').waitFor();
    expect(await page.locator('#recommendation').innerText()).toContain(
      'a question needs few places',
    );
  });

  it('measures retrieval on this code when asked', async () => {
    await page.locator('#measure-recall').click();
    await page.locator('#recall table').waitFor();
    expect(await page.locator('#recall').innerText()).toContain('An import asks for its file');
  });

  it('leaves the smallest cut out of the set when asked, plans again, and then all of it fits', async () => {
    await page.locator('#leave-out-cut').click();
    await page.locator('#would-fit').waitFor({ state: 'detached' });
    expect(leftOut.length).toBeGreaterThan(10);
    const asked = calls.filter(({ method }) => /^(leaveOutCut|planStrategies)$/.test(method));
    const [leave, again] = asked.slice(-2);
    expect(leave.method).toBe('leaveOutCut');
    expect(again.args[0]).toMatchObject({ subject: { kind: 'set' } });
    expect(await page.locator('tr[data-strategy="full"]').innerText()).not.toContain('not fit');
    expect(problems).toEqual([]);
  });
});
