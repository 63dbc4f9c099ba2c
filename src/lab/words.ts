import { formatCount, formatPercent } from '../core/format/numbers.ts';

const longestLabel = 14;

/** A token as a label: white space made visible, long ones cut in the middle of nothing but their end. */
export function tokenLabel(text: string): string {
  const visible = text
    .replaceAll('\r\n', '⏎')
    .replaceAll('\n', '⏎')
    .replaceAll('\r', '⏎')
    .replaceAll('\t', '⇥')
    .replaceAll(' ', '·');
  const letters = Array.from(visible);
  if (letters.length === 0) return '∅';
  return letters.length <= longestLabel ? visible : `${letters.slice(0, longestLabel).join('')}…`;
}

/** A token in a sentence: its label in quotes and its position. */
export function namedToken(tokens: readonly string[], idx: number): string {
  return `“${tokenLabel(tokens[idx])}” (position ${formatCount(idx)})`;
}

/** "1 token", "3,000 tokens". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** "136 of 256 (53.1%)" */
export function shareText(part: number, whole: number): string {
  if (whole === 0) return `${formatCount(part)} of 0`;
  return `${formatCount(part)} of ${formatCount(whole)} (${formatPercent((100 * part) / whole)})`;
}

/** "cells" -> "Cells", for the start of a title. */
export function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
