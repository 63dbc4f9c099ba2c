import { formatCount } from '../../core/format/numbers.ts';
import type { FloatArray } from '../../engine/index.ts';
import type { MatrixPicture } from '../picture.ts';
import { tokenLabel } from '../words.ts';
import { mostCells, tileLabels, tileTokensFor } from './tiles.ts';

export interface WeightsPicturePlan {
  readonly title: string;
  readonly summary: string;
  /** (rows, columns), row by row. NaN is "not computed". */
  readonly values: FloatArray;
  readonly numRows: number;
  readonly numColumns: number;
  /** Texts of the rows' and columns' tokens; left out for axes that are no tokens. */
  readonly rowTokens?: readonly string[];
  readonly columnTokens?: readonly string[];
  readonly scale?: 'sequential' | 'diverging';
  /**
   * What a tile shows beyond 256 rows or columns: `mass`, the weight a query puts on all the tile's keys, on average over its
   * queries; or `mean` of its numbers.
   */
  readonly aggregate?: 'mass' | 'mean';
  readonly outlines?: MatrixPicture['outlines'];
}

/** Attention weights, or any matrix over tokens; aggregated by tiles when it is large. */
export function weightsPicture(plan: WeightsPicturePlan): MatrixPicture {
  const { numRows, numColumns, values, scale = 'sequential', aggregate = 'mass' } = plan;
  const common = { kind: 'matrix' as const, title: plan.title, scale };
  if (numRows <= mostCells && numColumns <= mostCells) {
    return {
      ...common,
      summary: plan.summary,
      numRows,
      numColumns,
      values: Float32Array.from(values),
      ...(plan.rowTokens === undefined ? {} : { rowLabels: plan.rowTokens.map(tokenLabel) }),
      ...(plan.columnTokens === undefined
        ? {}
        : { columnLabels: plan.columnTokens.map(tokenLabel) }),
      ...(plan.outlines === undefined ? {} : { outlines: plan.outlines }),
    };
  }
  const [rowTile, columnTile] = [tileTokensFor(numRows), tileTokensFor(numColumns)];
  const tileRows = Math.ceil(numRows / rowTile);
  const tileColumns = Math.ceil(numColumns / columnTile);
  const sums = new Float64Array(tileRows * tileColumns);
  const counts = new Float64Array(tileRows * tileColumns);
  for (let row = 0; row < numRows; row++) {
    const tileStart = Math.floor(row / rowTile) * tileColumns;
    for (let column = 0; column < numColumns; column++) {
      const value = values[row * numColumns + column];
      if (Number.isNaN(value)) continue;
      const tile = tileStart + Math.floor(column / columnTile);
      sums[tile] += value;
      counts[tile]++;
    }
  }
  const rowsOf = (tile: number) =>
    Math.min(rowTile, numRows - Math.floor(tile / tileColumns) * rowTile);
  const tiled = Float32Array.from(sums, (sum, tile) => {
    if (counts[tile] === 0) return NaN;
    return sum / (aggregate === 'mass' ? rowsOf(tile) : counts[tile]);
  });
  const shown = aggregate === 'mass' ? 'the weight that a query puts on it' : 'its mean';
  return {
    ...common,
    summary: `${plan.summary} Each cell of the picture is a tile of ${formatCount(rowTile)} x ${formatCount(columnTile)}: ${shown}.`,
    numRows: tileRows,
    numColumns: tileColumns,
    values: tiled,
    rowLabels: labels(numRows, rowTile, plan.rowTokens),
    columnLabels: labels(numColumns, columnTile, plan.columnTokens),
  };
}

function labels(count: number, tile: number, tokens: readonly string[] | undefined) {
  return tile === 1 && tokens !== undefined ? tokens.map(tokenLabel) : tileLabels(count, tile);
}
