import { isAscii, isUtf8 } from 'node:buffer';
import { createHash, type Hash } from 'node:crypto';
import { fstatSync, readSync, type Stats } from 'node:fs';
import {
  sniffFormat,
  unfinishedUtf8Bytes,
  withoutUtf8,
  type SniffedFormat,
  type TextFormat,
} from '../core/files/textFormat.ts';
import type { FileStamp } from './countCache.ts';
import { openListed } from './openListed.ts';
import type { SystemPath } from './systemPath.ts';

/** A file is read in chunks of this size; what is larger is never in memory as a whole. */
export const chunkBytes = 1024 * 1024;

/** What a file holds. Valid only inside the call that it is passed to, as its memory is used again. */
export type FileContent =
  | { readonly type: 'notAFile' | 'symbolicLink' }
  | { readonly type: 'tooLarge'; readonly bytes: number }
  | {
      readonly type: 'binary';
      readonly bytes: number;
      readonly stamp: FileStamp;
      /** SHA-256 of the bytes that were read to find that out, the first chunk at most. */
      readonly hash: () => string;
    }
  | {
      readonly type: 'text';
      readonly format: Exclude<TextFormat, 'binary'>;
      readonly bytes: number;
      /** As it was before it was read. */
      readonly stamp: FileStamp;
      /** SHA-256 of the bytes on disk, hexadecimal; empty where it was not asked for and would cost. */
      readonly hash: () => string;
      /** The text is one chunk. */
      readonly isWhole: boolean;
      /** Whether `hash` is that of `chunks`: a large file is read twice, and may have been written in between. */
      readonly isUnchanged: () => boolean;
      /** It is known that no byte is beyond ASCII. */
      readonly isAscii: boolean;
      /** The text as UTF-8 without a byte order mark, in chunks that end between characters. */
      readonly chunks: () => Iterable<Uint8Array>;
    };

const buffer = Buffer.allocUnsafe(chunkBytes);

/**
 * Opens a file that was listed (`openListed`), finds out what it is and passes that on. Synchronous: call it from a worker.
 * Throws what the system throws.
 *
 * @param withHash whether `hash` will be asked for: a large file's is made while it is read
 */
export function withFileContent<T>(
  systemPath: SystemPath,
  maxBytes: number,
  use: (content: FileContent) => T,
  withHash = true,
): T {
  return openListed(systemPath, (opened) => {
    if (opened.type !== 'file') return use(opened);
    const { fd, stats } = opened;
    if (stats.size > maxBytes) return use({ type: 'tooLarge', bytes: stats.size });
    return use(contentOf(fd, stats, maxBytes, withHash));
  });
}

function contentOf(fd: number, stats: Stats, maxBytes: number, withHash: boolean): FileContent {
  const { size, mtimeMs, ctimeMs } = stats;
  const stamp = { bytes: size, mtimeMs, ctimeMs };
  const firstBytes = readChunk(fd, 0, 0, size);
  const first = buffer.subarray(0, firstBytes);
  const isWhole = firstBytes < chunkBytes;
  const { format: sniffed, markBytes } = sniffFormat(first);
  const ascii = sniffed === 'eightBit' && isWhole && isAscii(first);
  let valid = ascii || (sniffed === 'eightBit' && isUtf8Chunk(first, isWhole));
  if (isWhole) {
    const format = formatOf(sniffed, valid, first);
    const hashed = { bytes: firstBytes, stamp, hash: () => sha256().update(first).digest('hex') };
    if (format === 'binary') return { type: 'binary', ...hashed };
    const chunks = () => [decoded(first.subarray(markBytes), format)];
    const isUnchanged = () => true;
    return { type: 'text', format, ...hashed, isWhole, isAscii: ascii, isUnchanged, chunks };
  }
  const otherwise = formatOf(sniffed, false, first);
  if (!valid && otherwise === 'binary') {
    // Whatever follows, it stays that: installed packages hold more bytes of programs than of text.
    const hash = () => sha256().update(first).digest('hex');
    return { type: 'binary', bytes: Math.max(size, firstBytes), stamp, hash };
  }
  // The first chunk's memory is used for the next ones.
  const hasher = withHash ? sha256().update(first) : undefined;
  const rest = scanRest(fd, hasher, valid ? unfinishedUtf8Bytes(first) : 0, valid, maxBytes);
  // It grows faster than it is read, or is one of the system's files that have no size and no end.
  if (rest.bytes > maxBytes) return { type: 'tooLarge', bytes: rest.bytes };
  valid = rest.valid;
  const format = valid ? 'utf8' : otherwise;
  const digest = hasher?.digest('hex') ?? '';
  const hashed = { bytes: rest.bytes, stamp, hash: () => digest };
  if (format === 'binary') return { type: 'binary', ...hashed };
  return {
    type: 'text',
    format,
    ...hashed,
    isWhole,
    isAscii: false,
    isUnchanged: () => {
      const now = fstatSync(fd);
      return now.size === size && now.mtimeMs === mtimeMs && now.ctimeMs === ctimeMs;
    },
    chunks: () => reread(fd, markBytes, rest.bytes, format),
  };
}

