import { architectureById } from '../../core/architectures/architectures.ts';
import { formatBytes, formatCount } from '../../core/format/numbers.ts';
import {
  causal,
  eluPlusOne,
  layerCacheBytes,
  linearAttentionChunked,
  linearAttentionParallel,
  linearAttentionRecurrent,
  maxAbsDifference,
  referenceAttention,
} from '../../engine/index.ts';
import { numberValue, scoreDeviationControl, seedControl, takenTokens } from '../controls.ts';
import type { Control, Demo } from '../demo.ts';
import { embedHeads } from '../embed.ts';
import { bytesRow, flopsRow, numberRow } from '../numberRows.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { strengthTokens } from '../pictures/tokensPicture.ts';
import { weightsPicture } from '../pictures/weightsPicture.ts';
import { cacheRow, costedTokens, shortName } from '../realModel.ts';
import { namedToken, plural } from '../words.ts';

const controls: readonly Control[] = [
  { kind: 'number', id: 'headDim', label: 'Width of the head', min: 2, max: 32, step: 1, initial: 8 },
  { kind: 'number', id: 'chunkTokens', label: 'Chunk of the chunked form (tokens)', min: 1, max: 256, step: 1, initial: 8, logarithmic: true },
  scoreDeviationControl(),
  seedControl,
]; // prettier-ignore

const stateBytesPerNumber = 4;
const cacheBytesPerNumber = 2;

