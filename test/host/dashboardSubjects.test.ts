import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { contextBudget, setSetting, until, workspaceUri, writeFile } from './support.ts';

interface GitApi {
  openRepository(root: vscode.Uri): Promise<unknown>;
  readonly repositories: readonly { readonly rootUri: vscode.Uri }[];
}

async function gitApi(): Promise<GitApi> {
  const extension = vscode.extensions.getExtension<{ getAPI(version: 1): GitApi }>('vscode.git');
  assert.ok(extension, 'VS Code comes with its Git extension');
  return (await extension.activate()).getAPI(1);
}

const tokensOf = (text: { readonly countsByKind: Readonly<Record<string, number>> }) =>
  Object.values(text.countsByKind).reduce((sum, tokens) => sum + tokens, 0);

describe('what the dashboard weighs besides files', () => {
  it('counts the clipboard, and says so when it holds no text', async () => {
    const { rooms } = await contextBudget();
    const { api } = await rooms.dashboard();
    const text = 'export const answer = 42;\n'.repeat(30);
    await vscode.env.clipboard.writeText(text);
    const counted = await api.countText('clipboard');
    const tokens = await (await rooms.counting()).countText(text, 'o200k_base');
    assert.equal(tokensOf(counted.text), tokens);
    assert.deepEqual([counted.source, counted.lines], ['clipboard', 31]);
    await vscode.env.clipboard.writeText('');
    await assert.rejects(api.countText('clipboard'), /clipboard holds no text/);
  });

  it('counts every part of a selection, and says so when nothing is selected', async () => {
    const { rooms } = await contextBudget();
    const { api } = await rooms.dashboard();
    await writeFile('selected.ts', 'const one = 1;\nconst two = 2;\nconst three = 3;\n');
    try {
      const editor = await vscode.window.showTextDocument(workspaceUri('selected.ts'));
      editor.selections = [new vscode.Selection(0, 0, 0, 0)];
      await assert.rejects(api.countText('selection'), /Nothing is selected/);
      editor.selections = [new vscode.Selection(0, 0, 0, 14), new vscode.Selection(2, 0, 2, 16)];
      await until('both parts', async () => {
        const { text, label } = await api.countText('selection');
        const both = 'const one = 1;\nconst three = 3;';
        const tokens = await (await rooms.counting()).countText(both, 'o200k_base');
        return tokensOf(text) === tokens && label === 'selected.ts';
      });
    } finally {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await vscode.workspace.fs.delete(workspaceUri('selected.ts'));
    }
  });

  it('counts what has changed since the last commit, staged or not', async function () {
    this.timeout(60_000);
    const { rooms } = await contextBudget();
    const { api } = await rooms.dashboard();
    const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'context-budget-diff-')));
    const git = (...args: readonly string[]) =>
      execFileSync(
        'git',
        ['-c', 'user.name=Test', '-c', 'user.email=test@example.invalid', ...args],
        { cwd: folder, encoding: 'utf8' },
      );
    try {
      for (const name of ['staged.ts', 'open.ts']) {
        writeFileSync(path.join(folder, name), 'export const before = 1;\n');
      }
      git('init', '--quiet');
      git('add', '.');
      git('commit', '--quiet', '-m', 'first');
      const opened = await gitApi();
      await opened.openRepository(vscode.Uri.file(folder));
      await until('the repository', () =>
        opened.repositories.some(({ rootUri }) => realpathSync(rootUri.fsPath) === folder),
      );
      await assert.rejects(api.countText('diff'), /Nothing has changed/);
      writeFileSync(path.join(folder, 'staged.ts'), 'export const after = 2;\n');
      git('add', 'staged.ts');
      writeFileSync(path.join(folder, 'open.ts'), 'export const later = 3;\n');
      const diff = git('diff', '--cached') + git('diff');
      const counted = await api.countText('diff');
      assert.equal(counted.label, '2 changed files');
      assert.equal(
        tokensOf(counted.text),
        await (await rooms.counting()).countText(diff, 'o200k_base'),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('makes its model the one of every view', async () => {
    const { rooms, session } = await contextBudget();
    const { api } = await rooms.dashboard();
    const before = session.settings.modelId;
    const other = before === 'openai/gpt-4o' ? 'openai/gpt-4o-mini' : 'openai/gpt-4o';
    try {
      await api.useModel(other);
      await until('the model', () => session.settings.modelId === other);
      const { snapshot } = await api.ready();
      assert.equal(snapshot.now.settings.modelId, other);
    } finally {
      await setSetting('contextBudget.model', undefined);
    }
  });
});

describe('a demo that the dashboard links to', () => {
  it('opens in the lab', async () => {
    const { rooms } = await contextBudget();
    const { api } = await rooms.dashboard();
    await api.openDemo('slidingWindow');
    await until('the lab', () =>
      vscode.window.tabGroups.all.some(({ tabs }) =>
        tabs.some(({ label }) => label === 'Attention lab'),
      ),
    );
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
});
