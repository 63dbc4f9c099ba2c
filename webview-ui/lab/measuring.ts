/** Times of drawing and of frames, for the browser's performance tools; only the latest are kept. */
export function measure(name: 'lab draw' | 'lab frame', start: number): void {
  if (performance.getEntriesByName(name).length >= 200) performance.clearMeasures(name);
  performance.measure(name, { start });
}
