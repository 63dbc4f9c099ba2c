import { describe, expect, it } from 'vitest';
import { formatCount } from '../../src/core/format/numbers.ts';
import { takeImage } from './support/images.ts';
import { runCommand } from './support/palette.ts';
import { openSection, openViewContainer, setTheme, treeRow } from './support/views.ts';
import { waitUntil } from './support/waiting.ts';
import { accessibilityFaults, webviewWith } from './support/webviews.ts';
import { useWorkbench } from './support/workbench.ts';

const folders = ['orders', 'stock', 'billing', 'shipping', 'accounts', 'reports'] as const;
const nouns = ['Invoice', 'Parcel', 'Refund', 'Ledger', 'Coupon', 'Basket', 'Return', 'Label'];

/** A shop of 48 modules that need each other, some 200,000 tokens: more than the window of GPT-4o. */
const files: Readonly<Record<string, string>> = Object.fromEntries(
  folders.flatMap((folder, f) =>
    nouns.map((noun, n) => {
      const [otherFolder, otherNoun] = [folders[(f + n) % 6], nouns[(n * 3 + f) % 8]];
      const functions = Array.from({ length: 40 }, (_, i) => {
        const steps = Array.from(
          { length: 8 },
          (__, step) => `  total += lines[${step}] * ${(f + 2) * (i + step)};`,
        );
        return `/** Works out step ${i} of the ${noun.toLowerCase()} for ${folder}. */\nexport function ${folder}${noun}${i}(lines: readonly number[]): number {\n  let total = ${i};\n${steps.join('\n')}\n  return total;\n}\n`;
      });
      const path = `${folder}/${noun.toLowerCase()}.ts`;
      const target = `../${otherFolder}/${otherNoun.toLowerCase()}`;
      const uses = `import { ${otherFolder}${otherNoun}0 } from '${target}';\n\nexport const ${folder}${noun}Total = (lines: readonly number[]) => ${otherFolder}${otherNoun}0(lines);\n`;
      return [path, `${uses}\n${functions.join('\n')}`];
    }),
  ),
);

describe('the tab Strategies in VS Code', () => {
  const workbench = useWorkbench({
    files,
    settings: { 'contextBudget.model': 'openai/gpt-4o' },
    viewport: { width: 1500, height: 1180 },
  });

  it('plans every strategy for the workspace, says what would fit, and recommends one', async () => {
    const { page } = workbench();
    await setTheme(page, 'Dark Modern');
    await runCommand(page, 'Context Budget: Open Dashboard');
    const frame = await webviewWith(page, '#fit-verdict');
    await waitUntil('every file to be counted', async () =>
      /48 files/.test(await frame.locator('#subject-text').innerText()),
    );
    await frame.locator('#tab-strategies').click();
    await frame.locator('#plan:enabled').click();
    await frame.locator('table.plans').waitFor();
    expect(await frame.locator('table.plans tr[data-strategy]').count()).toBe(8);
    expect(await frame.locator('tr[data-strategy="full"]').innerText()).toContain('Does not fit');
    expect(await frame.locator('#would-fit').innerText()).toMatch(
      /Smallest cut: leave out \d+ files/,
    );
    expect(await frame.locator('#recommendation').innerText()).toContain('Recommended:');
    await takeImage(page, 'dashboard/strategies.png');
    expect(await accessibilityFaults(frame)).toEqual([]);
  });

  it('shows the requests of one strategy as a tree, and opens a file at its lines', async () => {
    const { page } = workbench();
    const frame = await webviewWith(page, 'table.plans');
    await frame.locator('tr[data-strategy="mapReduce"] button.link').click();
    const top = frame.locator('#requests > .requests > li');
    await top.locator('summary').first().click();
    const part = top.locator('.requests > li').first();
    await part.locator('summary').click();
    const line = part.locator('button.lines').first();
    const label = (await line.getAttribute('aria-label')) ?? '';
    const [, path] = /^Open (\S+), lines \d+ to \d+$/.exec(label) ?? [];
    expect(Object.keys(files)).toContain(path);
    await line.click();
    await page
      .locator(`.tab[aria-label*="${path.split('/').at(-1)}"]`)
      .first()
      .waitFor();
  });

  it('shows the same requests in the Requests view, with their tokens', async () => {
    const { page } = workbench();
    await openViewContainer(page, 'Context Budget');
    const view = await openSection(page, 'Requests');
    const top = treeRow(view, /combines \d+ answers/);
    await top.waitFor();
    const frame = await webviewWith(page, '#requests');
    const said = await frame.locator('#requests > .requests > li > .actions').first().innerText();
    const [, tokens] = /([\d,]+) tokens/.exec(said) ?? [];
    expect(await top.innerText()).toContain(`${tokens} tokens`);
    expect(Number(tokens.replaceAll(',', ''))).toBeGreaterThan(0);
    expect(formatCount(Number(tokens.replaceAll(',', '')))).toBe(tokens);
  });

  it('asks no address outside this machine for anything', () => {
    expect(workbench().outsideRequests).toEqual([]);
  });
});
