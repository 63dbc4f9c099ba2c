import { architectureById } from '../../core/architectures/architectures.ts';
import { causal, heavyHitterAttention, referenceAttention } from '../../engine/index.ts';
import {
  numberValue,
  requireQueryIdx,
  scoreDeviationControl,
  seedControl,
  takenTokens,
} from '../controls.ts';
import type { Control, Demo, DemoInput, TokenVisibility } from '../demo.ts';
import { embedHeads, type EmbeddedHeads } from '../embed.ts';
import { bytesRow, countRow, numberRow } from '../numberRows.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { categoryTokens } from '../pictures/tokensPicture.ts';
import { shortName, cacheRow, costedTokens } from '../realModel.ts';
import { namedToken, plural } from '../words.ts';

const controls: readonly Control[] = [
  { kind: 'number', id: 'budgetTokens', label: 'Budget (tokens kept)', min: 1, max: 512, step: 1, initial: 24 },
  { kind: 'number', id: 'recentTokens', label: 'Of them simply the latest', min: 0, max: 512, step: 1, initial: 12 },
  scoreDeviationControl(2.5),
  seedControl,
]; // prettier-ignore

const headDim = 16;

const kinds = [
  { name: 'not read yet', isNothing: true },
  { name: 'evicted', isNothing: true },
  { name: 'kept: among the latest' },
  { name: 'kept: drew much attention' },
];

function planOf(input: DemoInput, tokens: readonly string[]) {
  const budgetTokens = numberValue(controls, input, 'budgetTokens');
  const recentTokens = numberValue(controls, input, 'recentTokens');
  if (recentTokens > budgetTokens) {
    throw new Error(
      `Of them simply the latest (recentTokens) must be at most the budget of ${budgetTokens}, got ${recentTokens}`,
    );
  }
  const heads = embedHeads(tokens, {
    numHeads: 1,
    headDim,
    seed: numberValue(controls, input, 'seed'),
    scoreDeviation: numberValue(controls, input, 'scoreDeviation'),
  });
  return { heads, budgetTokens, recentTokens };
}

/** Decodes token by token under the budget and notes after which step each token was dropped; Infinity: never. */
export function decodeUnderBudget(
  heads: EmbeddedHeads,
  budgetTokens: number,
  recentTokens: number,
) {
  let step = 0;
  const evictedAfter = new Array<number>(heads.shape.keyTokens).fill(Infinity);
  const { output, survivors } = heavyHitterAttention(heads.q, heads.k, heads.v, heads.shape, {
    budgetTokens,
    recentTokens,
    observer: {
      cacheWrite: (event) => {
        step = event.firstPosition;
      },
      eviction: (event) => {
        for (const position of event.positions) evictedAfter[position] = step;
      },
    },
  });
  return { output, survivors, evictedAfter };
}

/** (tokens): the largest difference of each step's output. */
function errorsOf(output: ArrayLike<number>, full: ArrayLike<number>): readonly number[] {
  return Array.from({ length: full.length / headDim }, (_, row) => {
    let largest = 0;
    for (let idx = row * headDim; idx < (row + 1) * headDim; idx++) {
      largest = Math.max(largest, Math.abs(output[idx] - full[idx]));
    }
    return largest;
  });
}

