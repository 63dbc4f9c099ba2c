import { decodeUtf8, encodeUtf8 } from '../text/utf8Text.ts';
import { longestTerm, shortestTerm, termsOfWord } from './terms.ts';
import type { WordTable } from './wordTable.ts';

/** What a byte of a name is; other bytes of a name ("_", "$") are 0. */
const LOWER = 1;
const UPPER = 2;
const DIGIT = 3;
const kinds = new Uint8Array(128);
kinds.fill(LOWER, 0x61, 0x7b);
kinds.fill(UPPER, 0x41, 0x5b);
kinds.fill(DIGIT, 0x30, 0x3a);

const lowered = new Uint8Array(longestTerm);

/**
 * Adds the terms of a word to a table, each once, by the rule of `termsOfWord` but on bytes: half a million words take
 * a fraction of a second.
 *
 * @param ids where the terms' ids go, from `length` on; with room for `mostTerms` of the word
 * @returns the length with them
 */
export function addTerms(
  word: Uint8Array,
  table: WordTable,
  ids: Uint32Array,
  length: number,
): number {
  if (word.length === 0) return length;
  if (word[0] > 0x7f) {
    let end = length;
    for (const term of termsOfWord(decodeUtf8(word))) {
      const utf8 = encodeUtf8(term);
      ids[end++] = table.add(utf8, 0, utf8.length);
    }
    return end;
  }
  if (word.length > longestTerm) return length;
  for (let i = 0; i < word.length; i++) {
    lowered[i] = kinds[word[i]] === UPPER ? word[i] + 0x20 : word[i];
  }
  let end = length;
  if (word.length >= shortestTerm) ids[end++] = table.add(lowered, 0, word.length);
  for (let start = 0; start < word.length;) {
    const partEnd = endOfPart(word, start);
    const isPart = partEnd - start >= shortestTerm && kinds[word[start]] !== 0;
    if (isPart && partEnd - start < word.length) {
      const id = table.add(lowered, start, partEnd);
      let known = length;
      while (known < end && ids[known] !== id) known++;
      if (known === end) ids[end++] = id;
    }
    start = partEnd;
  }
  return end;
}

/** Terms that a word can have. */
export function mostTerms(word: Uint8Array): number {
  return word.length + 1;
}

/** Where the part that starts here ends: "HTTP|Server", "parse|Header", "utf|8". */
function endOfPart(word: Uint8Array, start: number): number {
  const kind = kinds[word[start]];
  if (kind !== UPPER) return endOfRun(word, start, kind);
  const end = endOfRun(word, start, UPPER);
  if (end === word.length || kinds[word[end]] !== LOWER) return end;
  // The last capital belongs to the small letters after it, and is a part of its own with them.
  return end - start > 1 ? end - 1 : endOfRun(word, end, LOWER);
}

function endOfRun(word: Uint8Array, start: number, kind: number): number {
  let end = start;
  while (end < word.length && kinds[word[end]] === kind) end++;
  return end;
}
