import { EngineInputError, requirePositiveInteger } from '../errors.ts';
import {
  exactCoverage,
  tileEmpty,
  tileFull,
  tilePartial,
  type BlockMask,
} from '../masks/blockMask.ts';
import { allowAll, type Mask, type Tile } from '../masks/mask.ts';
import type { EngineObserver } from '../observer.ts';
import { zerosLike, type FloatArray } from '../tensor.ts';
import { expNonPositive } from './exponential.ts';
import {
  kvHeadOf,
  requireAttention,
  type AttentionOptions,
  type AttentionResult,
  type AttentionShape,
  type ScoreBias,
} from './shape.ts';
import {
  accumulateTile,
  accumulateTileCarefully,
  createGroups,
  groupsBytes,
  packColumns,
  packRows,
  roundUpTo4,
  scoreTile,
  type Groups,
} from './tilePack.ts';

export interface TiledOptions extends AttentionOptions {
  /** Rows of queries in a tile; 64 when left out. */
  readonly tileQueries?: number;
  /** Keys in a tile; 64 when left out. */
  readonly tileKeys?: number;
  /** `createBlockMask(mask, ...)` over this very area and tile size, when it is used more than once. */
  readonly blockMask?: BlockMask;
  readonly observer?: EngineObserver;
}

/** What the algorithm did, by its own accounting. */
export interface TiledWork {
  /** Scores computed: all cells of every tile that is not empty. */
  readonly cellsComputed: number;
  readonly cellsSkipped: number;
  /**
   * Bytes moved between slow memory (where q, k, v and the output live) and fast memory (the tiles): Q once, K and V once
   * per row of tiles, the output and log-sum-exp once. Bytes per element are those of q.
   */
  readonly slowBytesRead: number;
  readonly slowBytesWritten: number;
  /** Fast memory in use: five tiles, whatever the length of the sequence. */
  readonly scratchBytes: number;
}

export interface TiledResult extends AttentionResult {
  readonly work: TiledWork;
}

const coverageNames = ['empty', 'partial', 'full'] as const;
const tileKinds = { empty: tileEmpty, mixed: tilePartial, full: tileFull } as const;

/**
 * FlashAttention's forward pass (Dao et al. 2022, algorithm 1; with the loops as in FlashAttention-2, queries outside):
 * tile after tile of scores, with a running maximum m and a running sum l per row, so that the whole score matrix never
 * exists. When a new tile raises m, what was summed so far is scaled by exp(m_old - m_new). Memory beside inputs and
 * outputs is O(1) in the length; tiles the mask leaves empty cost nothing.
 *
 * Equal to `referenceAttention` up to rounding, non-finite inputs and fully masked rows included.
 * @throws EngineInputError when a length or option does not fit
 */
