import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { countTokens } from '../../src/host/commands/countTokens.ts';
import type { ContextBudgetApi } from '../../src/host/start.ts';
import { answering, contextBudget, setSetting, until, workspaceUri, writeFile } from './support.ts';

const path = 'notebook/sums.ipynb';
const notebook = JSON.stringify({
  cells: [
    { cell_type: 'markdown', metadata: {}, source: ['# Sums\n'] },
    {
      cell_type: 'code',
      execution_count: 1,
      metadata: {},
      source: ['print(1 + 1)'],
      outputs: [{ output_type: 'stream', name: 'stdout', text: ['2\n'.repeat(500)] }],
    },
  ],
  metadata: { language_info: { name: 'python' } },
  nbformat: 4,
  nbformat_minor: 5,
});

describe('notebooks and editors without a file', () => {
  let api: ContextBudgetApi;
  const tokensOf = () => api.session.fileAt(path)?.tokens ?? 0;

  before(async () => {
    api = await contextBudget();
    await setSetting('contextBudget.model', 'openai/gpt-4o');
    await until('the model', () => api.session.settings.modelId === 'openai/gpt-4o');
    await writeFile(path, notebook);
    await vscode.commands.executeCommand('contextBudget.analyze');
  });

  it('count the cells of a notebook, and list its outputs as left out', () => {
    assert.ok(tokensOf() > 5 && tokensOf() < 20, `${tokensOf()} tokens`);
    const output = api.session.report?.leftOut.find(({ reason }) => reason === 'notebookOutput');
    assert.ok(output?.path.startsWith(path), output?.path);
    assert.ok((output?.bytes ?? 0) >= 1000);
  });

  it('count a notebook in its editor as the file, then with a cell that is not saved', async () => {
    const saved = tokensOf();
    const open = await vscode.workspace.openNotebookDocument(workspaceUri(path));
    await vscode.window.showNotebookDocument(open);
    const [same] = await answering('showInformationMessage', undefined, () =>
      countTokens(api.parts, open.uri, [open.uri]),
    );
    assert.ok(same.startsWith(`sums.ipynb: ${saved} tokens`), same);
    const edit = new vscode.WorkspaceEdit();
    const cell = new vscode.NotebookCellData(
      vscode.NotebookCellKind.Code,
      'total = sum(range(1, 101))\nprint(total)',
      'python',
    );
    edit.set(open.uri, [vscode.NotebookEdit.insertCells(2, [cell])]);
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.equal(open.isDirty, true);
    await until('the cell', () => tokensOf() > saved);
    const unsaved = tokensOf();
    assert.ok(await open.save());
    await until('the saved file', () => api.unsaved.counts.size === 0);
    assert.equal(tokensOf(), unsaved);
  });

  it('count an editor that was never saved', async () => {
    const document = await vscode.workspace.openTextDocument({
      content: 'export const answer = 42;\n',
      language: 'typescript',
    });
    await vscode.window.showTextDocument(document);
    const [said] = await answering('showInformationMessage', undefined, () =>
      countTokens(api.parts),
    );
    assert.match(said, /: 7 tokens counted with o200k_base/);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
});
