import {
  EngineInputError,
  requireInRange,
  requireNonNegativeInteger,
  requirePositiveInteger,
} from '../errors.ts';
import type { EngineObserver } from '../observer.ts';
import type { FloatArray } from '../tensor.ts';
import {
  newTokensOf,
  requireCacheShape,
  type KvCache,
  type KvCacheOptions,
  type KvCacheShape,
  type KvView,
} from './kvCache.ts';
import { createTokenSlots, type TokenSlots } from './tokenSlots.ts';

interface KeptToken {
  readonly position: number;
  readonly slot: number;
  /** Attention drawn so far, summed over heads and queries. */
  score: number;
}

/** A cache that keeps a list of tokens in any slots, from which a subclass drops those it chooses. */
abstract class TokenListCache implements KvCache {
  readonly shape: Required<KvCacheShape>;
  nextPosition = 0;
  /** In rising order of position. */
  protected kept: KeptToken[] = [];
  private readonly storage: TokenSlots;
  private readonly free: number[] = [];
  private readonly observer: EngineObserver | undefined;

  constructor(shape: KvCacheShape, options: KvCacheOptions) {
    this.shape = requireCacheShape(shape);
    this.storage = createTokenSlots(this.shape, 0, options);
    this.observer = options.observer;
  }

  get tokens(): number {
    return this.kept.length;
  }

  get usedBytes(): number {
    return this.kept.length * this.storage.bytesPerToken;
  }

  get allocatedBytes(): number {
    return this.storage.slots * this.storage.bytesPerToken;
  }

  append(k: FloatArray, v: FloatArray): void {
    const tokens = newTokensOf(this.shape, k, v);
    const slots = Array.from({ length: tokens }, () => this.takeSlot());
    slots.forEach((slot, idx) => {
      this.storage.write(slot, k, v, idx, tokens);
      this.kept.push({ position: this.nextPosition + idx, slot, score: 0 });
    });
    if (this.observer?.cacheWrite) {
      const bytesWritten = tokens * this.storage.bytesPerToken;
      this.observer.cacheWrite({ firstPosition: this.nextPosition, tokens, slots, bytesWritten });
    }
    this.nextPosition += tokens;
  }

  read(): KvView {
    return this.storage.gather(
      this.kept.map((token) => token.slot),
      Int32Array.from(this.kept, (token) => token.position),
    );
  }

  protected drop(tokens: readonly KeptToken[], reason: 'window' | 'budget'): void {
    if (tokens.length === 0) return;
    const dropped = new Set(tokens);
    this.kept = this.kept.filter((token) => !dropped.has(token));
    for (const token of tokens) this.free.push(token.slot);
    this.observer?.eviction?.({ positions: tokens.map((token) => token.position), reason });
  }

  private takeSlot(): number {
    if (this.free.length === 0) {
      const before = this.storage.slots;
      this.storage.grow(Math.max(8, 2 * before));
      for (let slot = this.storage.slots - 1; slot >= before; slot--) this.free.push(slot);
    }
    return this.free.pop() ?? 0;
  }
}

export interface SinkCacheOptions extends KvCacheOptions {
  readonly numSinks: number;
  readonly windowTokens: number;
}

class SinkCache extends TokenListCache {
  private readonly numSinks: number;
  private readonly windowTokens: number;

  constructor(shape: KvCacheShape, options: SinkCacheOptions) {
    super(shape, options);
    requireNonNegativeInteger('numSinks', options.numSinks);
    requirePositiveInteger('windowTokens', options.windowTokens);
    this.numSinks = options.numSinks;
    this.windowTokens = options.windowTokens;
  }

  override append(k: FloatArray, v: FloatArray): void {
    super.append(k, v);
    const windowStart = Math.max(this.numSinks, this.kept.length - this.windowTokens);
    this.drop(this.kept.slice(this.numSinks, windowStart), 'window');
  }
}

/**
 * The first `numSinks` tokens and the last `windowTokens` (StreamingLLM, Xiao et al. 2023, section 3.2). Positions are
 * those of the text; StreamingLLM's attention counts them anew inside the cache, see `streamingLlmAttention`.
 */
export function createSinkCache(shape: KvCacheShape, options: SinkCacheOptions): KvCache {
  return new SinkCache(shape, options);
}

export interface HeavyHitterOptions extends KvCacheOptions {
  /** Tokens kept once a step is done. */
  readonly budgetTokens: number;
  /** How many of them are simply the latest. */
  readonly recentTokens: number;
}

/** A heavy-hitter cache, which also tells how much attention each kept token has drawn. */
export interface HeavyHitterCache extends KvCache {
  /** (tokens), in the order of `read()`: weight summed over heads and steps. */
  readonly scores: Float64Array;
  readonly addWeights: NonNullable<KvCache['addWeights']>;
}

class HeavyHitters extends TokenListCache implements HeavyHitterCache {
  private readonly budgetTokens: number;
  private readonly recentTokens: number;

  constructor(shape: KvCacheShape, options: HeavyHitterOptions) {
    super(shape, options);
    requirePositiveInteger('budgetTokens', options.budgetTokens);
    requireNonNegativeInteger('recentTokens', options.recentTokens);
    requireInRange('recentTokens', options.recentTokens, 0, options.budgetTokens);
    this.budgetTokens = options.budgetTokens;
    this.recentTokens = options.recentTokens;
  }

  get scores(): Float64Array {
    return Float64Array.from(this.kept, (token) => token.score);
  }

  override append(k: FloatArray, v: FloatArray): void {
    // Should the last step not have told its weights, the budget is kept by what is known.
    this.evict();
    super.append(k, v);
  }

  addWeights(weights: Float64Array, keyTokens: number): void {
    if (keyTokens !== this.kept.length) {
      throw new EngineInputError(
        `keyTokens must be the ${this.kept.length} tokens kept, got ${keyTokens}`,
      );
    }
    for (let idx = 0; idx < weights.length; idx++) {
      this.kept[idx % keyTokens].score += weights[idx];
    }
    this.evict();
  }

  private evict(): void {
    const surplus = this.kept.length - this.budgetTokens;
    if (surplus <= 0) return;
    // The sort is stable: of equal scores the oldest goes first.
    const candidates = this.kept.slice(0, this.kept.length - this.recentTokens);
    candidates.sort((a, b) => a.score - b.score);
    this.drop(candidates.slice(0, surplus), 'budget');
  }
}

/**
 * Keeps the latest tokens and, of the others, those that drew most attention so far (H2O, Zhang et al. 2023, section 4).
 * The choice is one for all heads of the layer, by their summed weights; a cache per head chooses per head.
 */
export function createHeavyHitterCache(
  shape: KvCacheShape,
  options: HeavyHitterOptions,
): HeavyHitterCache {
  return new HeavyHitters(shape, options);
}
