import { createLiveCount, type LiveCount } from '../core/tokens/liveCount.ts';
import { isSafeTextSplit } from '../core/tokens/split/safeSplit.ts';
import type { EncodingName } from '../core/tokens/tokenCounter.ts';
import { tokenSpans, type TokenSpan } from '../core/tokens/tokenSpans.ts';
import { openTokenCounter } from './openTokenCounter.ts';
import type { SharedVocabulary } from './vocabularies.ts';

/** A first count is made in parts of so many UTF-16 units, about 5 ms each, with room for others between them. */
const partUnits = 1 << 18;

/**
 * Counts and encodes on the caller's thread, for what is being typed and looked at: edits and windows of a text, where
 * sending it to a worker thread would take longer than the count.
 */
export interface LocalCounter {
  readonly encoding: EncodingName;
  countText(text: string): number;
  /** A count that is kept through edits. Gives way to other work while it is made. */
  liveCount(text: string): Promise<LiveCount>;
  /** See `tokenSpans`. */
  spans(text: string): TokenSpan[] | undefined;
  tokenBytes(id: number): Uint8Array;
  /** Whether tokens of a text are the same when it is cut here (`isSafeTextSplit`). */
  isSafeSplit(text: string, unit: number): boolean;
  /** Whether a text is encoded with a space before it, so that a part of one has other tokens at its beginning. */
  readonly putsSpaceFirst: boolean;
}

/** Loads the vocabulary once per thread. Rejects when there is none of this name. */
export async function openLocalCounter(
  encoding: EncodingName,
  vocabulary?: SharedVocabulary,
): Promise<LocalCounter> {
  const encoder = await openTokenCounter(encoding, vocabulary);
  return {
    encoding,
    countText: (text) => encoder.countText(text),
    liveCount: async (text) => {
      const live = createLiveCount(encoder, text.slice(0, partUnits));
      while (live.length < text.length) {
        await new Promise((resolve) => setImmediate(resolve));
        live.edit(live.length, 0, text.slice(live.length, live.length + partUnits));
      }
      return live;
    },
    spans: (text) => tokenSpans(encoder, text),
    tokenBytes: (id) => encoder.tokenBytes(id),
    putsSpaceFirst: encoder.putsSpaceFirst === true,
    isSafeSplit: (text, unit) => isSafeTextSplit(text, unit, encoder.isSafeSplit),
  };
}
