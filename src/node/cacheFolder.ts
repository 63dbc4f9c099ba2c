import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

/** Nobody takes as long for one write. */
const leftBehindMs = 3600 * 1000;

/**
 * Deletes files with this ending, least recently used first, until the rest is small enough; and what a process that was
 * killed in the middle of a write left behind. Throws what the system throws.
 *
 * @param keep a file that stays, however large it is
 */
export function tidyCacheFolder(
  folder: string,
  ending: string,
  maxBytes: number,
  keep: string,
): void {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(ending) || name.endsWith('.partial'))
    .flatMap((name) => {
      const file = path.join(folder, name);
      const stats = statSync(file, { throwIfNoEntry: false });
      return stats?.isFile() === true ? [{ file, bytes: stats.size, usedMs: stats.mtimeMs }] : [];
    })
    .sort((a, b) => b.usedMs - a.usedMs);
  let bytes = 0;
  for (const entry of files) {
    if (entry.file.endsWith('.partial')) {
      if (Date.now() - entry.usedMs > leftBehindMs) rmSync(entry.file, { force: true });
      continue;
    }
    bytes += entry.bytes;
    if (bytes > maxBytes && entry.file !== keep) rmSync(entry.file, { force: true });
  }
}
