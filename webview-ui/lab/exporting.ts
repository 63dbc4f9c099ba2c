import type { Picture } from '../../src/lab/picture.ts';
import { pictureTable, tableCsv } from '../../src/lab/pictureTable.ts';
import { t } from '../shared/l10n.ts';
import { canvasPng, svgPng } from '../shared/picturePng.ts';
import { standaloneSvg } from '../shared/standaloneSvg.ts';
import { tokensSvg } from './tokensSvg.ts';

export type PictureFormat = 'png' | 'svg' | 'csv';

/** Heat maps are drawn pixel by pixel; all others are vector pictures, too. */
export function formatsOf(picture: Picture): readonly PictureFormat[] {
  return picture.kind === 'matrix' ? ['png', 'csv'] : ['png', 'svg', 'csv'];
}

/** A picture as a file's content: what is drawn now in its figure, or its data. */
export async function pictureFile(
  picture: Picture,
  format: PictureFormat,
  figure: Element,
): Promise<string | Uint8Array> {
  if (format === 'csv') return tableCsv(pictureTable(picture));
  const canvas = figure.querySelector('canvas');
  if (canvas !== null && format === 'png') return canvasPng(canvas, picture.title);
  const { svg, width, height } = vectorPicture(picture, figure);
  return format === 'svg' ? svg : svgPng(svg, { width, height }, picture.title);
}

function vectorPicture(
  picture: Picture,
  figure: Element,
): { svg: string; width: number; height: number } {
  const text = figure.querySelector('.tokens');
  if (text !== null) return tokensSvg(text);
  const drawn = figure.querySelector('svg.picture');
  if (!(drawn instanceof SVGSVGElement)) {
    throw new Error(t('{0} is no vector picture', picture.title));
  }
  const { width, height } = drawn.viewBox.baseVal;
  return { svg: standaloneSvg(drawn), width, height };
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

/** The file of one step among many: numbers of one length, so that the files sort as the steps do. */
export function stepFileName(
  demoId: string,
  pictureIdx: number,
  frameIdx: number,
  numFrames: number,
): string {
  const step = String(frameIdx + 1).padStart(String(numFrames).length, '0');
  return `${demoId}-picture-${pictureIdx + 1}-step-${step}.png`;
}
