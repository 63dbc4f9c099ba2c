import { formatCount, formatNumber } from '../../core/format/numbers.ts';
import {
  linformerAttention,
  lowRankError,
  poolingProjection,
  randomProjection,
  referenceAttention,
  singularValues,
} from '../../engine/index.ts';
import {
  choiceValue,
  numberValue,
  scoreDeviationControl,
  seedControl,
  takenTokens,
} from '../controls.ts';
import type { Control, Demo } from '../demo.ts';
import { embedHeads, type EmbeddedHeads } from '../embed.ts';
import { countRow, flopsRow, numberRow, partRow } from '../numberRows.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { weightsPicture } from '../pictures/weightsPicture.ts';
import { chosenModel, costedTokens, modelControl, modelFlopsRows } from '../realModel.ts';

const controls: readonly Control[] = [
  { kind: 'number', id: 'rank', label: 'Rank r', min: 1, max: 256, step: 1, initial: 16, logarithmic: true },
  {
    kind: 'choice',
    id: 'projection',
    label: 'Projection',
    options: [
      { value: 'pooling', label: 'mean of each stretch' },
      { value: 'random', label: 'random (Johnson–Lindenstrauss)' },
    ],
    initial: 'pooling',
  },
  scoreDeviationControl(),
  modelControl,
  seedControl,
]; // prettier-ignore

type Projection = 'pooling' | 'random';
const headDim = 16;
/** Singular values take time with the cube of this. */
const mostSpectrumTokens = 32;

export function project(
  projection: Projection,
  tokens: number,
  rank: number,
  seed: number,
): { readonly E: Float64Array; readonly F: Float64Array } {
  if (projection === 'pooling') {
    const E = poolingProjection(tokens, rank);
    return { E, F: E };
  }
  return { E: randomProjection(tokens, rank, seed), F: randomProjection(tokens, rank, seed + 1) };
}

/** Size of the difference over the size of the whole, in the Frobenius norm. */
export function relativeError(approximate: ArrayLike<number>, exact: ArrayLike<number>): number {
  let [off, all] = [0, 0];
  for (let idx = 0; idx < exact.length; idx++) {
    off += (approximate[idx] - exact[idx]) ** 2;
    all += exact[idx] ** 2;
  }
  return all === 0 ? 0 : Math.sqrt(off / all);
}

/** Ranks of the curve: powers of two, and the rank in hand. */
function curveRanks(tokens: number, rank: number): readonly number[] {
  const powers = Array.from({ length: 7 }, (_, idx) => 2 ** idx).filter((one) => one < tokens);
  return [...new Set([...powers, rank])].sort((a, b) => a - b);
}

/** How well any matrix of rank r could stand for the attention weights of the first tokens. */
function bestPossible(heads: EmbeddedHeads): readonly (readonly [number, number])[] {
  const { keyTokens } = heads.shape;
  const count = Math.min(keyTokens, mostSpectrumTokens);
  const cut = (all: Float32Array) => all.subarray(0, count * headDim);
  const shape = { ...heads.shape, queryTokens: count, keyTokens: count };
  const { weights = new Float64Array(0) } = referenceAttention(
    cut(heads.q),
    cut(heads.k),
    cut(heads.v),
    shape,
    { keepWeights: true },
  );
  const values = singularValues(weights, { rows: count, columns: count });
  return Array.from(values, (_, idx) => [idx + 1, lowRankError(values, idx + 1)] as const);
}

