import * as vscode from 'vscode';
import { countProviders, type CountProvider } from '../../node/countEndpoints.ts';
import type { SecretFinding } from '../../node/findSecrets.ts';
import { secretsLine } from '../secretsQuestion.ts';
import { bytesText, fileCountText } from '../words.ts';
import type { ModelChoice } from './askers.ts';
import type { SubjectText } from './subjects.ts';

/** Asks once for every count, naming what goes where; false unless the person agrees. */
export async function mayCount(
  choice: ModelChoice,
  texts: readonly SubjectText[],
  secrets: readonly SecretFinding[],
  baseUrl: URL | undefined,
): Promise<boolean> {
  const bytes = texts.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  const size = `${fileCountText(texts.length)}, ${bytesText(bytes)}`;
  if (choice.by.type === 'editor') {
    const count = vscode.l10n.t('Count');
    const detail = vscode.l10n.t(
      'The text goes to the extension of "{0}", which provides this model. It may count on this machine or send the text to the model’s maker.',
      choice.by.chat.vendor,
    );
    const question = vscode.l10n.t('Have {0} counted by {1}?', size, choice.label);
    return confirmed(question, [detail, secretsLine(secrets)], count);
  }
  const { provider, modelName } = choice.by;
  const send = vscode.l10n.t('Send and Count');
  const details = [
    vscode.l10n.t('Address: {0}', baseUrl?.href ?? ''),
    vscode.l10n.t('Model: {0}, with your key for {1}', modelName, nameOfProvider(provider)),
    vscode.l10n.t('Sent: the whole text of {0}, without names and paths', size),
    secretsLine(secrets),
  ];
  const question = vscode.l10n.t('Send {0} to {1} to be counted?', size, baseUrl?.host ?? '');
  return confirmed(question, details, send);
}

async function confirmed(
  question: string,
  details: readonly string[],
  button: string,
): Promise<boolean> {
  const detail = details.join('\n');
  const options = { modal: true, detail };
  return (await vscode.window.showWarningMessage(question, options, button)) === button;
}

export function nameOfProvider(provider: CountProvider): string {
  return countProviders[provider].name;
}
