import { formatCount } from '../core/format/numbers.ts';
import { causal, maxAbsDifference, referenceAttention, type Mask } from '../engine/index.ts';
import type { Architecture } from '../core/architectures/architecture.ts';
import { requireQueryIdx } from './controls.ts';
import type { Control, DemoInput, NumberRow, TokenVisibility } from './demo.ts';
import { embedHeads } from './embed.ts';
import { flopsRow, numberRow, partRow } from './numberRows.ts';
import { maskPicture } from './pictures/maskPicture.ts';
import { maskTiles, type KeyRange, type MaskTiles } from './pictures/tiles.ts';
import type { Category, MatrixPicture } from './picture.ts';
import { chosenModel, costedTokens, modelFlopsRows } from './realModel.ts';
import { plural } from './words.ts';

/** Why a cell is seen: its name in the picture and its mark in the editor. */
export interface PatternKind extends Category {
  readonly visibility: TokenVisibility;
}

/** A pattern of attention as the demos show it. */
export interface Pattern {
  readonly mask: Mask;
  /** Held against causal attention, or against all cells. */
  readonly isCausal: boolean;
  /** The first is "not seen". */
  readonly kinds: readonly PatternKind[];
  readonly kindOf: (qIdx: number, kvIdx: number) => number;
  readonly rangesOf?: (qIdx: number) => readonly KeyRange[];
  /** Cells of a text of any length, by formula or row by row: for lengths whose matrix nobody wants to walk. */
  readonly cellsAt: (tokens: number) => number;
}

export const notSeen: PatternKind = { name: 'not seen', visibility: 'nothing', isNothing: true };

export function denseCells(pattern: Pattern, tokens: number): number {
  return pattern.isCausal ? (tokens * (tokens + 1)) / 2 : tokens ** 2;
}

export function patternTiles(pattern: Pattern, numTokens: number): MaskTiles {
  return maskTiles(pattern.mask, numTokens, pattern.rangesOf);
}

export function patternPicture(
  pattern: Pattern,
  tokens: readonly string[],
  tiles: MaskTiles,
  more: {
    readonly title: string;
    readonly seenWord?: string;
    readonly note?: string;
    readonly outlines?: MatrixPicture['outlines'];
    readonly togglesControl?: string;
  },
): MatrixPicture {
  const { mask, kinds, kindOf } = pattern;
  return maskPicture({ ...more, tokens, tiles, mask, categories: kinds, categoryOf: kindOf });
}

const headDim = 16;
/** Rows of the output that are held against dense attention: fewer of a long text, whose rows are long. */
const comparedQueries = (numTokens: number) => Math.min(numTokens, numTokens <= 1024 ? 32 : 8);

/** The largest difference from dense attention that the pattern makes, over the last queries, with seeded random vectors. */
function differenceFromDense(pattern: Pattern, tokens: readonly string[]): number {
  const { q, k, v, shape } = embedHeads(tokens, { numHeads: 1, headDim, seed: 1 });
  const queryTokens = comparedQueries(tokens.length);
  const firstQueryIdx = tokens.length - queryTokens;
  const rows = q.subarray(firstQueryIdx * headDim);
  const part = { ...shape, queryTokens };
  const run = (mask: Mask | undefined) =>
    referenceAttention(rows, k, v, part, {
      firstQueryIdx,
      ...(mask === undefined ? {} : { mask }),
    }).output;
  return maxAbsDifference(run(pattern.mask), run(pattern.isCausal ? causal : undefined));
}

/** What every pattern says of itself: cells and FLOPs against dense, what it changes, what it costs a real model. */
function patternNumbers(
  pattern: Pattern,
  tokens: readonly string[],
  cells: number,
  input: DemoInput,
  architecture: Architecture,
): readonly NumberRow[] {
  const dense = denseCells(pattern, tokens.length);
  const denseWhy = pattern.isCausal ? 'n (n + 1) / 2' : 'n x n';
  const set = costedTokens(input);
  return [
    partRow(
      'cells',
      'Cells computed, of dense',
      cells,
      dense,
      `dense: ${denseWhy} = ${formatCount(dense)}`,
    ),
    flopsRow(
      'flops',
      'One head of width 128',
      cells * 512,
      `${formatCount(cells)} cells x 4 x 128`,
    ),
    numberRow(
      'difference',
      'Largest difference from dense attention',
      differenceFromDense(pattern, tokens),
      `over the last ${plural(comparedQueries(tokens.length), 'query', 'queries')}; seeded random vectors of width ${headDim}`,
    ),
    ...modelFlopsRows(architecture, set, denseCells(pattern, set), pattern.cellsAt(set)),
  ];
}

/** The tiles and the numbers that every pattern's demo begins with; its controls have the choice of a model. */
export function patternRun(
  pattern: Pattern,
  tokens: readonly string[],
  input: DemoInput,
  controls: readonly Control[],
): { readonly tiles: MaskTiles; readonly numbers: readonly NumberRow[] } {
  const tiles = patternTiles(pattern, tokens.length);
  const model = chosenModel(controls, input);
  return { tiles, numbers: patternNumbers(pattern, tokens, tiles.total, input, model) };
}

/** What the token at `queryIdx` sees of each token. */
export function patternVisibility(
  pattern: Pattern,
  numTokens: number,
  queryIdx: number,
): readonly TokenVisibility[] {
  requireQueryIdx(queryIdx, numTokens);
  return Array.from({ length: numTokens }, (_, kvIdx) => {
    const { visibility } = pattern.kinds[pattern.kindOf(queryIdx, kvIdx)];
    return kvIdx === queryIdx && visibility !== 'nothing' ? 'self' : visibility;
  });
}
