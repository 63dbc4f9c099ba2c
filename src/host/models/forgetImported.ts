import * as vscode from 'vscode';
import type { ModelsOptions } from './openModels.ts';

interface ImportedItem extends vscode.QuickPickItem {
  readonly source: string;
  readonly id?: string;
}

/** Lists what was imported, with its source and date, and takes away what is picked. */
export async function forgetImported({ own }: ModelsOptions): Promise<void> {
  const { files, models } = await own.load().then(() => own.data);
  const items: ImportedItem[] = [
    ...files.map(({ source, asOf, kind }) => ({
      label: source,
      description: kind === 'prices' ? vscode.l10n.t('prices') : vscode.l10n.t('models'),
      detail: asOf,
      source,
    })),
    ...models.map(({ id, name, source, asOf }) => ({
      label: name,
      description: id,
      detail: `${source}, ${asOf}`,
      source,
      id,
    })),
  ];
  if (items.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Nothing was imported.'));
    return;
  }
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Forget Imported Models and Prices'),
    placeHolder: vscode.l10n.t('What to forget'),
    canPickMany: true,
  });
  if (picked === undefined || picked.length === 0) return;
  const ids = new Set(picked.map(({ id }) => id));
  const sources = new Set(picked.filter(({ id }) => id === undefined).map(({ source }) => source));
  await own.save({
    files: files.filter(({ source }) => !sources.has(source)),
    models: models.filter(({ id }) => !ids.has(id)),
  });
}