export const heavyHitterEvictionDemo: Demo = {
  id: 'heavyHitterEviction',
  mechanism: 11,
  title: 'KV eviction: heavy hitters',
  line: 'Under a budget the cache keeps the latest tokens and those that drew most attention so far.',
  tags: ['caches', 'patterns'],
  basis: 'seeded random weights',
  notice:
    'Step through the text and watch which tokens survive. A token is judged by the attention it has drawn so far, so old tokens have had more chances, and one that would be needed only later may be gone by then: what was dropped can’t come back. The lines compare the error with that of a plain window of the same budget. With random weights neither rule knows what matters; the more the scores are spread, the more a few keys carry and the more choosing them pays.',
  formula:
    'keep the r latest and, of the others, the B − r with the highest sum of weights over heads and steps',
  source: {
    title: 'Zhang et al. 2023, H2O: Heavy-Hitter Oracle, algorithm 1',
    url: 'https://arxiv.org/abs/2306.14048',
  },
  controls,
  maxTokens: 1024,
  run(input) {
    const tokens = takenTokens(heavyHitterEvictionDemo, input);
    const { heads, budgetTokens, recentTokens } = planOf(input, tokens);
    const full = referenceAttention(heads.q, heads.k, heads.v, heads.shape, {
      mask: causal,
    }).output;
    const kept = decodeUnderBudget(heads, budgetTokens, recentTokens);
    const errors = errorsOf(kept.output, full);
    const latestOnly = decodeUnderBudget(heads, budgetTokens, budgetTokens);
    const latestErrors = errorsOf(latestOnly.output, full);
    const mean = (values: readonly number[]) =>
      values.reduce((sum, one) => sum + one, 0) / values.length;
    const bytesPerToken = 2 * headDim * 2;
    const llama = architectureById('llama-3.1-8b');
    const set = costedTokens(input);
    const shared = [
      numberRow('meanError', 'Difference from the full cache, mean of all steps', mean(errors), 'largest difference of each step’s output'),
      numberRow('meanLatestError', 'The same with the latest tokens alone', mean(latestErrors)),
      bytesRow('fullBytes', 'Full cache of this head at the end', tokens.length * bytesPerToken, `${tokens.length} tokens x 2 x ${headDim} x 2 B`),
      ...cacheRow('modelBytes', `${shortName(llama)}’s cache of your tokens, this budget`, llama, Math.min(set, budgetTokens)),
      ...cacheRow('modelFullBytes', `${shortName(llama)}’s cache of your tokens, full`, llama, set),
    ]; // prettier-ignore
    return {
      // Token by token through the text.
      numFrames: tokens.length,
      openingFrame: tokens.length - 1,
      keyNumberId: 'keptTokens',
      frame(index) {
        const isKept = (idx: number) => idx <= index && kept.evictedAfter[idx] > index;
        const keptTokens = tokens.filter((_, idx) => isKept(idx)).length;
        const dropped = tokens.flatMap((_, idx) => (kept.evictedAfter[idx] === index ? [idx] : []));
        const caption = `After ${plural(index + 1, 'token')} the cache keeps ${keptTokens}${dropped.length === 0 ? '' : `; ${dropped.map((idx) => namedToken(tokens, idx)).join(', ')} was dropped`}.`;
        return {
          caption,
          pictures: [
            categoryTokens({ title: 'Who survives', summary: caption, tokens }, kinds, (idx) => {
              if (idx > index) return 0;
              if (!isKept(idx)) return 1;
              return idx > index - recentTokens ? 2 : 3;
            }),
            seriesPicture({
              title: 'Difference from the full cache',
              summary:
                'The largest difference of each step’s output from that with all tokens kept.',
              xLabel: 'token',
              yLabel: 'difference',
              series: [
                {
                  name: 'heavy hitters and latest',
                  points: errors.map((error, idx) => [idx, error]),
                },
                { name: 'latest alone', points: latestErrors.map((error, idx) => [idx, error]) },
              ],
              rules: [{ axis: 'x', value: index, label: 'this step' }],
            }),
          ],
          numbers: [
            countRow('keptTokens', 'Tokens kept', keptTokens),
            numberRow('error', 'This step’s difference from the full cache', errors[index]),
            bytesRow('cacheBytes', 'Cache of this head', keptTokens * bytesPerToken, `${keptTokens} tokens x 2 x ${headDim} x 2 B`),
            ...shared,
          ], // prettier-ignore
        };
      },
    };
  },
  visibility: (input, queryIdx) => {
    const tokens = takenTokens(heavyHitterEvictionDemo, input);
    requireQueryIdx(queryIdx, tokens.length);
    const { heads, budgetTokens, recentTokens } = planOf(input, tokens);
    const { evictedAfter } = decodeUnderBudget(heads, budgetTokens, recentTokens);
    return tokens.map((_, idx): TokenVisibility => {
      if (idx === queryIdx) return 'self';
      if (idx > queryIdx) return 'nothing';
      // Dropped after an earlier step: gone when this one begins.
      if (evictedAfter[idx] < queryIdx) return 'evicted';
      return idx > queryIdx - recentTokens ? 'window' : 'global';
    });
  },
};
