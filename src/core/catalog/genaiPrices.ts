import { isRecord } from '../format/isRecord.ts';
import { jsonText } from '../format/jsonText.ts';
import type { PriceList, PriceSchedule, PriceTier, TokenPrices } from './model.ts';

/**
 * Reads the prices of one model as genai-prices writes them (its data.json, version 2), dollars per
 * million tokens. Prices of pictures, sound and tools are left aside.
 * https://github.com/pydantic/genai-prices
 */

const priceKeys: Readonly<Record<string, keyof TokenPrices>> = {
  input_mtok: 'inputUsdPerMillionTokens',
  output_mtok: 'outputUsdPerMillionTokens',
  cache_read_mtok: 'cachedInputUsdPerMillionTokens',
  cache_write_mtok: 'cacheWriteUsdPerMillionTokens',
  cache_write_1h_mtok: 'cacheWriteOneHourUsdPerMillionTokens',
};

function isPrice(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/** Price lists in order; throws a TypeError that names the field and its value when it is malformed. */
export function priceListsFromGenai(prices: unknown): readonly PriceList[] {
  if (!Array.isArray(prices)) return [priceListFromGenai(prices)];
  return prices.map((conditional: unknown) => {
    if (!isRecord(conditional)) throw malformed('prices', conditional);
    return {
      ...scheduleFromGenai(conditional.constraint),
      ...priceListFromGenai(conditional.prices),
    };
  });
}

function priceListFromGenai(prices: unknown): PriceList {
  if (!isRecord(prices)) throw malformed('prices', prices);
  const base: Partial<Record<keyof TokenPrices, number>> = {};
  const tiers = new Map<number, Partial<Record<keyof TokenPrices, number>>>();
  for (const [key, name] of Object.entries(priceKeys)) {
    const price = prices[key];
    if (price === undefined || price === null) continue;
    if (isPrice(price)) base[name] = price;
    else if (isRecord(price) && isPrice(price.base) && Array.isArray(price.tiers)) {
      base[name] = price.base;
      for (const tier of price.tiers as unknown[]) {
        if (!isRecord(tier) || !Number.isSafeInteger(tier.start) || !isPrice(tier.price)) {
          throw malformed(`${key}.tiers`, tier);
        }
        const above = Number(tier.start);
        tiers.set(above, { ...tiers.get(above), [name]: tier.price });
      }
    } else throw malformed(key, price);
  }
  const requests = prices.requests_kcount;
  if (requests !== undefined && requests !== null) {
    if (!isPrice(requests)) throw malformed('requests_kcount', requests);
    base.requestUsd = requests / 1000;
  }
  return { base, tiers: completeTiers(tiers) };
}

/** Sorted by where they start; what a tier does not name it has from the tier below. */
function completeTiers(
  tiers: ReadonlyMap<number, Partial<Record<keyof TokenPrices, number>>>,
): readonly PriceTier[] {
  let below: TokenPrices = {};
  return [...tiers]
    .sort(([a], [b]) => a - b)
    .map(([aboveInputTokens, prices]) => {
      below = { ...below, ...prices };
      return { aboveInputTokens, ...below };
    });
}

function scheduleFromGenai(constraint: unknown): PriceSchedule {
  if (constraint === undefined || constraint === null) return {};
  if (!isRecord(constraint)) throw malformed('constraint', constraint);
  const { start_date: startDate, start_time: startTime, end_time: endTime } = constraint;
  if (typeof startDate === 'string' && isIsoDate(startDate)) return { startDate };
  if (typeof startTime === 'string' && typeof endTime === 'string') {
    return { startTime: utcTimeOfDay(startTime), endTime: utcTimeOfDay(endTime) };
  }
  throw malformed('constraint', constraint);
}

export function isIsoDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** "01:00:00+08:00" -> "17:00:00". */
function utcTimeOfDay(text: string): string {
  const found = /^(\d{2}):(\d{2}):(\d{2})(?:Z|([+-])(\d{2}):(\d{2}))$/.exec(text);
  if (found === null) throw malformed('time of day', text);
  const [hours, minutes, seconds] = found.slice(1, 4).map(Number);
  if (hours > 23 || minutes > 59 || seconds > 59) throw malformed('time of day', text);
  const offsetMinutes = Number(found[5] ?? 0) * 60 + Number(found[6] ?? 0);
  const sign = found[4] === '-' ? 1 : -1;
  const total = (hours * 60 + minutes + sign * offsetMinutes + 24 * 60) % (24 * 60);
  return [Math.floor(total / 60), total % 60, seconds]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

function malformed(field: string, value: unknown): TypeError {
  const shown = jsonText(value)?.slice(0, 80) ?? 'undefined';
  return new TypeError(`genai-prices: ${field} is not what version 2 of its data has: ${shown}`);
}
