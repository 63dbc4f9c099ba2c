import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { SeenMarks, type MarkedText } from '../../src/host/lab/seenMarks.ts';
import type { ContextBudgetApi } from '../../src/host/start.ts';
import type { ControlValues } from '../../src/lab/demo.ts';
import { answering, contextBudget, setSetting, until } from './support.ts';

const line = 'export const answer = 42;\n';

async function openText(content: string): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument({ content });
  return vscode.window.showTextDocument(document);
}

describe('marks of where the window ends', () => {
  let api: ContextBudgetApi;
  const show = (strategy: string) =>
    vscode.commands.executeCommand('contextBudget.showWindowEnds', strategy);

  before(async () => {
    api = await contextBudget();
  });

  afterEach(async () => {
    api.parts.marks.hideAll();
    for (const key of ['model', 'userModels', 'reservedOutputTokens', 'overheadTokens']) {
      await setSetting(`contextBudget.${key}`, undefined);
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  /** A model of 100 tokens that counts as GPT-4o does. */
  async function useSmallModel(): Promise<void> {
    const small = {
      id: 'own/small',
      contextWindowTokens: 100,
      tokenizer: { encoding: 'o200k_base', exact: true },
    };
    await setSetting('contextBudget.userModels', [small]);
    await setSetting('contextBudget.reservedOutputTokens', 0);
    await setSetting('contextBudget.overheadTokens', 0);
    await setSetting('contextBudget.model', 'own/small');
    await until('the model', () => api.session.settings.modelId === 'own/small');
  }

  async function tokensUpTo(text: string, unit: number): Promise<number> {
    const counter = await (await api.rooms.counting()).local('o200k_base');
    return counter.countText(text.slice(0, unit));
  }

  it('stand after the last token that fits, and go with the command', async () => {
    await useSmallModel();
    const { document } = await openText(line.repeat(40));
    await show('full');
    const [end, ...more] = api.parts.windowEnds.marked;
    assert.equal(more.length, 0);
    assert.equal(await tokensUpTo(document.getText(), end.unit), 100);
    await show('full');
    assert.deepEqual(api.parts.windowEnds.marked, []);
    assert.equal(api.parts.marks.isShown('windowEnds'), false);
  });

  it('stand at the end of every window, and follow edits', async () => {
    await useSmallModel();
    const editor = await openText(line.repeat(40));
    await show('windows');
    const total = await tokensUpTo(editor.document.getText(), Infinity);
    assert.equal(api.parts.windowEnds.marked.length, Math.ceil(total / 100) - 1);
    await editor.edit((edit) =>
      edit.delete(new vscode.Range(new vscode.Position(0, 0), new vscode.Position(39, 0))),
    );
    await until('no mark in a short text', () => api.parts.windowEnds.marked.length === 0);
  });

  it('are none where all fits: that is said', async () => {
    await useSmallModel();
    await openText(line);
    const said = await answering(
      'showInformationMessage',
      undefined,
      () => show('full') as Promise<unknown>,
    );
    assert.match(said.join(), /All of .* fits/);
  });
});

describe('marks of what a token sees', () => {
  let api: ContextBudgetApi;
  let marks: SeenMarks | undefined;
  let hidden = 0;

  before(async () => {
    api = await contextBudget();
  });

  afterEach(async () => {
    marks?.dispose();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  async function textOf(document: vscode.TextDocument): Promise<MarkedText> {
    const { thread } = await api.rooms.lab();
    const { tokens, unitEnds } = await thread.call('tokens', document.getText(), 'o200k_base');
    assert.ok(unitEnds);
    return { document, startUnit: 0, tokens, unitEnds };
  }

  async function open(values: ControlValues): Promise<vscode.TextEditor> {
    const editor = await openText(line.repeat(6));
    const { thread } = await api.rooms.lab();
    hidden = 0;
    marks = new SeenMarks({
      marks: api.parts.marks,
      visibility: (request) => thread.call('visibility', request),
      onHidden: () => hidden++,
    });
    const request = { demoId: 'slidingWindow', title: 'Sliding window', values, numTokens: 64 };
    await marks.show(await textOf(editor.document), request);
    return editor;
  }

  it('show the window before the cursor, and follow it', async () => {
    const editor = await open({ windowTokens: 4 });
    const { tokens } = await textOf(editor.document);
    const at = (idx: number) => editor.document.positionAt(tokens.slice(0, idx).join('').length);
    editor.selection = new vscode.Selection(at(10), at(10));
    await until('the marks at the cursor', () =>
      (marks?.runs ?? []).some(({ kind, range }) => kind === 'self' && range.start.isEqual(at(10))),
    );
    assert.deepEqual(
      marks?.runs.map(({ kind, range }) => [kind, range.start, range.end]),
      [
        ['nothing', at(0), at(7)],
        ['window', at(7), at(10)],
        ['self', at(10), at(11)],
        ['nothing', at(11), at(tokens.length)],
      ],
    );
  });

  it('go with the one command, and with an edit, and leave nothing', async () => {
    await open({ windowTokens: 4 });
    await vscode.commands.executeCommand('contextBudget.hideMarks');
    assert.deepEqual(marks?.runs, []);
    assert.equal(hidden, 1);
    const editor = await open({ windowTokens: 4 });
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'more '));
    await until('the marks to go', () => hidden === 1);
    assert.equal(api.parts.marks.isShown('seenTokens'), false);
  });

  it('go over to another text without a word that they were gone', async () => {
    await open({ windowTokens: 4 });
    const { document } = await openText(line.repeat(3));
    const request = {
      demoId: 'slidingWindow',
      title: '',
      values: { windowTokens: 4 },
      numTokens: 64,
    };
    await marks?.show(await textOf(document), request);
    assert.equal(hidden, 0);
    assert.equal(api.parts.marks.isShown('seenTokens'), true);
    assert.equal(marks?.runs.at(-1)?.range.end.line, 3);
    await vscode.commands.executeCommand('contextBudget.hideMarks');
    assert.equal(hidden, 1);
  });

  it('go when the engine’s thread can’t tell what is seen any more', async () => {
    const editor = await openText(line.repeat(6));
    let isDead = false;
    let told = 0;
    const one = new SeenMarks({
      marks: api.parts.marks,
      visibility: () =>
        isDead ? Promise.reject(new Error('The engine ended.')) : Promise.resolve(['self']),
      onHidden: () => told++,
    });
    const text = {
      document: editor.document,
      startUnit: 0,
      tokens: [line],
      unitEnds: [line.length],
    };
    await one.show(text, { demoId: 'slidingWindow', title: '', values: {}, numTokens: 1 });
    isDead = true;
    editor.selection = new vscode.Selection(0, 3, 0, 3);
    await until('the marks to go', () => told === 1);
    assert.equal(one.isShown, false);
  });

  it('are refused where the text stands in no file', async () => {
    const one = new SeenMarks({
      marks: api.parts.marks,
      visibility: () => Promise.resolve([]),
      onHidden: () => undefined,
    });
    const request = { demoId: 'slidingWindow', title: '', values: {}, numTokens: 64 };
    await assert.rejects(one.show(undefined, request), /no open file/);
  });
});
