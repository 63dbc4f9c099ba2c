import { withFileContent } from './readText.ts';
import type { SystemPath } from './systemPath.ts';

/** A whole text file as UTF-8 without a byte order mark; undefined when it is no text any more, or too large. */
export function readTextFile(file: SystemPath, maxBytes: number): Uint8Array | undefined {
  return withFileContent(file, maxBytes, (content) => {
    if (content.type !== 'text') return undefined;
    // The chunks share one buffer: each is copied before the next is read.
    return Buffer.concat([...copies(content.chunks())]);
  });
}

function* copies(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const chunk of chunks) yield chunk.slice();
}
