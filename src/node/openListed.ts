import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs';
import { forFs, type SystemPath } from './systemPath.ts';

// Windows has neither: a pipe has no place in a folder there, and a link needs a privilege.
const { O_NONBLOCK, O_NOFOLLOW } = constants as { O_NONBLOCK?: number; O_NOFOLLOW?: number };
const flags = constants.O_RDONLY | (O_NONBLOCK ?? 0) | (O_NOFOLLOW ?? 0);

/** What stands now where a file was listed. */
export type Opened =
  | { readonly type: 'file'; readonly fd: number; readonly stats: Stats }
  /** It may lead out of the folder: not followed. */
  | { readonly type: 'symbolicLink' }
  | { readonly type: 'notAFile' };

/**
 * Opens a file that was listed before, and closes it when `use` is done. A pipe that took its place is not waited for, and a link
 * that did is not followed. Throws what the system throws.
 */
export function openListed<T>(file: SystemPath, use: (opened: Opened) => T): T {
  let fd: number;
  try {
    fd = openSync(forFs(file), flags);
  } catch (error) {
    if (isLink(error)) return use({ type: 'symbolicLink' });
    throw error;
  }
  try {
    const stats = fstatSync(fd);
    return use(stats.isFile() ? { type: 'file', fd, stats } : { type: 'notAFile' });
  } finally {
    closeSync(fd);
  }
}

/** What O_NOFOLLOW says of a link: ELOOP, and on FreeBSD EMLINK. */
function isLink(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return O_NOFOLLOW !== undefined && (code === 'ELOOP' || code === 'EMLINK');
}
