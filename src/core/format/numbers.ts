/** Every quantity that is shown is made here: one place for Intl, one way to write a number. */

const formats = new WeakMap<Intl.NumberFormatOptions, Intl.NumberFormat>();

/** @param options one of the constants below: each has a formatter of its own, made when it is first needed */
function format(value: number, options: Intl.NumberFormatOptions): string {
  let found = formats.get(options);
  if (found === undefined) {
    found = new Intl.NumberFormat('en-US', options);
    formats.set(options, found);
  }
  // Minus zero is written as zero.
  return found.format(value === 0 ? 0 : value);
}

const integer = { maximumFractionDigits: 0 } as const;
const threeDigits = { maximumSignificantDigits: 3 } as const;
const compact = { notation: 'compact', maximumSignificantDigits: 3 } as const;
const scientific = { notation: 'scientific', maximumSignificantDigits: 3 } as const;
const money = { style: 'currency', currency: 'USD' } as const;
const cents = { ...money, minimumFractionDigits: 2, maximumFractionDigits: 2 } as const;
const partsOfCents = { ...money, maximumSignificantDigits: 2 } as const;
const percent = { style: 'percent', maximumFractionDigits: 1 } as const;
const smallPercent = { style: 'percent', maximumSignificantDigits: 1 } as const;

/** 1234567 -> "1,234,567"; parts of a whole are rounded. */
export function formatCount(value: number): string {
  return format(value, integer);
}

/** Three significant digits with a decimal unit, as windows are named: 128000 -> "128K", 1048576 -> "1.05M". */
export function formatTokens(tokens: number): string {
  return format(tokens, compact);
}

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/** Powers of 1024: 1536 -> "1.5 KiB", 80 * 2 ** 30 -> "80 GiB". */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 1023.5 would round to "1,020": go up to the next unit as soon as it is written with four digits.
  while (Math.abs(value) >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${format(value, threeDigits)} ${byteUnits[unit]}`;
}

/** From 1 cent on two decimals ("$1,234.50"); below, two significant digits ("$0.00012"). */
export function formatUsd(usd: number): string {
  const small = Math.abs(usd) < 0.01 && usd !== 0;
  return format(usd, small ? partsOfCents : cents);
}

/** 2e-8 -> "20 ns", 0.0034 -> "3.4 ms", 12.3 -> "12.3 s", 75 -> "1 min 15 s", 7260 -> "2 h 1 min". */
export function formatSeconds(seconds: number): string {
  if (seconds < 0) return `-${formatSeconds(-seconds)}`;
  if (seconds === 0) return '0 s';
  if (seconds < 0.9995e-6) return `${significant(seconds * 1e9)} ns`;
  if (seconds < 0.9995e-3) return `${significant(seconds * 1e6)} µs`;
  if (seconds < 0.9995) return `${significant(seconds * 1e3)} ms`;
  if (seconds < 59.95) return `${significant(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return twoParts(whole, 60, 'min', 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return twoParts(minutes, 60, 'h', 'min');
  return twoParts(Math.round(seconds / 3600), 24, 'd', 'h');
}

function twoParts(value: number, base: number, large: string, small: string): string {
  const rest = value % base;
  const first = `${formatCount(Math.floor(value / base))} ${large}`;
  return rest === 0 ? first : `${first} ${rest} ${small}`;
}

function significant(value: number): string {
  return format(value, threeDigits);
}

/** 12.34 (percent) -> "12.3%"; below 0.1 one significant digit, so that little is not none. */
export function formatPercent(value: number): string {
  const small = Math.abs(value) < 0.1 && value !== 0;
  return format(value / 100, small ? smallPercent : percent);
}

/** "1.2K to 1.5K", or one number when both ends are written the same. */
export function formatInterval(
  low: number,
  high: number,
  formatOne: (value: number) => string,
): string {
  const [first, last] = [formatOne(low), formatOne(high)];
  return first === last ? first : `${first} to ${last}`;
}

/** An unknown number is the word, never 0. */
export function formatKnown(
  value: number | undefined,
  formatOne: (value: number) => string,
): string {
  return value === undefined ? 'unknown' : formatOne(value);
}

/** A plain number of any size, three significant digits: 1234 -> "1,230", 2.4e-7 -> "2.4e-7", 8.59e9 -> "8.59e9". */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e6)) {
    return format(value, scientific).replace('E', 'e');
  }
  return significant(value);
}

const flopUnits = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'] as const;

/** Powers of 1000: 524288 -> "524 kFLOPs", 3.72e15 -> "3.72 PFLOPs". A count of operations, not a rate. */
export function formatFlops(flops: number): string {
  let value = flops;
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < flopUnits.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${significant(value)} ${flopUnits[unit]}FLOPs`;
}
