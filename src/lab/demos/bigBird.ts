import { bigBird, bigBirdRows, type BigBirdPattern, type BigBirdRow } from '../../engine/index.ts';
import { numberValue, switchValue, takenTokens } from '../controls.ts';
import type { Control, Demo, DemoInput } from '../demo.ts';
import { countRow } from '../numberRows.ts';
import {
  notSeen,
  patternPicture,
  patternRun,
  patternVisibility,
  type Pattern,
} from '../patterns.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { categoryTokens } from '../pictures/tokensPicture.ts';
import { modelControl } from '../realModel.ts';
import { namedToken, plural } from '../words.ts';

const controls: readonly Control[] = [
  { kind: 'number', id: 'blockTokens', label: 'Block (tokens)', min: 4, max: 256, step: 1, initial: 8 },
  { kind: 'number', id: 'randomBlocks', label: 'Random blocks of a row', min: 0, max: 8, step: 1, initial: 2 },
  { kind: 'switch', id: 'hasGlobal', label: 'Count paths through the global blocks', initial: false },
  { kind: 'number', id: 'seed', label: 'Seed of the random edges', min: 0, max: 999, step: 1, initial: 1 },
  modelControl,
]; // prettier-ignore

const [windowKind, globalKind, randomKind] = [1, 2, 3];

/** BigBird with the reason of each cell; blocks are whole, so that one cell of a block speaks for all. */
export function bigBirdPattern(
  pattern: BigBirdPattern,
  rows: readonly BigBirdRow[] = bigBirdRows(pattern),
): Pattern {
  const { blockTokens, tokens, randomBlocks } = pattern;
  const kinds = blockKinds(rows);
  const numBlocks = Math.ceil(tokens / blockTokens);
  const blockOf = (idx: number) => Math.floor(idx / blockTokens);
  const ranges = rows.map((row) =>
    [...new Set([...row.window, ...row.global, ...row.random])].map((block) => {
      const start = block * blockTokens;
      return [start, Math.min(tokens, start + blockTokens), 1] as const;
    }),
  );
  return {
    mask: bigBird(pattern),
    isCausal: false,
    kinds: [
      notSeen,
      { name: 'window block', visibility: 'window' },
      { name: 'global block', visibility: 'global' },
      { name: 'random block', visibility: 'random' },
    ],
    kindOf: (qIdx, kvIdx) => kinds[blockOf(qIdx) * numBlocks + blockOf(kvIdx)],
    rangesOf: (qIdx) => ranges[blockOf(qIdx)],
    cellsAt: (length) => cellsOf(length, blockTokens, randomBlocks),
  };
}

/** (numBlocks, numBlocks): 0 not seen, else the kind. */
function blockKinds(rows: readonly BigBirdRow[]): Uint8Array {
  const kinds = new Uint8Array(rows.length ** 2);
  rows.forEach((row, rowIdx) => {
    for (const block of row.random) kinds[rowIdx * rows.length + block] = randomKind;
    for (const block of row.window) kinds[rowIdx * rows.length + block] = windowKind;
    for (const block of row.global) kinds[rowIdx * rows.length + block] = globalKind;
  });
  return kinds;
}

/** Exact whatever was drawn: only the last block may be short, and as a global one it is never drawn. */
function cellsOf(tokens: number, blockTokens: number, randomBlocks: number): number {
  const numBlocks = Math.ceil(tokens / blockTokens);
  const last = numBlocks - 1;
  const lastTokens = tokens - last * blockTokens;
  let cells = 0;
  for (let row = 0; row < numBlocks; row++) {
    const rowTokens = row === last ? lastTokens : blockTokens;
    if (row === 0 || row === last) {
      cells += rowTokens * tokens;
      continue;
    }
    const fixed = new Set([0, last, row - 1, row, row + 1]).size;
    const blocks = fixed + Math.min(randomBlocks, numBlocks - fixed);
    cells += rowTokens * ((blocks - 1) * blockTokens + lastTokens);
  }
  return cells;
}

/** The graph of blocks: window and random edges, and the global ones when asked for. */
function blockEdges(
  rows: readonly BigBirdRow[],
  hasGlobal: boolean,
): readonly ReadonlySet<number>[] {
  const last = rows.length - 1;
  return rows.map((row, rowIdx) => {
    const isGlobal = rowIdx === 0 || rowIdx === last;
    const window = isGlobal ? [rowIdx - 1, rowIdx, rowIdx + 1] : row.window;
    return new Set([...window, ...row.random, ...(hasGlobal ? row.global : [])]);
  });
}

function patternOf(input: DemoInput, tokens: number): BigBirdPattern {
  return {
    tokens,
    blockTokens: numberValue(controls, input, 'blockTokens'),
    randomBlocks: numberValue(controls, input, 'randomBlocks'),
    seed: numberValue(controls, input, 'seed'),
  };
}

/**
 * Layers until the last token has heard of each block: `hops[block]`, Infinity where no path leads. Blocks are complete
 * inside, so that two tokens of one block are at most one layer apart.
 */
export function hopsToLastBlock(
  rows: readonly BigBirdRow[],
  hasGlobal: boolean,
): readonly number[] {
  return hopsFrom(rows.length - 1, blockEdges(rows, hasGlobal));
}

