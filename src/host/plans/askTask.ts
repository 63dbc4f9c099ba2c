import * as vscode from 'vscode';
import type { Task } from '../../core/plans/task.ts';

/** What the prompt asks for; undefined: the person left. */
export async function askTask(): Promise<Task | undefined> {
  const kinds: readonly (vscode.QuickPickItem & { readonly kindOfTask: Task['kind'] })[] = [
    {
      kindOfTask: 'question',
      label: vscode.l10n.t('Ask a question'),
      detail: vscode.l10n.t('The answer is likely to stand in a few places'),
    },
    {
      kindOfTask: 'review',
      label: vscode.l10n.t('Review the code'),
      detail: vscode.l10n.t('Needs all of it'),
    },
    {
      kindOfTask: 'summarise',
      label: vscode.l10n.t('Summarise the code'),
      detail: vscode.l10n.t('Needs all of it'),
    },
    {
      kindOfTask: 'migrate',
      label: vscode.l10n.t('Plan a migration'),
      detail: vscode.l10n.t('Needs all that the goal touches'),
    },
  ];
  const picked = await vscode.window.showQuickPick(kinds, {
    title: vscode.l10n.t('What is the prompt for?'),
  });
  switch (picked?.kindOfTask) {
    case undefined:
      return undefined;
    case 'review':
    case 'summarise':
      return { kind: picked.kindOfTask };
    case 'question': {
      const question = await ask(vscode.l10n.t('Question about the code'));
      return question === undefined ? undefined : { kind: 'question', question };
    }
    case 'migrate': {
      const goal = await ask(vscode.l10n.t('Goal of the migration'));
      return goal === undefined ? undefined : { kind: 'migrate', goal };
    }
  }
}

async function ask(title: string): Promise<string | undefined> {
  const answer = await vscode.window.showInputBox({
    title,
    validateInput: (value) =>
      value.trim() === '' ? vscode.l10n.t('Say it in a few words') : undefined,
  });
  return answer?.trim();
}
