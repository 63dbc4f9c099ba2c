/** Bytes from `start` to before `end`. */
export type ByteRange = readonly [start: number, end: number];

/** The same bytes in order, no range touching another. */
export function mergedRanges(ranges: readonly ByteRange[]): ByteRange[] {
  const result: [number, number][] = [];
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = result[result.length - 1];
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}

/** Bytes that at least one of the ranges holds. */
export function bytesIn(ranges: readonly ByteRange[]): number {
  return mergedRanges(ranges).reduce((sum, [start, end]) => sum + end - start, 0);
}
