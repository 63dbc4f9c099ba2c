import {
  formatBytes,
  formatCount,
  formatFlops,
  formatNumber,
  formatPercent,
  formatSeconds,
} from '../core/format/numbers.ts';
import type { NumberRow } from './demo.ts';
import { shareText } from './words.ts';

/** Rows of numbers, each with its text from core/format and its plain value. */

function row(id: string, label: string, text: string, value: number, why?: string): NumberRow {
  return { id, label, text, value, ...(why === undefined ? {} : { why }) };
}

export function countRow(id: string, label: string, value: number, why?: string): NumberRow {
  return row(id, label, formatCount(value), value, why);
}

export function bytesRow(id: string, label: string, bytes: number, why?: string): NumberRow {
  return row(id, label, formatBytes(bytes), bytes, why);
}

/** @param share 0 to 1 */
export function percentRow(id: string, label: string, share: number, why?: string): NumberRow {
  return row(id, label, formatPercent(100 * share), share, why);
}

/** Three significant digits, such as a largest difference: "2.4e-7". */
export function numberRow(id: string, label: string, value: number, why?: string): NumberRow {
  return row(id, label, formatNumber(value), value, why);
}

export function flopsRow(id: string, label: string, flops: number, why?: string): NumberRow {
  return row(id, label, formatFlops(flops), flops, why);
}

/** A part of a whole, as "136 of 256 (53.1%)"; the value is the part. */
export function partRow(
  id: string,
  label: string,
  part: number,
  whole: number,
  why?: string,
): NumberRow {
  return row(id, label, shareText(part, whole), part, why);
}

export function secondsRow(id: string, label: string, seconds: number, why?: string): NumberRow {
  return row(id, label, formatSeconds(seconds), seconds, why);
}
