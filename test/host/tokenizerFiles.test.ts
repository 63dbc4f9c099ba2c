import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ContextBudgetApi } from '../../src/host/start.ts';
import { answering, contextBudget, setSetting, until, workspaceUri, writeFile } from './support.ts';

const setting = 'contextBudget.tokenizers';
const modelId = 'meta/llama-3.1-8b-instruct';
const text = 'Größe 漢字, and nothing else.\n';

/** A tokenizer.json whose tokens are bytes, and of two letters those that are given. */
function tokenizerJson(...merges: string[]): string {
  let next = 256;
  const alphabet = Array.from({ length: 256 }, (_, byte) => {
    const printable =
      (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
    return String.fromCodePoint(printable ? byte : next++);
  });
  const tokens = [...alphabet, ...merges.map((pair) => pair.replace(' ', ''))];
  return JSON.stringify({
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  });
}

describe('a tokenizer’s file for a model', () => {
  let api: ContextBudgetApi;
  const file = 'tokenizers/tokenizer.json';
  const encodingName = () => api.session.settings.tokenizerEncodings?.get(modelId);
  const tokensOf = (path: string) => api.session.fileAt(path)?.tokens;

  before(async () => {
    api = await contextBudget();
    await writeFile(file, tokenizerJson());
    await writeFile('tokenizers/text.md', text);
    await setSetting('contextBudget.model', modelId);
    await until('the model', () => api.session.settings.modelId === modelId);
    await vscode.commands.executeCommand('contextBudget.analyze');
  });

  after(async () => {
    await setSetting(setting, undefined);
    await setSetting('contextBudget.model', 'openai/gpt-4o');
    await until('the model', () => api.session.settings.modelId === 'openai/gpt-4o');
    await until('the setting', () => encodingName() === undefined);
    await vscode.commands.executeCommand('contextBudget.analyze');
  });

  it('is tried and written by the command, and the workspace is counted exactly with it', async () => {
    const uri = workspaceUri(file);
    const asked = await answering('showInformationMessage', undefined, () =>
      Promise.resolve(
        vscode.commands.executeCommand('contextBudget.useTokenizerFile', modelId, uri),
      ),
    );
    assert.match(asked.join(), /is counted exactly with tokenizer\.json\.$/);
    const written = vscode.workspace.getConfiguration().get<Record<string, string>>(setting);
    assert.deepEqual(written, { [modelId]: uri.fsPath });
    const bytes = Buffer.byteLength(text);
    await until('the count', () => tokensOf('tokenizers/text.md') === bytes);
    const { weighModels } = await api.rooms.weighing();
    const models = weighModels(api.session.subject.files, api.session.settings);
    const own = models.find(({ id }) => id === modelId);
    assert.equal(own?.count.exact, true);
    assert.match(
      own.count.basis,
      /^counted with tokenizers\/tokenizer\.json \(sha256 [0-9a-f]{8}\)$/,
    );
    assert.equal(models.find(({ id }) => id === 'openai/gpt-4o')?.count.exact, false);
  });

  it('may be named relative to the folder, and is read again when it changes', async () => {
    await setSetting(setting, { [modelId]: file });
    const before = encodingName();
    await writeFile(file, tokenizerJson('n d', 'e l'));
    await until('another encoding', () => encodingName() !== before);
    const bytes = Buffer.byteLength(text);
    await until('the count', () => tokensOf('tokenizers/text.md') === bytes - 2);
  });

  it('is counted with again when it comes back after it was away', async () => {
    const content = await vscode.workspace.fs.readFile(workspaceUri(file));
    await answering('showWarningMessage', undefined, async () => {
      await vscode.workspace.fs.delete(workspaceUri(file));
      await until('no encoding', () => encodingName() === undefined);
      await vscode.workspace.fs.writeFile(workspaceUri(file), content);
      await until('the encoding', () => encodingName() !== undefined);
    });
  });

  it('is refused with the reason when it can’t be used, and the settings stay', async () => {
    await writeFile('tokenizers/unigram.json', '{"model": {"type": "Unigram"}}');
    const before = JSON.stringify(vscode.workspace.getConfiguration().get(setting));
    const asked = await answering('showErrorMessage', undefined, () =>
      Promise.resolve(
        vscode.commands.executeCommand(
          'contextBudget.useTokenizerFile',
          modelId,
          workspaceUri('tokenizers/unigram.json'),
        ),
      ),
    );
    assert.match(
      asked.join(),
      /unigram\.json can't be used: Its model is "Unigram"; only byte pair/,
    );
    assert.equal(JSON.stringify(vscode.workspace.getConfiguration().get(setting)), before);
  });

  it('is told about when it is not there', async () => {
    const asked = await answering('showWarningMessage', undefined, async () => {
      await setSetting(setting, { [modelId]: 'nowhere/tokenizer.json' });
      await until('the encoding', () => encodingName() === undefined);
      await new Promise((resolve) => setTimeout(resolve, 100));
    });
    assert.match(asked.join(), /^contextBudget\.tokenizers: meta\/llama.*there is no such file/);
  });
});
