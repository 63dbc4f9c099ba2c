import { tokenPriceNames } from './model.ts';
import type { Model, PriceList, PriceTier, Sourced, TokenPrices } from './model.ts';
import { tokenizerLinkFor } from './tokenizerLinks.ts';

/** The form in which scripts/catalog/build.mjs writes the catalogue: sources once, prices as rows. */
export interface CompactCatalog {
  readonly madeBy: string;
  readonly sources: Readonly<Record<string, { readonly source: string; readonly asOf: string }>>;
  readonly models: readonly CompactModel[];
}

/** Value, key of its source, and what others say: pairs of value and source. */
export type CompactSourced<T> = readonly [T, string, ...(readonly [T, string])[]];

/** In the order of `tokenPriceNames`; trailing ones left out. */
export type CompactPrices = readonly (number | null)[];

export interface CompactPriceList {
  readonly p: CompactPrices;
  /** Above how many tokens, then prices. */
  readonly t?: readonly (readonly [number, CompactPrices])[];
  /** From this date; times of day in UTC. */
  readonly d?: string;
  readonly from?: string;
  readonly to?: string;
}

export interface CompactModel {
  readonly id: string;
  readonly name: string;
  readonly maker: string;
  readonly aliases?: readonly string[];
  readonly deprecatedBy?: string;
  readonly window?: CompactSourced<number>;
  readonly maxInput?: CompactSourced<number>;
  readonly maxOutput?: CompactSourced<number>;
  readonly prices?: CompactSourced<readonly CompactPriceList[]>;
  /** Key of the source, multiplier of input and output, multiplier of the cache's prices. */
  readonly batch?: readonly [string, number, number | null];
  readonly arch?: string;
}

export function compactPriceLists(lists: readonly PriceList[]): CompactPriceList[] {
  return lists.map(({ base, tiers, startDate, startTime, endTime }) => ({
    p: compactPrices(base),
    ...(tiers.length > 0 && {
      t: tiers.map((tier) => [tier.aboveInputTokens, compactPrices(tier)] as const),
    }),
    ...(startDate !== undefined && { d: startDate }),
    ...(startTime !== undefined && { from: startTime }),
    ...(endTime !== undefined && { to: endTime }),
  }));
}

function compactPrices(prices: TokenPrices): CompactPrices {
  const row = tokenPriceNames.map((name) => prices[name] ?? null);
  while (row.length > 0 && row.at(-1) === null) row.pop();
  return row;
}

export function expandCatalog(catalog: CompactCatalog): readonly Model[] {
  return catalog.models.map((model) => expandModel(model, catalog.sources));
}

function expandModel(model: CompactModel, sources: CompactCatalog['sources']): Model {
  const prices = model.prices && expandSourced(model.prices, sources, expandPriceLists);
  return {
    id: model.id,
    name: model.name,
    maker: model.maker,
    aliases: model.aliases ?? [],
    deprecated: model.deprecatedBy !== undefined,
    ...(model.deprecatedBy !== undefined && { deprecatedBy: model.deprecatedBy }),
    ...(model.window && { contextWindowTokens: expandSourced(model.window, sources, same) }),
    ...(model.maxInput && { maxInputTokens: expandSourced(model.maxInput, sources, same) }),
    ...(model.maxOutput && { maxOutputTokens: expandSourced(model.maxOutput, sources, same) }),
    ...(prices && { prices }),
    ...(prices &&
      model.batch && {
        batchPrices: {
          value: prices.value.map((list) => scaleList(list, model.batch?.[1], model.batch?.[2])),
          ...sourceOf(model.batch[0], sources),
        },
      }),
    tokenizer: tokenizerLinkFor(model.id),
    ...(model.arch !== undefined && { architectureId: model.arch }),
  };
}

function same(value: number): number {
  return value;
}

function sourceOf(
  key: string,
  sources: CompactCatalog['sources'],
): { readonly source: string; readonly asOf: string } {
  const source = sources[key];
  if (source === undefined) throw new Error(`The catalogue names no source "${key}"`);
  return source;
}

function expandSourced<C, T>(
  [value, key, ...others]: CompactSourced<C>,
  sources: CompactCatalog['sources'],
  expand: (value: C) => T,
): Sourced<T> {
  return {
    value: expand(value),
    ...sourceOf(key, sources),
    ...(others.length > 0 && {
      disagreements: others.map(([other, otherKey]) => ({
        value: expand(other),
        ...sourceOf(otherKey, sources),
      })),
    }),
  };
}

function expandPriceLists(lists: readonly CompactPriceList[]): readonly PriceList[] {
  return lists.map(({ p, t, d, from, to }) => ({
    base: expandPrices(p),
    tiers: (t ?? []).map(([aboveInputTokens, prices]) => ({
      aboveInputTokens,
      ...expandPrices(prices),
    })),
    ...(d !== undefined && { startDate: d }),
    ...(from !== undefined && { startTime: from }),
    ...(to !== undefined && { endTime: to }),
  }));
}

function expandPrices(row: CompactPrices): TokenPrices {
  const prices: Partial<Record<keyof TokenPrices, number>> = {};
  for (const [index, name] of tokenPriceNames.entries()) {
    const price = row[index];
    if (price !== undefined && price !== null) prices[name] = price;
  }
  return prices;
}

function scaleList(list: PriceList, tokens = 1, cache: number | null = null): PriceList {
  return {
    ...list,
    base: scalePrices(list.base, tokens, cache),
    tiers: list.tiers.map((tier): PriceTier => ({
      ...scalePrices(tier, tokens, cache),
      aboveInputTokens: tier.aboveInputTokens,
    })),
  };
}

/** Prices times the batch interface's multipliers; a cache price without one is left out. */
function scalePrices(prices: TokenPrices, tokens: number, cache: number | null): TokenPrices {
  const scaled: Partial<Record<keyof TokenPrices, number>> = {};
  for (const name of tokenPriceNames) {
    const price = prices[name];
    const multiplier = name.startsWith('cache') ? cache : name === 'requestUsd' ? 1 : tokens;
    if (price !== undefined && multiplier !== null) scaled[name] = price * multiplier;
  }
  return scaled;
}
