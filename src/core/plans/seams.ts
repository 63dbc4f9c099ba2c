import { isSafeSplitAt } from '../tokens/split/safeSplit.ts';
import type { SafeSplit, TokenCounter } from '../tokens/tokenCounter.ts';

/** Beyond this, looking for a safe place costs more than counting. */
export const maxReachBytes = 2_048;

/** The last place in a text, not at its ends, at which it may be cut with the same tokens; undefined: none near its end. */
function lastSafePlace(utf8: Uint8Array, isSafe?: SafeSplit): number | undefined {
  const least = Math.max(1, utf8.length - maxReachBytes);
  for (let idx = utf8.length - 1; idx >= least; idx--) {
    if (isSafeSplitAt(utf8, idx, isSafe)) return idx;
  }
  return undefined;
}

/** The first such place; undefined: none near its start. */
function firstSafePlace(utf8: Uint8Array, isSafe?: SafeSplit): number | undefined {
  const most = Math.min(utf8.length - 1, maxReachBytes);
  for (let idx = 1; idx <= most; idx++) if (isSafeSplitAt(utf8, idx, isSafe)) return idx;
  return undefined;
}

/**
 * What joining two texts adds to the sum of their tokens (below 0: tokens merge over the seam), exactly: the split rules
 * look no further than a safe place on either side, so only what lies between those is counted. `undefined` where a text has
 * no safe place near the seam.
 */
export function seamTokens(
  counter: TokenCounter,
  left: Uint8Array,
  right: Uint8Array,
): number | undefined {
  if (left.length === 0 || right.length === 0) return 0;
  const { isSafeSplit, putsSpaceFirst } = counter;
  const seam = joined(left.subarray(-4), right.subarray(0, 4));
  if (!putsSpaceFirst && isSafeSplitAt(seam, Math.min(4, left.length), isSafeSplit)) return 0;
  const from = lastSafePlace(left, isSafeSplit);
  const to = firstSafePlace(right, isSafeSplit);
  if (from === undefined || to === undefined) return undefined;
  const before = left.subarray(from);
  const after = right.subarray(0, to);
  return (
    counter.countBytes(joined(before, after), true) -
    counter.countBytes(before, true) -
    counter.countBytes(after)
  );
}

export function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(left.length + right.length);
  both.set(left);
  both.set(right, left.length);
  return both;
}

/** Adds up the tokens of a text from pieces counted before; only their seams are counted anew. */
export class JoinedTokens {
  readonly #counter: TokenCounter;
  #tail: Uint8Array = new Uint8Array(0);
  #tokens: number | undefined = 0;

  constructor(counter: TokenCounter) {
    this.#counter = counter;
  }

  /** Undefined once a seam could not be counted from what lies near it. */
  get tokens(): number | undefined {
    return this.#tokens;
  }

  /** Appends a text of which only its ends are given: at least 2 KiB of each, or all of it. */
  add(head: Uint8Array, tail: Uint8Array, tokens: number): void {
    if (head.length === 0) return;
    const seam = seamTokens(this.#counter, this.#tail, head);
    this.#tokens =
      seam === undefined || this.#tokens === undefined ? undefined : this.#tokens + tokens + seam;
    this.#tail =
      tail.length >= maxReachBytes
        ? tail.slice(-maxReachBytes)
        : joined(this.#tail.subarray(-maxReachBytes), tail);
  }
}
