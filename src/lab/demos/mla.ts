import { architectureById } from '../../core/architectures/architectures.ts';
import type { Architecture } from '../../core/architectures/architecture.ts';
import { formatCount } from '../../core/format/numbers.ts';
import {
  createMlaCache,
  createRandom,
  maxAbsDifference,
  mlaAttention,
  mlaCacheNumbersPerToken,
  ropeFrequencies,
  type MlaShape,
  type MlaWeights,
} from '../../engine/index.ts';
import { choiceValue, numberValue, seedControl, takenTokens } from '../controls.ts';
import type { Control, Demo, DemoInput } from '../demo.ts';
import { tokenVectors } from '../embed.ts';
import { bytesRow, countRow, numberRow, percentRow } from '../numberRows.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { cacheRow, costedTokens, shortName } from '../realModel.ts';
import { difference, largestOfRows, seededMatrix } from '../seededWeights.ts';

const controls: readonly Control[] = [
  { kind: 'number', id: 'numHeads', label: 'Heads', min: 1, max: 16, step: 1, initial: 8 },
  { kind: 'number', id: 'kvLoraRank', label: 'Width of the latent', min: 4, max: 64, step: 4, initial: 16 },
  { kind: 'number', id: 'qkRopeHeadDim', label: 'Width of the rotated key', min: 2, max: 16, step: 2, initial: 4 },
  {
    kind: 'choice',
    id: 'model',
    label: 'Cost it on the shape of',
    options: [
      { value: 'deepseek-v3', label: 'DeepSeek V3' },
      { value: 'deepseek-v2-236b', label: 'DeepSeek V2' },
      { value: 'kimi-k2-instruct', label: 'Kimi K2' },
    ],
    initial: 'deepseek-v3',
  },
  seedControl,
]; // prettier-ignore

const hiddenSize = 32;
const headDim = 16;
const bytesPerNumber = 2;

/** Seeded weights and the text's vectors. */
export function mlaInputs(input: DemoInput, tokens: readonly string[]) {
  const shape: MlaShape = {
    hiddenSize,
    numHeads: numberValue(controls, input, 'numHeads'),
    kvLoraRank: numberValue(controls, input, 'kvLoraRank'),
    qkRopeHeadDim: numberValue(controls, input, 'qkRopeHeadDim'),
    qkNopeHeadDim: headDim,
    valueHeadDim: headDim,
  };
  const { numHeads, kvLoraRank, qkRopeHeadDim } = shape;
  const seed = numberValue(controls, input, 'seed');
  const random = createRandom(seed);
  const weights: MlaWeights = {
    queryUp: seededMatrix(random, numHeads * (headDim + qkRopeHeadDim), hiddenSize),
    kvDown: seededMatrix(random, kvLoraRank + qkRopeHeadDim, hiddenSize),
    kvNorm: new Float32Array(kvLoraRank).fill(1),
    kvUp: seededMatrix(random, numHeads * 2 * headDim, kvLoraRank),
    output: seededMatrix(random, hiddenSize, numHeads * headDim),
  };
  const rotation = {
    frequencies: ropeFrequencies(
      { ropeType: 'default', rotaryDim: qkRopeHeadDim, ropeTheta: 10_000 },
      undefined,
    ),
    pairing: 'adjacent' as const,
  };
  return { x: tokenVectors(tokens, hiddenSize, seed), shape, weights, rotation };
}

/** The same model with a key and a value of 128 for each of `numKvHeads` heads, as DeepSeek-V2's table 1 compares it. */
function withPlainHeads(architecture: Architecture, numKvHeads: number): Architecture {
  const mixers = architecture.mixers?.map((group) => {
    const { layer } = group;
    if (layer.kind !== 'mla') return group;
    const { numHeads, qkNopeHeadDim, valueHeadDim } = layer;
    const widths = { keyHeadDim: qkNopeHeadDim, valueHeadDim };
    const plain = { kind: 'full' as const, numHeads, numKvHeads, ...widths, ownsKv: true };
    return { ...group, layer: plain };
  });
  return { ...architecture, ...(mixers === undefined ? {} : { mixers }) };
}

