/** Byte offset at which each line starts; a last line without an end counts. An empty text has one line. */
export function lineStartsOf(utf8: Uint8Array): Uint32Array {
  let numLines = 1;
  for (let at = utf8.indexOf(10); at >= 0; at = utf8.indexOf(10, at + 1)) numLines++;
  const starts = new Uint32Array(numLines);
  let line = 1;
  for (let at = utf8.indexOf(10); at >= 0; at = utf8.indexOf(10, at + 1)) starts[line++] = at + 1;
  return starts;
}

/** The first offset at or before `offset` that does not cut a UTF-8 character. */
export function characterStart(utf8: Uint8Array, offset: number): number {
  let start = Math.min(offset, utf8.length);
  while (start > 0 && start < utf8.length && (utf8[start] & 0xc0) === 0x80) start--;
  return start;
}
