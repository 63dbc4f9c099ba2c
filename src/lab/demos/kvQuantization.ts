import { architectureById } from '../../core/architectures/architectures.ts';
import { formatCount } from '../../core/format/numbers.ts';
import {
  createQuantizedCache,
  maxAbsDifference,
  simdAttention,
  type QuantizedCacheOptions,
} from '../../engine/index.ts';
import { choiceValue, numberValue, seedControl, takenTokens } from '../controls.ts';
import type { Control, Demo, DemoInput } from '../demo.ts';
import { embedHeads } from '../embed.ts';
import { bytesRow, countRow, numberRow, percentRow } from '../numberRows.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { cacheRow, costedTokens, shortName, uniformShape } from '../realModel.ts';
import { plural } from '../words.ts';

const controls: readonly Control[] = [
  {
    kind: 'choice',
    id: 'format',
    label: 'Number format',
    options: [
      { value: 'int8', label: 'int8' },
      { value: 'int4', label: 'int4' },
      { value: 'fp8', label: 'fp8 (e4m3)' },
    ],
    initial: 'int4',
  },
  {
    kind: 'choice',
    id: 'keyAxis',
    label: 'Keys share a scale',
    options: [
      { value: 'token', label: 'per token' },
      { value: 'group', label: 'per 32 numbers of a token' },
      { value: 'channel', label: 'per channel over 32 tokens' },
    ],
    initial: 'token',
  },
  { kind: 'number', id: 'residualTokens', label: 'Latest tokens left in 16 bits', min: 0, max: 256, step: 1, initial: 0 },
  { kind: 'number', id: 'outlier', label: 'One key channel this many times larger', min: 1, max: 32, step: 1, initial: 1 },
  seedControl,
]; // prettier-ignore

/** As in Llama 3.1, so that scales and zeros weigh what they would there. */
const llama = architectureById('llama-3.1-8b');
const { headDim, numLayers, numKvHeads } = uniformShape(llama);
const halfBytes = 2;

function optionsOf(input: DemoInput): QuantizedCacheOptions {
  const format = choiceValue(controls, input, 'format');
  const keyAxis = choiceValue(controls, input, 'keyAxis');
  return {
    format: format === 'int8' || format === 'fp8' ? format : 'int4',
    keyAxis: keyAxis === 'group' || keyAxis === 'channel' ? keyAxis : 'token',
    groupSize: 32,
    // fp8 has no scale to share, so it needs no block to share it over.
    blockTokens: keyAxis === 'channel' && format !== 'fp8' ? 32 : 1,
    residualTokens: numberValue(controls, input, 'residualTokens'),
    bytesPerElement: halfBytes,
  };
}

/** Bytes of one head's cache after so many tokens; blocks are all of one size, so one of them is measured. */
export function quantizedHeadBytes(tokens: number, options: QuantizedCacheOptions): number {
  const { blockTokens = 1, residualTokens = 0 } = options;
  const numBlocks = Math.max(0, Math.floor((tokens - residualTokens) / blockTokens));
  const shape = { numKvHeads: 1, headDim };
  const block = createQuantizedCache(shape, { ...options, residualTokens: 0 });
  const numbers = new Float32Array(blockTokens * headDim);
  block.append(numbers, numbers);
  const restTokens = tokens - numBlocks * blockTokens;
  return numBlocks * block.usedBytes + restTokens * 2 * headDim * halfBytes;
}

