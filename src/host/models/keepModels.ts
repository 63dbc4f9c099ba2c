import * as vscode from 'vscode';
import { withOwnModels } from '../../core/catalog/ownModels.ts';
import type { OwnModel } from '../../core/catalog/ownModels.ts';
import { writeSetting } from '../settings.ts';
import type { ModelsOptions } from './openModels.ts';

export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** Keeps imported models, and offers what one would do with them next. */
export async function keepModels(
  options: ModelsOptions,
  models: readonly OwnModel[],
): Promise<void> {
  if (models.length === 0) return;
  await options.own.load();
  await options.own.save(withOwnModels(options.own.data, models));
  const [first] = models;
  const showCard = vscode.l10n.t('Show Model Card');
  const use = vscode.l10n.t('Use This Model');
  const said =
    models.length === 1
      ? vscode.l10n.t('Imported {0} as {1}.', first.name, first.id)
      : vscode.l10n.t(
          'Imported {0} models: {1}.',
          models.length,
          models.map(({ id }) => id).join(', '),
        );
  const unknown =
    first.architecture?.mixersUnknownBecause === undefined
      ? ''
      : ` ${vscode.l10n.t('Its KV cache is unknown: {0}.', first.architecture.mixersUnknownBecause)}`;
  // Not waited for: the import is done, whether or not somebody answers.
  void vscode.window
    .showInformationMessage(`${said}${unknown}`, showCard, use)
    .then(async (answer) => {
      if (answer === showCard) {
        await vscode.commands.executeCommand('contextBudget.showModelCard', first.id);
      }
      if (answer === use) await writeSetting('model', first.id);
    });
}

/** Throws where the workspace is not trusted: nothing is asked of a network there. */
export function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new Error(
    vscode.l10n.t('In a restricted workspace nothing is fetched. Trust the workspace first.'),
  );
}
