import { lastSafeCut } from '../core/files/safeCut.ts';
import type { TokenCounter } from '../core/tokens/tokenCounter.ts';

/**
 * Tokens of a text that comes in chunks, equal to those of the whole: what stands behind a chunk's last safe cut waits
 * for the next one. Only a text without any such place gathers in memory, which the limit on file sizes bounds.
 *
 * @returns undefined when cancelled
 */
export function countChunks(
  counter: TokenCounter,
  chunks: Iterable<Uint8Array>,
  isCancelled: () => boolean,
): number | undefined {
  let tokens = 0;
  let waiting: Uint8Array[] = [];
  for (const chunk of chunks) {
    if (isCancelled()) return undefined;
    const cut = lastSafeCut(chunk);
    if (cut > 0) {
      tokens += counter.countBytes(joined([...waiting, chunk.subarray(0, cut)]));
      waiting = [];
    }
    // A copy: the chunk's memory is used for the next one.
    waiting.push(Uint8Array.from(chunk.subarray(cut)));
  }
  if (isCancelled()) return undefined;
  return tokens + counter.countBytes(joined(waiting));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? parts[0] : Buffer.concat(parts);
}
