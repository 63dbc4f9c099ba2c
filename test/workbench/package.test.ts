import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { get_encoding } from 'tiktoken';
import { afterAll, describe, expect, it } from 'vitest';
import { openSection, openViewContainer, treeRow } from './support/views.ts';
import { openWorkbench, projectRoot, type Workbench } from './support/workbench.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'context-budget-package-'));
const vsix = path.join(folder, 'context-budget.vsix');
const hello = 'Hello, budget.\n'.repeat(100);
let workbench: Workbench | undefined;

afterAll(async () => {
  await workbench?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the packed extension', () => {
  it('holds what it runs with and no sources', () => {
    const script = path.join(projectRoot, 'scripts/package.mjs');
    const listing = execFileSync(process.execPath, [script, '--no-build', '--out', vsix], {
      cwd: projectRoot,
      encoding: 'utf8',
    });
    expect(listing).toContain('dist/extension.cjs');
    expect(listing).toContain('dist/countWorker.js');
    expect(listing).toContain('dist/vocabularies/o200k_base.bin');
    expect(listing).toContain('package.nls.json');
    expect(listing).toContain('dist/LICENSES.txt');
    expect(listing).toContain('dist/plansWorker.js');
    expect(listing).toContain('dist/grammars/tree-sitter-python.wasm');
    const licences = readFileSync(path.join(projectRoot, 'dist/LICENSES.txt'), 'utf8');
    for (const name of ['lit-html', '@observablehq/plot', '@secretlint/core']) {
      expect(licences).toMatch(new RegExp(`^${name} [\\d.]+: `, 'm'));
    }
    // The command line and the library are no part of the extension.
    expect(listing).not.toMatch(/dist\/(cli|engine)/);
    expect(listing).not.toMatch(/ (src|test|webview-ui|scripts|node_modules)\//);
  });

  it('installs into VS Code and counts the files of the workspace', async () => {
    workbench = await openWorkbench({
      vsix,
      files: { 'hello.txt': hello, 'source/greet.ts': 'export {};\n' },
    });
    const { page } = workbench;
    await openViewContainer(page, 'Context Budget');
    const files = await openSection(page, 'Files');
    const row = treeRow(files, 'hello.txt');
    await row.waitFor();
    const counter = get_encoding('o200k_base');
    const tokens = counter.encode(hello).length;
    counter.free();
    expect(await row.innerText()).toContain(tokens.toLocaleString('en-US'));
  });
});
