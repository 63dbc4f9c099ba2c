import { formatNumber, formatPercent } from '../../core/format/numbers.ts';
import { alibiBias, alibiSlopes, causal, referenceAttention } from '../../engine/index.ts';
import { attentionRows, sampledQueries, sampleWords } from '../attentionRows.ts';
import { numberValue, switchValue, takenTokens } from '../controls.ts';
import type { Control, Demo } from '../demo.ts';
import { embedHeads } from '../embed.ts';
import { numberRow, percentRow } from '../numberRows.ts';
import type { BarsPicture } from '../picture.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { weightsPicture } from '../pictures/weightsPicture.ts';
import { costedTokens } from '../realModel.ts';
import { plural } from '../words.ts';

const controls: readonly Control[] = [
  { kind: 'number', id: 'numHeads', label: 'Heads', min: 1, max: 32, step: 1, initial: 8 },
  { kind: 'number', id: 'headIdx', label: 'Head shown on your text (0 is steepest for 8)', min: 0, max: 31, step: 1, initial: 2 },
  { kind: 'number', id: 'trainedTokens', label: 'Trained length (tokens)', min: 64, max: 8192, step: 1, initial: 1024, logarithmic: true },
  { kind: 'number', id: 'readTokens', label: 'Length read (tokens)', min: 64, max: 16384, step: 1, initial: 4096, logarithmic: true },
  { kind: 'switch', id: 'hasBias', label: 'ALiBi’s bias on', initial: true },
]; // prettier-ignore

/**
 * Weights of the last of `readTokens` positions when all keys match alike, so that the bias alone decides.
 * @returns (numHeads, readTokens)
 */
export function alikeWeights(numHeads: number, readTokens: number, hasBias: boolean): Float64Array {
  const zeros = new Float64Array(numHeads * readTokens);
  const shape = {
    numHeads,
    numKvHeads: 1,
    queryTokens: 1,
    keyTokens: readTokens,
    headDim: 1,
  };
  const { weights = new Float64Array(0) } = referenceAttention(
    zeros.subarray(0, numHeads),
    zeros.subarray(0, readTokens),
    zeros.subarray(0, readTokens),
    shape,
    {
      mask: causal,
      firstQueryIdx: readTokens - 1,
      keepWeights: true,
      ...(hasBias ? { scoreBias: alibiBias(numHeads) } : {}),
    },
  );
  return weights;
}

