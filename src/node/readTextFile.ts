import { withFileContent } from './readText.ts';
import type { SystemPath } from './systemPath.ts';

/**
 * A whole text file as UTF-8 without a byte order mark, in memory of its own; undefined when it is no text any more, or too
 * large.
 */
export function readTextFile(
  file: SystemPath,
  maxBytes: number,
): Uint8Array<ArrayBuffer> | undefined {
  const withHash = false;
  return withFileContent(
    file,
    maxBytes,
    (content) => (content.type === 'text' ? joined(content.chunks()) : undefined),
    withHash,
  );
}

function joined(chunks: Iterable<Uint8Array>): Uint8Array<ArrayBuffer> {
  const copies: Uint8Array<ArrayBuffer>[] = [];
  // The chunks share one buffer, and a Buffer's `slice` does not copy.
  for (const chunk of chunks) copies.push(new Uint8Array(chunk));
  if (copies.length === 1) return copies[0];
  const whole = new Uint8Array(copies.reduce((sum, copy) => sum + copy.length, 0));
  let at = 0;
  for (const copy of copies) {
    whole.set(copy, at);
    at += copy.length;
  }
  return whole;
}