function hopsFrom(start: number, edges: readonly ReadonlySet<number>[]): readonly number[] {
  const numBlocks = edges.length;
  const hops = new Array<number>(numBlocks).fill(Infinity);
  hops[start] = 0;
  let frontier = [start];
  for (let distance = 1; frontier.length > 0; distance++) {
    const next: number[] = [];
    for (const row of frontier) {
      for (const block of edges[row]) {
        // The window of the first and last block reaches past the text.
        if (hops[block] !== Infinity || block < 0 || block >= numBlocks) continue;
        hops[block] = distance;
        next.push(block);
      }
    }
    frontier = next;
  }
  return hops;
}

/** Mean hops from the second block to the last but one, over three draws. */
export function meanHops(
  numBlocks: number,
  randomBlocks: number,
  seed: number,
  hasGlobal: boolean,
): number {
  const draws = [0, 1, 2].map((draw) => {
    const pattern = { tokens: numBlocks, blockTokens: 1, randomBlocks, seed: seed + draw };
    return hopsFrom(numBlocks - 2, blockEdges(bigBirdRows(pattern), hasGlobal))[1];
  });
  return draws.reduce((sum, hops) => sum + hops, 0) / draws.length;
}

export const bigBirdDemo: Demo = {
  id: 'bigBird',
  mechanism: 7,
  title: 'BigBird: local, global, random',
  line: 'A few random edges make any two tokens a handful of layers apart.',
  tags: ['patterns'],
  basis: 'arithmetic',
  notice:
    'Step through the layers and watch the blocks that the last token has heard of: with a window alone the front moves one block a layer; with random blocks it explodes, about log n layers for n blocks. Set the random blocks to 0 to see the difference. The global blocks join everything in two layers: count paths through them to see that, too.',
  formula:
    'blocks: 3 of window, first and last global both ways, r random a row; about (3 + 2 + r) n B cells',
  source: {
    title: 'Zaheer et al. 2020, BigBird, section 2',
    url: 'https://arxiv.org/abs/2007.14062',
  },
  controls,
  maxTokens: 8192,
  run(input) {
    const tokens = takenTokens(bigBirdDemo, input);
    const plan = patternOf(input, tokens.length);
    const hasGlobal = switchValue(controls, input, 'hasGlobal');
    const rows = bigBirdRows(plan);
    const pattern = bigBirdPattern(plan, rows);
    const { tiles, numbers: common } = patternRun(pattern, tokens, input, controls);
    const hops = hopsToLastBlock(rows, hasGlobal);
    const blockOf = (idx: number) => Math.floor(idx / plan.blockTokens);
    const reachable = hops.filter(Number.isFinite);
    const most = Math.max(
      1,
      reachable.reduce((greatest, one) => Math.max(greatest, one), 0),
    );
    const sizes = [8, 16, 32, 64, 128];
    const curve = (randomBlocks: number, global: boolean) =>
      sizes.map((size) => [size, meanHops(size, randomBlocks, plan.seed, global)] as const);
    const growth = seriesPicture({
      title: 'Layers between two distant blocks',
      summary: 'Mean over three draws of the layers between the second block and the last but one.',
      xLabel: 'blocks',
      yLabel: 'layers',
      xScale: 'log',
      yScale: 'log',
      series: [
        { name: 'window alone', points: curve(0, false) },
        { name: `window and ${plan.randomBlocks} random`, points: curve(plan.randomBlocks, false) },
        { name: 'with global blocks', points: curve(plan.randomBlocks, true) },
      ],
    });
    const mask = patternPicture(pattern, tokens, tiles, { title: 'What one layer computes' });
    const last = tokens.length - 1;
    return {
      numFrames: most,
      openingFrame: Math.min(1, most - 1),
      keyNumberId: 'hops',
      frame(index) {
        const layers = index + 1;
        const reached = tokens.filter((_, idx) => hops[blockOf(idx)] <= layers).length;
        const caption = `After ${plural(layers, 'layer')} ${namedToken(tokens, last)} can have heard of ${plural(reached, 'token')} of ${tokens.length}.`;
        return {
          caption,
          pictures: [
            mask,
            categoryTokens(
              { title: 'What the last token has heard of', summary: caption, tokens },
              [{ name: 'not yet', isNothing: true }, { name: 'in this layer' }, { name: 'before' }],
              (idx) => {
                const distance = hops[blockOf(idx)];
                return distance > layers ? 0 : distance === layers ? 1 : 2;
              },
            ),
            growth,
          ],
          numbers: [
            countRow('hops', 'Layers until the last token has heard of the first', Math.max(1, hops[0]), hasGlobal ? 'shortest path, global blocks included' : 'shortest path through window and random blocks alone'),
            countRow('reached', 'Tokens it has heard of', reached),
            ...common,
          ], // prettier-ignore
        };
      },
    };
  },
  visibility: (input, queryIdx) => {
    const tokens = takenTokens(bigBirdDemo, input);
    const pattern = bigBirdPattern(patternOf(input, tokens.length));
    return patternVisibility(pattern, tokens.length, queryIdx);
  },
};