export const alibiDemo: Demo = {
  id: 'alibi',
  mechanism: 26,
  title: 'ALiBi',
  line: 'Every token of distance costs a fixed price: attention stays near, whatever the length.',
  tags: ['positions'],
  basis: 'a construction whose outcome is known',
  notice:
    'All keys match alike here, so that only the bias decides. Train at 1,024 tokens, read 4,096: steep heads look at a few tokens and never notice; the gentlest ones still keep nearly all weight within distances they were trained on. Switch the bias off and three quarters of the weight lie farther away than anything seen in training. The price: a steep head can’t reach far back, however well a far token matches.',
  formula: 'score = q · k / √d − mₕ (i − j); slopes mₕ = 2^(−8 h / H) for H a power of two',
  source: {
    title: 'Press et al. 2022, Train Short, Test Long, section 3',
    url: 'https://arxiv.org/abs/2108.12409',
  },
  controls,
  maxTokens: 8192,
  run(input) {
    const tokens = takenTokens(alibiDemo, input);
    const numHeads = numberValue(controls, input, 'numHeads');
    const headIdx = numberValue(controls, input, 'headIdx');
    if (headIdx >= numHeads) {
      throw new Error(`Head shown (headIdx) must be below the ${numHeads} heads, got ${headIdx}`);
    }
    const trainedTokens = numberValue(controls, input, 'trainedTokens');
    const readTokens = numberValue(controls, input, 'readTokens');
    const hasBias = switchValue(controls, input, 'hasBias');
    const slopes = alibiSlopes(numHeads);
    const weights = alikeWeights(numHeads, readTokens, hasBias);
    const headNames = Array.from(
      slopes,
      (slope, head) => `head ${head}, slope ${formatNumber(slope)}`,
    );
    const withinOf = (head: number) => {
      let mass = 0;
      for (let distance = 0; distance < Math.min(trainedTokens, readTokens); distance++) {
        mass += weights[(head + 1) * readTokens - 1 - distance];
      }
      return Math.min(1, mass);
    };
    const within = Array.from(slopes, (_, head) => withinOf(head));
    const meanWithin = within.reduce((sum, one) => sum + one, 0) / numHeads;
    // The head's own slope: a one-head engine run with that slope as bias.
    const bias = alibiBias(numHeads);
    const queries = sampledQueries(tokens.length, 64);
    const rows = attentionRows(
      embedHeads(tokens, { numHeads: 1, headDim: 16, seed: 1 }),
      queries,
      { mask: causal, ...(hasBias ? { scoreBias: (_: number, q: number, k: number) => bias(headIdx, q, k) } : {}) },
    ); // prettier-ignore
    // Distances on a log axis: enough points for a line.
    const distances = [
      ...new Set(
        Array.from({ length: 120 }, (_, idx) => Math.round((readTokens - 1) ** (idx / 119))),
      ),
    ];
    const shownHeads = [...new Set([0, Math.floor(numHeads / 2), numHeads - 1, headIdx])].sort(
      (a, b) => a - b,
    );
    const bars: BarsPicture = {
      kind: 'bars',
      title: 'Weight within the trained length',
      summary: `Head by head, the share of the last token’s weight on the last ${plural(trainedTokens, 'token')}.`,
      valueLabel: 'share of the weight',
      categories: [{ name: 'within the trained length' }, { name: 'farther away' }],
      bars: within.map((share, head) => ({ label: headNames[head], parts: [share, 1 - share] })),
    };
    const set = costedTokens(input);
    const gentlest = slopes.reduce((least, slope) => Math.min(least, slope), Infinity);
    return {
      numFrames: 1,
      keyNumberId: 'meanWithin',
      frame: () => ({
        caption: `Trained at ${plural(trainedTokens, 'token')}, reading ${plural(readTokens, 'token')}: ${formatPercent(100 * meanWithin)} of the weight stays within the trained length.`,
        pictures: [
          seriesPicture({
            title: 'Weight by distance',
            summary: 'Weight of the last token on a token so far back, all keys alike.',
            xLabel: 'distance (tokens)',
            yLabel: 'weight',
            xScale: 'log',
            yScale: 'log',
            // Below a trillionth nothing can be seen, and the axis would reach down to nothing.
            series: shownHeads.map((head) => ({
              name: headNames[head],
              points: distances
                .map((distance) => [distance, weights[(head + 1) * readTokens - 1 - distance]] as const)
                .filter(([, weight]) => weight > 1e-12),
            })),
            rules: [{ axis: 'x', value: trainedTokens, label: 'trained length' }],
          }),
          bars,
          weightsPicture({
            title: `Head ${headIdx} on your text`,
            summary: `Weights with seeded random queries and keys, ${sampleWords(tokens.length, queries)}.`,
            values: rows.weights,
            numRows: queries.length,
            numColumns: tokens.length,
            rowTokens: queries.map((idx) => tokens[idx]),
            columnTokens: tokens,
          }),
        ],
        numbers: [
          percentRow('meanWithin', 'Weight within the trained length, mean of the heads', meanWithin),
          percentRow('leastWithin', 'In the head with the least', Math.min(...within)),
          numberRow('slope', `Slope of head ${headIdx}`, slopes[headIdx]),
          numberRow('halfDistance', 'Distance that halves its weight (tokens)', Math.LN2 / slopes[headIdx], 'ln 2 / slope'),
          numberRow('setPenalty', 'What the gentlest head takes off the score of your first token', gentlest * Math.max(0, set - 1), `${gentlest} x ${Math.max(0, set - 1)} tokens of distance`),
        ],
      }),
    }; // prettier-ignore
  },
};