export const linearAttentionDemo: Demo = {
  id: 'linearAttention',
  mechanism: 13,
  title: 'Linear attention',
  line: 'Without softmax the sums can be kept instead of the tokens: a state that never grows.',
  tags: ['state space', 'exact kernels'],
  basis: 'seeded random weights',
  notice:
    'Step through the text: the state changes with every token and keeps its size, while a KV cache of the same head grows. All three forms give the same output: token by token from the state, in chunks, or all at once with a matrix of weights. The state only adds and never forgets, and what it holds of one token is mixed with all others in a square of d × d: that is why the weights are flatter than softmax’s, and why gated and delta rules came after it. Whether the flatter weights are good enough is nothing that random vectors can say.',
  formula: 'oᵢ = φ(qᵢ) Σⱼ φ(kⱼ) vⱼᵀ / φ(qᵢ) Σⱼ φ(kⱼ), φ(x) = elu(x) + 1',
  source: {
    title: 'Katharopoulos et al. 2020, Transformers are RNNs, equations 4–7 and 16–20',
    url: 'https://arxiv.org/abs/2006.16236',
  },
  controls,
  maxTokens: 512,
  run(input) {
    const tokens = takenTokens(linearAttentionDemo, input);
    const headDim = numberValue(controls, input, 'headDim');
    const chunkTokens = numberValue(controls, input, 'chunkTokens');
    const heads = embedHeads(tokens, {
      numHeads: 1,
      headDim,
      seed: numberValue(controls, input, 'seed'),
      scoreDeviation: numberValue(controls, input, 'scoreDeviation'),
    });
    const { q, k, v } = heads;
    const shape = { numHeads: 1, tokens: tokens.length, headDim };
    const states: Float64Array[] = [];
    const recurrent = linearAttentionRecurrent(q, k, v, shape, {
      observer: { stateStep: ({ state }) => states.push(state.slice()) },
    }).output;
    const parallel = linearAttentionParallel(q, k, v, shape);
    const chunked = linearAttentionChunked(q, k, v, shape, chunkTokens).output;
    const softmax = referenceAttention(q, k, v, heads.shape, { mask: causal, keepWeights: true });
    const maxDifference = Math.max(
      maxAbsDifference(recurrent, parallel),
      maxAbsDifference(chunked, parallel),
    );
    const stateBytes = layerCacheBytes({ kind: 'linear', numHeads: 1, headDim }, tokens.length, {
      stateBytesPerElement: stateBytesPerNumber,
    });
    const cacheBytes = (count: number) =>
      layerCacheBytes({ kind: 'full', numKvHeads: 1, headDim }, count, {
        bytesPerElement: cacheBytesPerNumber,
      });
    const llama = architectureById('llama-3.1-8b');
    const set = costedTokens(input);
    const llamaState =
      32 *
      layerCacheBytes({ kind: 'linear', numHeads: 32, headDim: 128 }, set, {
        stateBytesPerElement: stateBytesPerNumber,
      });
    const shared = [
      bytesRow('stateBytes', 'State, after any number of tokens', stateBytes, `${headDim} x (${headDim} + 1) numbers x ${stateBytesPerNumber} B: Σ φ(k) vᵀ and Σ φ(k)`),
      numberRow('maxDifference', 'Largest difference between the three forms', maxDifference, `recurrent and in chunks of ${chunkTokens}, each against parallel`),
      numberRow('softmaxDifference', 'Largest difference from softmax attention', maxAbsDifference(parallel, softmax.output), 'another function, not an approximation of it'),
      flopsRow('flops', 'This text, from the state', tokens.length * 4 * headDim * (headDim + 1), `${tokens.length} tokens x (write and read ${headDim} x ${headDim + 1} numbers, 2 FLOPs each)`),
      flopsRow('denseFlops', 'This text, softmax attention', tokens.length * (tokens.length + 1) * 2 * headDim, 'n (n + 1) / 2 cells x 4 x d'),
      bytesRow('modelStateBytes', `${shortName(llama)}’s heads as linear attention`, llamaState, '32 layers x 32 heads x 128 x 129 numbers x 4 B, for any number of tokens'),
      ...cacheRow('modelCacheBytes', `${shortName(llama)}’s KV cache of your tokens`, llama, set),
    ]; // prettier-ignore
    return {
      // Token by token, as the recurrence goes.
      numFrames: tokens.length,
      openingFrame: tokens.length - 1,
      keyNumberId: 'stateBytes',
      frame(index) {
        const linear = linearWeights(q, k, headDim, index);
        const dense = softmax.weights?.subarray(
          index * tokens.length,
          index * tokens.length + index + 1,
        );
        const most = Math.max(...linear);
        const caption = `${plural(index + 1, 'token')} read, the last is ${namedToken(tokens, index)}: the state takes ${formatBytes(stateBytes)}, a KV cache would take ${formatBytes(cacheBytes(index + 1))}.`;
        return {
          caption,
          pictures: [
            weightsPicture({
              title: 'The state: Σ φ(k) vᵀ',
              summary: `${headDim} x ${headDim} numbers after ${plural(index + 1, 'token')}.`,
              values: states[index],
              numRows: headDim,
              numColumns: headDim,
              scale: 'diverging',
              aggregate: 'mean',
            }),
            strengthTokens(
              {
                title: 'What this token draws on',
                summary: `Weight of each token so far in the output of ${namedToken(tokens, index)}, against the largest.`,
                tokens,
              },
              (idx) => (idx > index ? 0 : linear[idx] / most),
            ),
            seriesPicture({
              title: 'Its weights, linear and softmax',
              summary: `The largest weight is ${most.toPrecision(3)} without softmax and ${Math.max(...(dense ?? [0])).toPrecision(3)} with it.`,
              xLabel: 'token',
              yLabel: 'weight',
              series: [
                { name: 'linear', points: Array.from(linear, (one, idx) => [idx, one] as const) },
                { name: 'softmax', points: Array.from(dense ?? [], (one, idx) => [idx, one] as const) },
              ],
            }),
          ],
          numbers: [
            bytesRow('cacheBytes', `KV cache of this head after ${formatCount(index + 1)}`, cacheBytes(index + 1), `${index + 1} tokens x 2 x ${headDim} x ${cacheBytesPerNumber} B`),
            ...shared,
          ],
        }; // prettier-ignore
      },
    };
  },
};

/** (qIdx + 1): what one query of linear attention weighs each token so far, sum 1. */
export function linearWeights(
  q: ArrayLike<number>,
  k: ArrayLike<number>,
  headDim: number,
  qIdx: number,
): Float64Array {
  const weights = new Float64Array(qIdx + 1);
  let sum = 0;
  for (let kvIdx = 0; kvIdx <= qIdx; kvIdx++) {
    for (let dim = 0; dim < headDim; dim++) {
      weights[kvIdx] += eluPlusOne(q[qIdx * headDim + dim]) * eluPlusOne(k[kvIdx * headDim + dim]);
    }
    sum += weights[kvIdx];
  }
  return weights.map((weight) => weight / sum);
}
