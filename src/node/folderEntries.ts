import { lstatSync, readdirSync, type Dirent, type Stats } from 'node:fs';
import { displayName, forFs, joinPath, type SystemPath } from './systemPath.ts';

/** A link is told from what it leads to; other: a pipe, socket or device. */
export type EntryType = 'file' | 'folder' | 'link' | 'other';

export interface FolderEntry {
  /** As a report has it (`displayName`). */
  readonly name: string;
  readonly systemPath: SystemPath;
  readonly type: EntryType;
}

/** What stands in a folder, also what has a name that is no UTF-8. Throws what the system throws. */
export function readFolderEntries(folder: SystemPath): FolderEntry[] {
  const path = forFs(folder);
  const entries = readdirSync(path, { withFileTypes: true });
  if (!entries.some((entry) => entry.name.includes('\uFFFD'))) {
    return entries.map((entry) => entryOf(folder, entry, entry.name));
  }
  // Some name is no UTF-8: read the names as bytes, or they could not be opened.
  return readdirSync(path, { withFileTypes: true, encoding: 'buffer' }).map((entry) => {
    const shown = displayName(entry.name);
    return entryOf(folder, entry, shown.includes('\\x') ? entry.name : shown, shown);
  });
}

/** The entry that a report calls so; undefined when there is none. Throws what the system throws. */
export function entryNamed(folder: SystemPath, name: string): FolderEntry | undefined {
  const systemPath = joinPath(folder, name);
  const stats = lstatSync(forFs(systemPath), { throwIfNoEntry: false });
  if (stats !== undefined) return { name, systemPath, type: typeOf(stats) };
  // The name of a report may stand for bytes that are no UTF-8.
  if (!name.includes('\\x')) return undefined;
  const isThere = lstatSync(forFs(folder), { throwIfNoEntry: false })?.isDirectory();
  return isThere === true
    ? readFolderEntries(folder).find((entry) => entry.name === name)
    : undefined;
}

function entryOf(
  folder: SystemPath,
  entry: Dirent | Dirent<Buffer>,
  name: SystemPath,
  shown = String(name),
): FolderEntry {
  const systemPath = joinPath(folder, name);
  return { name: shown, systemPath, type: typeOf(entry, systemPath) };
}

function typeOf(entry: Dirent | Dirent<Buffer> | Stats, systemPath?: SystemPath): EntryType {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  if (entry.isSymbolicLink()) return 'link';
  if (entry.isFIFO() || entry.isSocket() || entry.isCharacterDevice() || entry.isBlockDevice()) {
    return 'other';
  }
  // Some file systems do not tell the type with the name.
  const stats = systemPath && lstatSync(forFs(systemPath), { throwIfNoEntry: false });
  return stats ? typeOf(stats) : 'other';
}
