/** Control, format, private and unassigned characters, and separators but the plain space: invisible, or worse (bidi). */
const unseen = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

/** A text as JSON writes it, with everything that can't be seen as an escape, in one line. */
export function visibleText(text: string): string {
  return JSON.stringify(text).replace(unseen, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** Inline code of Markdown whose content, of one line, means nothing: the fence is longer than any within. */
export function markdownCode(line: string): string {
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}
