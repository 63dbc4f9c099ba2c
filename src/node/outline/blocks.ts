import type { Lexis } from './lexis.ts';
import {
  skipBlockComment,
  skipCharacter,
  skipDoubleQuoted,
  skipLine,
  skipRaw,
  skipRegularExpression,
  skipString,
  skipTemplate,
} from './skipLiteral.ts';

/** What a byte can be to somebody who looks for braces. */
export const PLAIN = 0;
export const SPACE = 1;
/** May begin a comment, a string or another literal. */
export const LITERAL = 2;
export const BRACKET = 3;
export const WORD = 4;
export const kindOfByte = new Uint8Array(256).fill(WORD, 0x80);
for (let byte = 0; byte <= 32; byte++) kindOfByte[byte] = SPACE;
for (const character of '"\'`/#') kindOfByte[character.charCodeAt(0)] = LITERAL;
for (const character of '()[]{}') kindOfByte[character.charCodeAt(0)] = BRACKET;
for (const character of '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$')
  kindOfByte[character.charCodeAt(0)] = WORD;

const NEWLINE = 10;
const HASH = 0x23;
const OPEN_PAREN = 0x28;
const PLUS = 0x2b;
const MINUS = 0x2d;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Templates in templates; text that is made to be deep would end the stack. */
const deepestTemplate = 50;

/**
 * Where the comment, string or other literal ends that begins at `at`; `at` itself when none does, -1 when it is doubtful.
 *
 * @param last the place of the last byte before it that is neither space nor comment, -1 when there is none
 * @param depth templates that it stands in
 */
export function literalEnd(
  utf8: Uint8Array,
  at: number,
  last: number,
  lexis: Lexis,
  depth = 0,
): number {
  switch (utf8[at]) {
    case 0x22: // "
      return skipDoubleQuoted(utf8, at, lexis);
    case 0x27: // '
      return lexis.singleQuotedStrings
        ? skipString(utf8, at, lexis.stringsOverLines)
        : skipCharacter(utf8, at);
    case 0x60: // `
      if (lexis.backticks === 'raw') return skipRaw(utf8, at);
      if (lexis.backticks === undefined) return at;
      if (depth === deepestTemplate) return -1;
      return skipTemplate(utf8, at, (start) => blockEnd(utf8, start, lexis, depth + 1));
    case 0x23: // #
      return isDirective(utf8, at, lexis) ? skipDirective(utf8, at) : at;
    case 0x2f: // /
      if (utf8[at + 1] === 0x2f) return skipLine(utf8, at);
      if (utf8[at + 1] === 0x2a) return skipBlockComment(utf8, at);
      return lexis.regularExpressions && canBeginExpression(utf8, last)
        ? skipRegularExpression(utf8, at)
        : at;
    default:
      return at;
  }
}

/** Whether the literal that begins at `at` is a comment or directive, which says nothing of what may follow. */
export function isComment(utf8: Uint8Array, at: number): boolean {
  return (
    utf8[at] === HASH || (utf8[at] === 0x2f && (utf8[at + 1] === 0x2f || utf8[at + 1] === 0x2a))
  );
}

/**
 * The place after the brace that closes the one at `start`; -1 where that is doubtful: brackets that don't match, a string
 * without an end, braces that depend on the preprocessor, or a line that belongs to the top of a module.
 */
export function blockEnd(utf8: Uint8Array, start: number, lexis: Lexis, depth = 0): number {
  let braces = 0;
  let others = 0;
  /** Braces that were open at each `#if` that is. */
  const conditions: number[] = [];
  let last = start;
  for (let at = start; at < utf8.length;) {
    const byte = utf8[at];
    switch (kindOfByte[byte]) {
      case SPACE:
        if (byte === NEWLINE && lexis.regularExpressions && isModuleLine(utf8, at + 1)) return -1;
        at++;
        continue;
      case LITERAL: {
        if (byte === HASH && isDirective(utf8, at, lexis)) {
          const word = directiveAt(utf8, at);
          if (/^(?:else|elif|endif)/.test(word) && conditions.pop() !== braces) return -1;
          if (/^(?:if|else|elif)/.test(word)) conditions.push(braces);
        }
        const end = literalEnd(utf8, at, last, lexis, depth);
        if (end < 0) return -1;
        if (end > at) {
          if (!isComment(utf8, at)) last = end - 1;
          at = end;
          continue;
        }
        break;
      }
      case BRACKET:
        if (byte === OPEN_BRACE) braces++;
        else if (byte === CLOSE_BRACE) {
          if (--braces === 0) return others === 0 && conditions.length === 0 ? at + 1 : -1;
        } else if (byte === OPEN_PAREN || byte === OPEN_BRACKET) others++;
        else if (--others < 0) return -1;
        break;
    }
    last = at++;
  }
  return -1;
}

const moduleWords = ['export ', 'import '].map((word) => Buffer.from(word));

/** A line that starts so stands in no block: what seemed to be one began inside of something else. */
function isModuleLine(utf8: Uint8Array, at: number): boolean {
  const first = utf8[at];
  if (first !== moduleWords[0][0] && first !== moduleWords[1][0]) return false;
  return moduleWords.some((word) => word.every((byte, i) => utf8[at + i] === byte));
}

function isDirective(utf8: Uint8Array, at: number, lexis: Lexis): boolean {
  if (!lexis.directives) return false;
  let before = at - 1;
  while (before >= 0 && utf8[before] !== NEWLINE && kindOfByte[utf8[before]] === SPACE) before--;
  return before < 0 || utf8[before] === NEWLINE;
}

function directiveAt(utf8: Uint8Array, at: number): string {
  return String.fromCharCode(...utf8.subarray(at + 1, at + 20)).trimStart();
}

/** To the end of the line, and of those that a backslash adds to it. */
function skipDirective(utf8: Uint8Array, start: number): number {
  let end = skipLine(utf8, start);
  while (end < utf8.length && isContinued(utf8, end)) end = skipLine(utf8, end + 1);
  return end;
}

function isContinued(utf8: Uint8Array, lineEnd: number): boolean {
  const before = utf8[lineEnd - 1] === 13 ? lineEnd - 2 : lineEnd - 1;
  return utf8[before] === BACKSLASH;
}

/** Words after which an expression begins; after any other, a slash divides. */
const wordsBeforeExpression = new Set(
  'return typeof case in of delete void throw new instanceof do else yield await'.split(' '),
);

/** Whether a slash after the byte at `last` begins a regular expression. */
function canBeginExpression(utf8: Uint8Array, last: number): boolean {
  if (last < 0) return true;
  const byte = utf8[last];
  if (kindOfByte[byte] === WORD) {
    let start = last;
    while (start > 0 && last - start < 12 && kindOfByte[utf8[start - 1]] === WORD) start--;
    return wordsBeforeExpression.has(String.fromCharCode(...utf8.subarray(start, last + 1)));
  }
  // After the end of an operand it divides; after "<" it closes a tag.
  if (')]}"\'`<'.includes(String.fromCharCode(byte))) return false;
  const isDoubled = utf8[last - 1] === byte && (byte === PLUS || byte === MINUS);
  return !isDoubled;
}
