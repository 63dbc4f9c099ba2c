import path from 'node:path';

/** A path as the system takes it; bytes where a name is no valid UTF-8 (Linux allows that). */
export type SystemPath = string | Uint8Array;

export function joinPath(parent: SystemPath, name: SystemPath): SystemPath {
  if (typeof parent === 'string' && typeof name === 'string') {
    return parent.endsWith(path.sep) ? parent + name : parent + path.sep + name;
  }
  return Buffer.concat([asBytes(parent), Buffer.from(path.sep), asBytes(name)]);
}

/** The path in the form that `node:fs` takes; bytes that came through a message are no Buffer any more. */
export function forFs(systemPath: SystemPath): string | Buffer {
  return typeof systemPath === 'string' ? systemPath : asBytes(systemPath);
}

function asBytes(part: SystemPath): Buffer {
  if (typeof part === 'string') return Buffer.from(part);
  return Buffer.from(part.buffer, part.byteOffset, part.byteLength);
}

/**
 * A name for people and reports: every byte that is no UTF-8 as `\xNN`, so that different names stay different.
 *
 * @example displayName(Buffer.from([0x61, 0xff])) // 'a\\xff'
 */
export function displayName(name: Uint8Array): string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let shown = '';
  for (let start = 0; start < name.length;) {
    const length = characterLength(name[start]);
    try {
      shown += decoder.decode(name.subarray(start, start + length));
      start += length;
    } catch {
      shown += `\\x${name[start].toString(16).padStart(2, '0')}`;
      start++;
    }
  }
  return shown;
}

function characterLength(lead: number): number {
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
}

/** What a failed file operation means to a person; unknown errors keep their own words. */
export function problemMessage(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  switch (code) {
    case 'ENOENT':
      return 'It vanished while the folder was read.';
    case 'EACCES':
    case 'EPERM':
      return 'No permission to read it.';
    case 'ENAMETOOLONG':
      return 'Its path is longer than the system allows.';
    case 'EMFILE':
    case 'ENFILE':
      return 'Too many open files: close some programs and analyze again.';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
