import type { Mask, Tile } from '../../engine/index.ts';

/** Beyond this many tokens a picture shows tiles instead of tokens. */
export const mostCells = 256;
/** Rows and columns of a picture of tiles. */
const mostTiles = 128;

/** Tokens along the side of one tile of the picture: 1 up to `mostCells` tokens, then a power of two. */
export function tileTokensFor(numTokens: number): number {
  if (numTokens <= mostCells) return 1;
  return 2 ** Math.ceil(Math.log2(numTokens / mostTiles));
}

/** Keys that a query may attend to: from `start` to before `end`, every `step`-th. Ranges of a query don't overlap. */
export type KeyRange = readonly [start: number, end: number, step: number];

export interface MaskTiles {
  readonly tileTokens: number;
  readonly numTiles: number;
  /** (numTiles, numTiles): cells let through. */
  readonly cells: Float64Array;
  /** All cells let through. */
  readonly total: number;
}

/**
 * Cells that a mask lets through, tile by tile, exact. Give `rangesOf` where a row's keys are a few ranges: its rows are then
 * walked instead of all of its cells, and an unbroken range tile by tile.
 */
export function maskTiles(
  mask: Mask,
  numTokens: number,
  rangesOf?: (qIdx: number) => readonly KeyRange[],
): MaskTiles {
  const tileTokens = tileTokensFor(numTokens);
  const numTiles = Math.ceil(numTokens / tileTokens);
  const cells = new Float64Array(numTiles * numTiles);
  if (rangesOf !== undefined) {
    for (let qIdx = 0; qIdx < numTokens; qIdx++) {
      const row = Math.floor(qIdx / tileTokens) * numTiles;
      for (const [start, end, step] of rangesOf(qIdx)) {
        if (step === 1) addRange(cells, row, start, end, tileTokens);
        else {
          for (let kvIdx = start; kvIdx < end; kvIdx += step) {
            cells[row + Math.floor(kvIdx / tileTokens)]++;
          }
        }
      }
    }
  } else if (tileTokens === 1) {
    for (let qIdx = 0; qIdx < numTokens; qIdx++) {
      for (let kvIdx = 0; kvIdx < numTokens; kvIdx++) {
        if (mask(qIdx, kvIdx)) cells[qIdx * numTokens + kvIdx] = 1;
      }
    }
  } else {
    for (let row = 0; row < numTiles; row++) {
      for (let column = 0; column < numTiles; column++) {
        cells[row * numTiles + column] = cellsOfTile(mask, {
          queryStart: row * tileTokens,
          queryEnd: Math.min(numTokens, (row + 1) * tileTokens),
          keyStart: column * tileTokens,
          keyEnd: Math.min(numTokens, (column + 1) * tileTokens),
        });
      }
    }
  }
  return { tileTokens, numTiles, cells, total: cells.reduce((sum, count) => sum + count, 0) };
}

function addRange(
  cells: Float64Array,
  row: number,
  start: number,
  end: number,
  tileTokens: number,
): void {
  for (let from = start; from < end;) {
    const tile = Math.floor(from / tileTokens);
    const to = Math.min(end, (tile + 1) * tileTokens);
    cells[row + tile] += to - from;
    from = to;
  }
}

function cellsOfTile(mask: Mask, tile: Tile): number {
  const coverage = mask.coverage?.(tile);
  if (coverage === 'empty') return 0;
  if (coverage === 'full') return (tile.queryEnd - tile.queryStart) * (tile.keyEnd - tile.keyStart);
  let cells = 0;
  for (let qIdx = tile.queryStart; qIdx < tile.queryEnd; qIdx++) {
    for (let kvIdx = tile.keyStart; kvIdx < tile.keyEnd; kvIdx++) if (mask(qIdx, kvIdx)) cells++;
  }
  return cells;
}

/** Labels of tiles: the positions they span. */
export function tileLabels(numTokens: number, tileTokens: number): readonly string[] {
  return Array.from({ length: Math.ceil(numTokens / tileTokens) }, (_, tile) => {
    const last = Math.min(numTokens, (tile + 1) * tileTokens) - 1;
    return `${tile * tileTokens}–${last}`;
  });
}
