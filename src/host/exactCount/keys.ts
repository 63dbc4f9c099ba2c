import * as vscode from 'vscode';
import { checkKey, countProviders, type CountProvider } from '../../node/countEndpoints.ts';

/** The person's keys for count endpoints, in VS Code's secret storage and nowhere else. */
export interface CountKeys {
  get(provider: CountProvider): Promise<string | undefined>;
  set(provider: CountProvider, key: string): Promise<void>;
  remove(provider: CountProvider): Promise<void>;
}

export function countKeys(secrets: vscode.SecretStorage): CountKeys {
  const name = (provider: CountProvider) => `countKey.${provider}`;
  return {
    get: async (provider) => secrets.get(name(provider)),
    set: async (provider, key) => secrets.store(name(provider), key),
    remove: async (provider) => secrets.delete(name(provider)),
  };
}

const providers = Object.keys(countProviders) as readonly CountProvider[];

/** Asks for a key and stores it; undefined when the person does not give one. */
export async function askForKey(
  keys: CountKeys,
  provider: CountProvider,
): Promise<string | undefined> {
  const { name } = countProviders[provider];
  const given = await vscode.window.showInputBox({
    title: vscode.l10n.t('Key for Counting with {0}', name),
    prompt: vscode.l10n.t(
      'Kept in the secret storage of VS Code and sent to no address but that of the count endpoint.',
    ),
    password: true,
    ignoreFocusOut: true,
    validateInput: (key) => (key.trim() === '' ? undefined : faultOf(key.trim())),
  });
  const key = given?.trim() ?? '';
  if (key === '') return undefined;
  checkKey(key);
  await keys.set(provider, key);
  return key;
}

export async function setCountKey(keys: CountKeys): Promise<void> {
  const provider = await pickProvider(providers, vscode.l10n.t('Set a Key for Counting'));
  if (provider === undefined || (await askForKey(keys, provider)) === undefined) return;
  void vscode.window.showInformationMessage(
    vscode.l10n.t('The key for counting with {0} is set.', countProviders[provider].name),
  );
}

export async function removeCountKey(keys: CountKeys): Promise<void> {
  const known: CountProvider[] = [];
  for (const provider of providers) {
    if ((await keys.get(provider)) !== undefined) known.push(provider);
  }
  if (known.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No key for counting is set.'));
    return;
  }
  const provider = await pickProvider(known, vscode.l10n.t('Remove a Key for Counting'));
  if (provider === undefined) return;
  await keys.remove(provider);
  void vscode.window.showInformationMessage(
    vscode.l10n.t('The key for counting with {0} is removed.', countProviders[provider].name),
  );
}

async function pickProvider(
  among: readonly CountProvider[],
  title: string,
): Promise<CountProvider | undefined> {
  const items = among.map((provider) => ({ label: countProviders[provider].name, provider }));
  return (await vscode.window.showQuickPick(items, { title }))?.provider;
}

function faultOf(key: string): string | undefined {
  try {
    checkKey(key);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
