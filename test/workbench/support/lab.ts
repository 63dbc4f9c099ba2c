// The lab, opened in the workbench, and what its engine says without any view.
import type { Frame, Page } from 'playwright-core';
import { decodeUtf8 } from '../../../src/core/plans/decodeUtf8.ts';
import { findDemo } from '../../../src/lab/demos.ts';
import { tokenTexts } from '../../../src/lab/tokenTexts.ts';
import { openTokenCounter } from '../../../src/node/openTokenCounter.ts';
import { runCommand } from './palette.ts';
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
