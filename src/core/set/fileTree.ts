import type { FileCount } from '../files/scanReport.ts';

export interface FolderNode {
  readonly type: 'folder';
  readonly name: string;
  readonly path: string;
  readonly tokens: number;
  readonly bytes: number;
  readonly fileCount: number;
  /** Heaviest first; equals by name. */
  readonly children: readonly TreeNode[];
}

export interface FileNode {
  readonly type: 'file';
  readonly name: string;
  readonly path: string;
  readonly tokens: number;
  readonly file: FileCount;
}

export type TreeNode = FolderNode | FileNode;

interface OpenFolder {
  readonly folders: Map<string, OpenFolder>;
  readonly files: FileNode[];
}

/** The counted files as a tree with sums; the root is the folder with the empty path. */
export function fileTree(files: readonly FileCount[]): FolderNode {
  const root: OpenFolder = { folders: new Map(), files: [] };
  for (const file of files) {
    const parts = file.path.split('/');
    const name = parts.pop() ?? file.path;
    let folder = root;
    for (const part of parts) {
      let next = folder.folders.get(part);
      if (next === undefined) {
        next = { folders: new Map(), files: [] };
        folder.folders.set(part, next);
      }
      folder = next;
    }
    folder.files.push({ type: 'file', name, path: file.path, tokens: file.tokens, file });
  }
  return closed(root, '', '');
}

function closed(folder: OpenFolder, name: string, path: string): FolderNode {
  const children: TreeNode[] = [...folder.files];
  for (const [childName, child] of folder.folders) {
    children.push(closed(child, childName, path === '' ? childName : `${path}/${childName}`));
  }
  children.sort((a, b) => b.tokens - a.tokens || compareNames(a.name, b.name));
  let tokens = 0;
  let bytes = 0;
  let fileCount = 0;
  for (const child of children) {
    tokens += child.tokens;
    bytes += child.type === 'file' ? child.file.bytes : child.bytes;
    fileCount += child.type === 'file' ? 1 : child.fileCount;
  }
  return { type: 'folder', name, path, tokens, bytes, fileCount, children };
}

function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
