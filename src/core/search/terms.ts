/**
 * Search terms of code: identifiers are split by case, digits and underscores and lower-cased, and the whole identifier is a
 * term too, so that "parseHttpHeader" answers to "parse", "http", "header" and "parsehttpheader". Runs of other scripts are
 * cut into pairs of characters, since they have no spaces between words.
 */
const word = /[A-Za-z_$][\w$]*|\d+|[^\s\p{ASCII}]+/gu;
export const shortestTerm = 2;
export const longestTerm = 64;

/** Terms of one word as it stands in the source. */
export function termsOfWord(text: string): string[] {
  if (text.charCodeAt(0) > 0x7f) return pairsOf(text);
  if (text.length > longestTerm) return [];
  const whole = text.toLowerCase();
  const terms = whole.length >= shortestTerm ? [whole] : [];
  for (let start = 0; start < text.length;) {
    const end = partEnd(text, start);
    const isPart = end - start >= shortestTerm && kindAt(text, start) !== 'none';
    if (isPart && end - start < text.length) {
      const piece = whole.slice(start, end);
      if (!terms.includes(piece)) terms.push(piece);
    }
    start = end;
  }
  return terms;
}

type Kind = 'upper' | 'lower' | 'digit' | 'none';

function kindAt(text: string, idx: number): Kind {
  const code = text.charCodeAt(idx);
  if (code >= 0x61 && code <= 0x7a) return 'lower';
  if (code >= 0x41 && code <= 0x5a) return 'upper';
  return code >= 0x30 && code <= 0x39 ? 'digit' : 'none';
}

/** Where the part that starts here ends: "HTTP|Server", "parse|Header", "utf|8". */
function partEnd(text: string, start: number): number {
  const kind = kindAt(text, start);
  let end = start + 1;
  if (kind === 'upper') {
    while (end < text.length && kindAt(text, end) === 'upper') end++;
    if (end === text.length || kindAt(text, end) !== 'lower') return end;
    // The last capital belongs to the small letters after it, and is a part of its own with them.
    if (end - start > 1) return end - 1;
    return runEnd(text, end, 'lower');
  }
  return runEnd(text, end, kind);
}

function runEnd(text: string, start: number, kind: Kind): number {
  let end = start;
  while (end < text.length && kindAt(text, end) === kind) end++;
  return end;
}

function pairsOf(text: string): string[] {
  const letters = [...text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ')];
  const terms = new Set<string>();
  for (let i = 0; i + 1 < letters.length; i++) {
    if (letters[i] !== ' ' && letters[i + 1] !== ' ') terms.add(letters[i] + letters[i + 1]);
  }
  return [...terms];
}

/** Every word of a text, in order, with repeats. */
export function* wordsOf(text: string): Generator<string> {
  for (const [found] of text.matchAll(word)) yield found;
}
