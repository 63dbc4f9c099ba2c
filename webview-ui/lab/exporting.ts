import type { Picture } from '../../src/lab/picture.ts';
import { pictureTable, tableCsv } from '../../src/lab/pictureTable.ts';
import { standaloneSvg } from '../shared/standaloneSvg.ts';

/** A picture as a file's content: what is drawn now, or its data. */
export async function pictureFile(
  picture: Picture,
  format: 'png' | 'svg' | 'csv',
  figure: Element | null,
): Promise<string | Uint8Array> {
  if (format === 'csv') return tableCsv(pictureTable(picture));
  if (format === 'svg') {
    const drawn = figure?.querySelector('svg.picture');
    if (!(drawn instanceof SVGElement)) throw new Error(`${picture.title} is not drawn as SVG`);
    return standaloneSvg(drawn);
  }
  const canvas = figure?.querySelector('canvas');
  if (!(canvas instanceof HTMLCanvasElement)) throw new Error(`${picture.title} is not a canvas`);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) throw new Error(`${picture.title} is too large for a PNG`);
  return new Uint8Array(await blob.arrayBuffer());
}

export function fileName(
  demoId: string,
  picture: Picture,
  frameIdx: number,
  format: string,
): string {
  const title = picture.title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40);
  return `${demoId}-${title.replaceAll(/^-|-$/g, '')}-step-${frameIdx + 1}.${format}`;
}
