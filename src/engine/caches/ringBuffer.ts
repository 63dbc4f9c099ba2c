import { requirePositiveInteger } from '../errors.ts';
import { positionsFrom } from '../positions/rope.ts';
import {
  newTokensOf,
  requireCacheShape,
  type KvCache,
  type KvCacheOptions,
  type KvCacheShape,
} from './kvCache.ts';
import { createTokenSlots } from './tokenSlots.ts';

/**
 * The last `windowTokens` tokens: position p lives in slot p mod windowTokens and overwrites what is windowTokens older
 * (Mistral 7B, Jiang et al. 2023, "rolling buffer cache"). Constant memory; what fell out is gone for this layer.
 */
export function createRingBufferCache(
  cacheShape: KvCacheShape,
  windowTokens: number,
  options: KvCacheOptions = {},
): KvCache {
  const shape = requireCacheShape(cacheShape);
  requirePositiveInteger('windowTokens', windowTokens);
  const storage = createTokenSlots(shape, windowTokens, options);
  const { observer } = options;
  let nextPosition = 0;
  const kept = () => Math.min(nextPosition, windowTokens);

  return {
    shape,
    get tokens() {
      return kept();
    },
    get nextPosition() {
      return nextPosition;
    },
    get usedBytes() {
      return kept() * storage.bytesPerToken;
    },
    allocatedBytes: windowTokens * storage.bytesPerToken,
    append(k, v) {
      const newTokens = newTokensOf(shape, k, v);
      const firstKept = nextPosition - kept();
      // Of more new tokens than slots only the last can stay; the others are not even written.
      const firstWritten = Math.max(0, newTokens - windowTokens);
      for (let idx = firstWritten; idx < newTokens; idx++) {
        storage.write((nextPosition + idx) % windowTokens, k, v, idx, newTokens);
      }
      const before = nextPosition;
      nextPosition += newTokens;
      if (observer?.cacheWrite) {
        const written = positionsFrom(before + firstWritten, newTokens - firstWritten);
        observer.cacheWrite({
          firstPosition: before + firstWritten,
          tokens: written.length,
          slots: Array.from(written, (position) => position % windowTokens),
          bytesWritten: written.length * storage.bytesPerToken,
        });
      }
      const evicted = nextPosition - kept() - firstKept;
      if (observer?.eviction && evicted > 0) {
        const positions = Array.from(positionsFrom(firstKept, evicted));
        observer.eviction({ positions, reason: 'window' });
      }
    },
    read() {
      const positions = positionsFrom(nextPosition - kept(), kept());
      return storage.gather(
        positions.map((position) => position % windowTokens),
        positions,
      );
    },
  };
}
