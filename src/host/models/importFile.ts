import { jsonFault } from '../../core/format/jsonText.ts';
import * as vscode from 'vscode';
import { models as bundledModels } from '../../core/catalog/models.ts';
import { withOwnFile } from '../../core/catalog/ownModels.ts';
import type { OwnFile } from '../../core/catalog/ownModels.ts';
import { maxPriceFileBytes, readPriceFile } from '../../core/catalog/priceFile.ts';
import { parseUserModels } from '../../core/catalog/userModels.ts';
import { InputError } from '../../core/estimates/inputError.ts';
import { today } from './keepModels.ts';
import type { ModelsOptions } from './openModels.ts';

/** Takes prices (genai-prices' data.json) or models (as `contextBudget.userModels` has them) from a file. */
export async function importFile({ own }: ModelsOptions, given?: vscode.Uri): Promise<void> {
  const file = given ?? (await askForFile());
  if (file === undefined) return;
  const { size } = await vscode.workspace.fs.stat(file);
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  if (size > maxPriceFileBytes) {
    throw new InputError(name, `${size} bytes`, `at most ${maxPriceFileBytes} bytes`);
  }
  const text = Buffer.from(await vscode.workspace.fs.readFile(file)).toString('utf8');
  const { kept, count, problems } = readFile(text, name);
  if (count === 0) {
    throw new InputError(
      name,
      problems[0] ?? 'no model',
      'prices of models of the catalogue, or models',
    );
  }
  await own.load();
  await own.save(withOwnFile(own.data, kept));
  await sayWhatCame(vscode.l10n.t('{0}: {1} models taken over.', name, count), problems);
}

export async function sayWhatCame(said: string, problems: readonly string[]): Promise<void> {
  if (problems.length === 0) {
    void vscode.window.showInformationMessage(said);
  } else {
    const rest = vscode.l10n.t('Not used: {0}', problems.slice(0, 3).join('; '));
    void vscode.window.showWarningMessage(`${said} ${rest}`);
  }
  return Promise.resolve();
}

async function askForFile(): Promise<vscode.Uri | undefined> {
  const files = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Import Prices or Models'),
    openLabel: vscode.l10n.t('Import'),
    filters: { JSON: ['json'] },
  });
  return files?.[0];
}

function readFile(text: string, name: string) {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InputError(name, `${text.length} characters`, `JSON (${jsonFault(error)})`);
  }
  const from = { source: name, asOf: today() };
  const isProviders =
    Array.isArray(json) &&
    json.some((row: unknown) => typeof row === 'object' && row !== null && 'models' in row);
  const kind: OwnFile['kind'] = isProviders ? 'prices' : 'models';
  const { models, problems } = isProviders
    ? readPriceFile(text, bundledModels, from)
    : parseUserModels(json, from);
  return { kept: { ...from, kind, text }, count: models.length, problems };
}
