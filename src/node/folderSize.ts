import { lstatSync } from 'node:fs';
import { readFolderEntries, type FolderEntry } from './folderEntries.ts';
import { forFs, type SystemPath } from './systemPath.ts';

export interface FolderSize {
  readonly bytes: number;
  readonly fileCount: number;
}

/** Bytes and files below a folder that is left out; links are not followed, what can't be read counts as nothing. */
export function folderSize(folder: SystemPath, shouldStop: () => boolean): FolderSize {
  let bytes = 0;
  let fileCount = 0;
  const pending = [folder];
  for (let next = pending.pop(); next !== undefined && !shouldStop(); next = pending.pop()) {
    for (const { type, systemPath } of entriesOf(next)) {
      if (type === 'folder') {
        pending.push(systemPath);
      } else {
        fileCount++;
        if (type === 'file') bytes += sizeOf(systemPath);
      }
    }
  }
  return { bytes, fileCount };
}

function entriesOf(folder: SystemPath): readonly FolderEntry[] {
  try {
    return readFolderEntries(folder);
  } catch {
    return [];
  }
}

function sizeOf(file: SystemPath): number {
  try {
    return lstatSync(forFs(file), { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    return 0;
  }
}
