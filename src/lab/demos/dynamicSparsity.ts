import { formatNumber, formatPercent } from '../../core/format/numbers.ts';
import { causal, maxAbsDifference, sparseAttention } from '../../engine/index.ts';
import { attentionRows, sampledQueries, sampleWords } from '../attentionRows.ts';
import { choiceValue, numberValue, takenTokens } from '../controls.ts';
import type { Control, Demo } from '../demo.ts';
import { embedHeads } from '../embed.ts';
import { flopsRow, numberRow, percentRow } from '../numberRows.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { strengthTokens } from '../pictures/tokensPicture.ts';
import { weightsPicture } from '../pictures/weightsPicture.ts';
import { shortName, chosenModel, costedTokens, flopsPerCell, modelControl } from '../realModel.ts';
import { namedToken, plural } from '../words.ts';

const controls: readonly Control[] = [
  {
    kind: 'choice',
    id: 'rule',
    label: 'Keep',
    options: [
      { value: 'keepMass', label: 'the fewest keys that carry this share of the weight' },
      { value: 'topK', label: 'the heaviest keys, so many' },
    ],
    initial: 'keepMass',
  },
  { kind: 'number', id: 'massPercent', label: 'Share of the weight (%)', min: 1, max: 100, step: 1, initial: 95 },
  { kind: 'number', id: 'topK', label: 'Heaviest keys', min: 1, max: 1024, step: 1, initial: 8 },
  { kind: 'number', id: 'scoreDeviation', label: 'Spread of the scores', min: 0, max: 8, step: 0.5, initial: 3 },
  modelControl,
]; // prettier-ignore

const headDim = 16;

export const dynamicSparsityDemo: Demo = {
  id: 'dynamicSparsity',
  mechanism: 31,
  title: 'Dynamic sparsity',
  line: 'How few keys carry 95 % of the weight, chosen anew for every query.',
  tags: ['patterns'],
  basis: 'seeded random weights',
  notice:
    'Turn the spread of the scores: at 0 all keys weigh the same and 95 % of the weight needs 95 % of the keys; the more the scores differ, the fewer keys are enough. How peaked a trained model’s attention is has to be measured on that model; here the spread is yours to set. What is saved is the read of the kept values: to choose, all scores were computed, which is why real systems guess the keys first.',
  formula:
    'keep the heaviest keys until their weights sum to p (or k keys); weights made to sum to 1 again',
  source: {
    title: 'Jiang et al. 2024, MInference 1.0, section 2',
    url: 'https://arxiv.org/abs/2407.02490',
  },
  controls,
  maxTokens: 8192,
  run(input) {
    const tokens = takenTokens(dynamicSparsityDemo, input);
    const rule =
      choiceValue(controls, input, 'rule') === 'topK'
        ? { topK: numberValue(controls, input, 'topK') }
        : { keepMass: numberValue(controls, input, 'massPercent') / 100 };
    const scoreDeviation = numberValue(controls, input, 'scoreDeviation');
    const heads = embedHeads(tokens, { numHeads: 1, headDim, seed: 1, scoreDeviation });
    const queries = sampledQueries(tokens.length, 24);
    const dense = attentionRows(heads, queries, { mask: causal });
    const sparse = queries.map((qIdx) =>
      sparseAttention(
        heads.q.subarray(qIdx * headDim, (qIdx + 1) * headDim),
        heads.k,
        heads.v,
        { ...heads.shape, queryTokens: 1 },
        rule,
        { mask: causal, firstQueryIdx: qIdx },
      ),
    );
    const kept = sparse.map((one) => one.keptKeys[0]);
    const mean = (values: readonly number[]) =>
      values.reduce((sum, one) => sum + one, 0) / values.length;
    const meanKept = mean(kept);
    const difference = sparse.reduce((largest, one, row) => {
      const own = dense.output.subarray(row * headDim, (row + 1) * headDim);
      return Math.max(largest, maxAbsDifference(one.output, own));
    }, 0);
    const last = queries.length - 1;
    const lastIdx = queries[last];
    const lastRow = dense.weights.subarray(last * tokens.length, (last + 1) * tokens.length);
    // As the engine chooses: heaviest first, of equal ones the earlier.
    const order = Array.from(lastRow.keys())
      .filter((key) => lastRow[key] !== 0)
      .sort((a, b) => lastRow[b] - lastRow[a] || a - b);
    const keptByLast = new Set(order.slice(0, kept[last]));
    let mass = 0;
    const cumulative = order.map((key, idx) => {
      mass += lastRow[key];
      return [idx + 1, mass] as const;
    });
    const heaviest = lastRow[order[0]];
    const meanKeys = mean(queries.map((qIdx) => qIdx + 1));
    const set = costedTokens(input);
    const model = chosenModel(controls, input);
    const setCells = (set * (set + 1)) / 2;
    const share = meanKept / meanKeys;
    const sampled = sampleWords(tokens.length, queries);
    const caption = `${plural(kept[last], 'key')} of ${lastIdx + 1} carry ${formatPercent(100 * sparse[last].keptMass[0])} of the weight of ${namedToken(tokens, lastIdx)}.`;
    return {
      numFrames: 1,
      keyNumberId: 'meanKept',
      frame: () => ({
        caption,
        pictures: [
          weightsPicture({
            title: 'All weights',
            summary: `Attention weights, causal, ${sampled}.`,
            values: dense.weights,
            numRows: queries.length,
            numColumns: tokens.length,
            rowTokens: queries.map((idx) => tokens[idx]),
            columnTokens: tokens,
          }),
          seriesPicture({
            title: 'Weight carried by the heaviest keys',
            summary: caption,
            xLabel: 'keys, heaviest first',
            yLabel: 'share of the weight',
            series: [{ name: 'last query', points: cumulative }],
            rules: [{ axis: 'x', value: kept[last], label: 'kept' }],
          }),
          strengthTokens({ title: 'Keys the last query keeps', summary: caption, tokens }, (idx) =>
            keptByLast.has(idx) ? lastRow[idx] / heaviest : 0,
          ),
        ],
        numbers: [
          numberRow('meanKept', 'Keys kept, mean', meanKept, sampled),
          percentRow('keptShare', 'Of the keys a causal query has', share, `${formatNumber(meanKept)} of ${formatNumber(meanKeys)} on average`),
          percentRow('meanMass', 'Weight they carry, mean', mean(sparse.map((one) => one.keptMass[0]))),
          numberRow('difference', 'Largest difference from dense attention', difference, sampled),
          flopsRow('modelFlops', `Attention of ${shortName(model)}’s shape over your tokens, dense`, setCells * flopsPerCell(model)),
          flopsRow('modelSparseFlops', 'The same if this share of its cells were enough', setCells * share * flopsPerCell(model), 'supposes the share seen here at your length, and that choosing costs nothing'),
        ],
      }),
    }; // prettier-ignore
  },
};
