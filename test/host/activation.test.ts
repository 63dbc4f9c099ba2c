import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import { contextBudget, extensionId } from './support.ts';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly category: string }[];
    readonly configuration: {
      readonly properties: Readonly<
        Record<string, { readonly description?: string; readonly markdownDescription?: string }>
      >;
    };
  };
  readonly capabilities: {
    readonly untrustedWorkspaces: {
      readonly supported: unknown;
      readonly restrictedConfigurations: unknown;
    };
    readonly virtualWorkspaces: { readonly supported: unknown };
  };
}

function manifest(): Manifest {
  return vscode.extensions.getExtension(extensionId)?.packageJSON as Manifest;
}

describe('activation', () => {
  it('loads and starts without loading the scanner or the catalogue', async () => {
    const { activationMs } = await contextBudget();
    const folder = vscode.extensions.getExtension(extensionId)?.extensionPath ?? '';
    const bundle = path.join(folder, 'dist/extension.cjs');
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- measures loading the bundle anew
    const load = () => require(bundle) as unknown;
    const known = require.cache[bundle];
    delete require.cache[bundle];
    const startedMs = performance.now();
    load();
    const loadMs = performance.now() - startedMs;
    if (known !== undefined) require.cache[bundle] = known;
    const figures = `load ${loadMs.toFixed(1)} ms + activate ${activationMs.toFixed(1)} ms`;
    const progress = process.env['CONTEXT_BUDGET_TEST_PROGRESS'];
    if (progress !== undefined) {
      const { appendFileSync } = await import('node:fs');
      appendFileSync(progress, `      activation: ${figures}\n`);
    }
    assert.ok(loadMs + activationMs > 0);
  });

  it('has every command of the manifest, all in one category', async () => {
    await contextBudget();
    const known = new Set(await vscode.commands.getCommands(true));
    for (const { command, category } of manifest().contributes.commands) {
      assert.ok(known.has(command), `${command} is not registered`);
      assert.equal(category, 'Context Budget');
    }
  });

  it('describes every setting, with its text found', () => {
    for (const [key, schema] of Object.entries(manifest().contributes.configuration.properties)) {
      const text = schema.description ?? schema.markdownDescription ?? '';
      assert.ok(text.length > 0 && !text.startsWith('%'), `${key}: ${text}`);
    }
  });

  it('declares that it reads only, so untrusted and virtual workspaces are welcome', () => {
    // In full but for the paths of files that an untrusted workspace's own settings would have read.
    const { supported, restrictedConfigurations } = manifest().capabilities.untrustedWorkspaces;
    assert.equal(supported, 'limited');
    assert.deepEqual(restrictedConfigurations, ['contextBudget.tokenizers']);
    assert.equal(manifest().capabilities.virtualWorkspaces.supported, true);
  });
});
