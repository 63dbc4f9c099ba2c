import * as vscode from 'vscode';
import { architectures } from '../../core/architectures/architectures.ts';
import type { Architecture } from '../../core/architectures/architecture.ts';
import type { ServedModel } from '../../core/architectures/serverModel.ts';
import { modelNameKey } from '../../core/catalog/modelNames.ts';
import { ownModelId } from '../../core/catalog/ownModels.ts';
import type { OwnModel } from '../../core/catalog/ownModels.ts';
import { InputError } from '../../core/estimates/inputError.ts';
import { windowText } from '../words.ts';
import { listServedModels, readOllamaModel } from '../../node/modelServer.ts';
import { keepModels, requireTrust, today } from './keepModels.ts';
import type { ModelsOptions } from './openModels.ts';

/** Asks for an address, lists what the server there serves, and imports what is picked. No other address is asked. */
export async function importServerModels(options: ModelsOptions): Promise<void> {
  requireTrust();
  const address = await vscode.window.showInputBox({
    title: vscode.l10n.t('Import Models from a Running Server'),
    prompt: vscode.l10n.t(
      'Address of Ollama, LM Studio or an OpenAI-compatible server. It is asked for its models, and nothing else is sent.',
    ),
    placeHolder: 'http://localhost:11434',
    ignoreFocusOut: true,
  });
  if (address === undefined || address.trim() === '') return;
  const served = await asking(address, () => listServedModels(address.trim()));
  if (served.length === 0) {
    throw new Error(vscode.l10n.t('{0} serves no models', address));
  }
  const picked = await vscode.window.showQuickPick(served.map(itemOf), {
    title: vscode.l10n.t('Import Models from {0}', address),
    placeHolder: vscode.l10n.t('Models to import'),
    canPickMany: true,
  });
  if (picked === undefined || picked.length === 0) return;
  const models = await asking(address, () =>
    Promise.all(picked.map(({ served: one }) => ownModelOf(address.trim(), one))),
  );
  await keepModels(options, models);
}

function itemOf(served: ServedModel): vscode.QuickPickItem & { readonly served: ServedModel } {
  const window = served.contextWindowTokens;
  return {
    label: served.id,
    description: window === undefined ? '' : windowText(window),
    served,
  };
}

function asking<T>(address: string, ask: () => Promise<T>): Thenable<T> {
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Asking {0}…', address),
    },
    ask,
  );
}

async function ownModelOf(address: string, served: ServedModel): Promise<OwnModel> {
  const id = ownModelId(served.id);
  const asOf = today();
  const base = { id, name: served.id, source: address, asOf };
  const shape = await shapeOf(address, served.id);
  const window = served.contextWindowTokens ?? shape?.contextWindowTokens;
  const known =
    shape === undefined
      ? architectures.find((one) => modelNameKey(one.id) === modelNameKey(served.id))
      : undefined;
  return {
    ...base,
    ...(window !== undefined && { contextWindowTokens: window }),
    ...(shape && {
      architecture: {
        ...shape,
        id,
        name: served.id,
        sources: [{ text: `${address} /api/show`, asOf }],
      },
    }),
    ...(known && { architectureId: known.id }),
  };
}

/** Ollama describes a model's shape; other servers do not, and say so by an error. */
async function shapeOf(address: string, id: string): Promise<Architecture | undefined> {
  try {
    return await readOllamaModel(address, id);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
