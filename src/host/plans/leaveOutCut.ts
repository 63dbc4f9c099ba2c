import * as vscode from 'vscode';
import type { SubjectChoice } from '../../core/dashboard/state.ts';
import { formatCount } from '../../core/format/numbers.ts';
import { isEmptySet, withoutFiles, type ContextSet } from '../../core/set/contextSet.ts';
import type { Session } from '../session.ts';
import type { Plans } from './planService.ts';

/**
 * Takes the files of the smallest cut out of the set, as their check boxes do; what was planned for the workspace or a folder
 * becomes the set. Says so with a button that takes it back.
 *
 * @returns how many files were taken out
 * @throws Error when nothing has to be left out, or these plans were replaced
 */
export async function leaveOutCut(
  session: Session,
  plans: Plans,
  planId: number | undefined,
): Promise<number> {
  const { report } = plans;
  if (report === undefined || planId === undefined) {
    throw new Error(
      vscode.l10n.t('No strategy is planned: run "{0}" first', vscode.l10n.t('Plan a Strategy…')),
    );
  }
  const { cut } = plans.chosen(planId, 'full').plan;
  if (cut === undefined) {
    throw new Error(vscode.l10n.t('Everything fits into one request: nothing has to be left out'));
  }
  const before = session.set;
  const after = withoutFiles(
    setOf(report.question.subject, before),
    cut.files.map((file) => file.path),
  );
  await session.replaceSet(after);
  void offerUndo(session, before, cut.numFiles);
  return cut.numFiles;
}

function setOf(subject: SubjectChoice, set: ContextSet): ContextSet {
  if (subject.kind === 'folder') return { checked: [subject.path], unchecked: [] };
  // While nothing is checked, the set is everything.
  return subject.kind === 'workspace' || isEmptySet(set) ? { checked: [''], unchecked: [] } : set;
}

async function offerUndo(session: Session, before: ContextSet, numFiles: number): Promise<void> {
  const after = session.set;
  const undo = vscode.l10n.t('Undo');
  const text =
    numFiles === 1
      ? vscode.l10n.t('One file was taken out of the context set')
      : vscode.l10n.t('{0} files were taken out of the context set', formatCount(numFiles));
  if ((await vscode.window.showInformationMessage(text, undo)) !== undo) return;
  if (session.set === after) await session.replaceSet(before);
  else {
    void vscode.window.showWarningMessage(
      vscode.l10n.t('The set was changed since then: check the files in the Files view instead'),
    );
  }
}
