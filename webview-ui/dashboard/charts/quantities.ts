import {
  formatBytes,
  formatCount,
  formatNumber,
  formatPercent,
  formatSeconds,
  formatTokens,
  formatUsd,
} from '../../../src/core/format/numbers.ts';

/** What an axis measures; it decides how numbers are written and where ticks stand. */
export type Quantity = 'tokens' | 'bytes' | 'seconds' | 'usd' | 'percent' | 'count';

export function formatQuantity(value: number, quantity: Quantity): string {
  switch (quantity) {
    case 'tokens':
      return formatTokens(value);
    case 'bytes':
      return formatBytes(value);
    case 'seconds':
      return formatSeconds(value);
    case 'usd':
      return formatUsd(value);
    case 'percent':
      return formatPercent(value);
    case 'count':
      return value < 1e6 ? formatCount(value) : formatNumber(value);
  }
}

/** Amounts of money on an axis: "$1K" where "$1,000.00" has no room. */
export function formatTick(value: number, quantity: Quantity): string {
  if (quantity === 'usd' && value >= 1000) return `$${formatTokens(value)}`;
  if (quantity === 'usd' && Number.isInteger(value)) return `$${formatCount(value)}`;
  if (quantity === 'count') return formatTokens(value);
  return formatQuantity(value, quantity);
}

const minute = 60;
const day = 86_400;
const secondTicks = [
  1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, minute, 10 * minute, 3600, 10 * 3600,
  day, 10 * day, 100 * day, 1000 * day, 1e4 * day, 1e5 * day, 1e6 * day,
]; // prettier-ignore

/** Ticks of a log axis as its quantity is read: powers of ten, powers of 1024 and what lies well between, minutes and hours. */
export function logTicks(
  [low, high]: readonly [number, number],
  quantity: Quantity,
  most: number,
): readonly number[] {
  const within = (values: readonly number[]) =>
    values.filter((value) => value >= low * 0.999 && value <= high * 1.001);
  const candidates =
    quantity === 'seconds'
      ? [secondTicks]
      : quantity === 'bytes'
        ? [1, 2, 3, 5, 10, 20].map((every) => powers(2, every, low, high))
        : [
            fromTens([1, 2, 5], low, high),
            fromTens([1], low, high),
            powers(10, 2, low, high),
            powers(10, 3, low, high),
          ];
  const fitting = candidates.map(within).find((ticks) => ticks.length <= most);
  return fitting ?? thinned(within(candidates[candidates.length - 1]), most);
}

function powers(base: number, every: number, low: number, high: number): readonly number[] {
  const first = Math.floor(Math.log(low) / Math.log(base));
  const last = Math.ceil(Math.log(high) / Math.log(base));
  const all = Array.from({ length: Math.max(0, last - first + 1) }, (_, idx) => first + idx);
  return all.filter((exponent) => exponent % every === 0).map((exponent) => base ** exponent);
}

function fromTens(digits: readonly number[], low: number, high: number): readonly number[] {
  return powers(10, 1, low, high)
    .flatMap((power) => digits.map((digit) => digit * power))
    .sort((a, b) => a - b);
}

function thinned(ticks: readonly number[], most: number): readonly number[] {
  const every = Math.ceil(ticks.length / most);
  return ticks.filter((_, idx) => idx % every === 0);
}