export function tiledAttention(
  q: FloatArray,
  k: FloatArray,
  v: FloatArray,
  shape: AttentionShape,
  options: TiledOptions = {},
): TiledResult {
  requireAttention(q, k, v, shape, options);
  const { numHeads, queryTokens, keyTokens, headDim, valueDim = headDim } = shape;
  const { mask = allowAll, scoreBias, sinkLogits, blockMask, observer } = options;
  const { firstQueryIdx = 0, firstKeyIdx = 0, scale = 1 / Math.sqrt(headDim) } = options;
  const { tileQueries = 64, tileKeys = 64 } = blockMask ?? options;
  requirePositiveInteger('tileQueries', tileQueries);
  requirePositiveInteger('tileKeys', tileKeys);
  const tileRows = Math.ceil(queryTokens / tileQueries);
  const tileColumns = Math.ceil(keyTokens / tileKeys);
  if (blockMask !== undefined) requireSameTiles(blockMask, tileRows, tileColumns, options);

  const output = zerosLike(q, numHeads * queryTokens * valueDim);
  const logSumExp = new Float64Array(numHeads * queryTokens);

  // Fast memory. A tile is never larger than the sequence.
  const maxRows = roundUpTo4(Math.min(tileQueries, queryTokens));
  const maxKeys = roundUpTo4(Math.min(tileKeys, keyTokens));
  const qGroups = createGroups(maxRows, headDim);
  const kGroups = createGroups(maxKeys, headDim);
  const vGroups = createGroups(valueDim, maxKeys);
  const scores = createGroups(maxRows, maxKeys);
  const sums = createGroups(maxRows, roundUpTo4(valueDim));
  const runningMax = new Float64Array(maxRows);
  const runningSum = new Float64Array(maxRows);
  const dimGroups = vGroups.length;

  let cellsComputed = 0;
  let cellsSkipped = 0;
  let slowBytesRead = 0;
  let slowBytesWritten = 0;

  for (let headIdx = 0; headIdx < numHeads; headIdx++) {
    const kvStart = kvHeadOf(headIdx, shape) * keyTokens;
    for (let row = 0; row < tileRows; row++) {
      const queryStart = row * tileQueries;
      const rows = Math.min(tileQueries, queryTokens - queryStart);
      const rowGroups = roundUpTo4(rows) / 4;
      const qStart = headIdx * queryTokens + queryStart;
      packRows(q, qStart * headDim, rows, headDim, scale, qGroups);
      for (const sum of sums) sum.fill(0);
      runningMax.fill(-Infinity);
      runningSum.fill(0);
      const rowBytesRead = rows * headDim * q.BYTES_PER_ELEMENT;
      const rowBytesWritten = rows * (valueDim * q.BYTES_PER_ELEMENT + 8);
      slowBytesRead += rowBytesRead;
      slowBytesWritten += rowBytesWritten;

      for (let column = 0; column < tileColumns; column++) {
        const keyStart = column * tileKeys;
        const keys = Math.min(tileKeys, keyTokens - keyStart);
        const tile = {
          queryStart: firstQueryIdx + queryStart,
          queryEnd: firstQueryIdx + queryStart + rows,
          keyStart: firstKeyIdx + keyStart,
          keyEnd: firstKeyIdx + keyStart + keys,
        };
        const kind =
          blockMask?.tiles[row * tileColumns + column] ?? tileKinds[exactCoverage(mask, tile)];
        const cells = rows * keys;
        let tileBytes = 0;
        if (kind === tileEmpty) {
          cellsSkipped += cells;
        } else {
          cellsComputed += cells;
          tileBytes = keys * (headDim + valueDim) * q.BYTES_PER_ELEMENT;
          slowBytesRead += tileBytes;
          const keys4 = roundUpTo4(keys);
          packRows(k, (kvStart + keyStart) * headDim, keys, headDim, 1, kGroups);
          const finite = packColumns(v, (kvStart + keyStart) * valueDim, keys, valueDim, vGroups);
          scoreTile(qGroups, kGroups, rowGroups, keys4 / 4, headDim, scores);
          if (scoreBias !== undefined) {
            biasTile(scoreBias, headIdx, tile, scores);
          }
          if (kind === tilePartial) {
            maskTile(mask, tile, scores);
          }
          onlineSoftmax(scores, rowGroups, keys, keys4, runningMax, runningSum, sums);
          const accumulate = finite ? accumulateTile : accumulateTileCarefully;
          accumulate(scores, vGroups, rowGroups, keys4, dimGroups, sums);
        }
        if (observer?.tile) {
          observer.tile({
            headIdx,
            row,
            column,
            coverage: coverageNames[kind],
            queryStart,
            queryEnd: queryStart + rows,
            keyStart,
            keyEnd: keyStart + keys,
            cellsComputed: kind === tileEmpty ? 0 : cells,
            cellsSkipped: kind === tileEmpty ? cells : 0,
            runningMax: runningMax.subarray(0, rows),
            runningSum: runningSum.subarray(0, rows),
            slowBytesRead: tileBytes + (column === 0 ? rowBytesRead : 0),
            slowBytesWritten: column === tileColumns - 1 ? rowBytesWritten : 0,
          });
        }
      }
      finishRows(rows, qStart, sinkLogits?.[headIdx]);
    }
  }

  /** Divides the sums by l and writes them with ln(l) + m; a row that saw nothing stays zero. */
  function finishRows(rows: number, qStart: number, sinkLogit: number | undefined): void {
    for (let r = 0; r < rows; r++) {
      let max = runningMax[r];
      let sum = runningSum[r];
      let rescale = 1;
      if (sinkLogit !== undefined) {
        const joined = Math.max(max, sinkLogit);
        if (joined !== -Infinity) {
          rescale = Math.exp(max - joined);
          sum = sum * rescale + Math.exp(sinkLogit - joined);
          max = joined;
        }
      }
      logSumExp[qStart + r] = (max === -Infinity ? 0 : max) + Math.log(sum);
      if (sum === 0) continue;
      const factor = rescale / sum;
      const rowSums = sums[r >> 2];
      const to = (qStart + r) * valueDim;
      for (let dim = 0; dim < valueDim; dim++) {
        output[to + dim] = rowSums[dim * 4 + (r & 3)] * factor;
      }
    }
  }

  const scratch = [qGroups, kGroups, vGroups, scores, sums, [runningMax, runningSum]];
  const scratchBytes = scratch.reduce((bytes, groups) => bytes + groupsBytes(groups), 0);
  const work = { cellsComputed, cellsSkipped, slowBytesRead, slowBytesWritten, scratchBytes };
  return { output, logSumExp, work };
}

