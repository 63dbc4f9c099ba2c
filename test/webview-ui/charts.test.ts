import { describe, expect, it } from 'vitest';
import {
  differOnlyInMarker,
  haveSameFrame,
  stackedAreas,
  xDomain,
  yDomain,
} from '../../webview-ui/dashboard/charts/chartData.ts';
import type { LineChartData } from '../../webview-ui/dashboard/charts/chartData.ts';
import { chartTables } from '../../webview-ui/dashboard/charts/chartTable.ts';
import { formatTick, logTicks } from '../../webview-ui/dashboard/charts/quantities.ts';
import { nearestReading, readingTracks } from '../../webview-ui/dashboard/charts/readings.ts';

const data: LineChartData = {
  id: 'test',
  title: 'Bytes',
  x: { label: 'Tokens', quantity: 'tokens', scale: 'log' },
  y: { label: 'Bytes', quantity: 'bytes', scale: 'log' },
  series: [
    {
      id: 'a',
      name: 'A',
      points: [
        [1000, 0],
        [2000, 1024],
        [4000, 4096],
      ],
      band: [
        [1000, 0, 1],
        [2000, 512, 2048],
        [4000, 2048, 8192],
      ],
    },
    { id: 'b', name: 'B', points: [[2000, 2048]] },
  ],
  points: [{ at: [3000, 3072], label: 'measured', source: 'somebody' }],
};

describe('a chart', () => {
  it('leaves what a log axis can not show out of its axes and readings, not out of its table', () => {
    expect(xDomain(data)).toEqual([1000, 4000]);
    const [low, high] = yDomain(data);
    // The band of the point that is 0 still has an upper end.
    expect(low).toBeGreaterThan(0);
    expect(high).toBeGreaterThan(8192);
    const [a] = readingTracks(data);
    expect(a.readings.map(({ text }) => text)).toEqual([
      'A, 2K: 1 KiB (512 B to 2 KiB)',
      'A, 4K: 4 KiB (2 KiB to 8 KiB)',
    ]);
    expect(chartTables(data)[0].rows).toEqual([
      [1000, 0, undefined],
      [2000, 1024, 2048],
      [4000, 4096, undefined],
    ]);
  });

  it('has axes without any data', () => {
    const empty = { ...data, series: [], points: [] };
    expect([xDomain(empty), yDomain(empty)]).toEqual([
      [1, 10],
      [1, 10],
    ]);
    expect(readingTracks(empty)).toEqual([]);
    expect(chartTables(empty)).toEqual([]);
  });

  it('is drawn anew for other data, not for a marker that moves', () => {
    const marked = { ...data, marker: { x: 3000, label: 'here' } };
    expect(differOnlyInMarker(data, marked)).toBe(true);
    expect(differOnlyInMarker(data, { ...data, series: [...data.series] })).toBe(false);
    const ruled = { ...data, rules: [{ axis: 'x' as const, value: 1, label: 'rule' }] };
    expect(differOnlyInMarker(data, ruled)).toBe(false);
  });

  it('keeps its axes while what is drawn moves a little within them', () => {
    const ends = (y: 'log' | 'linear', factor: number) => ({
      ...data,
      y: { ...data.y, scale: y },
      series: data.series.map((one) => ({
        ...one,
        band: [],
        points: one.points.map(([x, value]) => [x, value * factor] as const),
      })),
    });
    for (const scale of ['log', 'linear'] as const) {
      const [low, high] = yDomain(ends(scale, 1));
      expect(low).toBeLessThanOrEqual(1024);
      expect(high).toBeGreaterThan(4096);
      expect(haveSameFrame(ends(scale, 1), ends(scale, 1.01))).toBe(true);
      expect(haveSameFrame(ends(scale, 1), ends(scale, 7))).toBe(false);
    }
    expect(haveSameFrame(data, { ...data, series: data.series.slice(1) })).toBe(false);
    const ruled = { ...data, rules: [{ axis: 'x' as const, value: 2000, label: 'rule' }] };
    expect(haveSameFrame(data, ruled)).toBe(true);
  });

  it('stacks its areas in order', () => {
    const areas = stackedAreas([
      { id: 'a', name: 'A', points: [[1, 2]] },
      { id: 'b', name: 'B', points: [[1, 3]] },
    ]);
    expect(areas).toEqual([[{ x: 1, low: 0, high: 2 }], [{ x: 1, low: 2, high: 5 }]]);
    const stacked = {
      ...data,
      y: { ...data.y, scale: 'linear' as const },
      series: [
        { id: 'a', name: 'A', points: [[1, 2]] as const },
        { id: 'b', name: 'B', points: [[1, 3]] as const },
      ],
      points: [],
      isStacked: true,
    };
    const [, b] = readingTracks(stacked);
    expect(b.readings[0]).toMatchObject({ y: 5, text: 'B, 1: 3 B' });
  });

  it('finds the reading next to the pointer', () => {
    const tracks = readingTracks(data);
    const scale = { xAt: (x: number) => x / 10, yAt: (y: number) => y / 10 };
    expect(nearestReading(tracks, [395, 400], scale)).toEqual([0, 1]);
    expect(nearestReading(tracks, [301, 306], scale)).toEqual([2, 0]);
    expect(nearestReading([], [0, 0], scale)).toBeUndefined();
  });
});

describe('the ticks of a log axis', () => {
  it('are powers of two for bytes, minutes and hours for long times', () => {
    expect(
      logTicks([2 ** 20, 2 ** 34], 'bytes', 9).every((tick) => Math.log2(tick) % 1 === 0),
    ).toBe(true);
    const seconds = logTicks([0.05, 4000], 'seconds', 9);
    expect(seconds).toEqual([0.1, 1, 10, 60, 600, 3600]);
    expect(seconds.map((tick) => formatTick(tick, 'seconds'))).toEqual([
      '100 ms',
      '1 s',
      '10 s',
      '1 min',
      '10 min',
      '1 h',
    ]);
  });

  it('are never more than asked for, from the smallest to the largest axis', () => {
    for (const [low, high] of [
      [1, 10],
      [1e-6, 1e12],
      [1000, 2e9],
      [3, 3.1],
    ] as const) {
      for (const quantity of ['tokens', 'bytes', 'seconds', 'usd', 'count'] as const) {
        expect(logTicks([low, high], quantity, 8).length).toBeLessThanOrEqual(8);
      }
    }
  });
});
