import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { countTokens } from '../../src/host/commands/countTokens.ts';
import type { ContextBudgetApi } from '../../src/host/start.ts';
import { reportFolders, reportUri } from '../../src/host/workspacePaths.ts';
import {
  answering,
  contextBudget,
  extensionId,
  setSetting,
  until,
  workspaceUri,
  writeFile,
} from './support.ts';

/** Tokens of o200k_base as OpenAI's tiktoken counts them (tiktoken 1.0.22, get_encoding('o200k_base')). */
const greeting = 'Hello, world! This is a test.\n';
const snippet = 'export const answer = 42;\n';

interface PrintedAnalysis {
  readonly totals: { readonly files: number; readonly count: { readonly tokens: number } };
  readonly files: readonly {
    readonly path: string;
    readonly counts: readonly { readonly tokens: number }[];
  }[];
}

describe('folders', () => {
  let api: ContextBudgetApi;

  before(async () => {
    api = await contextBudget();
    await setSetting('contextBudget.model', 'openai/gpt-4o');
    await until('the model', () => api.session.settings.modelId === 'openai/gpt-4o');
    await writeFile('folders/one/app/greeting.txt', greeting);
    await writeFile('folders/two/app/answer.ts', snippet);
    await writeFile('folders/two/app/nested/answer.ts', snippet);
    await writeFile('folders/two/app/nested/.gitignore', 'secret.txt\n');
    await writeFile('folders/two/app/nested/secret.txt', greeting);
  });

  it('of one name are told apart when several are open, and each path leads back to its file', async () => {
    const folders = reportFolders(
      ['one', 'two'].map((name, index) => ({
        uri: workspaceUri(`folders/${name}/app`),
        name: 'app',
        index,
      })),
    );
    const counting = await api.rooms.counting();
    const report = await counting.scan(
      { folders, encoding: 'o200k_base', exclude: () => [] },
      () => {},
      new AbortController().signal,
    );
    const counted = report.files
      .filter((file) => !file.path.endsWith('.gitignore'))
      .map((file) => `${file.path} ${file.tokens}`);
    assert.deepEqual(counted.sort(), [
      'app (2)/answer.ts 7',
      'app (2)/nested/answer.ts 7',
      'app/greeting.txt 9',
    ]);
    assert.deepEqual(
      report.leftOut.map((file) => `${file.path} ${file.reason}`),
      ['app (2)/nested/secret.txt ignored'],
    );
    for (const { path: reported, bytes } of report.files) {
      const uri = reportUri(folders, reported);
      assert.ok(uri);
      assert.equal((await vscode.workspace.fs.stat(uri)).size, bytes);
    }
    const some = await counting.recount({ folders, encoding: 'o200k_base', exclude: () => [] }, [
      'app (2)/answer.ts',
    ]);
    assert.deepEqual(
      some.files.map((file) => file.path),
      ['app (2)/answer.ts'],
    );
  });

  it('that lie in one another are counted once, as the folder that is open', async () => {
    const folders = reportFolders(
      ['folders/two', 'folders/two/app/nested'].map((name, index) => ({
        uri: workspaceUri(name),
        name: name.slice(name.lastIndexOf('/') + 1),
        index,
      })),
    );
    const counting = await api.rooms.counting();
    const request = {
      folders,
      encoding: 'o200k_base',
      exclude: ({ name }: vscode.WorkspaceFolder) => (name === 'nested' ? ['*.txt'] : []),
    };
    const report = await counting.scan(request, () => {}, new AbortController().signal);
    const paths = report.files.map((file) => file.path).sort();
    assert.deepEqual(paths, ['nested/.gitignore', 'nested/answer.ts', 'two/app/answer.ts']);
    assert.deepEqual(
      report.leftOut.map((file) => `${file.path} ${file.reason}`),
      ['nested/secret.txt excludedBySetting'],
    );
    const some = await counting.recount(request, ['nested/answer.ts']);
    assert.deepEqual(
      some.files.map((file) => file.path),
      ['nested/answer.ts'],
    );
  });

  it('are counted from the Explorer’s menu, one or several at once', async () => {
    const one = workspaceUri('folders/one');
    const file = workspaceUri('folders/two/app/answer.ts');
    const [ofOne] = await answering('showInformationMessage', undefined, () =>
      countTokens(api.parts, one, [one]),
    );
    assert.match(ofOne, /^one: 9 tokens counted with o200k_base · \$\S+ as input of GPT-4o$/);
    const [ofBoth] = await answering('showInformationMessage', undefined, () =>
      countTokens(api.parts, one, [one, file]),
    );
    assert.match(ofBoth, /^2 files: 16 tokens counted/);
    const two = workspaceUri('folders/two');
    const [ofTwo] = await answering('showInformationMessage', undefined, () =>
      countTokens(api.parts, two, [two]),
    );
    assert.match(ofTwo, /^two \(3 files\): \d+ tokens counted/);
  });

  it('go into the set from that answer', async () => {
    const one = workspaceUri('folders/one');
    await vscode.commands.executeCommand('contextBudget.analyze');
    await answering('showInformationMessage', 'Add to Context Set', () =>
      countTokens(api.parts, one, [one]),
    );
    assert.deepEqual(
      api.session.subject.files.map((file) => file.path),
      ['folders/one/app/greeting.txt'],
    );
    await api.session.clearSet();
  });

  it('weigh the same in the view and in what the command line prints', async () => {
    const root = vscode.extensions.getExtension(extensionId)?.extensionPath ?? '';
    await vscode.workspace.saveAll();
    await vscode.commands.executeCommand('contextBudget.analyze');
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [path.join(root, 'dist/cli.js'), 'analyze', workspaceUri('').fsPath, '--json', '--no-cache'],
      { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' }, maxBuffer: 64 * 1024 * 1024 },
    );
    const printed = JSON.parse(stdout) as PrintedAnalysis;
    const row = (file: string, tokens: number) => `${file} ${tokens}`;
    assert.deepEqual(
      printed.files.map((file) => row(file.path, file.counts[0].tokens)).sort(),
      api.session.report?.files.map((file) => row(file.path, file.tokens)).sort(),
    );
    assert.equal(printed.totals.count.tokens, api.session.tree.tokens);
    const snapshot = await api.budgetView.snapshot();
    assert.equal(snapshot.count?.tokens, printed.totals.count.tokens);
    assert.equal(snapshot.fileCount, printed.totals.files);
  });
});
