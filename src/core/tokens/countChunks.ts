import { nextSafeSplit } from './split/safeSplit.ts';
import type { TokenCounter } from './tokenCounter.ts';

/** Counted at once at most, where the text allows: small enough to cancel soon, large enough to cost nothing. */
const PART_BYTES = 1 << 18;

/**
 * Counts a text that arrives in chunks cut anywhere, even inside a character, with the count of the whole. Holds
 * 256 KiB and a chunk (more only where one piece is longer than that). `undefined` when cancelled: `isCancelled` is
 * asked before each part.
 */
export function countChunks(
  counter: TokenCounter,
  chunks: Iterable<Uint8Array>,
  isCancelled: () => boolean = () => false,
): number | undefined {
  let tokens = 0;
  /** Whether a part of the text was counted already. */
  let continues = false;
  let buffer = new Uint8Array(0);
  /** Bytes in the buffer, none of them counted yet. */
  let length = 0;
  /** Bytes at the buffer's start in which there is no safe place. */
  let searched = 0;

  for (const chunk of chunks) {
    if (length + chunk.length > buffer.length) {
      // A file of one chunk, as most are, takes no more than it needs.
      const grown = new Uint8Array((length + chunk.length) * (length === 0 ? 1 : 2));
      grown.set(buffer.subarray(0, length));
      buffer = grown;
    }
    buffer.set(chunk, length);
    length += chunk.length;

    let start = 0;
    while (length - start > PART_BYTES) {
      if (isCancelled()) return undefined;
      const text = buffer.subarray(start, length);
      // The search goes on where it ended; the last character may have been cut then.
      const from = Math.max(0, searched - 4);
      const end = nextSafeSplit(text, from, Math.max(1, PART_BYTES - from), counter.isSafeSplit);
      searched = end === undefined ? text.length : 0;
      if (end === undefined) break;
      tokens += counter.countBytes(text.subarray(0, end), continues);
      continues = true;
      start += end;
    }
    buffer.copyWithin(0, start, length);
    length -= start;
  }
  if (isCancelled()) return undefined;
  return tokens + counter.countBytes(buffer.subarray(0, length), continues);
}
