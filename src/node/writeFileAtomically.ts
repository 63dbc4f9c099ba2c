import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/**
 * Writes a file so that a reader finds the old content or the new, never a part: into a file beside it, which is
 * checked for its length and flushed before it takes the name. (The package write-file-atomic takes a short write, as
 * a full disk makes it, for success.) Throws what the system throws, and leaves nothing behind then.
 */
export function writeFileAtomically(
  file: string,
  content: string | Uint8Array | readonly Uint8Array[],
): void {
  const parts: readonly Uint8Array[] =
    typeof content === 'string'
      ? [Buffer.from(content)]
      : content instanceof Uint8Array
        ? [content]
        : content;
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  const partial = `${file}.${process.pid}.${randomBytes(6).toString('hex')}.partial`;
  const fd = openSync(partial, 'wx', 0o600);
  try {
    try {
      for (const part of parts) {
        for (let written = 0; written < part.length;) {
          written += writeSync(fd, part, written, part.length - written);
        }
      }
      fsyncSync(fd);
      const { size } = fstatSync(fd);
      if (size !== bytes) {
        throw new Error(`${file}: ${size} of ${bytes} bytes were written; is the disk full?`);
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
