import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import { rowPath, type FilesRow } from '../views/filesTree.ts';

/** The paths of the rows that a menu command is about: the selection, or the one row it was opened on. */
function pathsOf(row: FilesRow | undefined, all: readonly FilesRow[] | undefined): string[] {
  const rows = all !== undefined && all.length > 0 ? all : row === undefined ? [] : [row];
  return rows.map(rowPath).filter((path) => path !== undefined);
}

function uriOfRow(parts: Parts, row: FilesRow): vscode.Uri {
  const path = rowPath(row);
  const uri = path === undefined ? undefined : parts.session.uriOf(path);
  if (uri === undefined) {
    throw new Error(vscode.l10n.t('{0} is in no folder of this workspace any more', path ?? '?'));
  }
  return uri;
}

export async function openRow(parts: Parts, row: FilesRow): Promise<void> {
  // `vscode.open` picks the right editor: notebooks, images, text.
  await vscode.commands.executeCommand('vscode.open', uriOfRow(parts, row), { preview: true });
}

export async function revealRow(parts: Parts, row: FilesRow): Promise<void> {
  await vscode.commands.executeCommand('revealInExplorer', uriOfRow(parts, row));
}

export async function excludeRows(
  parts: Parts,
  row: FilesRow | undefined,
  all: readonly FilesRow[] | undefined,
): Promise<void> {
  await parts.session.exclude(pathsOf(row, all));
}

export async function includeRows(
  parts: Parts,
  row: FilesRow | undefined,
  all: readonly FilesRow[] | undefined,
): Promise<void> {
  await parts.session.include(pathsOf(row, all));
}
