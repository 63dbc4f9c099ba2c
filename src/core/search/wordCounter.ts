import { longestTerm } from './terms.ts';
import { firstHash, grown, hashedByte, hashOf, type WordTable } from './wordTable.ts';

/** How often each word stands in a text. */
export interface WordCounts {
  /** Each distinct word once, in the order of its first place. */
  readonly wordIds: Uint32Array;
  /** At most 65,535 each. */
  readonly counts: Uint16Array;
}

// What a byte can be in a word; 0 is none.
const DIGIT = 1;
const NAME = 2;
const WIDE = 3;
const kinds = new Uint8Array(256).fill(WIDE, 0x80);
for (const character of '0123456789') kinds[character.charCodeAt(0)] = DIGIT;
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$') {
  kinds[character.charCodeAt(0)] = NAME;
}

/** Counts the words of texts into one table, by the rule of `wordsOf` but on bytes: ten times as fast. */
export class WordCounter {
  readonly #table: WordTable;
  /** Of the text at hand: count by word id. */
  #counts = new Uint32Array(1 << 12);
  /** Its distinct words, in the order of their first place. */
  #seen = new Uint32Array(1 << 10);
  #numSeen = 0;

  constructor(table: WordTable) {
    this.#table = table;
  }

  count(utf8: Uint8Array): WordCounts {
    this.#numSeen = 0;
    for (let at = 0; at < utf8.length;) {
      const kind = kinds[utf8[at]];
      let end = at + 1;
      if (kind === NAME) {
        let hash = hashedByte(firstHash, utf8[at]);
        for (; end < utf8.length && isNamePart(kinds[utf8[end]]); end++)
          hash = hashedByte(hash, utf8[end]);
        // A longer name has no terms; keys and hashes would fill the table.
        if (end - at <= longestTerm) this.#see(utf8, at, end, hash);
      } else if (kind === DIGIT) {
        while (end < utf8.length && kinds[utf8[end]] === DIGIT) end++;
        if (end - at <= longestTerm) this.#see(utf8, at, end);
      } else if (kind === WIDE) {
        while (end < utf8.length && kinds[utf8[end]] === WIDE) end++;
        this.#seeWide(utf8, at, end);
      }
      at = end;
    }
    const wordIds = this.#seen.slice(0, this.#numSeen);
    const counts = new Uint16Array(wordIds.length);
    for (let i = 0; i < wordIds.length; i++) {
      counts[i] = Math.min(this.#counts[wordIds[i]], 0xffff);
      this.#counts[wordIds[i]] = 0;
    }
    return { wordIds, counts };
  }

  /** A run of characters beyond ASCII, cut at its white space. */
  #seeWide(utf8: Uint8Array, start: number, end: number): void {
    let from = start;
    for (let at = start; at < end;) {
      const length = whiteSpaceLength(utf8, at, end);
      if (length === 0) at++;
      else {
        if (at > from) this.#see(utf8, from, at);
        at += length;
        from = at;
      }
    }
    if (end > from) this.#see(utf8, from, end);
  }

  #see(utf8: Uint8Array, start: number, end: number, hash = hashOf(utf8, start, end)): void {
    const id = this.#table.add(utf8, start, end, hash);
    if (id >= this.#counts.length) this.#counts = grown(this.#counts, id + 1);
    if (this.#counts[id]++ > 0) return;
    if (this.#numSeen === this.#seen.length) this.#seen = grown(this.#seen, this.#numSeen + 1);
    this.#seen[this.#numSeen++] = id;
  }
}

function isNamePart(kind: number): boolean {
  return kind === NAME || kind === DIGIT;
}

/** Bytes of the white space character beyond ASCII that starts here (what `\s` matches); 0: none does. */
function whiteSpaceLength(utf8: Uint8Array, at: number, end: number): number {
  const first = utf8[at];
  if (first === 0xc2) return at + 1 < end && utf8[at + 1] === 0xa0 ? 2 : 0;
  if (at + 2 >= end || first < 0xe1) return 0;
  const second = utf8[at + 1];
  const third = utf8[at + 2];
  const isSpace =
    (first === 0xe1 && second === 0x9a && third === 0x80) ||
    (first === 0xe2 &&
      ((second === 0x80 && (third <= 0x8a || third === 0xa8 || third === 0xa9 || third === 0xaf)) ||
        (second === 0x81 && third === 0x9f))) ||
    (first === 0xe3 && second === 0x80 && third === 0x80) ||
    (first === 0xef && second === 0xbb && third === 0xbf);
  return isSpace ? 3 : 0;
}
