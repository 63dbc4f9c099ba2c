/**
 * Times of drawing, of frames from asking to having them, and of the engine's part in that, for the browser's performance tools;
 * only the latest are kept. Until now where no duration is given, in milliseconds.
 */
export function measure(
  name: 'lab draw' | 'lab frame' | 'lab engine',
  start: number,
  duration: number = performance.now() - start,
): void {
  if (performance.getEntriesByName(name).length >= 200) performance.clearMeasures(name);
  performance.measure(name, { start, duration });
}
