import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  copyPromptWithContext,
  openInChat,
  weighDraft,
} from '../../src/host/commands/promptActions.ts';
import type { ContextBudgetApi } from '../../src/host/start.ts';
import type { Parts } from '../../src/host/parts.ts';
import { answering, contextBudget, setSetting, until, withChatOn, writeFile } from './support.ts';

/** Of the form that GitHub's tokens have; it opens nothing. */
const secret = `ghp_${'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'}`;

describe('the prompt box', () => {
  let api: ContextBudgetApi;
  let parts: Parts;
  const draft = { text: 'Why is this slow?', outputTokens: 500, turns: 1 };

  before(async () => {
    api = await contextBudget();
    parts = api.parts;
    await setSetting('contextBudget.model', 'openai/gpt-4o');
    await until('the model', () => api.session.settings.modelId === 'openai/gpt-4o');
    await writeFile('prompt/a.ts', 'export const a = 1;\n');
    await vscode.commands.executeCommand('contextBudget.analyze');
    await api.session.clearSet();
    await api.session.setChecked([['prompt', true]]);
  });

  after(async () => {
    await api.session.clearSet();
    await setSetting('contextBudget.cap.hardTokens', undefined);
  });

  it('weighs prompt, files and answer together', async () => {
    const weight = await weighDraft(parts, draft);
    assert.equal(weight.contextFiles, 1);
    assert.equal(weight.verdict, 'fits');
    assert.ok(weight.firstInput.tokens > weight.promptTokens);
    assert.equal(weight.lastTotal.tokens, weight.firstInput.tokens + 500);
    assert.ok((weight.cost?.lowUsd ?? 0) > 0);
  });

  it('costs more than twice as much in two turns, and less with a cache', async () => {
    const one = await weighDraft(parts, draft);
    const two = await weighDraft(parts, { ...draft, turns: 2 });
    assert.ok((two.cost?.lowUsd ?? 0) > 2 * (one.cost?.lowUsd ?? 0));
    assert.ok((two.cachedCost?.lowUsd ?? Infinity) < (two.cost?.lowUsd ?? 0));
  });

  it('copies the files, then the question, within the interval that it showed', async () => {
    const weight = await weighDraft(parts, draft);
    await copyPromptWithContext(parts, draft);
    const copied = await vscode.env.clipboard.readText();
    assert.equal(copied, 'prompt/a.ts\n```ts\nexport const a = 1;\n```\n\nWhy is this slow?');
    const counting = await api.rooms.counting();
    const tokens = await counting.countText(copied, 'o200k_base');
    assert.ok(tokens >= weight.firstInput.lowTokens && tokens <= weight.firstInput.highTokens);
  });

  it('opens no chat that is switched off, nor one with nothing in it, and says which', async () => {
    await assert.rejects(openInChat(parts, draft), /switched off.*disableAIFeatures/);
    await api.session.clearSet();
    await withChatOn(async () => {
      const empty = openInChat(parts, { ...draft, text: ' ' });
      await assert.rejects(empty, /Nothing to open|has no chat/);
    });
    await api.session.setChecked([['prompt', true]]);
  });

  it('knows when a cap is passed', async () => {
    await setSetting('contextBudget.cap.hardTokens', 5);
    await until('the cap', () => api.session.settings.hardCapTokens === 5);
    assert.equal((await weighDraft(parts, draft)).cap, 'hard');
  });

  it('asks before it goes over a soft cap, and copies only when told to', async () => {
    await setSetting('contextBudget.cap.hardTokens', undefined);
    await setSetting('contextBudget.cap.softTokens', 5);
    await until('the caps', () => {
      const { softCapTokens, hardCapTokens } = api.session.settings;
      return softCapTokens === 5 && hardCapTokens === undefined;
    });
    await vscode.env.clipboard.writeText('as before');
    const copy = () => copyPromptWithContext(parts, draft);
    const asked = await answering('showWarningMessage', undefined, copy);
    assert.deepEqual(asked, ['Over your soft cap of 5 tokens']);
    assert.equal(await vscode.env.clipboard.readText(), 'as before');
    await answering('showWarningMessage', 'Copy', copy);
    assert.ok((await vscode.env.clipboard.readText()).endsWith(draft.text));
    await setSetting('contextBudget.cap.softTokens', undefined);
    await until('no cap', () => api.session.settings.softCapTokens === undefined);
  });

  it('asks before it copies what looks like a secret, in a file or in the prompt itself', async () => {
    await vscode.env.clipboard.writeText('as before');
    const secretDraft = { ...draft, text: `What may ${secret} do?` };
    const copyDraft = () => copyPromptWithContext(parts, secretDraft);
    const asked = await answering('showWarningMessage', undefined, copyDraft);
    assert.deepEqual(asked, ['One place looks like a secret']);
    assert.equal(await vscode.env.clipboard.readText(), 'as before');

    await writeFile('prompt/key.ts', `export const key = '${secret}';\n`);
    await vscode.commands.executeCommand('contextBudget.analyze');
    const copyFiles = () => copyPromptWithContext(parts, draft);
    assert.deepEqual(await answering('showWarningMessage', undefined, copyFiles), asked);
    assert.equal(await vscode.env.clipboard.readText(), 'as before');
    await answering('showWarningMessage', 'Copy Anyway', copyFiles);
    assert.ok((await vscode.env.clipboard.readText()).includes(secret));
  });
});
