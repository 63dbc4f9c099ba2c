// Screenshots for the documentation: taken on every run, so that they can be, written only when asked (--update-images).
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { projectRoot } from './workbench.ts';

/** Takes a picture of the page or of one element; with --update-images it becomes docs/images/<name>. Returns the PNG's bytes. */
export async function takeImage(subject: Page | Locator, name: `${string}.png`): Promise<Buffer> {
  const image = await subject.screenshot({ animations: 'disabled', caret: 'hide' });
  if (process.env['CONTEXT_BUDGET_UPDATE_IMAGES'] === '1') {
    const file = path.join(projectRoot, 'docs/images', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, image);
  }
  return image;
}
