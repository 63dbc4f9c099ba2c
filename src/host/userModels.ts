import * as vscode from 'vscode';
import type { Parts } from './parts.ts';
import { settingsSection } from './settings.ts';

const setting = `${settingsSection}.userModels`;

/**
 * Tells what can't be used of the models that the person has set: all of it in the log, the first in a message. Without
 * models of one's own the catalogue is not loaded for this.
 */
export function watchUserModels({ session, rooms, log }: Pick<Parts, 'session' | 'rooms' | 'log'>) {
  let checked = '[]';
  const check = async (): Promise<void> => {
    const { settings } = session;
    const written = JSON.stringify(settings.userModels ?? []);
    if (written === checked) return;
    checked = written;
    const problems = (await rooms.weighing()).userModelProblems(settings);
    // Typed on in the settings meanwhile: that is checked on its own.
    if (written === checked && problems.length > 0) await show(problems, log);
  };
  const checkNow = () => {
    check().catch((error: unknown) => {
      log.error(error instanceof Error ? error : String(error));
    });
  };
  checkNow();
  return session.onDidChange((change) => {
    if (change === 'content') checkNow();
  });
}

async function show(problems: readonly string[], log: vscode.LogOutputChannel): Promise<void> {
  for (const problem of problems) log.warn(problem);
  const [first] = problems;
  const openSettings = vscode.l10n.t('Open Settings');
  const answer = await vscode.window.showWarningMessage(
    problems.length === 1
      ? first
      : vscode.l10n.t('{0} (and {1} more, see the log)', first, problems.length - 1),
    openSettings,
  );
  if (answer === openSettings) {
    await vscode.commands.executeCommand('workbench.action.openSettings', setting);
  }
}
