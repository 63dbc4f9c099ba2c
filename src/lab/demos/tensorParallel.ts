import { architectureById } from '../../core/architectures/architectures.ts';
import { formatBytes, formatCount } from '../../core/format/numbers.ts';
import {
  allReduceBytes,
  createRandom,
  maxAbsDifference,
  splitHeadsOverRanks,
  tensorParallelAttention,
  tensorParallelMlp,
} from '../../engine/index.ts';
import { choiceValue, numberValue, seedControl, takenTokens } from '../controls.ts';
import type { Control, Demo, DemoInput } from '../demo.ts';
import { tokenVectors } from '../embed.ts';
import { bytesRow, countRow, numberRow, percentRow } from '../numberRows.ts';
import type { BlocksPicture, RingPicture } from '../picture.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { cacheRow, costedTokens, shortName } from '../realModel.ts';
import { seededMatrix } from '../seededWeights.ts';
import { plural } from '../words.ts';

const numHeads = 16;
const headDim = 4;
const hiddenSize = 32;
const innerSize = 64;
const bytesPerNumber = 2;

const choices = (values: readonly number[]) =>
  values.map((value) => ({ value: String(value), label: String(value) }));

const controls: readonly Control[] = [
  { kind: 'choice', id: 'numRanks', label: `Ranks (of ${numHeads} query heads)`, options: choices([1, 2, 4, 8, 16]), initial: '4' },
  { kind: 'choice', id: 'numKvHeads', label: 'KV heads', options: choices([16, 8, 4, 2, 1]), initial: '8' },
  {
    kind: 'choice',
    id: 'model',
    label: 'Cost it on the shape of',
    options: [
      { value: 'llama-3.1-70b', label: 'Llama 3.1 70B' },
      { value: 'llama-3.1-405b', label: 'Llama 3.1 405B' },
      { value: 'llama-3.1-8b', label: 'Llama 3.1 8B' },
    ],
    initial: 'llama-3.1-70b',
  },
  seedControl,
]; // prettier-ignore

const tableKinds = [
  { name: 'split evenly' },
  { name: 'KV heads held by several ranks' },
  { name: 'heads do not divide' },
];

/** One layer's weights and the text's vectors, seeded and random. */
export function layerOf(input: DemoInput, tokens: readonly string[]) {
  const numRanks = Number(choiceValue(controls, input, 'numRanks'));
  const numKvHeads = Number(choiceValue(controls, input, 'numKvHeads'));
  const seed = numberValue(controls, input, 'seed');
  const random = createRandom(seed);
  const weights = {
    Wq: seededMatrix(random, numHeads * headDim, hiddenSize),
    Wk: seededMatrix(random, numKvHeads * headDim, hiddenSize),
    Wv: seededMatrix(random, numKvHeads * headDim, hiddenSize),
    Wo: seededMatrix(random, hiddenSize, numHeads * headDim),
  };
  const mlp = {
    gate: seededMatrix(random, innerSize, hiddenSize),
    up: seededMatrix(random, innerSize, hiddenSize),
    down: seededMatrix(random, hiddenSize, innerSize),
  };
  const shape = { tokens: tokens.length, hiddenSize, numHeads, numKvHeads, headDim };
  const x = tokenVectors(tokens, hiddenSize, seed);
  return { x, weights, mlp, shape, numRanks };
}

