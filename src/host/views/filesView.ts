import * as vscode from 'vscode';
import type { Session } from '../session.ts';
import { fileCountText, tokensText } from '../words.ts';
import { FilesTree, rowPath } from './filesTree.ts';

/** VS Code shows a tree's message only after 200 ms in which it was not set again: counted files come faster than that. */
const messageIntervalMs = 500;

/** The Files view: its tree, its check boxes, and the words above it while something runs or went wrong. */
export function registerFilesView(session: Session): vscode.Disposable {
  const tree = new FilesTree(session);
  const view = vscode.window.createTreeView('contextBudget.files', {
    treeDataProvider: tree,
    canSelectMany: true,
    showCollapseAll: true,
    // A folder is checked when all of its files are; the set decides, not the tree.
    manageCheckboxStateManually: true,
  });
  let messageAtMs = 0;
  const showProgress = () => {
    const nowMs = Date.now();
    if (nowMs - messageAtMs < messageIntervalMs) return;
    messageAtMs = nowMs;
    view.message = messageOf(session);
  };
  const update = () => {
    const { status } = session.analysis;
    const analyzing = status.type === 'analyzing';
    void vscode.commands.executeCommand('setContext', 'contextBudget.analyzing', analyzing);
    view.message = messageOf(session);
    view.description =
      session.report === undefined
        ? undefined
        : vscode.l10n.t(
            '{0} tokens in {1}',
            tokensText(session.tree.tokens),
            fileCountText(session.tree.fileCount),
          );
  };
  const subscriptions = [
    tree,
    view,
    session.onDidChange((change) => {
      if (change === 'progress') showProgress();
      else update();
    }),
    view.onDidChangeVisibility(({ visible }) => {
      if (visible) session.analyzeOnOpen();
    }),
    view.onDidChangeCheckboxState(({ items }) => {
      const changes = items
        .map(([row, state]) => [rowPath(row), state === vscode.TreeItemCheckboxState.Checked])
        .filter((change): change is [string, boolean] => change[0] !== undefined);
      void session.setChecked(changes);
    }),
  ];
  update();
  return vscode.Disposable.from(...subscriptions);
}

function messageOf(session: Session): string | undefined {
  const { status } = session.analysis;
  switch (status.type) {
    case 'analyzing':
      return vscode.l10n.t(
        'Counting: {0} of {1}',
        tokensText(status.filesDone),
        fileCountText(status.filesFound),
      );
    case 'failed':
      return vscode.l10n.t('The analysis failed: {0}', status.message);
    case 'cancelled':
      return vscode.l10n.t('The analysis was cancelled.');
    case 'ready':
      return session.tree.fileCount === 0
        ? vscode.l10n.t('No text files to count here.')
        : undefined;
    default:
      return undefined;
  }
}
