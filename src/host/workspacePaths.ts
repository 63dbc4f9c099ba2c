import * as vscode from 'vscode';

/** A workspace folder and what its files' paths start with in a report: nothing while it is the only one. */
export interface ReportFolder {
  readonly folder: vscode.WorkspaceFolder;
  readonly prefix: string;
}

/** The workspace's folders with their prefixes; equal names get a number, so that every path is one file. */
export function reportFolders(
  folders: readonly vscode.WorkspaceFolder[] = vscode.workspace.workspaceFolders ?? [],
): ReportFolder[] {
  if (folders.length === 1) return [{ folder: folders[0], prefix: '' }];
  const taken = new Set<string>();
  return folders.map((folder) => {
    const name = folder.name.replaceAll('/', '_') || 'folder';
    let prefix = name;
    for (let number = 2; taken.has(prefix); number++) prefix = `${name} (${number})`;
    taken.add(prefix);
    return { folder, prefix };
  });
}

/** The path that a file or folder has in a report; undefined outside the workspace. `''` is an only folder itself. */
export function reportPath(folders: readonly ReportFolder[], uri: vscode.Uri): string | undefined {
  const owner = vscode.workspace.getWorkspaceFolder(uri);
  const entry = folders.find(({ folder }) => folder.uri.toString() === owner?.uri.toString());
  if (entry === undefined) return undefined;
  const root = entry.folder.uri.path.replace(/\/$/, '');
  const below = uri.path.slice(root.length).replace(/^\/|\/$/g, '');
  if (entry.prefix === '') return below;
  return below === '' ? entry.prefix : `${entry.prefix}/${below}`;
}

/** The file that a report's path means; undefined when its folder is gone, or it leads out of it. */
export function reportUri(folders: readonly ReportFolder[], path: string): vscode.Uri | undefined {
  if (path.split('/').includes('..')) return undefined;
  for (const { folder, prefix } of folders) {
    if (prefix === '') return vscode.Uri.joinPath(folder.uri, path);
    if (path === prefix) return folder.uri;
    if (path.startsWith(`${prefix}/`)) {
      return vscode.Uri.joinPath(folder.uri, path.slice(prefix.length + 1));
    }
  }
  return undefined;
}
