import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/**
 * Writes a file so that a reader finds the old content or the new, never a part: into a file beside it, which is
 * checked for its length and flushed before it takes the name. (The package write-file-atomic takes a short write, as
 * a full disk makes it, for success.) Throws what the system throws, and leaves nothing behind then.
 */
export function writeFileAtomically(file: string, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const partial = `${file}.${process.pid}.${randomBytes(6).toString('hex')}.partial`;
  const fd = openSync(partial, 'wx', 0o600);
  try {
    try {
      for (let written = 0; written < bytes.length;) {
        written += writeSync(fd, bytes, written, bytes.length - written);
      }
      fsyncSync(fd);
      const { size } = fstatSync(fd);
      if (size !== bytes.length) {
        throw new Error(
          `${file}: ${size} of ${bytes.length} bytes were written; is the disk full?`,
        );
      }
    } finally {
      closeSync(fd);
    }
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}