export const tensorParallelDemo: Demo = {
  id: 'tensorParallel',
  mechanism: 38,
  title: 'Tensor-parallel attention',
  line: 'Every rank takes some heads; one sum over the ranks after attention and one after the MLP.',
  tags: ['systems', 'exact kernels'],
  basis: 'seeded random weights',
  notice:
    'Step through the ranks: each adds what its heads have to say, and only with the last one is the output that of one device, up to rounding. Nothing is approximated; what it costs is two sums over all ranks in every layer, and their bytes grow with the tokens, not with the text’s square. The table says which numbers of ranks divide which numbers of KV heads. With more ranks than KV heads several ranks keep the same keys and values, so the cache of a rank stops shrinking; 3 ranks divide neither 8 KV heads nor 64 query heads.',
  formula:
    'output = Σ over ranks of attentionₕ(x) W_oₕ; a ring all-reduce sends 2 (R − 1) / R of the tensor',
  source: {
    title: 'Shoeybi et al. 2019, Megatron-LM, section 3',
    url: 'https://arxiv.org/abs/1909.08053',
  },
  controls,
  maxTokens: 256,
  run(input) {
    const tokens = takenTokens(tensorParallelDemo, input);
    const { x, weights, mlp, shape, numRanks } = layerOf(input, tokens);
    const attention = tensorParallelAttention(x, weights, shape, numRanks);
    const alone = tensorParallelAttention(x, weights, shape, 1).output;
    const sizes = { tokens: tokens.length, hiddenSize, innerSize };
    const feedForward = tensorParallelMlp(x, mlp, sizes, numRanks);
    const mlpAlone = tensorParallelMlp(x, mlp, sizes, 1).output;
    const split = splitHeadsOverRanks(numHeads, shape.numKvHeads, numRanks);
    const { headsPerRank = 0, kvHeadsPerRank = 0, kvCopies = 1, kvCacheShare = 1 } = split ?? {};
    const model = architectureById(choiceValue(controls, input, 'model'));
    const width = model.hiddenSize ?? 0;
    const layers = model.numLayers ?? 0;
    const set = costedTokens(input);
    const modelReduce = (count: number) =>
      2 * layers * allReduceBytes(count * width, numRanks, bytesPerNumber).bytesPerRank;
    const layerBytes = attention.allReduce.bytesPerRank + feedForward.allReduce.bytesPerRank;
    const sums = partialSums(attention.partialOutputs);
    const differences = sums.map((sum) => maxAbsDifference(sum, alone));
    const why = `2 x ${layers} layers x 2 (R − 1) / R x tokens x ${formatCount(width)} x ${bytesPerNumber} B, R = ${numRanks}`;
    const shared = [
      bytesRow('layerBytes', 'Each rank sends, this layer and text', layerBytes, `2 all-reduces x 2 (${numRanks} − 1) / ${numRanks} x ${tokens.length} x ${hiddenSize} x ${bytesPerNumber} B`),
      numberRow('maxDifference', 'Largest difference from one device, attention', maxAbsDifference(attention.output, alone), 'over all outputs'),
      numberRow('mlpDifference', 'Largest difference from one device, MLP', maxAbsDifference(feedForward.output, mlpAlone)),
      countRow('headsPerRank', 'Query heads of a rank', headsPerRank, `${numHeads} / ${numRanks}`),
      countRow('kvHeadsPerRank', 'KV heads of a rank', kvHeadsPerRank, kvCopies > 1 ? `each held by ${kvCopies} ranks` : `${shape.numKvHeads} / ${numRanks}`),
      percentRow('kvCacheShare', 'A rank’s cache, of one device’s', kvCacheShare),
      bytesRow('modelBytes', `${shortName(model)}: each rank sends to prefill your tokens`, modelReduce(set), why),
      bytesRow('modelTokenBytes', `${shortName(model)}: for each token generated`, modelReduce(1), why),
      ...cacheRow('modelCacheBytes', `${shortName(model)}’s cache of your tokens, all ranks’ share of it`, model, set),
    ]; // prettier-ignore
    return {
      // Rank by rank joining the sum.
      numFrames: numRanks,
      keyNumberId: 'layerBytes',
      frame(index) {
        const caption = `With ${index + 1} of ${plural(numRanks, 'rank')} summed the output is at most ${differences[index].toPrecision(2)} from that of one device.`;
        const first = (values: ArrayLike<number>) =>
          tokens.map((_, idx) => [idx, values[idx * hiddenSize]] as const);
        const ring: RingPicture = {
          kind: 'ring',
          title: 'Ranks and their heads',
          summary: `${plural(numRanks, 'rank')}, ${headsPerRank} query and ${kvHeadsPerRank} KV heads each; the sum goes round the ring twice a layer.`,
          ranks: Array.from({ length: numRanks }, (_, rank) => {
            const firstKv = Math.floor(rank / kvCopies) * kvHeadsPerRank;
            return {
              label: `rank ${rank}`,
              detail: `query heads ${rank * headsPerRank}–${(rank + 1) * headsPerRank - 1}, KV heads ${firstKv}–${firstKv + kvHeadsPerRank - 1}; ${rank <= index ? 'in the sum' : 'not summed yet'}`,
              workShare: rank <= index ? 1 : 0,
            };
          }),
          transfers:
            numRanks === 1
              ? []
              : Array.from({ length: numRanks }, (_, rank) => ({
                  from: rank,
                  to: (rank + 1) % numRanks,
                  label: formatBytes(layerBytes),
                })),
        };
        return {
          caption,
          pictures: [
            ring,
            seriesPicture({
              title: 'The sum so far',
              summary: `The first number of each token’s output, summed over ${plural(index + 1, 'rank')}, beside that of one device.`,
              xLabel: 'token',
              yLabel: 'output',
              series: [
                { name: 'one device', points: first(alone) },
                { name: `${plural(index + 1, 'rank')} summed`, points: first(sums[index]) },
              ],
            }),
            divisions(),
          ],
          numbers: [
            ...shared.slice(0, 1),
            numberRow('sumDifference', 'Largest difference of the sum so far', differences[index]),
            ...shared.slice(1),
          ],
        };
      },
    };
  },
};

/** (ranks): the outputs of the first ranks, summed. */
function partialSums(parts: readonly ArrayLike<number>[]): readonly Float64Array[] {
  let sum = new Float64Array(parts[0].length);
  return parts.map((part) => {
    sum = sum.map((value, idx) => value + part[idx]);
    return sum;
  });
}

/** Which ranks divide which heads, for shapes that real models have. */
function divisions(): BlocksPicture {
  const shapes = ['llama-3.1-8b', 'llama-3.1-70b', 'qwen2.5-7b-instruct', 'mistral-large-2-2407', 'falcon-7b'];
  const ranks = Array.from({ length: 16 }, (_, idx) => idx + 1);
  return {
    kind: 'blocks',
    title: 'Ranks that divide the heads of real models',
    summary:
      'For 1 to 16 ranks: split evenly, KV heads held by several ranks, or not at all. Before the name stand the query and the KV heads.',
    categories: tableKinds,
    rows: shapes.flatMap((id) => {
      const model = architectureById(id);
      const layer = model.mixers?.find((group) => 'numKvHeads' in group.layer)?.layer;
      if (layer === undefined || !('numKvHeads' in layer)) return [];
      return [
        {
          label: `${layer.numHeads}/${layer.numKvHeads} ${shortName(model)}`,
          cells: ranks.map((rank) => {
            const split = splitHeadsOverRanks(layer.numHeads, layer.numKvHeads, rank);
            const category = split === undefined ? 2 : split.kvCopies > 1 ? 1 : 0;
            return { label: String(rank), category };
          }),
        },
      ];
    }),
  };
} // prettier-ignore
