/**
 * Search terms of code: identifiers are split by case, digits and underscores and lower-cased, and the whole identifier is a
 * term too, so that "parseHttpHeader" answers to "parse", "http", "header" and "parsehttpheader". Runs of other scripts are
 * cut into pairs of characters, since they have no spaces between words.
 */
const word = /[A-Za-z_$][\w$]*|\d+|[^\s\p{ASCII}]+/gu;
const part = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g;
const shortestTerm = 2;
const longestTerm = 64;

/** Terms of one word as it stands in the source. */
export function termsOfWord(text: string): string[] {
  if (text.charCodeAt(0) > 0x7f) return pairsOf(text);
  const whole = text.toLowerCase();
  if (whole.length > longestTerm) return [];
  const terms = new Set<string>();
  if (whole.length >= shortestTerm) terms.add(whole);
  for (const [piece] of text.matchAll(part))
    if (piece.length >= shortestTerm) terms.add(piece.toLowerCase());
  return [...terms];
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
