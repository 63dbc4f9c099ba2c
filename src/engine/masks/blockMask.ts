import type { Coverage, Mask, Tile } from './mask.ts';
import { requireNonNegativeInteger, requirePositiveInteger } from '../errors.ts';

/** The part of the plane of positions that a mask is looked at in. */
export interface MaskArea {
  readonly queryTokens: number;
  readonly keyTokens: number;
  /** Position of the first query; 0 when left out. */
  readonly firstQueryIdx?: number;
  /** Position of the first key; 0 when left out. */
  readonly firstKeyIdx?: number;
}

/** Tile by tile what a mask lets through (Dong et al. 2024, FlexAttention, "BlockMask"). */
export interface BlockMask {
  readonly tileQueries: number;
  readonly tileKeys: number;
  /** Number of rows of tiles and of columns of tiles. */
  readonly rows: number;
  readonly columns: number;
  /** (rows, columns): one of tileEmpty, tilePartial, tileFull. */
  readonly tiles: Uint8Array;
  readonly emptyTiles: number;
  readonly partialTiles: number;
  readonly fullTiles: number;
}

export const tileEmpty = 0;
export const tilePartial = 1;
export const tileFull = 2;

/** Asks the mask itself, or, when it doesn't know, its cells until two of them disagree. */
export function exactCoverage(mask: Mask, tile: Tile): Coverage {
  const known = mask.coverage?.(tile);
  if (known === 'empty' || known === 'full') return known;
  const first = mask(tile.queryStart, tile.keyStart);
  for (let qIdx = tile.queryStart; qIdx < tile.queryEnd; qIdx++) {
    for (let kvIdx = tile.keyStart; kvIdx < tile.keyEnd; kvIdx++) {
      if (mask(qIdx, kvIdx) !== first) return 'mixed';
    }
  }
  return first ? 'full' : 'empty';
}

export function requireArea(area: MaskArea): void {
  requireNonNegativeInteger('queryTokens', area.queryTokens);
  requireNonNegativeInteger('keyTokens', area.keyTokens);
  requireNonNegativeInteger('firstQueryIdx', area.firstQueryIdx ?? 0);
  requireNonNegativeInteger('firstKeyIdx', area.firstKeyIdx ?? 0);
}

/** Calls `visit` for every tile of the area, row by row; the last of a row or column may be smaller. */
export function forEachTile(
  area: MaskArea,
  tileQueries: number,
  tileKeys: number,
  visit: (tile: Tile, row: number, column: number) => void,
): void {
  const firstQueryIdx = area.firstQueryIdx ?? 0;
  const firstKeyIdx = area.firstKeyIdx ?? 0;
  for (let row = 0; row * tileQueries < area.queryTokens; row++) {
    const queryStart = firstQueryIdx + row * tileQueries;
    const queryEnd = Math.min(queryStart + tileQueries, firstQueryIdx + area.queryTokens);
    for (let column = 0; column * tileKeys < area.keyTokens; column++) {
      const keyStart = firstKeyIdx + column * tileKeys;
      const keyEnd = Math.min(keyStart + tileKeys, firstKeyIdx + area.keyTokens);
      visit({ queryStart, queryEnd, keyStart, keyEnd }, row, column);
    }
  }
}

/** The block mask of `mask` over `area` in tiles of tileQueries x tileKeys. Exact: no tile is called partial that isn't. */
export function createBlockMask(
  mask: Mask,
  area: MaskArea,
  tileQueries: number,
  tileKeys: number,
): BlockMask {
  requireArea(area);
  requirePositiveInteger('tileQueries', tileQueries);
  requirePositiveInteger('tileKeys', tileKeys);
  const rows = Math.ceil(area.queryTokens / tileQueries);
  const columns = Math.ceil(area.keyTokens / tileKeys);
  const tiles = new Uint8Array(rows * columns);
  const counts: [number, number, number] = [0, 0, 0];
  forEachTile(area, tileQueries, tileKeys, (tile, row, column) => {
    const coverage = exactCoverage(mask, tile);
    const kind = coverage === 'empty' ? tileEmpty : coverage === 'full' ? tileFull : tilePartial;
    tiles[row * columns + column] = kind;
    counts[kind]++;
  });
  const [emptyTiles, partialTiles, fullTiles] = counts;
  return { tileQueries, tileKeys, rows, columns, tiles, emptyTiles, partialTiles, fullTiles };
}
