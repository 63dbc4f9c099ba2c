import * as vscode from 'vscode';
import { mostConfigCharacters, parseHfConfig } from '../../core/architectures/hfConfig.ts';
import type { Architecture } from '../../core/architectures/architecture.ts';
import { ownModelId } from '../../core/catalog/ownModels.ts';
import { InputError } from '../../core/estimates/inputError.ts';
import { readArchitecture } from '../../node/readArchitecture.ts';
import { keepModels, today } from './keepModels.ts';
import type { ModelsOptions } from './openModels.ts';

/** Reads the shape of a model from a file that the person names; of a GGUF file the header alone. */
export async function importShape(options: ModelsOptions, given?: vscode.Uri): Promise<void> {
  const file = given ?? (await askForFile());
  if (file === undefined) return;
  const read = await readShape(file);
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('Import Model'),
    prompt: vscode.l10n.t('Name of the model'),
    value: nameOf(read, file),
    validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('Give it a name') : undefined),
  });
  if (name === undefined) return;
  const id = ownModelId(name);
  const asOf = today();
  const source = file.path.slice(file.path.lastIndexOf('/') + 1);
  const sources = [{ text: vscode.l10n.t('imported from {0}', source), asOf }];
  const architecture = { ...read, id, name: name.trim(), sources };
  const window = read.contextWindowTokens;
  const model = { id, name: name.trim(), source, asOf, architecture };
  await keepModels(options, [
    { ...model, ...(window !== undefined && { contextWindowTokens: window }) },
  ]);
}

async function askForFile(): Promise<vscode.Uri | undefined> {
  const files = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Import Model from config.json or GGUF File'),
    openLabel: vscode.l10n.t('Import'),
    filters: { [vscode.l10n.t('Model configuration or GGUF')]: ['json', 'gguf'] },
  });
  return files?.[0];
}

async function readShape(file: vscode.Uri): Promise<Architecture> {
  if (file.scheme === 'file') return readArchitecture(file.fsPath);
  const { size } = await vscode.workspace.fs.stat(file);
  if (file.path.toLowerCase().endsWith('.gguf')) {
    // A virtual file system gives whole files only.
    throw new InputError(
      'GGUF file',
      file.toString(true),
      'on a disk: its header alone is read there',
    );
  }
  if (size > mostConfigCharacters) {
    throw new InputError('config.json', `${size} bytes`, 'a file of a few kilobytes');
  }
  const bytes = await vscode.workspace.fs.readFile(file);
  return parseHfConfig(Buffer.from(bytes).toString('utf8'));
}

/** What the file says; for a config.json that does not, its folder's name. */
function nameOf({ name }: Architecture, file: vscode.Uri): string {
  const parts = file.path.split('/').filter((part) => part !== '');
  const fileName = parts.at(-1) ?? '';
  if (name !== 'config.json' && name !== fileName) return name.slice(name.lastIndexOf('/') + 1);
  return fileName === 'config.json' ? (parts.at(-2) ?? fileName) : fileName.replace(/\.\w+$/, '');
}
