import type { Painting } from './treemapPaint.ts';
import { labelLines, leastLabelHeight, leastLabelWidth, toneOf } from './treemapPaint.ts';
import { hasHeader } from '../../../src/core/dashboard/treemap.ts';

/** Files narrower than that are a hair on the screen, and would be megabytes in the file. */
const leastShownPixels = 0.5;

/** The treemap as a picture of its own, with the theme's colours in it. */
export function treemapSvg({ root, width, height, theme, isPale }: Painting): string {
  const parts: string[] = [];
  root.each((tile) => {
    const { data, x0, y0, x1, y1 } = tile;
    const [w, h] = [x1 - x0, y1 - y0];
    if (w < leastShownPixels || h < leastShownPixels) return;
    const isFolder = data.type === 'folder';
    if (!isFolder) {
      const gap = w > 3 && h > 3 ? 0.5 : 0;
      parts.push(
        `<rect x="${round(x0)}" y="${round(y0)}" width="${round(w - gap)}" height="${round(h - gap)}" fill="${escaped(theme.kinds[data.file.kind])}" fill-opacity="${toneOf(isPale(data))}"/>`,
      );
    }
    const isNamed = isFolder ? hasHeader(tile) : w >= leastLabelWidth && h >= leastLabelHeight;
    if (!isNamed) return;
    const colour = isFolder ? theme.quiet : theme.foreground;
    labelLines(tile, 7).forEach((line, idx) => {
      parts.push(
        `<text x="${round(x0 + 3)}" y="${round(y0 + 12 + 14 * idx)}" fill="${escaped(colour)}">${escaped(line)}</text>`,
      );
    });
  });
  const family = escaped(theme.font.slice(theme.font.indexOf(' ') + 1));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="${family}" font-size="12"><rect width="${width}" height="${height}" fill="${escaped(theme.background)}"/>${parts.join('')}</svg>`;
}

function round(pixels: number): number {
  return Math.round(10 * pixels) / 10;
}

function escaped(text: string): string {
  return text.replace(
    /[&<>"]/g,
    (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[one] ?? '',
  );
}
