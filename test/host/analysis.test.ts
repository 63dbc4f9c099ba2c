import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Analysis } from '../../src/host/analysis.ts';
import type { Counting } from '../../src/host/counting.ts';
import { FilesTree } from '../../src/host/views/filesTree.ts';
import type { ScanReport } from '../../src/core/files/scanReport.ts';
import type { ContextBudgetApi } from '../../src/host/start.ts';
import {
  contextBudget,
  statusMessages,
  setSetting,
  until,
  workspaceUri,
  writeFile,
} from './support.ts';

/** Tokens of o200k_base as OpenAI's tiktoken counts them (tiktoken 1.0.22, get_encoding('o200k_base')). */
const greeting = 'Hello, world! This is a test.\n';
const greetingTokens = 9;
const snippet = 'export const answer = 42;\n';
const snippetTokens = 7;

describe('the analysis', () => {
  let api: ContextBudgetApi;
  const tokensOf = (path: string) => api.session.fileAt(path)?.tokens;

  before(async () => {
    api = await contextBudget();
    await setSetting('contextBudget.model', 'openai/gpt-4o');
    await writeFile('count/greeting.txt', greeting);
    await writeFile('count/answer.ts', snippet);
    await writeFile('count/package-lock.json', '{}\n');
    await vscode.commands.executeCommand('contextBudget.analyze');
  });

  it('counts files as tiktoken does, and lists what it leaves out', () => {
    assert.equal(api.session.analysis.status.type, 'ready');
    assert.equal(tokensOf('count/greeting.txt'), greetingTokens);
    assert.equal(tokensOf('count/answer.ts'), snippetTokens);
    const leftOut = api.session.report?.leftOut.find(({ path }) => path.endsWith('lock.json'));
    assert.equal(leftOut?.reason, 'lockFile');
  });

  it('sums the tree to the total of the files', () => {
    const sum = api.session.report?.files.reduce((total, file) => total + file.tokens, 0);
    assert.equal(api.session.tree.tokens, sum);
  });

  it('shows an exact count, a verdict and a price for the chosen model', async () => {
    const snapshot = await api.budgetView.snapshot();
    assert.equal(snapshot.model?.id, 'openai/gpt-4o');
    assert.equal(snapshot.count?.exact, true);
    assert.equal(snapshot.count?.tokens, api.session.tree.tokens);
    assert.equal(snapshot.verdict, 'fits');
    assert.ok((snapshot.inputCost?.highUsd ?? 0) > 0);
  });

  it('does not count its own log in the status bar', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const ofWorkspace = () => /^\$\(layers\) [1-9]/.test(api.statusBar.text);
    await until('the count of the workspace', ofWorkspace);
    const before = api.statusBar.text;
    await vscode.commands.executeCommand('contextBudget.showLog');
    const isLog = () => vscode.window.activeTextEditor?.document.uri.scheme === 'output';
    await until('the log to have the focus', isLog);
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(api.statusBar.text, before);
    await vscode.commands.executeCommand('workbench.action.closePanel');
  });

  it('says what its commands did, though no view of it may be in sight', async () => {
    const run = (command: string, ...args: unknown[]) =>
      statusMessages(async () => {
        await vscode.commands.executeCommand(`contextBudget.${command}`, ...args);
      });
    const files = api.session.report?.files.length ?? 0;
    const tokens = api.session.tree.tokens.toLocaleString('en');
    assert.deepEqual(await run('analyze'), [`${files} files counted: ${tokens} tokens`]);
    const row = { type: 'node', node: { path: 'count/greeting.txt' } };
    assert.deepEqual(await run('addToSet', row, [row]), ['Context set: 1 file']);
    assert.deepEqual(await run('removeFromSet', row), ['Context set: 0 files']);
    assert.deepEqual(await run('clearSet'), ['Context set: 0 files']);
    assert.deepEqual(await run('toggleBadges'), ['Token badges in the Explorer: on']);
    await until('the badges', () => api.session.settings.badges);
    assert.deepEqual(await run('toggleBadges'), ['Token badges in the Explorer: off']);
  });

  it('weighs only the checked files once there are some', async () => {
    await api.session.setChecked([['count/greeting.txt', true]]);
    const snapshot = await api.budgetView.snapshot();
    assert.equal(snapshot.subject, 'set');
    assert.equal(snapshot.count?.tokens, greetingTokens);
    await vscode.commands.executeCommand('contextBudget.addToSet', workspaceUri('count/answer.ts'));
    const both = await api.budgetView.snapshot();
    assert.equal(both.count?.tokens, greetingTokens + snippetTokens);
    await vscode.commands.executeCommand('contextBudget.clearSet');
    assert.equal((await api.budgetView.snapshot()).subject, 'workspace');
  });

  it('moves an excluded folder to what is left out, and back', async () => {
    const before = api.session.tree.tokens;
    await api.session.exclude(['count']);
    assert.equal(tokensOf('count/greeting.txt'), undefined);
    assert.ok(api.session.leftOutByReason.has('excludedByUser'));
    await api.session.include(['count/greeting.txt']);
    assert.equal(api.session.tree.tokens, before);
  });

  it('sees a file that changes on disk, one that comes, one that goes', async () => {
    await writeFile('count/later.ts', snippet);
    await until('the new file', () => tokensOf('count/later.ts') === snippetTokens);
    await writeFile('count/later.ts', snippet + snippet);
    await until('the changed file', () => tokensOf('count/later.ts') === 2 * snippetTokens);
    await vscode.workspace.fs.delete(workspaceUri('count/later.ts'));
    await until('the file to be gone', () => tokensOf('count/later.ts') === undefined);
  });

  it('has each file once when a folder and what is in it change together', async () => {
    await writeFile('count/new/later.ts', snippet);
    await api.session.analysis.recount(['count/new', 'count/new/later.ts']);
    await until('the new file', () => tokensOf('count/new/later.ts') === snippetTokens);
    const paths = api.session.report?.files.map((file) => file.path) ?? [];
    assert.equal(new Set(paths).size, paths.length);
    await vscode.workspace.fs.delete(workspaceUri('count/new'), { recursive: true });
    // A folder that comes and goes at once is no change to VS Code's watcher: it is asked about, as above.
    await api.session.analysis.recount(['count/new']);
    await until('the folder to be gone', () => tokensOf('count/new/later.ts') === undefined);
  });

  it('counts an unsaved editor as it stands, and the file once that is saved', async () => {
    const document = await vscode.workspace.openTextDocument(workspaceUri('count/answer.ts'));
    await vscode.window.showTextDocument(document);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(1, 0), snippet);
    await vscode.workspace.applyEdit(edit);
    await until('the edit', () => tokensOf('count/answer.ts') === 2 * snippetTokens);
    assert.equal(document.isDirty, true);
    await document.save();
    await until('no unsaved count', () => api.unsaved.counts.size === 0);
    assert.equal(tokensOf('count/answer.ts'), 2 * snippetTokens);
    await writeFile('count/answer.ts', snippet);
    await until('the file on disk', () => tokensOf('count/answer.ts') === snippetTokens);
  });

  it('counts the same file alike from disk and from its editor, whatever its encoding', async () => {
    const text = 'Grüße aus Köln: schöne Wörter, naïve cafés.\n';
    await vscode.workspace.fs.writeFile(
      workspaceUri('count/utf16.txt'),
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]),
    );
    const counting = await api.rooms.counting();
    const tokens = await counting.countText(text, 'o200k_base');
    await until('the file', () => tokensOf('count/utf16.txt') === tokens);
  });

  it('changes vocabulary with the model', async () => {
    await setSetting('contextBudget.model', 'openai/gpt-4');
    await until('cl100k_base', () => api.session.report?.encoding === 'cl100k_base');
    const snapshot = await api.budgetView.snapshot();
    assert.equal(snapshot.count?.exact, true);
    await setSetting('contextBudget.model', 'openai/gpt-4o');
    await until('o200k_base', () => api.session.report?.encoding === 'o200k_base');
  });

  it('says so when the configured model is unknown', async () => {
    await setSetting('contextBudget.model', 'nobody/nothing');
    await until('the setting', () => api.session.settings.modelId === 'nobody/nothing');
    const snapshot = await api.budgetView.snapshot();
    assert.equal(snapshot.model, undefined);
    assert.equal(snapshot.verdict, 'unknown');
    assert.equal(snapshot.inputCost, undefined);
    await setSetting('contextBudget.model', 'openai/gpt-4o');
    await until('the model', () => api.session.settings.modelId === 'openai/gpt-4o');
  });

  it('stops at once when cancelled, and keeps the earlier result', async () => {
    const before = api.session.report;
    const running = api.session.analysis.analyze();
    assert.equal(api.session.analysis.status.type, 'analyzing');
    await vscode.commands.executeCommand('contextBudget.cancelAnalysis');
    assert.equal(api.session.analysis.status.type, 'ready');
    await running;
    assert.deepEqual(api.session.report?.files, before?.files);
  });

  it('counts a file again that changed while it ran', async () => {
    const file = { path: 'a.ts', bytes: 1, lines: 1, kind: 'code' as const, tokens: 1 };
    const report = (tokens: number): ScanReport => ({
      encoding: 'o200k_base',
      files: [{ ...file, tokens }],
      leftOut: [],
      problems: [],
    });
    let finish: (scanned: ScanReport) => void = () => undefined;
    const counting = {
      scan: () => new Promise<ScanReport>((resolve) => (finish = resolve)),
      recount: () => Promise.resolve(report(2)),
    } as unknown as Counting;
    const analysis = new Analysis({
      counting: () => Promise.resolve(counting),
      encoding: () => Promise.resolve('o200k_base'),
      exclude: () => [],
      log: api.parts.log,
    });
    const running = analysis.analyze();
    await new Promise((resolve) => setTimeout(resolve));
    await analysis.recount(['a.ts']);
    finish(report(1));
    await running;
    await until('the second count', () => analysis.scan?.files[0].tokens === 2);
    analysis.dispose();
  });

  it('lists two problems of one file apart', () => {
    const message = 'refused';
    const problems = [1, 2].map((number) => ({ path: '.gitignore', message: message + number }));
    const session = { report: { problems, leftOut: [], files: [] }, onDidChange: () => undefined };
    const tree = new FilesTree(session as unknown as ContextBudgetApi['session']);
    const items = tree.getChildren({ type: 'problems' }).map((row) => tree.getTreeItem(row));
    assert.deepEqual(
      items.map(({ description }) => description),
      ['refused1', 'refused2'],
    );
    const ids = items.map(({ id }) => id).filter((id) => id !== undefined);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('shows the active file in the status bar, with the window and the price', async () => {
    await vscode.window.showTextDocument(workspaceUri('count/greeting.txt'));
    const shown = () => api.statusBar.text;
    await until('the file', () => shown().includes(` ${greetingTokens} / 128K`));
    assert.match(shown(), /^\$\(layers\) 9 \/ 128K · \$0\.000\d+$/);
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    editor.selection = new vscode.Selection(0, 0, 0, 5);
    await until('the selection', () => shown().includes(' 1 / 128K'));
  });

  it('decorates files in the Explorer only while that is on', async () => {
    await writeFile('count/long.ts', snippet.repeat(200));
    await until('the long file', () => tokensOf('count/long.ts') === 200 * snippetTokens);
    const uri = workspaceUri('count/long.ts');
    assert.equal(api.badges.provideFileDecoration(uri), undefined);
    await setSetting('contextBudget.badges', true);
    await until('the setting', () => api.session.settings.badges);
    const decoration = api.badges.provideFileDecoration(uri);
    assert.equal(decoration?.badge, '1');
    assert.equal(decoration?.tooltip, '1,400 tokens');
    await setSetting('contextBudget.badges', false);
  });
});
