import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Plans } from '../../src/host/plans.ts';
import type { ContextBudgetApi } from '../../src/host/start.ts';
import { startEmbeddingServer } from '../node/embeddingServer.ts';
import {
  answering,
  contextBudget,
  setSetting,
  standingIn,
  until,
  withChatOn,
  writeFile,
} from './support.ts';

/** Of the form that GitHub's tokens have; it opens nothing. */
const secret = `ghp_${'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'}`;
const run = (command: string, ...args: unknown[]) =>
  vscode.commands.executeCommand(`contextBudget.${command}`, ...args);

describe('plans in the editor', () => {
  let api: ContextBudgetApi;
  let plans: Plans;

  before(async () => {
    api = await contextBudget();
    await setSetting('contextBudget.model', 'openai/gpt-4o');
    await until('the model', () => api.session.settings.modelId === 'openai/gpt-4o');
    await writeFile('plans/header.ts', 'export function readHeader() {\n  return 1;\n}\n');
    await writeFile('plans/main.ts', "import { readHeader } from './header';\nreadHeader();\n");
    await writeFile('secrets/key.ts', `export const key = '${secret}';\n`);
    await run('analyze');
    await api.session.clearSet();
    await api.session.setChecked([['plans', true]]);
    plans = await api.rooms.plans();
  });

  after(async () => {
    await api.session.clearSet();
    await setSetting('contextBudget.prompt.fileTemplate', undefined);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('are shown as documents that can be read and not edited, what is needed before what needs it', async () => {
    await run('planStrategy', { task: { kind: 'review' }, strategy: 'full' });
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.uri.scheme, 'context-budget-plan');
    const text = editor.document.getText();
    assert.ok(text.indexOf('## plans/header.ts') < text.indexOf('## plans/main.ts'), text);
    assert.ok(text.endsWith('the most serious first.'));
    const full = plans.report?.planned.find(({ strategy }) => strategy === 'full')?.plan;
    const counting = await api.rooms.counting();
    assert.equal(full?.tokensSent, await counting.countText(text, 'o200k_base'));
    assert.equal(full.losses.dependenciesTogether, full.losses.dependencies);
  });

  it('are copied, and saved as one file for each request with a manifest', async () => {
    assert.equal(await run('copyPlan'), true);
    const copied = await vscode.env.clipboard.readText();
    assert.ok(copied.startsWith('## plans/header.ts'));
    const folder = mkdtempSync(path.join(tmpdir(), 'context-budget-plan-'));
    assert.equal(await run('savePlan', vscode.Uri.file(folder)), true);
    assert.deepEqual(readdirSync(folder).sort(), ['manifest.json', 'request-0001.md']);
    assert.equal(readFileSync(path.join(folder, 'request-0001.md'), 'utf8'), copied);
    const manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as {
      readonly requests: readonly { readonly parts: readonly { readonly path: string }[] }[];
    };
    assert.deepEqual(
      manifest.requests[0].parts.map((part) => part.path),
      ['plans/header.ts', 'plans/main.ts'],
    );
  });

  it('leave the disk for when nobody waits for the thread', async () => {
    const { thread } = plans;
    const calls: string[] = [];
    const call = thread.call.bind(thread);
    thread.call = (method, ...args) => {
      calls.push(method);
      return call(method, ...args);
    };
    try {
      await api.session.setChecked([['plans/main.ts', false]]);
      await run('planStrategy', { task: { kind: 'review' }, strategy: 'full' });
      await run('copyPlan');
      // Before it, what an earlier index left to do.
      const ofThis = () => calls.slice(calls.indexOf('plan'));
      await until('the index to be kept', () => ofThis().includes('keep'));
      assert.deepEqual(ofThis(), ['plan', 'render', 'secrets', 'render', 'keep']);
    } finally {
      thread.call = call;
      await api.session.setChecked([['plans/main.ts', true]]);
    }
  });

  it('read the files again when one changed while they were read', async () => {
    const { thread } = plans;
    const open = thread.open.bind(thread);
    let opened = 0;
    thread.open = async (...args) => {
      const index = await open(...args);
      if (opened++ === 0) await api.session.exclude(['nothing/of/this/name']);
      return index;
    };
    try {
      await api.session.setChecked([['plans', true]]);
      for (let times = 0; times < 3; times++) {
        await run('planStrategy', { task: { kind: 'review' }, strategy: 'full' });
      }
      assert.equal(opened, 2);
    } finally {
      thread.open = open;
      await api.session.include(['nothing/of/this/name']);
    }
  });

  it('take the unsaved text of an editor, and the form that a person set', async () => {
    const uri = api.session.uriOf('plans/main.ts');
    assert.ok(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), '// not saved\n');
    await vscode.workspace.applyEdit(edit);
    await setSetting('contextBudget.prompt.fileTemplate', 'FILE {path}\n{code}');
    await run('planStrategy', { task: { kind: 'review' }, strategy: 'full' });
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.ok(text.includes('FILE plans/main.ts\n// not saved\n'), text);
    await setSetting('contextBudget.prompt.fileTemplate', undefined);
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('stay here when something looks like a secret, until the person decides; the value is never shown', async () => {
    await api.session.clearSet();
    await api.session.setChecked([['secrets', true]]);
    await run('planStrategy', { task: { kind: 'review' }, strategy: 'full' });
    await vscode.env.clipboard.writeText('as before');
    const asked = await answering(
      'showWarningMessage',
      undefined,
      () => run('copyPlan') as Promise<unknown>,
    );
    assert.deepEqual(asked, ['One place looks like a secret']);
    assert.equal(await vscode.env.clipboard.readText(), 'as before');
    await answering('showWarningMessage', 'Copy Anyway', () => run('copyPlan') as Promise<unknown>);
    assert.ok((await vscode.env.clipboard.readText()).includes('secrets/key.ts'));
  });

  it('are served to the dashboard: a report without code, the requests of one, a text to read', async () => {
    const { api: page } = await api.rooms.dashboard();
    const report = await page.planStrategies({
      task: { kind: 'review' },
      subject: { kind: 'folder', path: 'plans' },
      modelId: 'openai/gpt-4o',
      reservedOutputTokens: 1_000,
      overheadTokens: 0,
    });
    assert.equal(JSON.stringify(report).includes('readHeader'), false);
    assert.deepEqual(await page.madePlans(), report);
    const requests = await page.planRequests(report.planId, 'full');
    assert.deepEqual(
      requests[0].parts.map((part) => part.path),
      ['plans/header.ts', 'plans/main.ts'],
    );
    await page.showRequest(report.planId, 'full', 0);
    assert.equal(vscode.window.activeTextEditor?.document.uri.scheme, 'context-budget-plan');
    assert.equal(await page.copyRequest(report.planId, 'full', 0), true);
    await assert.rejects(page.planRequests(report.planId + 1, 'full'), /plan again/);
  });

  it('show their requests as a tree: files and lines with their tokens, opened by a click', async () => {
    const lines = Array.from({ length: 400 }, (_, i) => `export const value${i} = ${i};`);
    await writeFile('long/long.ts', `${lines.join('\n')}\n`);
    await writeFile('long/short.ts', "import './long';\n");
    await run('analyze');
    await api.session.clearSet();
    await api.session.setChecked([['long', true]]);
    await setSetting('contextBudget.overheadTokens', 126_000);
    await setSetting('contextBudget.reservedOutputTokens', 100);
    await until('the settings', () => {
      const { overheadTokens, reservedOutputTokens } = api.session.settings;
      return overheadTokens === 126_000 && reservedOutputTokens === 100;
    });
    await run('planStrategy', { task: { kind: 'review' }, strategy: 'mapReduce' });
    await setSetting('contextBudget.overheadTokens', undefined);
    await setSetting('contextBudget.reservedOutputTokens', undefined);
    const { requests } = api;
    const [top, ...others] = requests.getChildren();
    assert.equal(others.length, 0);
    assert.equal(top.type, 'request');
    const maps = requests.getChildren(top);
    assert.ok(maps.length > 1);
    assert.match(String(requests.getTreeItem(top).description), /combines \d+ answers/);
    const files = maps.flatMap((row) => requests.getChildren(row));
    const plan = plans.chosen(plans.report?.planId ?? 0, 'mapReduce').plan;
    const partTokens = plan.requests.flatMap(({ parts }) => parts.map((part) => part.tokens));
    assert.equal(
      files.reduce((sum, row) => sum + (row.type === 'file' ? row.file.tokens : 0), 0),
      partTokens.reduce((sum, tokens) => sum + tokens, 0),
    );
    const last = files
      .filter((row) => row.type === 'file' && row.file.path === 'long/long.ts')
      .at(-1);
    assert.ok(last?.type === 'file');
    await run('openRequestRow', last);
    const { activeTextEditor: editor } = vscode.window;
    assert.ok(editor);
    assert.ok(editor.document.uri.path.endsWith('long/long.ts'));
    assert.equal(editor.selection.start.line, last.file.parts[0].startLine);
    await run('openRequestRow', maps[0]);
    assert.equal(vscode.window.activeTextEditor?.document.uri.scheme, 'context-budget-plan');
    assert.equal(await run('copyPlan', maps[0]), true);
    const copied = await vscode.env.clipboard.readText();
    assert.ok(copied.includes('## long/'), copied.slice(0, 200));
  });

  it('open a file of a request from the dashboard, and none that is not of the workspace', async () => {
    const { api: page } = await api.rooms.dashboard();
    const report = await page.planStrategies({
      task: { kind: 'review' },
      subject: { kind: 'folder', path: 'plans' },
      modelId: 'openai/gpt-4o',
      reservedOutputTokens: 1_000,
      overheadTokens: 0,
    });
    await page.planRequests(report.planId, 'full');
    await page.openPart('plans/header.ts', 1, 2);
    const { activeTextEditor: editor } = vscode.window;
    assert.ok(editor);
    assert.ok(editor.document.uri.path.endsWith('plans/header.ts'));
    assert.equal(editor.selection.start.line, 1);
    await assert.rejects(page.openPart('../elsewhere.ts', 0, 1), /no file of the plan/);
    await assert.rejects(page.openPart('plans/header.ts', -1, 1), /no line/);
  });

  it('leave the smallest cut out of the set, and take it back when asked', async () => {
    const { api: page } = await api.rooms.dashboard();
    await api.session.clearSet();
    const subjectPaths = () => api.session.subject.files.map((file) => file.path);
    const before = subjectPaths();
    const plan = (overheadTokens: number) =>
      page.planStrategies({
        task: { kind: 'review' },
        subject: { kind: 'folder', path: 'long' },
        modelId: 'openai/gpt-4o',
        reservedOutputTokens: 100,
        overheadTokens,
      });
    const whole = await plan(0);
    await assert.rejects(page.leaveOutCut(whole.planId), /nothing has to be left out/);
    const { planId } = await plan(126_000);
    await assert.rejects(page.leaveOutCut(planId + 1), /plan again/);
    const said = await answering('showInformationMessage', undefined, () =>
      page.leaveOutCut(planId),
    );
    assert.deepEqual(said, ['One file was taken out of the context set']);
    assert.deepEqual(subjectPaths(), ['long/short.ts']);

    await api.session.clearSet();
    const answered = () => run('leaveOutCut') as Promise<unknown>;
    await answering('showInformationMessage', 'Undo', answered);
    await until('the files back', () => subjectPaths().length === before.length);
    assert.deepEqual(api.session.set, { checked: [], unchecked: [] });
  });

  it("put a request into the editor's chat, not yet sent, or say that there is none", async () => {
    await api.session.clearSet();
    await api.session.setChecked([['plans', true]]);
    await run('planStrategy', { task: { kind: 'review' }, strategy: 'full' });
    await run('copyPlan');
    const copied = await vscode.env.clipboard.readText();
    const send = () => run('sendPlanToChat') as Promise<unknown>;
    assert.match((await answering('showErrorMessage', undefined, send)).join(), /switched off/);
    const openChat = 'workbench.action.chat.open';
    await withChatOn(async () => {
      if ((await vscode.commands.getCommands(true)).includes(openChat)) {
        assert.equal(await run('sendPlanToChat'), true);
        return;
      }
      assert.match((await answering('showErrorMessage', undefined, send)).join(), /has no chat/);
      // As an editor that has one.
      const given: unknown[] = [];
      const command = vscode.commands.registerCommand(openChat, (options: unknown) => {
        given.push(options);
      });
      try {
        assert.equal(await run('sendPlanToChat'), true);
        assert.deepEqual(given, [{ query: copied, isPartialQuery: true }]);
      } finally {
        command.dispose();
      }
    });
  });

  it('ask an embedding model only where one is set and the person agrees to what goes where', async () => {
    const server = await startEmbeddingServer();
    const question = {
      task: { kind: 'question', question: 'where is a header read' },
      subject: { kind: 'folder', path: 'plans' },
      modelId: 'openai/gpt-4o',
      reservedOutputTokens: 1_000,
      overheadTokens: 0,
    } as const;
    const notesOfRag = async () => {
      const report = await plans.plan(question, new AbortController().signal);
      const rag = report.planned.find(({ strategy }) => strategy === 'rag')?.plan;
      return { planId: report.planId, notes: rag?.notes.join() ?? '' };
    };
    try {
      assert.doesNotMatch((await notesOfRag()).notes, /embeddings/);
      await setSetting('contextBudget.embeddings.address', `${server.address}/api/embed`);
      await setSetting('contextBudget.embeddings.model', 'words');
      let notes = '';
      const ask = async () => {
        ({ notes } = await notesOfRag());
      };
      const asked = await answering('showWarningMessage', undefined, ask);
      assert.match(asked.join(), /Send 2 pieces, .* of code to 127\.0\.0\.1:\d+ to be embedded\?/);
      assert.doesNotMatch(notes, /embeddings/);
      assert.equal(server.requests.length, 0);

      await answering('showWarningMessage', 'Send and Embed', ask);
      assert.match(notes, /by embeddings \(words\), the ranks fused/);
      const sent = server.requests.flatMap(({ texts }) => texts);
      assert.ok(sent.some((text) => text.includes('readHeader')));
      assert.equal(sent.join().includes('plans/header.ts'), false);
      // Agreed in this window, and nothing new to send: only the question goes.
      server.requests.length = 0;
      assert.deepEqual(await answering('showWarningMessage', undefined, ask), []);
      assert.deepEqual(
        server.requests.map(({ texts }) => texts),
        [[question.task.question]],
      );
      const { planId } = await notesOfRag();
      assert.equal((await plans.recall(planId)).embeddings?.modelName, 'words');

      server.misbehave = (response) => {
        response.writeHead(500).end('{}');
        return true;
      };
      // Nothing new to send and agreed to: it fails only when the question itself is sent.
      const late = await answering('showWarningMessage', undefined, ask);
      assert.match(late.join(), /by words alone.*127\.0\.0\.1:\d+ has a fault of its own/);
      assert.doesNotMatch(notes, /embeddings/);
      await setSetting('contextBudget.embeddings.model', 'other');
      const failed = await answering('showWarningMessage', 'Send and Embed', ask);
      assert.match(failed.join(), /by words alone.*127\.0\.0\.1:\d+ has a fault of its own/);
      assert.doesNotMatch(notes, /embeddings/);
    } finally {
      await setSetting('contextBudget.embeddings.address', undefined);
      await setSetting('contextBudget.embeddings.model', undefined);
      await server.close();
    }
  });

  it('are kept when their list closes without a choice: a message and the commands bring it back', async () => {
    const picked = [undefined, 'full', undefined, undefined, 'full'];
    const titles: (string | undefined)[] = [];
    const value = (
      items: readonly { readonly strategy: string }[],
      { title }: vscode.QuickPickOptions,
    ) => {
      titles.push(title);
      const strategy = picked.shift();
      return Promise.resolve(items.find((item) => item.strategy === strategy));
    };
    await standingIn(vscode.window, 'showQuickPick', value, async () => {
      await api.session.clearSet();
      await api.session.setChecked([['plans', true]]);
      const plan = () => run('planStrategy', { task: { kind: 'review' } }) as Promise<unknown>;
      const message = 'The strategies are planned, and none is chosen yet';
      const said = await answering('showInformationMessage', 'Choose a Strategy', async () => {
        await plan();
        await until('the plan to be chosen', () => plans.current?.strategy === 'full');
      });
      assert.deepEqual(said, [message]);

      assert.deepEqual(await answering('showInformationMessage', undefined, plan), [message]);
      const current = () => plans.current?.strategy;
      assert.equal(current(), undefined);
      assert.equal(await run('copyPlan'), false);
      assert.equal(await run('copyPlan'), true);
      assert.equal(current(), 'full');
      assert.match(await vscode.env.clipboard.readText(), /^## plans\/header\.ts/);
      // Chosen by now: copying asks no more.
      assert.equal(await run('copyPlan'), true);
      assert.equal(titles.length, 5);
      assert.ok(titles.every((title) => title?.startsWith('Strategies for ')));
    });
  });

  it('plan again in a new thread after theirs has died', async () => {
    await plans.thread.stop();
    const report = await plans.plan(
      {
        task: { kind: 'question', question: 'where is readHeader' },
        subject: { kind: 'folder', path: 'plans' },
        modelId: 'openai/gpt-4o',
        reservedOutputTokens: 1_000,
        overheadTokens: 0,
      },
      new AbortController().signal,
    );
    assert.equal(report.index.files, 2);
    const rag = report.planned.find(({ strategy }) => strategy === 'rag')?.plan;
    assert.ok((rag?.tokensSent ?? 0) > 0);
  });
});
