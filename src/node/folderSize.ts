import { lstatSync, readdirSync } from 'node:fs';
import { forFs, joinPath, type SystemPath } from './systemPath.ts';

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
    for (const entry of entriesOf(next)) {
      const systemPath = joinPath(next, entry.name);
      if (entry.isDirectory()) {
        pending.push(systemPath);
      } else {
        fileCount++;
        if (entry.isFile()) bytes += sizeOf(systemPath);
      }
    }
  }
  return { bytes, fileCount };
}

function entriesOf(folder: SystemPath) {
  try {
    return readdirSync(forFs(folder), { withFileTypes: true });
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
