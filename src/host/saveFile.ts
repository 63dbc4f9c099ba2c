import * as vscode from 'vscode';

/** Asks where to, then writes; false when the person changed their mind. */
export async function saveFile(fileName: string, content: string | Uint8Array): Promise<boolean> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const place = await vscode.window.showSaveDialog(
    folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, fileName) },
  );
  if (place === undefined) return false;
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  await vscode.workspace.fs.writeFile(place, bytes);
  return true;
}
