/**
 * The last place in UTF-8 text at which it can be cut so that the parts' token counts add up to the whole's, for every
 * encoding whose pieces are words with at most one sign before them, numbers, runs of signs and runs of space (the
 * split rules of o200k_base, cl100k_base and their kin). Found are
 * - before a letter that follows a line feed: a run of space or signs takes line feeds in, but no letter after them;
 * - before a sign or space between two ASCII letters, as it belongs to the word after it (an apostrophe may not);
 * - between an ASCII letter and an ASCII digit.
 *
 * @returns bytes before the cut; 0 when there is no such place
 */
export function lastSafeCut(utf8: Uint8Array): number {
  for (let cut = utf8.length - 2; cut > 0; cut--) {
    const before = utf8[cut - 1];
    const at = utf8[cut];
    if (before === lineFeed) {
      if (isAsciiLetter(at) || isLetterLead(at)) return cut;
    } else if (isAsciiLetter(before)) {
      if (isAsciiDigit(at)) return cut;
      if (isLoneSign(at) && isAsciiLetter(utf8[cut + 1])) return cut;
    } else if (isAsciiDigit(before) && isAsciiLetter(at)) {
      return cut;
    }
  }
  return 0;
}

const lineFeed = 10;
const apostrophe = 39;

function isAsciiLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

function isAsciiDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isLoneSign(byte: number): boolean {
  return (
    byte >= 32 && byte < 127 && byte !== apostrophe && !isAsciiLetter(byte) && !isAsciiDigit(byte)
  );
}

/** Lead bytes of which every character is a letter: Cyrillic, CJK U+5000-8FFF, Hangul U+B000-CFFF. */
function isLetterLead(byte: number): boolean {
  return (
    byte === 0xd0 ||
    byte === 0xd1 ||
    (byte >= 0xe5 && byte <= 0xe8) ||
    byte === 0xeb ||
    byte === 0xec
  );
}
