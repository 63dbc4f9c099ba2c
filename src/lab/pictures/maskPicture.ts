import { formatCount } from '../../core/format/numbers.ts';
import type { Mask } from '../../engine/index.ts';
import type { Category, MatrixPicture } from '../picture.ts';
import { shareText, tokenLabel } from '../words.ts';
import { maskTiles, mostCells, tileLabels, type MaskTiles } from './tiles.ts';

export interface MaskPicturePlan {
  readonly title: string;
  readonly tokens: readonly string[];
  readonly mask: Mask;
  /** What a cell may be; the first is "not seen". */
  readonly categories: readonly Category[];
  /** Index of the category of a cell; asked for every cell that is drawn singly. */
  readonly categoryOf: (qIdx: number, kvIdx: number) => number;
  /** `maskTiles` of this mask, when it was made already. */
  readonly tiles?: MaskTiles;
  /** In tokens; scaled to tiles where tiles are drawn. */
  readonly outlines?: readonly (readonly [number, number, number, number])[];
  readonly togglesControl?: string;
  /** What cells that are let through are: "computed" when left out. */
  readonly seenWord?: string;
  /** Added to the summary. */
  readonly note?: string;
}

/**
 * A mask, queries down and keys across: up to 256 tokens cell by cell with the reason of each, beyond as the share of each
 * tile that is seen (0 to 1).
 */
export function maskPicture(plan: MaskPicturePlan): MatrixPicture {
  const { title, tokens, note, togglesControl, seenWord = 'computed' } = plan;
  const numTokens = tokens.length;
  const tiles = plan.tiles ?? maskTiles(plan.mask, numTokens);
  const seen = `${shareText(tiles.total, numTokens ** 2)} cells are ${seenWord}.`;
  const summary = [seen, note].filter((text) => text !== undefined).join(' ');
  const common = {
    kind: 'matrix' as const,
    title,
    ...(togglesControl === undefined ? {} : { togglesControl }),
  };
  if (numTokens <= mostCells) {
    const values = new Float32Array(numTokens ** 2);
    for (let qIdx = 0; qIdx < numTokens; qIdx++) {
      for (let kvIdx = 0; kvIdx < numTokens; kvIdx++) {
        values[qIdx * numTokens + kvIdx] = plan.categoryOf(qIdx, kvIdx);
      }
    }
    const labels = tokens.map(tokenLabel);
    return {
      ...common,
      summary,
      numRows: numTokens,
      numColumns: numTokens,
      values,
      rowLabels: labels,
      columnLabels: labels,
      categories: plan.categories,
      scale: 'categories',
      ...(plan.outlines === undefined ? {} : { outlines: plan.outlines }),
    };
  }
  const { tileTokens, numTiles } = tiles;
  const side = (tile: number) => Math.min(numTokens - tile * tileTokens, tileTokens);
  const values = Float32Array.from(
    tiles.cells,
    (cells, idx) => cells / (side(Math.floor(idx / numTiles)) * side(idx % numTiles)),
  );
  const labels = tileLabels(numTokens, tileTokens);
  return {
    ...common,
    summary: `${summary} Each cell of the picture is a tile of ${formatCount(tileTokens)} x ${formatCount(tileTokens)} tokens, as dark as the share of it that is ${seenWord}.`,
    numRows: numTiles,
    numColumns: numTiles,
    values,
    rowLabels: labels,
    columnLabels: labels,
    scale: 'sequential',
  };
}
