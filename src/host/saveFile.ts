import * as vscode from 'vscode';
import { plainFileName } from '../core/format/fileNames.ts';

/** Asks where to, then writes; false when the person changed their mind. */
export async function saveFile(fileName: string, content: string | Uint8Array): Promise<boolean> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const place = await vscode.window.showSaveDialog(
    folder === undefined
      ? {}
      : { defaultUri: vscode.Uri.joinPath(folder, plainFileName(fileName)) },
  );
  if (place === undefined) return false;
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  await vscode.workspace.fs.writeFile(place, bytes);
  return true;
}

/** Asks for a folder to save several files in. */
export async function chooseFolder(title?: string): Promise<vscode.Uri | undefined> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: vscode.l10n.t('Save Here'),
      ...(title !== undefined && { title }),
    })) ?? [];
  return folder;
}

/** @throws Error when the name is not that of a file in the folder itself */
export async function saveInFolder(
  folder: vscode.Uri,
  fileName: string,
  content: Uint8Array,
): Promise<void> {
  if (!/^[\w.-]+$/.test(fileName) || fileName.startsWith('.')) {
    throw new Error(vscode.l10n.t('"{0}" is no name for a file here.', fileName));
  }
  await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, fileName), content);
}
