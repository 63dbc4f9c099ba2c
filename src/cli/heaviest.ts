import type { FileCount } from '../core/files/scanReport.ts';
import { fileTree, type FolderNode } from '../core/set/fileTree.ts';

/** Folders by tokens, heaviest first, without one whose single child says the same. */
export function heaviestFolders(files: readonly FileCount[], count: number): FolderNode[] {
  const folders: FolderNode[] = [];
  const pending: FolderNode[] = [fileTree(files)];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const child of folder.children) if (child.type === 'folder') pending.push(child);
    const onlyPasses = folder.children.length === 1 && folder.children[0].type === 'folder';
    if (folder.path !== '' && !onlyPasses) folders.push(folder);
  }
  folders.sort((a, b) => b.tokens - a.tokens || (a.path < b.path ? -1 : 1));
  return folders.slice(0, count);
}

export function heaviestFiles(files: readonly FileCount[], count: number): FileCount[] {
  const sorted = [...files].sort((a, b) => b.tokens - a.tokens || (a.path < b.path ? -1 : 1));
  return sorted.slice(0, count);
}
