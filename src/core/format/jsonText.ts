/** A value of a file or setting for a message, as JSON; values nested too deep for that are said to be so. */
export function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return 'a value of too many levels';
  }
}

/** What JSON.parse says of a text that is none, without the piece of it that V8 quotes: it may be anything, a password too. */
export function jsonFault(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return said.replace(/, (?:\.\.\.)?"[^]*"(?:\.\.\.)? is not valid JSON$/, ', which is no JSON');
}
