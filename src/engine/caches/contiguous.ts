import { EngineInputError, requirePositiveInteger } from '../errors.ts';
import { positionsFrom } from '../positions/rope.ts';
import {
  newTokensOf,
  requireCacheShape,
  type KvCache,
  type KvCacheOptions,
  type KvCacheShape,
} from './kvCache.ts';
import { createTokenSlots } from './tokenSlots.ts';

export interface ContiguousCacheOptions extends KvCacheOptions {
  /** Set aside at once, and no token more is taken, as static caches do; without it the storage doubles when full. */
  readonly capacityTokens?: number;
}

/** Every token, in order: the plain KV cache. */
export function createContiguousCache(
  cacheShape: KvCacheShape,
  options: ContiguousCacheOptions = {},
): KvCache {
  const shape = requireCacheShape(cacheShape);
  const { capacityTokens, observer } = options;
  if (capacityTokens !== undefined) requirePositiveInteger('capacityTokens', capacityTokens);
  const storage = createTokenSlots(shape, capacityTokens ?? 16, options);
  let tokens = 0;

  return {
    shape,
    get tokens() {
      return tokens;
    },
    get nextPosition() {
      return tokens;
    },
    get usedBytes() {
      return tokens * storage.bytesPerToken;
    },
    get allocatedBytes() {
      return storage.slots * storage.bytesPerToken;
    },
    append(k, v) {
      const newTokens = newTokensOf(shape, k, v);
      if (capacityTokens !== undefined && tokens + newTokens > capacityTokens) {
        throw new EngineInputError(
          `capacityTokens must be ${tokens + newTokens} or more to append ${newTokens} tokens to ${tokens}, got ${capacityTokens}`,
        );
      }
      if (tokens + newTokens > storage.slots) {
        storage.grow(Math.max(2 * storage.slots, tokens + newTokens));
      }
      for (let idx = 0; idx < newTokens; idx++) storage.write(tokens + idx, k, v, idx, newTokens);
      if (observer?.cacheWrite) {
        observer.cacheWrite({
          firstPosition: tokens,
          tokens: newTokens,
          slots: Array.from({ length: newTokens }, (_, idx) => tokens + idx),
          bytesWritten: newTokens * storage.bytesPerToken,
        });
      }
      tokens += newTokens;
    },
    read() {
      const positions = positionsFrom(0, tokens);
      return storage.gather(positions, positions);
    },
  };
}
