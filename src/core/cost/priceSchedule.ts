import type { PriceList, PriceSchedule } from '../catalog/model.ts';

/** The price list that holds at a moment: the last whose schedule holds, else the first. */
export function priceListAt(lists: readonly PriceList[], at: Date): PriceList | undefined {
  if (Number.isNaN(at.getTime())) throw new RangeError('The date of the price is no valid date');
  return lists.filter((list) => holdsAt(list, at)).at(-1) ?? lists[0];
}

function holdsAt({ startDate, startTime, endTime }: PriceSchedule, at: Date): boolean {
  if (startDate !== undefined && at.getTime() < Date.parse(startDate)) return false;
  if (startTime === undefined || endTime === undefined) return true;
  const time = at.toISOString().slice(11, 23);
  // Times of day compare as text; a range over midnight starts later than it ends.
  return endTime < startTime
    ? time >= startTime || time < endTime
    : time >= startTime && time < endTime;
}
