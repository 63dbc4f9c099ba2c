import type { Lexis } from './lexis.ts';

// Where comments, strings and the like end. Each function is given the place of the first byte and gives the place after the
// last one; -1 where the text ends before, or where it is doubtful.

const NEWLINE = 10;
const DOUBLE_QUOTE = 0x22;
const HASH = 0x23;
const DOLLAR = 0x24;
const SINGLE_QUOTE = 0x27;
const OPEN_PAREN = 0x28;
const STAR = 0x2a;
const SLASH = 0x2f;
const AT = 0x40;
const CAPITAL_R = 0x52;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const BACKTICK = 0x60;
const SMALL_R = 0x72;
const OPEN_BRACE = 0x7b;

/** To the end of the line; the line end itself is not skipped. */
export function skipLine(utf8: Uint8Array, start: number): number {
  const end = utf8.indexOf(NEWLINE, start);
  return end < 0 ? utf8.length : end;
}

export function skipBlockComment(utf8: Uint8Array, start: number): number {
  for (let at = utf8.indexOf(STAR, start + 2); at >= 0; at = utf8.indexOf(STAR, at + 1)) {
    if (utf8[at + 1] === SLASH) return at + 2;
  }
  return -1;
}

/** A string in plain quotes. */
export function skipString(utf8: Uint8Array, start: number, mayGoOn: boolean): number {
  const quote = utf8[start];
  for (let at = start + 1; at < utf8.length; at++) {
    const byte = utf8[at];
    if (byte === BACKSLASH) at++;
    else if (byte === quote) return at + 1;
    else if (byte === NEWLINE && !mayGoOn) return -1;
  }
  return -1;
}

/** A string that begins with `"`, in whichever way the bytes before it and after it say. */
export function skipDoubleQuoted(utf8: Uint8Array, start: number, lexis: Lexis): number {
  const before = start === 0 ? 0 : utf8[start - 1];
  switch (lexis.rawStrings) {
    case 'delimited':
      if (before === CAPITAL_R) return skipDelimited(utf8, start);
      break;
    case 'hashed': {
      let hashes = 0;
      while (utf8[start - 1 - hashes] === HASH) hashes++;
      if (utf8[start - 1 - hashes] === SMALL_R) return skipHashed(utf8, start, hashes);
      break;
    }
    case 'verbatim':
      if (before === AT || (before === DOLLAR && utf8[start - 2] === AT))
        return skipVerbatim(utf8, start);
      break;
    case undefined:
  }
  if (lexis.tripleQuotes && utf8[start + 1] === DOUBLE_QUOTE && utf8[start + 2] === DOUBLE_QUOTE)
    return skipManyQuotes(utf8, start);
  return skipString(utf8, start, lexis.stringsOverLines);
}

/** Java's and C#'s text blocks: three quotes or more, and as many at the end. */
function skipManyQuotes(utf8: Uint8Array, start: number): number {
  let quotes = 3;
  while (utf8[start + quotes] === DOUBLE_QUOTE) quotes++;
  let run = 0;
  for (let at = start + quotes; at < utf8.length; at++) {
    if (utf8[at] === DOUBLE_QUOTE) {
      if (++run === quotes) return at + 1;
      continue;
    }
    run = 0;
    if (utf8[at] === BACKSLASH) at++;
  }
  return -1;
}

/** C++: `R"x(...)x"`. */
function skipDelimited(utf8: Uint8Array, start: number): number {
  const open = utf8.indexOf(OPEN_PAREN, start);
  if (open < 0 || open - start > 17) return -1;
  const delimiter = String.fromCharCode(...utf8.subarray(start + 1, open));
  const end = Buffer.from(utf8.buffer, utf8.byteOffset, utf8.length).indexOf(
    `)${delimiter}"`,
    open,
  );
  return end < 0 ? -1 : end + delimiter.length + 2;
}

/** Rust: `r##"..."##`. */
function skipHashed(utf8: Uint8Array, start: number, hashes: number): number {
  for (
    let at = utf8.indexOf(DOUBLE_QUOTE, start + 1);
    at >= 0;
    at = utf8.indexOf(DOUBLE_QUOTE, at + 1)
  ) {
    let found = 0;
    while (found < hashes && utf8[at + 1 + found] === HASH) found++;
    if (found === hashes) return at + 1 + hashes;
  }
  return -1;
}

/** C#: `@"..."`, in which two quotes mean one. */
function skipVerbatim(utf8: Uint8Array, start: number): number {
  for (
    let at = utf8.indexOf(DOUBLE_QUOTE, start + 1);
    at >= 0;
    at = utf8.indexOf(DOUBLE_QUOTE, at + 2)
  ) {
    if (utf8[at + 1] !== DOUBLE_QUOTE) return at + 1;
  }
  return -1;
}

/** `'x'` or `'\n'`; where no second quote stands there, the first is none of a character and is skipped alone. */
export function skipCharacter(utf8: Uint8Array, start: number): number {
  if (utf8[start + 1] === BACKSLASH) return skipString(utf8, start, false);
  let end = start + 2;
  while (end < utf8.length && (utf8[end] & 0xc0) === 0x80) end++;
  return utf8[end] === SINGLE_QUOTE ? end + 1 : start + 1;
}

export function skipRaw(utf8: Uint8Array, start: number): number {
  return utf8.indexOf(utf8[start], start + 1) + 1 || -1;
}

/**
 * A template of JavaScript.
 *
 * @param skipBraces skips what stands between braces, both included
 */
export function skipTemplate(
  utf8: Uint8Array,
  start: number,
  skipBraces: (start: number) => number,
): number {
  for (let at = start + 1; at < utf8.length;) {
    const byte = utf8[at];
    if (byte === BACKTICK) return at + 1;
    if (byte === DOLLAR && utf8[at + 1] === OPEN_BRACE) {
      at = skipBraces(at + 1);
      if (at < 0) return -1;
    } else at += byte === BACKSLASH ? 2 : 1;
  }
  return -1;
}

/** A regular expression of JavaScript, without its flags. */
export function skipRegularExpression(utf8: Uint8Array, start: number): number {
  let inClass = false;
  for (let at = start + 1; at < utf8.length; at++) {
    const byte = utf8[at];
    if (byte === NEWLINE) return -1;
    if (byte === BACKSLASH) at++;
    else if (byte === OPEN_BRACKET) inClass = true;
    else if (byte === CLOSE_BRACKET) inClass = false;
    else if (byte === SLASH && !inClass) return at + 1;
  }
  return -1;
}