function formatOf(sniffed: SniffedFormat['format'], valid: boolean, start: Uint8Array): TextFormat {
  if (sniffed !== 'eightBit') return sniffed;
  return valid ? 'utf8' : withoutUtf8(start);
}

function sha256(): Hash {
  return createHash('sha256');
}

/** Reads to the end of a file of which the first chunk is known, or beyond the limit: its hash, its length, and whether it is UTF-8. */
function scanRest(
  fd: number,
  hasher: Hash | undefined,
  unfinished: number,
  validSoFar: boolean,
  maxBytes: number,
): { readonly bytes: number; readonly valid: boolean } {
  let valid = validSoFar;
  let position = chunkBytes;
  let kept = unfinished;
  buffer.copyWithin(0, chunkBytes - kept, chunkBytes);
  for (;;) {
    const read = readChunk(fd, kept, position);
    const isLast = kept + read < chunkBytes;
    hasher?.update(buffer.subarray(kept, kept + read));
    position += read;
    const chunk = buffer.subarray(0, kept + read);
    valid &&= isUtf8Chunk(chunk, isLast);
    if (isLast || position > maxBytes) return { bytes: position, valid };
    kept = valid ? unfinishedUtf8Bytes(chunk) : 0;
    buffer.copyWithin(0, chunkBytes - kept, chunkBytes);
  }
}

function isUtf8Chunk(chunk: Buffer, isLast: boolean): boolean {
  return isUtf8(isLast ? chunk : chunk.subarray(0, chunk.length - unfinishedUtf8Bytes(chunk)));
}

/** The text of a large file, read a second time; what was written behind its end meanwhile is not part of it. */
function* reread(
  fd: number,
  markBytes: number,
  endBytes: number,
  format: Exclude<TextFormat, 'binary'>,
): Generator<Uint8Array> {
  const utf16 = format === 'utf16le' || format === 'utf16be' ? utf16Decoder(format) : undefined;
  let kept = 0;
  for (let position = markBytes; ;) {
    const read = Math.min(readChunk(fd, kept, position), endBytes - position);
    position += read;
    const chunk = buffer.subarray(0, kept + read);
    const isLast = chunk.length < chunkBytes || position === endBytes;
    if (utf16 !== undefined) {
      yield Buffer.from(utf16.decode(chunk, { stream: !isLast }));
    } else if (format === 'latin1') {
      yield decoded(chunk, format);
    } else {
      kept = isLast ? 0 : unfinishedUtf8Bytes(chunk);
      yield chunk.subarray(0, chunk.length - kept);
      buffer.copyWithin(0, chunk.length - kept, chunk.length);
    }
    if (isLast) return;
  }
}

/**
 * Fills the buffer from `offset`; less than that only at the end of the file, which is not asked for once more when
 * as much was read as the file is long.
 */
function readChunk(fd: number, offset: number, position: number, size = Infinity): number {
  let filled = offset;
  while (filled < chunkBytes) {
    const read = readSync(fd, buffer, filled, chunkBytes - filled, position + filled - offset);
    filled += read;
    if (read === 0 || (size > 0 && filled >= size)) break;
  }
  return filled - offset;
}

function decoded(bytes: Buffer, format: Exclude<TextFormat, 'binary'>): Buffer {
  switch (format) {
    case 'utf8':
      return bytes;
    case 'utf16le':
    case 'utf16be':
      return Buffer.from(utf16Decoder(format).decode(bytes));
    case 'latin1':
      return Buffer.from(latin1Text(bytes));
  }
}

function utf16Decoder(format: 'utf16le' | 'utf16be') {
  return new TextDecoder(format === 'utf16le' ? 'utf-16le' : 'utf-16be', { ignoreBOM: true });
}

/** What Windows-1252 has where Latin-1 has 0x80-0x9F; the five it leaves free stay control characters. */
const windows1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** Latin-1 as the web means it (https://encoding.spec.whatwg.org/#names-and-labels): with Windows-1252's characters. */
function latin1Text(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[\x80-\x9f]/g, (character) => windows1252[character.charCodeAt(0) - 0x80]);
}
