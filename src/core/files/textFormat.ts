/** How a file's bytes become text; `binary` is none. */
export type TextFormat = 'utf8' | 'utf16le' | 'utf16be' | 'latin1' | 'binary';

/** What the first bytes say; `eightBit` is UTF-8 if all of it is valid, else Latin-1 or binary (`withoutUtf8`). */
export interface SniffedFormat {
  readonly format: 'utf8' | 'utf16le' | 'utf16be' | 'binary' | 'eightBit';
  /** Bytes of the byte order mark, which is no part of the text: an editor strips it too. */
  readonly markBytes: number;
}

/** As much as git looks at to tell text from binary. */
const sniffedBytes = 8000;

/** @param start the first bytes of the file, at least 8000 of them unless the file is shorter. */
export function sniffFormat(start: Uint8Array): SniffedFormat {
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) {
    return { format: 'utf8', markBytes: 3 };
  }
  if (start[0] === 0xff && start[1] === 0xfe) {
    // FF FE 00 00 is the mark of UTF-32, which no editor of today writes.
    const isUtf32 = start.length >= 4 && start[2] === 0 && start[3] === 0;
    return isUtf32 ? { format: 'binary', markBytes: 0 } : { format: 'utf16le', markBytes: 2 };
  }
  if (start[0] === 0xfe && start[1] === 0xff) return { format: 'utf16be', markBytes: 2 };
  const end = Math.min(start.length, sniffedBytes);
  const zero = start.indexOf(0);
  return { format: zero >= 0 && zero < end ? 'binary' : 'eightBit', markBytes: 0 };
}

/**
 * The format of bytes that are no UTF-8 and hold no zero: Latin-1 when they read like text, that is when less than
 * one byte in fifty is a control character that texts do not have.
 */
export function withoutUtf8(start: Uint8Array): 'latin1' | 'binary' {
  const end = Math.min(start.length, sniffedBytes);
  let controls = 0;
  for (let i = 0; i < end; i++) if (isOddControl(start[i])) controls++;
  return controls * 50 < end ? 'latin1' : 'binary';
}

function isOddControl(byte: number): boolean {
  // Backspace to carriage return, and escape (terminal colours), do occur in texts.
  return (byte < 8 || (byte > 13 && byte < 32) || byte === 127) && byte !== 27;
}

/**
 * How many of the last bytes begin a UTF-8 character whose rest is yet to come (0-3), so that a chunk can be cut
 * before them.
 */
export function unfinishedUtf8Bytes(bytes: Uint8Array): number {
  const length = bytes.length;
  for (let back = 1; back <= Math.min(3, length); back++) {
    const byte = bytes[length - back];
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? back : 0;
    }
  }
  return 0;
}

/** Lines as an editor numbers them: one more than line feeds; an empty text has none. */
export function lineCount(lineFeeds: number, textBytes: number): number {
  return textBytes === 0 ? 0 : lineFeeds + 1;
}
