import type { SeriesPicture } from '../picture.ts';

/** More points than a screen has columns show nothing more. */
const mostPoints = 1024;

export type SeriesPlan = Omit<SeriesPicture, 'kind' | 'xScale' | 'yScale'> &
  Partial<Pick<SeriesPicture, 'xScale' | 'yScale'>>;

/** Lines, linear unless told; points that an axis can't show (not finite, or not above 0 on a log axis) are left out. */
export function seriesPicture(plan: SeriesPlan): SeriesPicture {
  const { xScale = 'linear', yScale = 'linear' } = plan;
  const shows = (value: number, scale: 'linear' | 'log') =>
    Number.isFinite(value) && (scale === 'linear' || value > 0);
  const series = plan.series.map(({ name, points }) => {
    const shown = points.filter(([x, y]) => shows(x, xScale) && shows(y, yScale));
    const every = Math.ceil(shown.length / mostPoints);
    // The last point stays: it is the one that the caption speaks of.
    return {
      name,
      points: shown.filter((_, idx) => idx % every === 0 || idx === shown.length - 1),
    };
  });
  const rules = plan.rules?.filter((rule) =>
    shows(rule.value, rule.axis === 'x' ? xScale : yScale),
  );
  return {
    ...plan,
    kind: 'series',
    xScale,
    yScale,
    series,
    ...(rules === undefined ? {} : { rules }),
  };
}
