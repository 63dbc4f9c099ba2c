import { formatNumber } from '../../core/format/numbers.ts';
import { chunkedLocal, fixedSparse, slidingWindow, stridedSparse } from '../../engine/index.ts';
import { choiceValue, numberValue, takenTokens } from '../controls.ts';
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
import { modelControl } from '../realModel.ts';

const controls: readonly Control[] = [
  {
    kind: 'choice',
    id: 'pattern',
    label: 'Pattern',
    options: [
      { value: 'strided', label: 'strided' },
      { value: 'fixed', label: 'fixed' },
    ],
    initial: 'strided',
  },
  { kind: 'number', id: 'stride', label: 'Stride, or block (tokens)', min: 2, max: 512, step: 1, initial: 8 },
  { kind: 'number', id: 'summaryTokens', label: 'Summary columns of a block (fixed)', min: 1, max: 32, step: 1, initial: 1 },
  modelControl,
]; // prettier-ignore

export function stridedPattern(stride: number): Pattern {
  const mask = stridedSparse(stride);
  const local = slidingWindow(stride);
  return {
    mask,
    isCausal: true,
    kinds: [
      notSeen,
      { name: 'local', visibility: 'window' },
      { name: 'strided column', visibility: 'global' },
    ],
    kindOf: (qIdx, kvIdx) => (local(qIdx, kvIdx) ? 1 : mask(qIdx, kvIdx) ? 2 : 0),
    rangesOf: (qIdx) => {
      const localStart = Math.max(0, qIdx - stride + 1);
      return [
        [localStart, qIdx + 1, 1],
        [qIdx % stride, localStart, stride],
      ];
    },
    cellsAt: (tokens) => sumRows(tokens, (q) => Math.min(q + 1, stride) + Math.floor(q / stride)),
  };
}

/** @throws Error when the summary is wider than its block */
export function fixedPattern(blockTokens: number, summaryTokens: number): Pattern {
  if (summaryTokens > blockTokens) {
    throw new Error(
      `Summary columns (summaryTokens) must be at most the block of ${blockTokens} tokens, got ${summaryTokens}`,
    );
  }
  const mask = fixedSparse(blockTokens, summaryTokens);
  const local = chunkedLocal(blockTokens);
  const firstSummary = blockTokens - summaryTokens;
  return {
    mask,
    isCausal: true,
    kinds: [
      notSeen,
      { name: 'own block', visibility: 'window' },
      { name: 'summary column', visibility: 'global' },
    ],
    kindOf: (qIdx, kvIdx) => (local(qIdx, kvIdx) ? 1 : mask(qIdx, kvIdx) ? 2 : 0),
    rangesOf: (qIdx) => {
      const blockStart = qIdx - (qIdx % blockTokens);
      const own = [blockStart, qIdx + 1, 1] as const;
      const columns = Array.from(
        { length: summaryTokens },
        (_, idx) => [firstSummary + idx, blockStart, blockTokens] as const,
      );
      return [own, ...columns];
    },
    cellsAt: (tokens) =>
      sumRows(tokens, (q) => (q % blockTokens) + 1 + Math.floor(q / blockTokens) * summaryTokens),
  };
}

function sumRows(tokens: number, cellsOf: (qIdx: number) => number): number {
  let cells = 0;
  for (let qIdx = 0; qIdx < tokens; qIdx++) cells += cellsOf(qIdx);
  return cells;
}

function patternFor(input: DemoInput): Pattern {
  const stride = numberValue(controls, input, 'stride');
  return choiceValue(controls, input, 'pattern') === 'strided'
    ? stridedPattern(stride)
    : fixedPattern(stride, numberValue(controls, input, 'summaryTokens'));
}

export const sparseTransformerDemo: Demo = {
  id: 'sparseTransformer',
  mechanism: 8,
  title: 'Sparse Transformer: strided and fixed',
  line: 'Local tokens and every stride-th column: n √n cells instead of n².',
  tags: ['patterns'],
  basis: 'arithmetic',
  notice:
    'A row costs its local part (stride cells) and its columns (n / stride cells): small strides pay for columns, large ones for the local part, and the sum is least near √n. Any two tokens are then two layers apart. On the right the cells of the best stride and of dense attention: on log axes the slopes are 1.5 and 2.',
  formula:
    'strided: i − j < s or (i − j) mod s = 0; fixed: same block, or j mod l ≥ l − c; with s ≈ √n about 2 n √n cells',
  source: {
    title: 'Child et al. 2019, Sparse Transformers, section 4.2',
    url: 'https://arxiv.org/abs/1904.10509',
  },
  controls,
  maxTokens: 8192,
  run(input) {
    const tokens = takenTokens(sparseTransformerDemo, input);
    const pattern = patternFor(input);
    const stride = numberValue(controls, input, 'stride');
    const { tiles, numbers: common } = patternRun(pattern, tokens, input, controls);
    const best = Math.max(2, Math.round(Math.sqrt(tokens.length)));
    const lengths = Array.from({ length: 8 }, (_, idx) => 64 * 2 ** idx);
    const bestCells = (n: number) => stridedPattern(Math.round(Math.sqrt(n))).cellsAt(n);
    const numbers = [
      ...common,
      countRow('bestCells', `Cells with the stride near √n, ${best} (strided)`, stridedPattern(best).cellsAt(tokens.length)),
    ]; // prettier-ignore
    return {
      numFrames: 1,
      keyNumberId: 'cells',
      frame: () => ({
        caption: `A stride of ${stride} over ${tokens.length} tokens; √n is ${formatNumber(Math.sqrt(tokens.length))}.`,
        pictures: [
          patternPicture(pattern, tokens, tiles, { title: 'What one layer computes' }),
          seriesPicture({
            title: 'Cells against length',
            summary:
              'With a stride of √n the cells grow as n to the power 1.5, dense attention’s as n squared.',
            xLabel: 'tokens',
            yLabel: 'cells',
            xScale: 'log',
            yScale: 'log',
            series: [
              { name: 'dense, causal', points: lengths.map((n) => [n, (n * (n + 1)) / 2]) },
              { name: `this pattern`, points: lengths.map((n) => [n, pattern.cellsAt(n)]) },
              { name: 'strided, stride √n', points: lengths.map((n) => [n, bestCells(n)]) },
            ],
            rules: [{ axis: 'x', value: tokens.length, label: 'this text' }],
          }),
        ],
        numbers,
      }),
    };
  },
  visibility: (input, queryIdx) => {
    const tokens = takenTokens(sparseTransformerDemo, input);
    return patternVisibility(patternFor(input), tokens.length, queryIdx);
  },
};
