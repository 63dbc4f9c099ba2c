import { formatBytes, formatSeconds } from '../../src/core/format/numbers.ts';
import type { AxisUnit } from '../../src/lab/picture.ts';

const units = [
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** A number of an axis, in its unit where it has one. */
export function formatTick(value: number, unit: AxisUnit | undefined): string {
  if (unit === 'bytes') return formatBytes(value);
  return unit === 'seconds' ? formatSeconds(value) : formatSi(value);
}

/** An axis's number, short: 1.5k, 2M, 0.001. */
function formatSi(value: number): string {
  const unit = units.find(([size]) => Math.abs(value) >= size);
  if (unit === undefined) return String(Number(value.toPrecision(3)));
  return `${Number((value / unit[0]).toPrecision(3))}${unit[1]}`;
}