export const kvQuantizationDemo: Demo = {
  id: 'kvQuantization',
  mechanism: 18,
  title: 'KV-cache quantisation',
  line: 'Keys and values in 8 or 4 bits: the cache shrinks, and the output moves a little.',
  tags: ['caches'],
  basis: 'seeded random weights',
  notice:
    'Compare the error of int8 and int4: four bits fewer make steps 17 times as wide. Then make one key channel larger, as the outlier channels that KIVI reports: with a scale per token that channel stretches the steps of all others, with a scale per channel only its own. Scales and zeros are counted, 4 bytes each, which is why 4 bits save less than three quarters. Tokens left in 16 bits at the end cost a fixed number of bytes. fp8 has no scale here; the choice of axis does not touch it. How much a trained model’s answers suffer can’t be read from random weights.',
  formula: 'code = round((x − z) / s), z = min x, s = (max x − min x) / (2^b − 1)',
  source: {
    title: 'Liu et al. 2024, KIVI: A Tuning-Free Asymmetric 2bit Quantization for KV Cache',
    url: 'https://arxiv.org/abs/2402.02750',
  },
  controls,
  maxTokens: 512,
  run(input) {
    const tokens = takenTokens(kvQuantizationDemo, input);
    const seed = numberValue(controls, input, 'seed');
    const outlier = numberValue(controls, input, 'outlier');
    const options = optionsOf(input);
    const { q, k: plainKeys, v, shape } = embedHeads(tokens, { numHeads: 1, headDim, seed });
    const k = plainKeys.map((value, idx) => (idx % headDim === 0 ? value * outlier : value));
    const cache = createQuantizedCache({ numKvHeads: 1, headDim }, options);
    cache.append(k, v);
    const kept = cache.read();
    const exact = simdAttention(q, k, v, shape).output;
    const rounded = simdAttention(q, kept.k, kept.v, shape).output;
    const errorOf = (full: ArrayLike<number>, approximate: ArrayLike<number>) =>
      tokens.map((_, token): readonly [number, number] => {
        let largest = 0;
        for (let idx = token * headDim; idx < (token + 1) * headDim; idx++) {
          largest = Math.max(largest, Math.abs(full[idx] - approximate[idx]));
        }
        return [token, largest];
      });
    const fullBytes = tokens.length * 2 * headDim * halfBytes;
    const set = costedTokens(input);
    const headBytes = quantizedHeadBytes(set, options);
    const quantized = quantizedTokens(tokens.length, options);
    const caption = `${plural(quantized, 'token')} of ${formatCount(tokens.length)} kept as ${options.format}; the outputs move by at most ${maxAbsDifference(exact, rounded).toPrecision(3)}.`;
    const numbers = [
      bytesRow('cacheBytes', 'Cache of this head', cache.usedBytes, 'codes, scales and zeros, and the latest tokens in 16 bits'),
      bytesRow('fullBytes', 'The same in 16 bits', fullBytes, `${tokens.length} tokens x 2 x ${headDim} x ${halfBytes} B`),
      percentRow('savedShare', 'Saved', 1 - cache.usedBytes / fullBytes),
      countRow('quantizedTokens', 'Tokens quantised', quantized),
      numberRow('maxDifference', 'Largest difference of an output', maxAbsDifference(exact, rounded), 'attention over the rounded cache against the same over the full one'),
      numberRow('maxKeyError', 'Largest error of a key’s number', maxAbsDifference(k, kept.k)),
      bytesRow('modelBytes', `${shortName(llama)}’s cache of your tokens, in this form`, numLayers * numKvHeads * headBytes, `${numLayers} layers x ${numKvHeads} KV heads x ${formatCount(headBytes)} B for ${formatCount(set)} tokens`),
      ...cacheRow('modelFullBytes', `${shortName(llama)}’s cache of your tokens, 16 bits`, llama, set),
    ]; // prettier-ignore
    return {
      numFrames: 1,
      keyNumberId: 'maxDifference',
      frame: () => ({
        caption,
        pictures: [
          seriesPicture({
            title: 'Error, token by token',
            summary:
              'The largest error of each token’s key, value, and output; 0 where nothing is quantised.',
            xLabel: 'token',
            yLabel: 'largest error',
            series: [
              { name: 'output', points: errorOf(exact, rounded) },
              { name: 'key', points: errorOf(k, kept.k) },
              { name: 'value', points: errorOf(v, kept.v) },
            ],
          }),
          {
            kind: 'bars',
            title: 'Bytes of this head',
            summary: `${formatCount(cache.usedBytes)} bytes against ${formatCount(fullBytes)} in 16 bits.`,
            valueLabel: 'bytes',
            unit: 'bytes',
            categories: [{ name: 'bytes' }],
            bars: [
              { label: '16 bits', parts: [fullBytes] },
              { label: options.format, parts: [cache.usedBytes] },
            ],
          },
        ],
        numbers,
      }),
    };
  },
};

function quantizedTokens(tokens: number, options: QuantizedCacheOptions): number {
  const { blockTokens = 1, residualTokens = 0 } = options;
  return Math.max(0, Math.floor((tokens - residualTokens) / blockTokens)) * blockTokens;
}
