import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { ContextBudgetApi } from '../../src/host/start.ts';
import { shortTokensText } from '../../src/host/words.ts';
import { contextBudget, setSetting, until } from './support.ts';

const encoding = 'o200k_base';
const line =
  'export function weigh(files: readonly string[]): number { return 42; } // "один" 数 😀\n';

function note(text: string): void {
  const progress = process.env['CONTEXT_BUDGET_TEST_PROGRESS'];
  if (progress !== undefined) appendFileSync(progress, `      ${text}\n`);
}

async function openText(content: string): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument({ content, language: 'plaintext' });
  return vscode.window.showTextDocument(document);
}

describe('the count of a document that is being edited', () => {
  let api: ContextBudgetApi;

  before(async () => {
    api = await contextBudget();
    await setSetting('contextBudget.model', 'openai/gpt-4o');
    await until('the model', () => api.session.settings.modelId === 'openai/gpt-4o');
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  async function wholeCount(text: string): Promise<number> {
    return (await api.rooms.counting()).countText(text, encoding);
  }

  async function isExact(document: vscode.TextDocument): Promise<void> {
    const text = document.getText();
    const live = await api.parts.liveCounts.of(document, encoding);
    assert.equal(live.tokens, await wholeCount(text));
    assert.equal(live.length, text.length);
    assert.equal(live.bytes, Buffer.byteLength(text));
  }

  it('is that of the whole text after typing, several cursors, undo and other line ends', async () => {
    const editor = await openText(line.repeat(300));
    const { document } = editor;
    await isExact(document);
    const kept = await api.parts.liveCounts.of(document, encoding);
    await editor.edit((edit) => {
      for (const at of [3, 40, 41, 200]) edit.insert(new vscode.Position(at, 7), 'x😀\n\n  ');
      edit.delete(new vscode.Range(100, 5, 120, 3));
      edit.replace(new vscode.Range(10, 0, 10, 9), '数字');
    });
    await isExact(document);
    assert.equal(
      await api.parts.liveCounts.of(document, encoding),
      kept,
      'followed, not made anew',
    );
    await vscode.commands.executeCommand('undo');
    await isExact(document);
    await editor.edit((edit) => edit.setEndOfLine(vscode.EndOfLine.CRLF));
    await isExact(document);
    await editor.edit((edit) => edit.insert(new vscode.Position(150, 0), 'after\nthat\n'));
    await isExact(document);
  });

  it('is right when the text changes while the first count is made', async () => {
    const editor = await openText(line.repeat(20_000));
    const first = api.parts.liveCounts.of(editor.document, encoding);
    await editor.edit((edit) => edit.insert(new vscode.Position(9000, 3), 'typed meanwhile\n'));
    await first;
    await isExact(editor.document);
  });

  it('is in the status bar as it is typed, of a megabyte too, and of a selection of it', async function () {
    // A megabyte goes through the workbench's page and back.
    this.timeout(180_000);
    const editor = await openText(line.repeat(Math.ceil((1 << 20) / Buffer.byteLength(line))));
    const { document } = editor;
    await editor.edit((edit) => edit.insert(new vscode.Position(5, 0), 'a'));
    const live = await api.parts.liveCounts.of(document, encoding);
    const atOnce: number[] = [];
    for (let typed = 0; typed < 5; typed++) {
      const at = new vscode.Position(1000 + 2000 * typed, 3);
      await editor.edit((edit) => edit.insert(at, 'word '));
      const startedMs = performance.now();
      await api.parts.liveCounts.of(document, encoding);
      atOnce.push(performance.now() - startedMs);
    }
    note(`count asked for after a keystroke: ${atOnce.sort((a, b) => a - b)[2].toFixed(2)} ms`);
    await isExact(document);
    await until('the count in the status bar', () =>
      api.statusBar.text.includes(shortTokensText(live.tokens)),
    );
    editor.selection = new vscode.Selection(10, 4, 8_000, 9);
    const selected = document.getText(editor.selection);
    const expected = shortTokensText(await wholeCount(selected));
    await until('the selection in the status bar', () => api.statusBar.text.includes(expected));
  });

  it('is forgotten with the document', async () => {
    const { document } = await openText('gone');
    await api.parts.liveCounts.of(document, encoding);
    assert.ok(api.parts.liveCounts.has(document, encoding));
    assert.equal(api.parts.liveCounts.has(document, 'cl100k_base'), false);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await until('its end', () => !api.parts.liveCounts.has(document, encoding));
  });
});
