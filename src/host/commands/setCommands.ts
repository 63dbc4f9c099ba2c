import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import { rowPath, type FilesRow } from '../views/filesTree.ts';
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

/** The same of the rows of the Files view, which have a menu too. */
export function urisOf(
  parts: Parts,
  target: vscode.Uri | FilesRow | undefined,
  all: readonly (vscode.Uri | FilesRow)[] | undefined,
): vscode.Uri[] {
  if (target === undefined || target instanceof vscode.Uri) {
    return targetUris(
      target,
      all?.filter((entry) => entry instanceof vscode.Uri),
    );
  }
  const rows = (all ?? [target]).filter(
    (entry): entry is FilesRow => !(entry instanceof vscode.Uri),
  );
  return rows
    .map((row) => rowPath(row))
    .map((path) => (path === undefined ? undefined : parts.session.uriOf(path)))
    .filter((uri) => uri !== undefined);
}

async function setChecked(
  parts: Parts,
  uris: readonly vscode.Uri[],
  checked: boolean,
): Promise<void> {
  const paths = uris.map((uri) => parts.session.pathOf(uri)).filter((path) => path !== undefined);
  if (paths.length === 0) throw new Error(whyNothingIsSet(uris));
  await parts.session.setChecked(paths.map((path) => [path, checked]));
  if (parts.session.report === undefined) await parts.session.analysis.analyze();
  tellSet(parts);
}

function whyNothingIsSet(uris: readonly vscode.Uri[]): string {
  if ((vscode.workspace.workspaceFolders ?? []).length === 0) {
    return vscode.l10n.t('Open a folder first: the context set is made of its files and folders.');
  }
  return uris.length === 0
    ? vscode.l10n.t('No file is open. Open one, or check files in the Files view.')
    : vscode.l10n.t('Only files and folders of this workspace can be in the context set.');
}

function tellSet({ session }: Parts): void {
  const { kind, files } = session.subject;
  vscode.window.setStatusBarMessage(
    vscode.l10n.t('Context set: {0}', fileCountText(kind === 'set' ? files.length : 0)),
    4000,
  );
}

export async function addToSet(
  parts: Parts,
  target?: vscode.Uri | FilesRow,
  all?: readonly (vscode.Uri | FilesRow)[],
): Promise<void> {
  await setChecked(parts, urisOf(parts, target, all), true);
}

export async function removeFromSet(
  parts: Parts,
  target?: vscode.Uri | FilesRow,
  all?: readonly (vscode.Uri | FilesRow)[],
): Promise<void> {
  await setChecked(parts, urisOf(parts, target, all), false);
}

export async function clearSet(parts: Parts): Promise<void> {
  await parts.session.clearSet();
  tellSet(parts);
}

export async function addOpenEditors(parts: Parts): Promise<void> {
  const uris = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .map((tab) => (tab.input as { uri?: unknown } | undefined)?.uri)
    .filter((uri) => uri instanceof vscode.Uri);
  await setChecked(parts, uris, true);
}