function maskTile(mask: Mask, tile: Tile, scores: Groups): void {
  for (let qIdx = tile.queryStart; qIdx < tile.queryEnd; qIdx++) {
    const row = qIdx - tile.queryStart;
    const group = scores[row >> 2];
    let at = row & 3;
    for (let kvIdx = tile.keyStart; kvIdx < tile.keyEnd; kvIdx++, at += 4) {
      if (!mask(qIdx, kvIdx)) group[at] = -Infinity;
    }
  }
}

function biasTile(scoreBias: ScoreBias, headIdx: number, tile: Tile, scores: Groups): void {
  for (let qIdx = tile.queryStart; qIdx < tile.queryEnd; qIdx++) {
    const row = qIdx - tile.queryStart;
    const group = scores[row >> 2];
    let at = row & 3;
    for (let kvIdx = tile.keyStart; kvIdx < tile.keyEnd; kvIdx++, at += 4) {
      group[at] += scoreBias(headIdx, qIdx, kvIdx);
    }
  }
}

/**
 * Scores of one tile to weights exp(score - m), and m, l and the sums of earlier tiles brought up to date (Milakov and
 * Gimelshein 2018, algorithm 3).
 */
function onlineSoftmax(
  scores: Groups,
  rowGroups: number,
  keys: number,
  keys4: number,
  runningMax: Float64Array,
  runningSum: Float64Array,
  sums: Groups,
): void {
  for (let row = 0; row < rowGroups * 4; row++) {
    const group = scores[row >> 2];
    const start = row & 3;
    const end = keys * 4;
    const before = runningMax[row];
    let max = before;
    for (let at = start; at < end; at += 4) if (group[at] > max) max = group[at];
    // While a row has seen nothing, its maximum is -Infinity: subtract 0, so that exp(-Infinity) is 0 and not NaN.
    const shift = max === -Infinity ? 0 : max;
    let sum = 0;
    for (let at = start; at < end; at += 4) {
      const weight = expNonPositive(group[at] - shift);
      group[at] = weight;
      sum += weight;
    }
    // Keys beyond the tile's end, there to make groups of four.
    for (let at = end + start; at < keys4 * 4; at += 4) group[at] = 0;
    if (max > before) {
      const rescale = expNonPositive(before - max);
      sum += runningSum[row] * rescale;
      const rowSums = sums[row >> 2];
      for (let at = start; at < rowSums.length; at += 4) rowSums[at] *= rescale;
    } else {
      sum += runningSum[row];
    }
    runningMax[row] = max;
    runningSum[row] = sum;
  }
}

function requireSameTiles(
  blockMask: BlockMask,
  rows: number,
  columns: number,
  options: TiledOptions,
): void {
  if (blockMask.rows !== rows || blockMask.columns !== columns) {
    throw new EngineInputError(
      `blockMask must have ${rows} x ${columns} tiles for these lengths, got ${blockMask.rows} x ${blockMask.columns}`,
    );
  }
  if (blockMask.partialTiles > 0 && options.mask === undefined) {
    throw new EngineInputError(
      'mask must be given with a blockMask that has partial tiles, got none',
    );
  }
}
