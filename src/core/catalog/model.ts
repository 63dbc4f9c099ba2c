import type { LearntCounts } from '../tokens/estimate/learntRatios.ts';
import type { EncodingName } from '../tokens/tokenCounter.ts';

/** A fact with where it comes from and when it was read there. */
export interface Sourced<T> {
  readonly value: T;
  readonly source: string;
  /** ISO date. */
  readonly asOf: string;
  /** Other sources that say otherwise, kept and shown. */
  readonly disagreements?: readonly {
    readonly value: T;
    readonly source: string;
    readonly asOf: string;
  }[];
}

/** USD per million tokens of one price tier; undefined is unknown, 0 is free. */
export interface TokenPrices {
  readonly inputUsdPerMillionTokens?: number;
  readonly outputUsdPerMillionTokens?: number;
  readonly cachedInputUsdPerMillionTokens?: number;
  readonly cacheWriteUsdPerMillionTokens?: number;
  readonly cacheWriteOneHourUsdPerMillionTokens?: number;
  /** A fee per request beside the tokens. */
  readonly requestUsd?: number;
}

/** The fields of `TokenPrices`. */
export const tokenPriceNames = [
  'inputUsdPerMillionTokens',
  'outputUsdPerMillionTokens',
  'cachedInputUsdPerMillionTokens',
  'cacheWriteUsdPerMillionTokens',
  'cacheWriteOneHourUsdPerMillionTokens',
  'requestUsd',
] as const satisfies readonly (keyof TokenPrices)[];

/**
 * A tier re-prices the whole request once its input is more than `aboveInputTokens`; a price that
 * the tier does not name stays the base's.
 */
export interface PriceTier extends TokenPrices {
  readonly aboveInputTokens: number;
}

/** When a set of prices holds; all absent: always. */
export interface PriceSchedule {
  /** ISO date from which (inclusive) it holds. */
  readonly startDate?: string;
  /** UTC time of day "HH:MM:SS" from (inclusive) and to (exclusive); from later than to: over midnight. */
  readonly startTime?: string;
  readonly endTime?: string;
}

export interface PriceList extends PriceSchedule {
  readonly base: TokenPrices;
  readonly tiers: readonly PriceTier[];
}

/** How a model's tokens are counted. Not exact: an estimate by `family`'s ratio to `encoding`. */
export interface TokenizerLink {
  readonly encoding: EncodingName;
  readonly exact: boolean;
  /** Row of the ratio table when the model's own vocabulary is not `encoding`. */
  readonly family: string;
  readonly source: string;
  /** Exact counts that this model made here. */
  readonly learnt?: LearntCounts;
}

export interface Model {
  /** Unique: "maker/name" as the maker's API names it, e.g. "openai/gpt-5.6". */
  readonly id: string;
  readonly name: string;
  readonly maker: string;
  readonly aliases: readonly string[];
  readonly deprecated: boolean;
  /** Who says so; present when deprecated. */
  readonly deprecatedBy?: string;
  /** Most tokens that prompt and output can hold together. */
  readonly contextWindowTokens?: Sourced<number>;
  readonly maxInputTokens?: Sourced<number>;
  readonly maxOutputTokens?: Sourced<number>;
  /** Price lists in order; the last whose schedule holds wins, else the first. Absent: unknown. */
  readonly prices?: Sourced<readonly PriceList[]>;
  /** Prices of the maker's batch interface, for work that can wait; same rules. */
  readonly batchPrices?: Sourced<readonly PriceList[]>;
  readonly tokenizer: TokenizerLink;
  /** Id in the architecture data when its weights are open. */
  readonly architectureId?: string;
}