export const linformerDemo: Demo = {
  id: 'linformer',
  mechanism: 12,
  title: 'Linformer: low-rank attention',
  line: 'Keys and values of all tokens are mixed down to r rows: n × r scores instead of n × n.',
  tags: ['caches'],
  basis: 'seeded random weights',
  notice:
    'Raise r: the error falls, and with pooling it is exactly 0 at r = n, where nothing is mixed. The third line says how well the best matrix of rank r could stand for the softmax weights of the first tokens: flat scores (a small spread) have low rank, peaked ones have not, and no choice of E and F can beat that. Each of the r rows mixes tokens from everywhere, the future included, so the method is for encoders: a causal mask has nothing to hold on to. In a trained Linformer E and F are learned; here they are means or random numbers.',
  formula: 'softmax(Q (E K)ᵀ / √d) (F V), E, F: r × n',
  source: {
    title: 'Wang et al. 2020, Linformer, equation 7',
    url: 'https://arxiv.org/abs/2006.04768',
  },
  controls,
  maxTokens: 512,
  run(input) {
    const tokens = takenTokens(linformerDemo, input);
    const asked = numberValue(controls, input, 'rank');
    const rank = Math.min(asked, tokens.length);
    const projection: Projection =
      choiceValue(controls, input, 'projection') === 'random' ? 'random' : 'pooling';
    const seed = numberValue(controls, input, 'seed');
    const scoreDeviation = numberValue(controls, input, 'scoreDeviation');
    const heads = embedHeads(tokens, { numHeads: 1, headDim, seed, scoreDeviation });
    const { q, k, v, shape } = heads;
    const exact = referenceAttention(q, k, v, shape).output;
    const errorAt = (which: Projection, at: number) => {
      const projections = project(which, tokens.length, at, seed);
      const sizes = { numHeads: 1, tokens: tokens.length, headDim, rank: at };
      return relativeError(linformerAttention(q, k, v, projections, sizes), exact);
    };
    const ranks = curveRanks(tokens.length, rank);
    const line = (which: Projection) => ranks.map((at) => [at, errorAt(which, at)] as const);
    const lines = { pooling: line('pooling'), random: line('random') };
    const best = bestPossible(heads);
    const error = lines[projection][ranks.indexOf(rank)][1];
    const cells = tokens.length * rank;
    const set = costedTokens(input);
    const shownTokens = Math.min(tokens.length, mostSpectrumTokens);
    return {
      numFrames: 1,
      keyNumberId: 'error',
      frame: () => ({
        caption: `${formatCount(tokens.length)} tokens mixed down to ${formatCount(rank)} rows: the output is off by ${formatNumber(100 * error)}%.`,
        pictures: [
          seriesPicture({
            title: 'Error against r',
            summary: `Relative error of the output with both projections, and the least error that any rank-r matrix has for the weights of the first ${shownTokens} tokens.`,
            xLabel: 'rank r',
            yLabel: 'relative error',
            xScale: 'log',
            series: [
              { name: 'mean of each stretch', points: lines.pooling },
              { name: 'random projection', points: lines.random },
              { name: `best possible for the weights, first ${shownTokens} tokens`, points: best },
            ],
            rules: [{ axis: 'x', value: rank, label: `r = ${rank}` }],
          }),
          weightsPicture({
            title: 'E: what each of the r rows is mixed from',
            summary: `${formatCount(rank)} rows over ${formatCount(tokens.length)} tokens.`,
            values: project(projection, tokens.length, rank, seed).E,
            numRows: rank,
            numColumns: tokens.length,
            columnTokens: tokens,
            scale: projection === 'random' ? 'diverging' : 'sequential',
            aggregate: 'mean',
          }),
        ],
        numbers: [
          numberRow('error', 'Relative error of the output', error, `against full attention, both directions; ${projection} projection, seeded random vectors of width ${headDim}`),
          countRow('rank', 'Rows of keys and values', rank, asked > rank ? `r is at most the ${tokens.length} tokens` : undefined),
          partRow('cells', 'Cells computed, of dense', cells, tokens.length ** 2, `n x r = ${tokens.length} x ${rank}`),
          flopsRow('flops', 'One head of width 128', cells * 512 + 4 * cells * 128, `${formatCount(cells)} cells x 4 x 128, and E K and F V: 2 x 2 x ${formatCount(cells)} x 128`),
          ...modelFlopsRows(chosenModel(controls, input), set, set ** 2, set * Math.min(asked, set)),
        ],
      }),
    }; // prettier-ignore
  },
};
