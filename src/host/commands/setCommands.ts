import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import { fileCountText } from '../words.ts';

/** What a menu was opened on, several of the Explorer's, or the active editor when it came from the palette. */
export function targetUris(target?: vscode.Uri, all?: readonly vscode.Uri[]): vscode.Uri[] {
  if (all !== undefined && all.length > 0 && all[0] instanceof vscode.Uri) return [...all];
  if (target instanceof vscode.Uri) return [target];
  const active =
    vscode.window.activeTextEditor?.document.uri ??
    vscode.window.activeNotebookEditor?.notebook.uri;
  return active === undefined ? [] : [active];
}

async function setChecked(
  parts: Parts,
  uris: readonly vscode.Uri[],
  checked: boolean,
): Promise<void> {
  const paths = uris.map((uri) => parts.session.pathOf(uri)).filter((path) => path !== undefined);
  if (paths.length === 0) {
    throw new Error(
      vscode.l10n.t('Only files and folders of this workspace can be in the context set'),
    );
  }
  await parts.session.setChecked(paths.map((path) => [path, checked]));
  if (parts.session.report === undefined) await parts.session.analysis.analyze();
  const { kind, files } = parts.session.subject;
  vscode.window.setStatusBarMessage(
    vscode.l10n.t('Context set: {0}', fileCountText(kind === 'set' ? files.length : 0)),
    4000,
  );
}

export async function addToSet(
  parts: Parts,
  target?: vscode.Uri,
  all?: readonly vscode.Uri[],
): Promise<void> {
  await setChecked(parts, targetUris(target, all), true);
}

export async function removeFromSet(
  parts: Parts,
  target?: vscode.Uri,
  all?: readonly vscode.Uri[],
): Promise<void> {
  await setChecked(parts, targetUris(target, all), false);
}

export async function addOpenEditors(parts: Parts): Promise<void> {
  const uris = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .map((tab) => (tab.input as { uri?: unknown } | undefined)?.uri)
    .filter((uri) => uri instanceof vscode.Uri);
  await setChecked(parts, uris, true);
}
