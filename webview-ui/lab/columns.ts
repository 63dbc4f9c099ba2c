import type { Picture } from '../../src/lab/picture.ts';
import { matrixLayout } from './pictures/matrix.ts';

export type Column = 'first' | 'second';

/** About what a picture takes with its title, words and buttons, CSS pixels: by its kind, so that no step moves it elsewhere. */
function pictureHeight(picture: Picture): number {
  const words = 150;
  switch (picture.kind) {
    case 'matrix':
      return words + matrixLayout(picture).height;
    case 'series':
      return words + 320;
    case 'bars':
      return words + 26 * picture.bars.length + 44;
    case 'tokens':
      return words + 130;
    case 'blocks':
      return words + 40 * picture.rows.length;
    case 'ring':
      return words + 380;
    case 'circle':
      return words + 200 * Math.ceil(picture.circles.length / 4);
  }
}

const numberHeight = 24;

/**
 * Where each picture goes, and the table of numbers after them, in a page that is wide enough for two columns: in their order, each
 * below the shorter column.
 */
export function columnsOf(pictures: readonly Picture[], numNumbers: number): readonly Column[] {
  let [left, right] = [0, 0];
  return [...pictures.map(pictureHeight), numNumbers * numberHeight].map((height) => {
    if (left <= right) {
      left += height;
      return 'first';
    }
    right += height;
    return 'second';
  });
}
