import path from 'node:path';
import * as vscode from 'vscode';
import { findModel } from '../../core/catalog/findModel.ts';
import type { Model } from '../../core/catalog/model.ts';
import { namedSplits } from '../../core/tokenizerFiles/readRankFile.ts';
import { fileOfEncoding } from '../../core/tokenizerFiles/tokenizerFileName.ts';
import type { Parts } from '../parts.ts';
import { settingsSection } from '../settings.ts';
import { identify, tokenizersSetting } from '../tokenizerFiles.ts';

/**
 * Asks for a model and a file of its tokenizer, tries the file, and writes it into the settings; or takes a file out of them.
 * What is given is not asked for.
 *
 * @param modelId in the catalogue
 * @param uri of the file
 * @param splitName of the rule that a rank file is split by
 */
export async function useTokenizerFile(
  { session, rooms }: Parts,
  modelId?: string,
  uri?: vscode.Uri,
  splitName?: string,
): Promise<void> {
  const { modelsOf } = await rooms.weighing();
  const models = modelsOf(session.settings);
  const model =
    modelId === undefined
      ? await askModel(models, session.settings.modelId)
      : findModel(modelId, models);
  if (model === undefined) return;
  const current = fileOfEncoding(model.tokenizer.encoding);
  const file = uri ?? (await askFile(model, current?.path));
  if (file === undefined) return;
  if (file === 'none') {
    await writeTokenizer(model.id, undefined);
    return;
  }
  if (file.scheme !== 'file') {
    throw new Error(vscode.l10n.t('{0} is not on this machine’s disk', file.toString(true)));
  }
  const split = splitName ?? ((await isJson(file)) ? undefined : await askSplit());
  if (split === undefined && !(await isJson(file))) return;
  const title = vscode.l10n.t('Reading {0}', path.basename(file.fsPath));
  const location = vscode.ProgressLocation.Notification;
  await vscode.window.withProgress({ location, title }, async () => {
    const encoding = await identify({ file: file.fsPath, split }, rooms);
    // Counting is what shows whether it can be used: it throws with the reason.
    await (await rooms.counting()).countText('', encoding);
  });
  await writeTokenizer(model.id, split === undefined ? named(file) : { file: named(file), split });
  void vscode.window.showInformationMessage(
    vscode.l10n.t('{0} is counted exactly with {1}.', model.name, path.basename(file.fsPath)),
  );
}

async function askModel(models: readonly Model[], chosenId: string): Promise<Model | undefined> {
  const items = models
    .filter((model) => !model.deprecated || model.id === chosenId)
    .map((model) => ({
      label: model.name,
      description: model.id,
      detail: model.tokenizer.exact
        ? vscode.l10n.t('counted exactly: {0}', model.tokenizer.source)
        : vscode.l10n.t('estimated: {0}', model.tokenizer.source),
      model,
    }))
    .sort((a, b) => Number(b.model.id === chosenId) - Number(a.model.id === chosenId));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Use a Tokenizer File for a Model'),
    placeHolder: vscode.l10n.t('The model whose tokens the file counts'),
    matchOnDescription: true,
  });
  return picked?.model;
}

async function askFile(
  model: Model,
  current: string | undefined,
): Promise<vscode.Uri | 'none' | undefined> {
  if (current !== undefined) {
    const choose = vscode.l10n.t('Choose Another File…');
    const remove = vscode.l10n.t('Stop Using {0}', path.basename(current));
    const picked = await vscode.window.showQuickPick([choose, remove], { title: model.name });
    if (picked === undefined) return undefined;
    if (picked === remove) return 'none';
  }
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('The tokenizer.json or tiktoken rank file of {0}', model.name),
      openLabel: vscode.l10n.t('Count With It'),
      canSelectMany: false,
    })) ?? [];
  return chosen;
}

async function askSplit(): Promise<string | undefined> {
  return vscode.window.showQuickPick(Object.keys(namedSplits), {
    title: vscode.l10n.t('How does this rank file’s tokenizer split a text?'),
    placeHolder: vscode.l10n.t('A rank file does not say; the model’s code or its card does'),
  });
}

async function isJson(file: vscode.Uri): Promise<boolean> {
  const content = await vscode.workspace.fs.readFile(file);
  return /^\s*[[{]/.test(
    Buffer.from(content.subarray(0, 64)).toString('latin1').replace('ï»¿', ''),
  );
}

/** Relative to the folder that it lies in, so that it is the same for everyone; absolute outside of the workspace. */
function named(file: vscode.Uri): string {
  if (writesToWorkspace() && vscode.workspace.getWorkspaceFolder(file) !== undefined) {
    return vscode.workspace.asRelativePath(file, false);
  }
  return file.fsPath;
}

function writesToWorkspace(): boolean {
  const section = vscode.workspace.getConfiguration(settingsSection);
  return section.inspect(tokenizersSetting)?.workspaceValue !== undefined;
}

async function writeTokenizer(modelId: string, value: unknown): Promise<void> {
  const section = vscode.workspace.getConfiguration(settingsSection);
  const written = section.inspect<Record<string, unknown>>(tokenizersSetting);
  const toWorkspace = writesToWorkspace();
  const before = toWorkspace ? written?.workspaceValue : written?.globalValue;
  const tokenizers = { ...before, [modelId]: value };
  await section.update(
    tokenizersSetting,
    Object.values(tokenizers).some((each) => each !== undefined) ? tokenizers : undefined,
    toWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global,
  );
}
