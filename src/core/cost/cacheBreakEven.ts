import type { PriceList } from '../catalog/model.ts';
import { requestCost } from './requestCost.ts';

export interface CachedPrefix {
  /** The same at the start of every request. */
  readonly prefixTokens: number;
  readonly otherInputTokens: number;
  readonly outputTokens: number;
  /** Share of the requests after the first that find the prefix in the cache, 0 to 1. */
  readonly cacheHitRate: number;
}

export interface CacheBreakEven {
  /** One request without a cache; the one that writes the prefix; one that reads it. */
  readonly uncachedUsd: number;
  readonly writeUsd: number;
  readonly readUsd: number;
  /** Mean of a later request at the hit rate. */
  readonly laterUsd: number;
  /** Fewest requests from which on caching costs less; undefined: never at this hit rate. */
  readonly breakEvenRequests?: number;
  /** Hit rate above which a later request is cheaper than without a cache; above 1: never. */
  readonly breakEvenHitRate: number;
}

/**
 * When a cached prefix pays. Without: n times U. With: W + (n - 1) (h R + (1 - h) W), where a miss
 * writes again. So later requests are cheaper when h > (W - U) / (W - R), and the first write is
 * repaid after n - 1 > (W - U) / (U - h R - (1 - h) W) of them. Undefined: a price is unknown.
 */
export function cacheBreakEven(
  prefix: CachedPrefix,
  prices: readonly PriceList[] | undefined,
  at: Date,
): CacheBreakEven | undefined {
  const { prefixTokens, otherInputTokens, outputTokens, cacheHitRate } = prefix;
  if (!(cacheHitRate >= 0 && cacheHitRate <= 1)) {
    throw new RangeError(`cacheHitRate must be from 0 to 1, got ${cacheHitRate}`);
  }
  const inputTokens = prefixTokens + otherInputTokens;
  const usdWith = (cachedInputTokens: number, cacheWriteTokens: number) =>
    requestCost({ inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens }, prices, at)
      ?.totalUsd;
  const uncachedUsd = usdWith(0, 0);
  const writeUsd = usdWith(0, prefixTokens);
  const readUsd = usdWith(prefixTokens, 0);
  if (uncachedUsd === undefined || writeUsd === undefined || readUsd === undefined) {
    return undefined;
  }
  const laterUsd = cacheHitRate * readUsd + (1 - cacheHitRate) * writeUsd;
  const breakEvenRequests = firstCheaper(uncachedUsd, writeUsd, laterUsd);
  return {
    uncachedUsd,
    writeUsd,
    readUsd,
    laterUsd,
    breakEvenHitRate: hitRateOf(uncachedUsd, writeUsd, readUsd),
    ...(breakEvenRequests !== undefined && { breakEvenRequests }),
  };
}

function hitRateOf(uncached: number, write: number, read: number): number {
  const premium = write - uncached;
  // Sums that differ by rounding alone are equal.
  if (premium <= uncached * 1e-12) return 0;
  return write > read ? premium / (write - read) : Infinity;
}

/** Smallest n with W + (n - 1) L < n U. */
function firstCheaper(uncached: number, write: number, later: number): number | undefined {
  if (write < uncached) return 1;
  const savedEach = uncached - later;
  // A saving below the rounding of the sums is none.
  if (savedEach <= uncached * 1e-12) return undefined;
  return Math.floor((write - uncached) / savedEach + 1e-9) + 2;
}
