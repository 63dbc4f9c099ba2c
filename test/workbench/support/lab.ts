// The lab, opened in the workbench, and what its engine says without any view.
import type { Frame, Page } from 'playwright-core';
import { decodeUtf8 } from '../../../src/core/text/utf8Text.ts';
import { findDemo } from '../../../src/lab/demos.ts';
import { tokenTexts } from '../../../src/lab/tokenTexts.ts';
import { openTokenCounter } from '../../../src/node/openTokenCounter.ts';
import { runCommand } from './palette.ts';
import { waitUntil } from './waiting.ts';
import { webviewWith } from './webviews.ts';

/** Tokens of the text's start that the page runs on unless told. */
export const pageTokens = 64;

/** A few functions to run demos on. */
export const pricesCode = `export function total(prices: readonly number[]): number {
  let sum = 0;
  for (const price of prices) sum += price;
  return sum;
}

export function mean(prices: readonly number[]): number {
  return total(prices) / prices.length;
}
`;

/** The key number of a demo, in the page. */
export function keySelector(id: string): string {
  return `article[data-demo="${id}"] .numbers .key td[data-value]`;
}

/** Runs the demo's command; gives the lab's document once the demo's numbers are in it. */
export async function openDemo(page: Page, id: string, keepSelection = false): Promise<Frame> {
  await runCommand(page, `Context Budget: Demo: ${findDemo(id).title}`, keepSelection);
  return webviewWith(page, keySelector(id));
}

/** Waits until every card of the gallery that is shown has its picture. */
export async function allThumbnails(frame: Frame): Promise<void> {
  await waitUntil('all thumbnails', async () => {
    const drawn = await frame.locator('.thumbnail > *').count();
    return drawn > 0 && drawn === (await frame.locator('.thumbnail').count());
  });
}

/** What the page measured of itself since `clearMeasures`, milliseconds. */
async function measured(frame: Frame, name: string): Promise<readonly number[]> {
  return frame.evaluate(
    (of) => performance.getEntriesByName(of).map(({ duration }) => duration),
    name,
  );
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

const steppedFrames = 6;

/**
 * Opens a demo from the gallery, goes some steps through its time line where it has one, and says what the first frame took, what of
 * that the engine, and what the page was busy for at a step.
 */
export async function demoTimes(frame: Frame, id: string): Promise<string> {
  const clear = () => frame.evaluate(() => performance.clearMeasures());
  await clear();
  await frame.locator(`.card[data-demo="${id}"]`).click();
  await frame.locator(`article[data-demo="${id}"] .numbers .key`).waitFor();
  const [first] = await measured(frame, 'lab frame');
  const [engine] = await measured(frame, 'lab engine');
  const step = frame.locator('.timeline .step');
  const position = frame.locator('.position');
  if ((await step.count()) > 0) {
    await frame.locator('.timeline input').press('Home');
    await waitUntil('step 1', async () => (await position.innerText()).startsWith('step 1 '));
    await clear();
    for (let idx = 0; idx < steppedFrames && (await step.isEnabled()); idx++) {
      const before = await position.innerText();
      await step.click();
      await waitUntil('the next step', async () => (await position.innerText()) !== before);
    }
  }
  const draws = await measured(frame, 'lab draw');
  const steps = await measured(frame, 'lab engine');
  return [
    `${id}: first frame ${first.toFixed(0)} ms, ${engine.toFixed(0)} ms of it the engine`,
    `a step: engine ${median(steps).toFixed(1)} ms, draw ${median(draws).toFixed(1)} ms (medians of ${steps.length} and ${draws.length})`,
  ].join('; ');
}

/** The demo's key number on the text's first tokens, as the engine gives it without any view. */
export async function keyNumber(id: string, text: string): Promise<number> {
  const encoder = await openTokenCounter('o200k_base');
  const bytes = new TextEncoder().encode(text);
  const { tokens } = tokenTexts(encoder, bytes, pageTokens, decodeUtf8);
  const run = findDemo(id).run({ tokens, values: {} });
  const { numbers } = run.frame(run.openingFrame ?? 0);
  const row = numbers.find((one) => one.id === run.keyNumberId);
  if (row === undefined) throw new Error(`${id} has no number ${run.keyNumberId}`);
  return row.value;
}
