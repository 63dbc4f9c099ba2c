import { causal } from '../../engine/index.ts';
import { attentionRows, sampledQueries, sampleWords } from '../attentionRows.ts';
import {
  numberValue,
  requireQueryIdx,
  scoreDeviationControl,
  seedControl,
  switchValue,
  takenTokens,
} from '../controls.ts';
import type { Control, Demo } from '../demo.ts';
import { embedHeads } from '../embed.ts';
import { numberRow, partRow, percentRow } from '../numberRows.ts';
import { strengthTokens } from '../pictures/tokensPicture.ts';
import { weightsPicture } from '../pictures/weightsPicture.ts';
import { chosenModel, costedTokens, modelControl, modelFlopsRows } from '../realModel.ts';
import { namedToken, plural } from '../words.ts';

const controls: readonly Control[] = [
  { kind: 'switch', id: 'isMasked', label: 'Causal mask on', initial: true },
  { kind: 'number', id: 'changedPercent', label: 'Change the token at (% of the text)', min: 0, max: 100, step: 1, initial: 100 },
  scoreDeviationControl(1.5),
  seedControl,
  modelControl,
]; // prettier-ignore

const headDim = 16;

export const causalMaskingDemo: Demo = {
  id: 'causalMasking',
  mechanism: 1,
  title: 'Causal masking',
  line: 'A token may only look back: scores of later tokens are −∞ before the softmax.',
  tags: ['patterns'],
  basis: 'seeded random weights',
  notice:
    'With the mask on, the upper triangle is empty and every row still sums to 1, so row 0 can only put all its weight on itself. One token is changed: with the mask, no earlier position notices. Switch the mask off and they all do: in training such a model would read the answer it has to predict. The mask also halves the work: n (n + 1) / 2 cells instead of n².',
  formula: 'weights = softmax(q kᵀ / √d + M), M = 0 where j ≤ i, −∞ elsewhere',
  source: {
    title: 'Vaswani et al. 2017, Attention Is All You Need, section 3.2.3',
    url: 'https://arxiv.org/abs/1706.03762',
  },
  controls,
  maxTokens: 8192,
  run(input) {
    const tokens = takenTokens(causalMaskingDemo, input);
    const isMasked = switchValue(controls, input, 'isMasked');
    const changedIdx = Math.round(
      ((tokens.length - 1) * numberValue(controls, input, 'changedPercent')) / 100,
    );
    const plan = {
      numHeads: 1,
      headDim,
      seed: numberValue(controls, input, 'seed'),
      scoreDeviation: numberValue(controls, input, 'scoreDeviation'),
    };
    const changed = tokens.map((token, idx) => (idx === changedIdx ? `${token} (changed)` : token));
    const queries = sampledQueries(tokens.length, 32);
    const options = isMasked ? { mask: causal } : {};
    const before = attentionRows(embedHeads(tokens, plan), queries, options);
    const after = attentionRows(embedHeads(changed, plan), queries, options);
    const changes = queries.map((_, row) => {
      let largest = 0;
      for (let dim = row * headDim; dim < (row + 1) * headDim; dim++) {
        largest = Math.max(largest, Math.abs(before.output[dim] - after.output[dim]));
      }
      return largest;
    });
    const earlier = changes.filter((_, row) => queries[row] < changedIdx);
    const leaked = earlier.filter((change) => change > 0).length;
    const mostChange = Math.max(...changes, Number.MIN_VALUE);
    const dense = tokens.length ** 2;
    const cells = isMasked ? (tokens.length * (tokens.length + 1)) / 2 : dense;
    const set = costedTokens(input);
    const setCells = isMasked ? (set * (set + 1)) / 2 : set ** 2;
    const caption = `${namedToken(tokens, changedIdx)} was changed: ${plural(leaked, 'earlier position')} of ${earlier.length} looked at gave another output. The mask is ${isMasked ? 'on' : 'off'}.`;
    const sampled = sampleWords(tokens.length, queries);
    return {
      numFrames: 1,
      keyNumberId: 'leaked',
      frame: () => ({
        caption,
        pictures: [
          weightsPicture({
            title: 'Attention weights',
            summary: `Queries down, keys across, ${sampled}; each row sums to 1.`,
            values: before.weights,
            numRows: queries.length,
            numColumns: tokens.length,
            rowTokens: queries.map((idx) => tokens[idx]),
            columnTokens: tokens,
          }),
          strengthTokens(
            {
              title: 'Whose output changed',
              summary: caption,
              tokens: queries.map((idx) => tokens[idx]),
            },
            (row) => changes[row] / mostChange,
          ),
        ],
        numbers: [
          partRow('leaked', 'Earlier positions that noticed the change', leaked, earlier.length, `outputs that differ, ${sampled}`),
          numberRow('largestLeak', 'Largest change of an earlier output', Math.max(0, ...earlier)),
          percentRow('firstWeight', `Weight of ${namedToken(tokens, queries[0])} on itself`, before.weights[queries[0]]),
          partRow('cells', 'Cells computed, of n²', cells, dense, isMasked ? 'n (n + 1) / 2' : 'n x n'),
          ...modelFlopsRows(chosenModel(controls, input), set, set ** 2, setCells),
        ],
      }),
    }; // prettier-ignore
  },
  visibility: (input, queryIdx) => {
    const { length } = takenTokens(causalMaskingDemo, input);
    requireQueryIdx(queryIdx, length);
    const isMasked = switchValue(controls, input, 'isMasked');
    return Array.from({ length }, (_, idx) => {
      if (idx === queryIdx) return 'self';
      return idx < queryIdx || !isMasked ? 'window' : 'nothing';
    });
  },
};
