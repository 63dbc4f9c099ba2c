import {
  blockEnd,
  BRACKET,
  isComment,
  kindOfByte,
  LITERAL,
  literalEnd,
  SPACE,
  WORD,
} from './blocks.ts';
import type { Lexis } from './lexis.ts';

const NEWLINE = 10;
const DOT = 0x2e;
const SEMICOLON = 0x3b;
const LESS = 0x3c;
const EQUALS = 0x3d;
const GREATER = 0x3e;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** What a name, or a body without one, begins with. */
const beginsName = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) if (kindOfByte[byte] === WORD) beginsName[byte] = 1;
for (const character of '"\'{<[') beginsName[character.charCodeAt(0)] = 1;

/** Used for every text: a new one each would be garbage by the megabyte. */
let kept = new Uint8Array(1 << 16);

/** Longest word of any lexis that is looked for. */
const longestWord = 9;

/**
 * The text with nothing but line ends between the braces of functions, objects and all else whose inside no outline reads:
 * the parser then has a fraction to do, and sees the same declarations on the same lines. Only bodies of classes and other
 * containers stay. The result is valid until the next call. Undefined where the braces are doubtful, as in broken code; such a text is parsed whole.
 */
export function withoutBodies(utf8: Uint8Array, lexis: Lexis): Uint8Array | undefined {
  if (kept.length < utf8.length) kept = new Uint8Array(Math.max(utf8.length, 2 * kept.length));
  const words = [...lexis.containers, lexis.keptStatement ?? ''];
  const firstBytes = new Set(words.map((word) => word.charCodeAt(0)));
  let keptLength = 0;
  let keptUntil = 0;
  const keep = (end: number) => {
    kept.set(utf8.subarray(keptUntil, end), keptLength);
    keptLength += end - keptUntil;
  };

  /** Parentheses that were open where each container's body began. */
  const bodies: number[] = [];
  let parens = 0;
  /** Parentheses open at the word of a container whose body is awaited; -1: none is. */
  let awaited = -1;
  let angles = 0;
  /** The last byte that is neither space nor comment. */
  let last = -1;
  for (let at = 0; at < utf8.length;) {
    const byte = utf8[at];
    switch (kindOfByte[byte]) {
      case SPACE:
        at++;
        continue;
      case LITERAL: {
        const end = literalEnd(utf8, at, last, lexis);
        if (end < 0) return undefined;
        if (end === at) break;
        if (!isComment(utf8, at)) last = end - 1;
        at = end;
        continue;
      }
      case WORD: {
        let end = at + 1;
        while (end < utf8.length && kindOfByte[utf8[end]] === WORD) end++;
        // Most words are none of those: their first letter says so without a string being made.
        const word =
          end - at <= longestWord && firstBytes.has(byte) && utf8[last] !== DOT
            ? String.fromCharCode(...utf8.subarray(at, end))
            : '';
        if (word !== '' && word === lexis.keptStatement) {
          const semicolon = utf8.indexOf(SEMICOLON, end);
          if (semicolon < 0) return undefined;
          end = semicolon;
        } else if (lexis.containers.has(word) && beginsName[nextByte(utf8, end)] === 1) {
          awaited = parens;
          angles = 0;
        }
        last = end - 1;
        at = end;
        continue;
      }
      case BRACKET: {
        if (byte === CLOSE_BRACE) {
          if (bodies.pop() !== parens) return undefined;
        } else if (byte !== OPEN_BRACE) {
          parens += byte === 0x28 || byte === 0x5b ? 1 : -1;
          if (parens < 0) return undefined;
        } else if (awaited === parens && angles <= 0 && !lexis.beforeValues.has(utf8[last])) {
          bodies.push(parens);
          awaited = -1;
        } else {
          const end = blockEnd(utf8, at, lexis);
          if (end < 0) return undefined;
          keep(at + 1);
          for (
            let line = utf8.indexOf(NEWLINE, at + 1);
            line >= 0 && line < end;
            line = utf8.indexOf(NEWLINE, line + 1)
          )
            kept[keptLength++] = NEWLINE;
          keptUntil = end - 1;
          last = end - 1;
          at = end;
          continue;
        }
        break;
      }
      default:
        if (awaited === parens) {
          if (byte === SEMICOLON) awaited = -1;
          else if (byte === LESS) angles++;
          else if (byte === GREATER && utf8[last] !== EQUALS) angles--;
        }
    }
    last = at++;
  }
  if (bodies.length > 0 || parens > 0) return undefined;
  keep(utf8.length);
  return kept.subarray(0, keptLength);
}

/** The next byte on this or a later line that is no space; 0 at the end. */
function nextByte(utf8: Uint8Array, start: number): number {
  let at = start;
  while (at < utf8.length && kindOfByte[utf8[at]] === SPACE) at++;
  return at < utf8.length ? utf8[at] : 0;
}
