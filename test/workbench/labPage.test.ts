import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser, launchBrowser } from '../../scripts/support/browser.mjs';
import { findDemo } from '../../src/lab/demos.ts';
import { pictureTable, tableCsv } from '../../src/lab/pictureTable.ts';
import { sampleTokens } from '../lab/wellFormed.ts';
import { openLabPage } from './support/labPage.mjs';
import { pngSize } from './support/png.ts';
import { waitUntil } from './support/waiting.ts';

interface LabPage {
  readonly page: Page;
  readonly calls: { readonly method: string; readonly args: readonly unknown[] }[];
  readonly saved: Map<string, Buffer>;
  readonly problems: readonly string[];
  readonly close: () => Promise<void>;
}

const tokens = sampleTokens(64);
const setTokens = 50_000;

describe('the lab’s page', () => {
  let browser: Browser;
  let opened: LabPage | undefined;
  beforeAll(async () => {
    const chosen = process.env['CONTEXT_BUDGET_BROWSER'];
    browser = await launchBrowser(
      chosen === undefined
        ? await findBrowser()
        : (JSON.parse(chosen) as Awaited<ReturnType<typeof findBrowser>>),
    );
  });
  afterEach(async () => {
    const problems = opened?.problems;
    await opened?.close();
    opened = undefined;
    expect(problems ?? []).toEqual([]);
  });
  afterAll(() => browser.close());

  const open = async (demoId: string | undefined, options: object = {}): Promise<LabPage> => {
    const link = demoId === undefined ? {} : { opened: { demoId } };
    opened = await openLabPage(browser, tokens, { ...link, ...options });
    opened.page.setDefaultTimeout(20_000);
    if (demoId !== undefined) {
      await opened.page.locator(`article[data-demo="${demoId}"] .numbers .key`).waitFor();
    }
    return opened;
  };
  const focused = (page: Page) =>
    page.evaluate(() => {
      const { activeElement } = document;
      return (
        activeElement?.id || activeElement?.getAttribute('data-demo') || activeElement?.tagName
      );
    });
  const tabTo = async (page: Page, isThere: string) => {
    for (let press = 0; press < 80; press++) {
      if (await page.evaluate((of) => document.activeElement?.matches(of) ?? false, isThere))
        return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`80 tabs never came to ${isThere}; the focus is on ${await focused(page)}`);
  };

  it('saves every kind of picture in each of its formats, with what is in it', async () => {
    // Between them they draw all kinds: matrix, series, bars, tokens, blocks, ring, circle.
    const ids = ['longformer', 'denseAttention', 'pagedCache', 'ringAttention', 'rope'];
    const kinds = new Set<string>();
    for (const id of ids) {
      const { page, saved, close } = await open(id);
      const run = findDemo(id).run({ tokens, values: {}, setTokens });
      const openingFrame = run.openingFrame ?? 0;
      const { pictures } = run.frame(openingFrame);
      const figures = page.locator('figure');
      expect(await figures.count()).toBe(pictures.length);
      for (const [idx, picture] of pictures.entries()) {
        kinds.add(picture.kind);
        const figure = figures.nth(idx);
        const formats = picture.kind === 'matrix' ? ['PNG', 'CSV'] : ['PNG', 'SVG', 'CSV'];
        for (const format of formats) {
          saved.clear();
          await figure
            .getByRole('button', { name: `as ${format}`, exact: false })
            .first()
            .click();
          const [name, content] = await waitUntil(`${picture.title} as ${format}`, () => {
            return [...saved.entries()][0];
          });
          expect(name).toMatch(
            new RegExp(`^${id}-[a-z0-9-]+-step-${openingFrame + 1}\\.${format.toLowerCase()}$`),
          );
          if (format === 'CSV') {
            const cells = (text: string) =>
              text.split(/[,\r\n]/).map((cell) => {
                const number = Number(cell);
                // The browser's sine and Node's may differ in the last digit.
                return cell === '' || Number.isNaN(number) ? cell : number.toPrecision(9);
              });
            expect(cells(content.toString('utf8'))).toEqual(cells(tableCsv(pictureTable(picture))));
          } else if (format === 'SVG') {
            const svg = content.toString('utf8');
            expect(svg).toMatch(/^<svg[^>]* viewBox="0 0 [\d.]+ [\d.]+"/);
            expect(svg).not.toMatch(/var\(|class="|<script|color\(/);
            if (picture.kind === 'tokens') {
              const words = [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, word]) => word);
              expect(words.join('')).toContain('const');
            }
            const faults = await page.evaluate((text) => {
              const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
              return parsed.querySelectorAll('parsererror').length;
            }, svg);
            expect(faults).toBe(0);
          } else {
            const { width, height } = pngSize(content);
            expect(width).toBeGreaterThan(200);
            expect(height).toBeGreaterThan(40);
            expect(content.length).toBeGreaterThan(500);
            const colours = await page.evaluate(async (base64) => {
              const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
              const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
              const canvas = new OffscreenCanvas(image.width, image.height);
              const context = canvas.getContext('2d');
              context?.drawImage(image, 0, 0);
              const data = context?.getImageData(0, 0, image.width, image.height).data ?? [];
              const found = new Set<string>();
              for (let at = 0; at < data.length; at += 4) {
                found.add(`${data[at]} ${data[at + 1]} ${data[at + 2]}`);
              }
              return found.size;
            }, content.toString('base64'));
            expect(colours, `${id}: ${picture.title}`).toBeGreaterThan(3);
          }
        }
      }
      await close();
    }
    opened = undefined;
    expect([...kinds].sort()).toEqual(
      ['bars', 'blocks', 'circle', 'matrix', 'ring', 'series', 'tokens'].sort(),
    );
  });

  it('tells the categories of tokens apart without their colours, in the legend and in a saved picture too', async () => {
    const { page, saved } = await open('moeRouting');
    const figure = page.locator('figure', { has: page.locator('p.tokens') }).first();
    const looks = (selector: string) =>
      figure.locator(selector).evaluateAll((all) =>
        all.map((one) => {
          const { borderBottomColor, borderBottomStyle } = getComputedStyle(one);
          return `${borderBottomColor} ${borderBottomStyle}`;
        }),
      );
    const legend = await looks('.legend .token');
    expect(legend.length).toBe(8);
    expect(new Set(legend).size).toBe(8);
    const kinds = legend.map((look) => look.slice(look.lastIndexOf(' ') + 1));
    expect(kinds.slice(0, 4)).toEqual(['solid', 'dotted', 'dashed', 'double']);
    const drawn = new Set(await looks('p.tokens .token.lined'));
    expect(drawn.size).toBeGreaterThan(2);
    expect(legend).toEqual(expect.arrayContaining([...drawn]));
    await figure.getByRole('button', { name: 'as SVG', exact: false }).click();
    const svg = await waitUntil('the picture to be saved', () => [...saved.values()][0]);
    expect(svg.toString('utf8')).toMatch(/stroke-dasharray/);
  });

  it('saves a picture of every step, each its own', async () => {
    const { page, saved } = await open('slidingWindow');
    const second = page.locator('figure').nth(1);
    await second.locator('.steps').click();
    const run = findDemo('slidingWindow').run({ tokens, values: {}, setTokens });
    await waitUntil('all steps', () => saved.size === run.numFrames);
    await page.locator('#saving').waitFor({ state: 'detached' });
    const names = Array.from(
      { length: run.numFrames },
      (_, idx) => `slidingWindow-picture-2-step-${idx + 1}.png`,
    );
    expect([...saved.keys()]).toEqual(names);
    const contents = [...saved.values()].map((bytes) => bytes.toString('base64'));
    expect(new Set(contents).size).toBe(run.numFrames);
    for (const bytes of saved.values()) expect(pngSize(bytes).width).toBeGreaterThan(200);
    expect(await page.locator('.offstage').count()).toBe(0);
    // What the page shows stays as it was.
    expect(await page.locator('.position').innerText()).toContain(`step ${run.numFrames} `);
  });

  it('is worked by the keyboard alone, from the gallery to a picked token and back', async () => {
    const { page } = await open(undefined);
    await tabTo(page, '#search');
    await page.keyboard.type('longformer');
    await tabTo(page, '.card[data-demo="longformer"]');
    await page.keyboard.press('Enter');
    await page.locator('article[data-demo="longformer"] .numbers .key').waitFor();
    expect(await focused(page)).toBe('H2');
    // A slider.
    await tabTo(page, '.controls input[type="range"]');
    const key = page.locator('tr[data-number="cells"] td[data-value]');
    const before = await key.getAttribute('data-value');
    await page.keyboard.press('ArrowRight');
    await waitUntil('more cells', async () => (await key.getAttribute('data-value')) !== before);
    // The heat map, cell by cell, and a column picked as a global token.
    await tabTo(page, 'canvas');
    for (const press of ['ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowRight']) {
      await page.keyboard.press(press);
    }
    const cell = page.locator('.cell').first();
    expect(await cell.innerText()).toMatch(/^row 0 .*column 3 /);
    const picked = page.locator('.controls input[type="text"]');
    const chosen = await picked.inputValue();
    await page.keyboard.press('Enter');
    await waitUntil('the token to be picked', async () => (await picked.inputValue()) !== chosen);
    expect((await picked.inputValue()).split(', ')).toContain('3');
    // The table behind the picture.
    await tabTo(page, 'summary');
    await page.keyboard.press('Enter');
    await page.locator('.scroll table').first().waitFor();
    await page.locator('#gallery').focus();
    await page.keyboard.press('Enter');
    await page.locator('.card[data-demo="longformer"]').waitFor();
  });

  it('steps and plays a time line by the keyboard', async () => {
    const { page } = await open('flashAttention');
    const position = page.locator('.position');
    await tabTo(page, '.timeline input[type="range"]');
    await page.keyboard.press('Home');
    await waitUntil('step 1', async () => (await position.innerText()).startsWith('step 1 '));
    await page.keyboard.press('ArrowRight');
    await waitUntil('step 2', async () => (await position.innerText()).startsWith('step 2 '));
    await page.keyboard.press('End');
    await waitUntil('the last step', async () =>
      /^step (\d+) of \1$/.test(await position.innerText()),
    );
    await page.locator('.timeline .primary').focus();
    await page.keyboard.press('Space');
    await waitUntil('it to begin anew', async () =>
      (await position.innerText()).startsWith('step 1 '),
    );
    await page.keyboard.press('Space');
    expect(await page.locator('.timeline .primary').innerText()).toBe('Play');
  });

  it('gives time to look at each step where motion is to be reduced', async () => {
    const stepOf = async (page: Page) =>
      Number(/\d+/.exec(await page.locator('.position').innerText())?.[0]);
    for (const [reducedMotion, stepMs] of [
      ['reduce', 2000],
      ['no-preference', 350],
    ] as const) {
      const { page, close } = await open('flashAttention', { context: { reducedMotion } });
      const opening = await stepOf(page);
      await page.clock.install();
      await page.locator('.timeline .primary').click();
      await page.clock.runFor(stepMs - 100);
      expect(await stepOf(page)).toBe(opening);
      await waitUntil('the next step', async () => {
        await page.clock.runFor(20);
        return (await stepOf(page)) === opening + 1;
      });
      // Nothing else moves: no transitions, no animations.
      const moving = await page.evaluate(() => document.getAnimations().length);
      expect(moving).toBe(0);
      await close();
    }
    opened = undefined;
  });

  it('says what changed, the number that the demo is about first', async () => {
    const { page } = await open('slidingWindow');
    const spoken = page.locator('#spoken');
    expect(await spoken.getAttribute('aria-live')).toBe('polite');
    const first = await spoken.textContent();
    expect(first).toContain('Tokens that the last token can depend on: 29.');
    await page.locator('.timeline input').press('Home');
    await waitUntil('the change', async () =>
      (await spoken.textContent())?.includes(
        'Tokens that the last token can depend on: 8, was 29.',
      ),
    );
    // What stayed as it was is not said again.
    expect(await spoken.textContent()).not.toContain('Cells computed');
    await page.locator('.timeline .primary').click();
    const playing = await spoken.textContent();
    await waitUntil('a step', async () =>
      /^step [23] /.test(await page.locator('.position').innerText()),
    );
    expect(await spoken.textContent()).toBe(playing);
  });

  it('takes over the marks of the page before it: its demo’s, or none where it has none', async () => {
    const { page, calls, close } = await open('slidingWindow', { isMarking: true });
    await waitUntil('the marks', () => calls.length > 0);
    const [request] = calls[0].args as [{ demoId: string }];
    expect(request.demoId).toBe('slidingWindow');
    expect(await page.locator('[data-mark]').getAttribute('aria-pressed')).toBe('true');
    await close();
    const other = await open('mla', { isMarking: true });
    await waitUntil('no marks', () => other.calls.length > 0);
    expect(other.calls.at(-1)).toEqual({ method: 'mark', args: [null] });
  });

  it('opens the card of a model that uses the mechanism', async () => {
    const { page, calls } = await open('mla');
    await page.locator('li[data-model="deepseek-v3"] button').click();
    await waitUntil('the call', () => calls.length > 0);
    expect(calls).toEqual([{ method: 'openCard', args: ['deepseek-v3'] }]);
  });

  it('draws a step of 256 and of 8,192 tokens without laying out more than it must', async () => {
    const many = sampleTokens(8192);
    opened = await openLabPage(browser, many, { opened: { demoId: 'bigBird' } });
    const { page } = opened;
    for (const numTokens of ['256', '8192']) {
      await page.locator('#num-tokens').selectOption(numTokens);
      await waitUntil(`${numTokens} tokens`, async () =>
        (await page.locator('.caption').innerText()).includes(` of ${numTokens}.`),
      );
      expect(await page.locator('.token').count()).toBeLessThanOrEqual(512);
    }
    const text = await page
      .locator('.tokens')
      .first()
      .evaluate((drawn) => drawn.textContent);
    expect(text.replaceAll(/\s/g, '').length).toBeGreaterThan(20_000);
  });

  it('says when the engine’s thread ended, and goes on with the next step', async () => {
    const { page } = await open('flashAttention');
    const message = 'The engine was stopped. It starts anew when it is needed.';
    await page.evaluate((text) => {
      (window as unknown as { labHost: { failNext: (text: string) => void } }).labHost.failNext(
        text,
      );
    }, message);
    await page.locator('.timeline .step').click();
    const alert = page.locator('article [role="alert"]');
    await alert.waitFor();
    expect(await alert.innerText()).toBe(message);
    expect(await page.locator('figure').count()).toBeGreaterThan(0);
    await page.locator('.timeline .step').click();
    await alert.waitFor({ state: 'detached' });
  });

  it('survives whatever its text is: one token, odd ones, none', async () => {
    const odd = ['', '\u0000', '🙂', '<script>', '</p>', '\n'];
    opened = await openLabPage(browser, odd, { opened: { demoId: 'causalMasking' } });
    const { page } = opened;
    await page.locator('.numbers .key').waitFor();
    expect(await page.locator('.tokens script').count()).toBe(0);
    await page.locator('#num-tokens').selectOption('1');
    await waitUntil('one token', async () => (await page.locator('.token').count()) === 1);
    await opened.close();
    opened = await openLabPage(browser, [], { opened: { demoId: 'causalMasking' } });
    await opened.page.locator('.error', { hasText: 'no tokens' }).waitFor();
  });
});
