import type { AxisUnit } from '../../../src/lab/picture.ts';

/** Values on a line of pixels. */
export interface Axis {
  readonly ticks: readonly number[];
  at(value: number): number;
  /** A value of 0 or less is nowhere on a log axis. */
  shows(value: number): boolean;
}

const mostTicks = 7;
/** Between two ticks of bytes on a log axis, in doublings. */
const doublings = [1, 2, 5, 10, 20];

export function axis(
  values: readonly number[],
  scale: 'linear' | 'log',
  [start, end]: readonly [number, number],
  unit?: AxisUnit,
): Axis {
  const shows = (value: number) => Number.isFinite(value) && (scale === 'linear' || value > 0);
  const shown = values.filter(shows);
  let low = shown.reduce((a, b) => Math.min(a, b), Infinity);
  let high = shown.reduce((a, b) => Math.max(a, b), -Infinity);
  if (low > high) [low, high] = [scale === 'log' ? 1 : 0, scale === 'log' ? 10 : 1];
  if (scale === 'linear' && low > 0 && low < high / 2) low = 0;
  if (low === high) [low, high] = scale === 'log' ? [low / 2, high * 2] : [low - 1, high + 1];
  const place = scale === 'log' ? Math.log10 : (value: number) => value;
  const at = (value: number) =>
    Number(
      (start + ((end - start) * (place(value) - place(low))) / (place(high) - place(low))).toFixed(
        2,
      ),
    );
  const ticks = (unit === 'bytes' ? byteTicks : plainTicks)[scale](low, high);
  return { at, shows, ticks };
}

const plainTicks = { linear: linearTicks, log: logTicks };

/** Round in KiB, MiB, GiB, as they are written. */
const byteTicks = {
  linear: (low: number, high: number): readonly number[] => {
    const size = 1024 ** Math.max(0, Math.floor(Math.log2(high) / 10));
    return linearTicks(low / size, high / size).map((tick) => tick * size);
  },
  log: (low: number, high: number): readonly number[] => {
    const [first, last] = [Math.log2(low), Math.log2(high)];
    const every = doublings.find((one) => (last - first) / one < mostTicks) ?? last - first;
    const count = Math.floor(last / every) - Math.ceil(first / every) + 1;
    // Too narrow for a round one: its two ends say more than no tick.
    if (count < 2) return [low, high];
    return Array.from(
      { length: count },
      (_, idx) => 2 ** ((Math.ceil(first / every) + idx) * every),
    );
  },
};

function linearTicks(low: number, high: number): readonly number[] {
  const rough = (high - low) / mostTicks;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? rough;
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, idx) =>
    Number(((first + idx) * step).toPrecision(12)),
  );
}

/** 1, 2 and 5 of each decade that lie between, or every digit where these are too few. */
function withinDecades(low: number, high: number): readonly number[] {
  const first = Math.floor(Math.log10(low));
  const count = Math.floor(Math.log10(high)) - first + 1;
  const decades = Array.from({ length: count }, (_, idx) => first + idx);
  const ticksOf = (digits: readonly number[]) =>
    decades
      .flatMap((decade) => digits.map((digit) => Number(`${digit}e${decade}`)))
      .filter((tick) => tick >= low && tick <= high);
  const few = ticksOf([1, 2, 5]);
  return few.length > 2 ? few : ticksOf([1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

function logTicks(low: number, high: number): readonly number[] {
  const first = Math.ceil(Math.log10(low));
  const last = Math.floor(Math.log10(high));
  if (last <= first) {
    const within = withinDecades(low, high);
    // Too narrow for a round one: its two ends say more than no tick.
    return within.length < 2 ? [low, high] : within;
  }
  const every = Math.max(1, Math.ceil((last - first + 1) / mostTicks));
  return Array.from(
    { length: Math.floor((last - first) / every) + 1 },
    (_, idx) => 10 ** (first + idx * every),
  );
}
