import { formatCount, formatNumber } from '../../src/core/format/numbers.ts';
import type { MatrixPicture } from '../../src/lab/picture.ts';
import { t } from '../shared/l10n.ts';
import { categoryPlaces } from './colours.ts';

const namedKeys = 3;

/** What a row attends to, in words: how many cells of each kind, or the keys that weigh most. Empty where the row has none. */
export function rowWords(picture: MatrixPicture, row: number): string {
  const { values, numColumns, categories } = picture;
  const own = values.subarray(row * numColumns, (row + 1) * numColumns);
  if (categories !== undefined) {
    const places = categoryPlaces(categories);
    return categories
      .flatMap(({ name }, idx) => {
        const count = places[idx] < 0 ? 0 : own.filter((value) => value === idx).length;
        return count === 0 ? [] : [`${name} ${formatCount(count)}`];
      })
      .join(', ');
  }
  const order = Array.from(own.keys())
    .filter((column) => own[column] !== 0 && !Number.isNaN(own[column]))
    .sort((a, b) => Math.abs(own[b]) - Math.abs(own[a]) || a - b);
  const labels = picture.columnLabels;
  const most = order.slice(0, namedKeys).map((column) => {
    const label = labels === undefined ? '' : ` “${labels[column]}”`;
    return `${column}${label} ${formatNumber(own[column])}`;
  });
  return most.length === 0 ? '' : t('most on {0}', most.join(', '));
}
