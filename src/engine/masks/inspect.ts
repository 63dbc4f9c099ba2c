import { forEachTile, requireArea, type MaskArea } from './blockMask.ts';
import type { Mask, Tile } from './mask.ts';

/** 64 x 64 cells: few enough calls in a mixed tile, few enough tiles in a long sequence. */
const countTile = 64;

const cellsOf = (tile: Tile) => (tile.queryEnd - tile.queryStart) * (tile.keyEnd - tile.keyStart);

/** How many (query, key) pairs the mask lets through: what attention under it has to compute. */
export function countCells(mask: Mask, area: MaskArea): number {
  requireArea(area);
  let cells = 0;
  forEachTile(area, countTile, countTile, (tile) => {
    const coverage = mask.coverage?.(tile);
    if (coverage === 'full') cells += cellsOf(tile);
    if (coverage === 'full' || coverage === 'empty') return;
    for (let qIdx = tile.queryStart; qIdx < tile.queryEnd; qIdx++) {
      for (let kvIdx = tile.keyStart; kvIdx < tile.keyEnd; kvIdx++) if (mask(qIdx, kvIdx)) cells++;
    }
  });
  return cells;
}

/** (queryTokens, keyTokens), 1 = may attend. */
export function maskMatrix(mask: Mask, area: MaskArea): Uint8Array {
  requireArea(area);
  const firstQueryIdx = area.firstQueryIdx ?? 0;
  const firstKeyIdx = area.firstKeyIdx ?? 0;
  const matrix = new Uint8Array(area.queryTokens * area.keyTokens);
  for (let row = 0; row < area.queryTokens; row++) {
    for (let column = 0; column < area.keyTokens; column++) {
      if (mask(firstQueryIdx + row, firstKeyIdx + column))
        matrix[row * area.keyTokens + column] = 1;
    }
  }
  return matrix;
}

/**
 * The mask as text, a line per query, `#` where it may attend.
 * @example drawMask(causal, { queryTokens: 3, keyTokens: 3 }) // '#..\n##.\n###'
 */
export function drawMask(mask: Mask, area: MaskArea): string {
  const matrix = maskMatrix(mask, area);
  return Array.from({ length: area.queryTokens }, (_, row) =>
    Array.from(matrix.subarray(row * area.keyTokens, (row + 1) * area.keyTokens), (cell) =>
      cell === 1 ? '#' : '.',
    ).join(''),
  ).join('\n');
}
