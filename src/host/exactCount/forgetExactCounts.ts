import * as vscode from 'vscode';
import { parseLearnt } from '../../core/tokens/estimate/learntRatios.ts';
import type { LearntMemory } from '../learntMemory.ts';

/** Asks which models' counts to forget, and forgets them. */
export async function forgetExactCounts({
  learnt,
}: {
  readonly learnt: LearntMemory;
}): Promise<void> {
  const known = parseLearnt(learnt.value);
  const items = Object.entries(known).map(([id, counts]) => ({
    label: id,
    description: counts.map(({ asOf }) => asOf).reduce((a, b) => (a > b ? a : b)),
    picked: true,
  }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No exact counts are remembered.'));
    return;
  }
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Forget Exact Counts'),
    placeHolder: vscode.l10n.t('Models to estimate by their family’s ratio again'),
    canPickMany: true,
  });
  if (picked === undefined || picked.length === 0) return;
  const gone = new Set(picked.map(({ label }) => label));
  const left = Object.fromEntries(Object.entries(known).filter(([id]) => !gone.has(id)));
  await learnt.set(Object.keys(left).length === 0 ? undefined : left);
}
