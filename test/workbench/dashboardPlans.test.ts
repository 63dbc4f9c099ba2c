import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { RequestFacts } from '../../src/core/plans/plansReport.ts';
import type { MeasuredRecall } from '../../src/core/plans/recall.ts';
import { estimate, exact, reportFor, shareOf } from '../core/dashboard/madePlans.ts';
import { smallTable, useDashboardPages } from './support/dashboardPages.ts';
import { openTab } from './support/dashboardTabs.ts';

const pages = useDashboardPages();

const measured: MeasuredRecall = {
  questions: 200,
  budgetTokens: 8_000,
  retrieval: shareOf(120, 200),
  pathOrder: shareOf(9, 200),
  random: shareOf(0, 200),
  byKind: [{ kind: 'import', ...shareOf(40, 60) }],
  at: [{ k: 5, ...shareOf(99, 200) }],
  tokensPerHit: 6_079.3,
};

const part = (path: string, tokens: number) => ({
  path,
  tokens,
  startByte: 0,
  endByte: 4 * tokens,
  startLine: 0,
  endLine: 30,
});
const requests: readonly RequestFacts[] = [80_001, 75_000, 9_003].map((tokens, idx) => ({
  role: idx === 2 ? 'reduce' : 'map',
  answersOf: idx === 2 ? [0, 1] : [],
  tokens,
  outputTokens: 1500,
  stableTokens: 0,
  parts: idx === 2 ? [] : [part('src/heavy.ts', tokens - 700), part('src/light.ts', 400)],
}));

/** The tab with everything planned, measured and opened, as a person would have it open. */
async function openPlans(modelId: string, counted: typeof exact) {
  const report = reportFor(modelId, counted);
  const opened = await pages.open(smallTable(), {
    state: { tab: 'strategies', modelId },
    answer: (method) =>
      ({ planStrategies: report, measureRecall: measured, planRequests: requests })[method],
  });
  const { page } = opened;
  await page.locator('#plan').click();
  await page.locator('table.plans').waitFor();
  await page.locator('#measure-recall').click();
  await page.locator('#recall table').waitFor();
  await page.locator('tr[data-strategy="mapReduce"] th button.link').click();
  await page.locator('#requests').waitFor();
  // What combines is above what it combines: each row that opens shows the next.
  for (const id of ['3', '1', '2']) {
    const row = page.locator(`#requests li[data-request="${id}"]`);
    await row.locator('> details > summary').click();
  }
  for (const summary of await page.locator('#would-fit summary').all()) {
    await summary.click();
  }
  return { ...opened, report };
}

/** Texts with a digit that no reason stands behind; names, the rules themselves and the sentences that repeat the table aside. */
function numbersWithoutReason(page: Page, names: readonly string[]): Promise<readonly string[]> {
  return page.evaluate((known) => {
    const asides =
      'button.why, .tabKnobs, .said, #recommendation, #rules, #whose-times, .lines, [scope="row"], h2, pre, .path';
    const panel = document.getElementById('panel');
    if (panel === null) return ['no panel'];
    const found: string[] = [];
    const walker = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { textContent, parentElement } = walker.currentNode;
      let text = textContent ?? '';
      for (const name of known) text = text.replaceAll(name, '');
      text = text.replaceAll(/95%|Request \d+|combines \d+ answers|\d+ files/g, '');
      if (/\d/.test(text) && parentElement?.closest(asides) === null) found.push(text.trim());
    }
    return found;
  }, names);
}

