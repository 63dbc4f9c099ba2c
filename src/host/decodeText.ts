import { sniffFormat, withoutUtf8 } from '../core/files/textFormat.ts';

/**
 * The text of a file's bytes, by the same rules as the counted one: UTF-8, UTF-16 with a byte order mark, else Latin-1.
 * The mark is no part of the text. Undefined: the bytes are no text.
 */
export function decodeText(bytes: Uint8Array): string | undefined {
  const { format, markBytes } = sniffFormat(bytes);
  const body = bytes.subarray(markBytes);
  switch (format) {
    case 'binary':
      return undefined;
    case 'utf8':
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(body);
    case 'utf16le':
    case 'utf16be':
      return new TextDecoder(format === 'utf16le' ? 'utf-16le' : 'utf-16be', {
        ignoreBOM: true,
      }).decode(body);
    case 'eightBit':
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
      } catch {
        if (withoutUtf8(bytes) === 'binary') return undefined;
        return new TextDecoder('latin1').decode(body);
      }
  }
}