export const mlaDemo: Demo = {
  id: 'mla',
  mechanism: 3,
  title: 'MLA: multi-head latent attention',
  line: 'All heads share one small latent per token: that is all the cache keeps.',
  tags: ['caches'],
  basis: 'seeded random weights',
  notice:
    'The bars compare what one token leaves in one layer’s cache. With MHA it grows with the heads; with MLA it is the latent and one rotated key, however many heads read them: move the heads and only the other bars move. The two lines lie on each other: rebuilding every head’s keys and values from the latents (the expanded form), and moving those matrices into the query and behind the attention (the absorbed form), are the same sums in another order. The absorbed form never rebuilds anything, which is why decoding uses it. What a narrow latent costs in quality can’t be read from random weights.',
  formula:
    'c = norm(W_dkv x); k = [W_uk c ; rope(k_pe)], v = W_uv c; absorbed: qᵀ W_uk c = (W_ukᵀ q)ᵀ c',
  source: {
    title: 'DeepSeek-AI 2024, DeepSeek-V2, section 2.1',
    url: 'https://arxiv.org/abs/2405.04434',
  },
  controls,
  maxTokens: 512,
  run(input) {
    const tokens = takenTokens(mlaDemo, input);
    const { x, shape, weights, rotation } = mlaInputs(input, tokens);
    const cache = createMlaCache(shape, { bytesPerElement: bytesPerNumber });
    const run = (form: 'expanded' | 'absorbed') =>
      mlaAttention(x, tokens.length, shape, weights, {
        ...rotation,
        form,
        ...(form === 'absorbed' ? { cache } : {}),
      });
    const [expanded, absorbed] = [run('expanded'), run('absorbed')];
    const { numHeads, kvLoraRank, qkRopeHeadDim } = shape;
    const perToken = mlaCacheNumbersPerToken(shape);
    const plain = (heads: number) => 2 * heads * headDim;
    const groups = Math.max(1, Math.floor(numHeads / 4));
    const apart = largestOfRows(difference(expanded.output, absorbed.output), hiddenSize);
    const first = (output: ArrayLike<number>) =>
      tokens.map((_, idx): readonly [number, number] => [idx, output[idx * hiddenSize]]);
    const maxDifference = maxAbsDifference(expanded.output, absorbed.output);
    const model = architectureById(choiceValue(controls, input, 'model'));
    const set = costedTokens(input);
    const mlaLayer = model.mixers?.find(({ layer }) => layer.kind === 'mla')?.layer;
    const heads = mlaLayer?.kind === 'mla' ? mlaLayer.numHeads : 0;
    return {
      numFrames: 1,
      keyNumberId: 'cacheBytes',
      frame: () => ({
        caption: `${formatCount(perToken)} numbers a token and layer instead of ${formatCount(plain(numHeads))}; both forms agree to ${maxDifference.toPrecision(2)}.`,
        pictures: [
          {
            kind: 'bars',
            title: 'What a token leaves in a layer’s cache',
            summary: `Numbers a token: MHA ${plain(numHeads)}, GQA with ${groups} KV heads ${plain(groups)}, MQA ${plain(1)}, MLA ${perToken}.`,
            valueLabel: 'numbers',
            categories: [{ name: 'keys' }, { name: 'values' }, { name: 'latent' }, { name: 'rotated key' }],
            bars: [
              { label: `MHA, ${numHeads} heads`, parts: [plain(numHeads) / 2, plain(numHeads) / 2, 0, 0] },
              { label: `GQA, ${groups} KV heads`, parts: [plain(groups) / 2, plain(groups) / 2, 0, 0] },
              { label: 'MQA', parts: [plain(1) / 2, plain(1) / 2, 0, 0] },
              { label: 'MLA', parts: [0, 0, kvLoraRank, qkRopeHeadDim] },
            ],
          },
          seriesPicture({
            title: 'The output in both forms',
            summary: `The first number of each token’s output, expanded and absorbed: at most ${maxDifference.toPrecision(2)} apart.`,
            xLabel: 'token',
            yLabel: 'output',
            series: [
              { name: 'expanded', points: first(expanded.output) },
              { name: 'absorbed', points: first(absorbed.output) },
              { name: 'largest difference', points: apart.map((one, idx) => [idx, one] as const) },
            ],
          }),
        ],
        numbers: [
          bytesRow('cacheBytes', 'Cache of this layer', cache.usedBytes, `${tokens.length} tokens x (${kvLoraRank} + ${qkRopeHeadDim}) x ${bytesPerNumber} B`),
          bytesRow('multiHeadBytes', `As MHA with ${numHeads} heads`, tokens.length * plain(numHeads) * bytesPerNumber, `${tokens.length} tokens x 2 x ${numHeads} x ${headDim} x ${bytesPerNumber} B`),
          percentRow('share', 'MLA, of MHA', perToken / plain(numHeads), `${perToken} / ${plain(numHeads)} numbers a token`),
          numberRow('maxDifference', 'Largest difference between the forms', maxDifference, 'over all outputs'),
          countRow('expandedNumbers', 'Numbers the expanded form rebuilds', expanded.expandedNumbers, 'keys and values of all heads; the absorbed form rebuilds none'),
          ...cacheRow('modelBytes', `${shortName(model)}’s cache, your tokens`, model, set),
          ...cacheRow('modelMultiHeadBytes', `${shortName(model)} as MHA (${heads} KV heads of 128)`, withPlainHeads(model, heads), set),
          ...cacheRow('modelGroupedBytes', `${shortName(model)} as GQA (8 KV heads of 128)`, withPlainHeads(model, 8), set),
        ],
      }),
    }; // prettier-ignore
  },
};
