/** A point of a chart: x, then y. */
export type XY = readonly [x: number, y: number];

/** One line of a chart, in order of x. */
export interface Series {
  readonly id: string;
  readonly points: readonly XY[];
  /** x, low, high: what a measurement is expected within. */
  readonly band?: readonly (readonly [x: number, low: number, high: number])[];
}

/** Whole numbers from `low` to `high`, equally far apart on a log axis, both ends included. */
export function logSpaced(low: number, high: number, count: number): readonly number[] {
  const step = Math.log(high / low) / (count - 1);
  const values = Array.from({ length: count }, (_, idx) =>
    idx === count - 1 ? high : Math.round(low * Math.exp(idx * step)),
  );
  return [...new Set(values)];
}

export const shortestTokens = 1000;

/** The lengths that charts over tokens show: from 1K to 2M, or as far as what is weighed needs. */
export function tokenRange(tokens: number): readonly [low: number, high: number] {
  const most = 2_000_000;
  return [shortestTokens, tokens <= most ? most : 10 ** Math.ceil(Math.log10(tokens * 1.0001))];
}
