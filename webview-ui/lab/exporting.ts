import type { Picture } from '../../src/lab/picture.ts';
import { pictureTable, tableCsv } from '../../src/lab/pictureTable.ts';

const inlined = [
  'fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'font-family', 'font-size',
] as const; // prettier-ignore

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

/** The theme's colours written into the shapes: a file has no stylesheet of ours. */
function standaloneSvg(drawn: SVGElement): string {
  const copy = drawn.cloneNode(true) as SVGElement;
  const originals = drawn.querySelectorAll<SVGElement>('*');
  copy.querySelectorAll<SVGElement>('*').forEach((element, idx) => {
    const style = getComputedStyle(originals[idx]);
    for (const name of inlined) element.setAttribute(name, style.getPropertyValue(name));
    element.removeAttribute('class');
  });
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const view = drawn.getAttribute('viewBox')?.split(' ') ?? [];
  const background = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  background.setAttribute('width', view[2] ?? '100%');
  background.setAttribute('height', view[3] ?? '100%');
  background.setAttribute('fill', getComputedStyle(document.body).backgroundColor);
  copy.prepend(background);
  return new XMLSerializer().serializeToString(copy).replaceAll(/<!--.*?-->/gs, '');
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
