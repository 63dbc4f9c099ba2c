import { formatNumber, formatPercent } from './numbers.ts';

/** From here on a share reads better as a multiple: nobody pictures 3,716 %. */
const manyTimesPercent = 1000;

export function isManyTimes(percent: number): boolean {
  return percent >= manyTimesPercent;
}

function times(percent: number): string {
  return `${formatNumber(percent / 100)}×`;
}

/** A share of a whole: 14.5 (percent) -> "14.5%", 2000.9 -> "20×". */
export function formatShare(percent: number): string {
  return isManyTimes(percent) ? times(percent) : formatPercent(percent);
}

/** "14.5% – 19%", "20× – 37.2×": both ends alike, by the larger; one where both are written the same. */
export function formatShareInterval(lowPercent: number, highPercent: number): string {
  const format = isManyTimes(highPercent) ? times : formatPercent;
  const [low, high] = [format(lowPercent), format(highPercent)];
  return low === high ? low : `${low} – ${high}`;
}