describe('every number of the tab Strategies', () => {
  it.each([
    ['openai/gpt-4o', exact],
    ['anthropic/claude-sonnet-4-5', estimate],
  ] as const)('says why, for %s', async (modelId, counted) => {
    const { page, problems, report } = await openPlans(modelId, counted);
    const { models } = pages.catalogue();
    const names = models.map(({ name }) => name).sort((a, b) => b.length - a.length);
    expect(await numbersWithoutReason(page, [...names, report.encoding])).toEqual([]);
    for (const cell of await page.locator('table.plans td.number, #recall td.number').all()) {
      expect(await cell.locator('button.why').count()).toBeGreaterThan(0);
    }
    const panel = page.locator('.whyPanel');
    const numbers = await page.locator('#panel button.why').all();
    expect(numbers.length).toBeGreaterThan(70);
    for (const number of numbers) {
      await number.evaluate((one: HTMLElement) => one.click());
      const text = await panel.innerText();
      expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/);
      expect(text).toMatch(/\n= \S|unknown|not listed|is listed/);
      expect(await number.getAttribute('aria-label')).toMatch(/: .*\. Why\?$/);
      // What is exact is shown as its reason has it.
      const shown = (await number.innerText()).trim();
      if (counted === exact && /^[$\d.,%]+$/.test(shown)) {
        expect(text.split('\n')[0]).toContain(`: ${shown}`);
      }
    }
    expect(await page.locator('.cutFiles .path').allInnerTexts()).toEqual([
      'b.ts',
      '</script>"c\ufffd.ts',
    ]);
    expect(problems).toEqual([]);
  });

  it('is reached with the keys, a table being one stop', async () => {
    const { page } = await openPlans('openai/gpt-4o', exact);
    for (const table of await page.locator('#panel .numbers').all()) {
      expect(await table.locator('.why[tabindex="0"]').count()).toBe(1);
    }
    await page.locator('table.plans .why[tabindex="0"]').focus();
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    expect(await focused()).toMatch(/^Share of what one request may hold, Full context: /);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toMatch(/^Tokens sent, Full context: 121,113\. Why\?$/);
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toMatch(/^Tokens sent, RAG: /);
    await page.locator('.whyPanel:popover-open').waitFor();
    await page.keyboard.press('End');
    expect(await focused()).toMatch(/^Dependencies together, RAG: /);
    await page.keyboard.press('Escape');
    expect(await page.locator('.whyPanel:popover-open').count()).toBe(0);
  });
});

describe('a page that was hidden and is made anew', () => {
  it('shows the plans that the host still has, and the requests that were listed', async () => {
    const report = reportFor('openai/gpt-4o', exact);
    const { page, problems, calls } = await pages.open(smallTable(), {
      state: { tab: 'strategies', tabs: { strategies: { shown: 'mapReduce' } } },
      answer: (method) => ({ madePlans: report, planRequests: requests })[method],
    });
    await page.locator('table.plans').waitFor();
    await page.locator('#requests').waitFor();
    expect(calls.find(({ method }) => method === 'planRequests')?.args).toEqual([1, 'mapReduce']);
    expect(calls.some(({ method }) => method === 'planStrategies')).toBe(false);
    expect(problems).toEqual([]);
  });
});

describe('a tab that is left while its plans are made', () => {
  it('still says so when it is back, does not plan twice, and shows what came', async () => {
    let finish: (report: unknown) => void = () => {};
    const made = new Promise<unknown>((resolve) => {
      finish = resolve;
    });
    const { page, problems } = await pages.open(smallTable(), {
      state: { tab: 'strategies', modelId: 'openai/gpt-4o' },
      answer: (method) => (method === 'planStrategies' ? made : undefined),
    });
    await page.locator('#plan').click();
    await page.getByText('Reading the files and planning').waitFor();
    await openTab(page, 'fit');
    await openTab(page, 'strategies');
    await page.getByText('Reading the files and planning').waitFor();
    expect(await page.locator('#plan').evaluate((one) => one.hasAttribute('disabled'))).toBe(true);
    finish(reportFor('openai/gpt-4o', exact));
    await page.locator('table.plans').waitFor();
    expect(problems).toEqual([]);
  });
});

describe('the line of the overhead', () => {
  it('says which file and which knob its tokens come from', async () => {
    const { page, problems } = await pages.open(smallTable(), {
      state: { systemPromptTokens: 1200, countInstructionFiles: true },
      now: { overheadFiles: [{ path: 'AGENTS.md', tokens: 112 }] },
    });
    const number = page.locator('#overhead > span .why');
    expect(await page.locator('#overhead').innerText()).toContain('Overhead: 1,312 tokens');
    await number.focus();
    await page.keyboard.press('Enter');
    // The number asks why; the line does not open by it.
    expect(await page.locator('#overhead details').getAttribute('open')).toBeNull();
    const text = await page.locator('.whyPanel').innerText();
    expect(text).toMatch(/= 0 \+ 1200 \+ 0 \+ 112/);
    expect(text).toMatch(/AGENTS\.md 112 tokens counted here with o200k_base/);
    expect(text).toContain('system prompt');
    expect(text).toContain('contextBudget.overheadTokens');
    expect(problems).toEqual([]);
  });
});
