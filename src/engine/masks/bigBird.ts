import { createMask, type Coverage, type Mask } from './mask.ts';
import { createRandom } from '../random.ts';
import { requireNonNegativeInteger, requirePositiveInteger } from '../errors.ts';

export interface BigBirdPattern {
  /** Length of the sequence; the last block may be short. */
  readonly tokens: number;
  readonly blockTokens: number;
  /** Random blocks per interior row of blocks, beside window and global ones; fewer where none are left. */
  readonly randomBlocks: number;
  readonly seed: number;
}

/** What each block of queries attends to, as block numbers in rising order. */
export interface BigBirdRow {
  readonly window: readonly number[];
  readonly global: readonly number[];
  readonly random: readonly number[];
}

/**
 * BigBird's graph by blocks (Zaheer et al. 2020, section 2): first and last block global both ways, a window of three
 * blocks, and random blocks drawn from the rest without repetition.
 */
export function bigBirdRows(pattern: BigBirdPattern): readonly BigBirdRow[] {
  requirePositiveInteger('tokens', pattern.tokens);
  requirePositiveInteger('blockTokens', pattern.blockTokens);
  requireNonNegativeInteger('randomBlocks', pattern.randomBlocks);
  const numBlocks = Math.ceil(pattern.tokens / pattern.blockTokens);
  const last = numBlocks - 1;
  const random = createRandom(pattern.seed);
  const everyBlock = Array.from({ length: numBlocks }, (_, block) => block);
  return everyBlock.map((row) => {
    if (row === 0 || row === last) return { window: [], global: everyBlock, random: [] };
    const window = [row - 1, row, row + 1];
    const global = last === 0 ? [0] : [0, last];
    const taken = [...new Set([...window, ...global])].sort((a, b) => a - b);
    const drawn: number[] = [];
    while (drawn.length < pattern.randomBlocks && taken.length < numBlocks) {
      const block = freeBlock(random.integer(numBlocks - taken.length), taken);
      drawn.push(block);
      taken.push(block);
      taken.sort((a, b) => a - b);
    }
    return { window, global, random: drawn.sort((a, b) => a - b) };
  });
}

/** The block at `place` among those that are not taken; `taken` in rising order. */
function freeBlock(place: number, taken: readonly number[]): number {
  return taken.reduce((block, one) => (one <= block ? block + 1 : block), place);
}

/** The mask of `bigBirdRows`. Positions outside the sequence attend to nothing. Not causal, as published. */
export function bigBird(pattern: BigBirdPattern): Mask {
  const rows = bigBirdRows(pattern);
  const { blockTokens, tokens } = pattern;
  const numBlocks = rows.length;
  const allowed = new Uint8Array(numBlocks * numBlocks);
  rows.forEach((row, rowIdx) => {
    for (const block of [...row.window, ...row.global, ...row.random]) {
      allowed[rowIdx * numBlocks + block] = 1;
    }
  });
  const isAllowed = (rowIdx: number, block: number) => allowed[rowIdx * numBlocks + block] === 1;

  return createMask(
    (qIdx, kvIdx) =>
      qIdx < tokens &&
      kvIdx < tokens &&
      isAllowed(Math.floor(qIdx / blockTokens), Math.floor(kvIdx / blockTokens)),
    ({ queryStart, queryEnd, keyStart, keyEnd }): Coverage => {
      if (queryEnd > tokens || keyEnd > tokens) return 'mixed';
      let some = false;
      let every = true;
      for (let row = Math.floor(queryStart / blockTokens); row * blockTokens < queryEnd; row++) {
        for (
          let block = Math.floor(keyStart / blockTokens);
          block * blockTokens < keyEnd;
          block++
        ) {
          if (isAllowed(row, block)) some = true;
          else every = false;
        }
      }
      if (!some) return 'empty';
      return every ? 'full' : 'mixed';
    },
  );
}
