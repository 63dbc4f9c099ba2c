/** USD from the least to the most that the token interval allows. An unknown price is an absent interval, never 0. */
export interface UsdInterval {
  readonly lowUsd: number;
  readonly highUsd: number;
}

/** A model with the facts that views show, each with its source. */
export interface ModelSummary {
  readonly id: string;
  readonly name: string;
  readonly maker: string;
  readonly contextWindowTokens?: number;
  readonly maxOutputTokens?: number;
  /** Where the window comes from and when it was read there. */
  readonly windowSource?: string;
  readonly priceSource?: string;
  readonly inputUsdPerMillionTokens?: number;
  readonly outputUsdPerMillionTokens?: number;
}
