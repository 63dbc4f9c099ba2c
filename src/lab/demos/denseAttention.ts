import { architectureById } from '../../core/architectures/architectures.ts';
import type { Architecture } from '../../core/architectures/architecture.ts';
import { causal, layerCacheBytes, maxAbsDifference, simdAttention } from '../../engine/index.ts';
import { attentionRows, sampledQueries, sampleWords } from '../attentionRows.ts';
import {
  choiceValue,
  numberValue,
  scoreDeviationControl,
  seedControl,
  takenTokens,
} from '../controls.ts';
import type { Control, Demo } from '../demo.ts';
import { embedHeads, headOf, lastQueries, type EmbeddedHeads } from '../embed.ts';
import { bytesRow, countRow, flopsRow, numberRow } from '../numberRows.ts';
import type { BarsPicture } from '../picture.ts';
import { mostCells } from '../pictures/tiles.ts';
import { weightsPicture } from '../pictures/weightsPicture.ts';
import { shortName, cacheRow, costedTokens } from '../realModel.ts';
import { plural } from '../words.ts';

const numHeads = 8;
const headDim = 16;
const bytesPerNumber = 2;

const controls: readonly Control[] = [
  {
    kind: 'choice',
    id: 'numKvHeads',
    label: 'KV heads for 8 query heads',
    options: [
      { value: '8', label: '8 (MHA)' },
      { value: '4', label: '4 (GQA)' },
      { value: '2', label: '2 (GQA)' },
      { value: '1', label: '1 (MQA)' },
    ],
    initial: '2',
  },
  { kind: 'number', id: 'headIdx', label: 'Query head shown', min: 0, max: 7, step: 1, initial: 3 },
  scoreDeviationControl(),
  seedControl,
]; // prettier-ignore

/** Each group of heads shares the mean of its keys and of its values, as GQA checkpoints are made from MHA ones. */
export function pooledHeads(heads: EmbeddedHeads, numKvHeads: number): EmbeddedHeads {
  const { keyTokens } = heads.shape;
  const group = heads.shape.numKvHeads / numKvHeads;
  const length = keyTokens * headDim;
  const pool = (all: Float32Array) => {
    const pooled = new Float32Array(numKvHeads * length);
    for (let kvHead = 0; kvHead < numKvHeads; kvHead++) {
      for (let idx = 0; idx < length; idx++) {
        let sum = 0;
        for (let head = kvHead * group; head < (kvHead + 1) * group; head++) {
          sum += all[head * length + idx];
        }
        pooled[kvHead * length + idx] = sum / group;
      }
    }
    return pooled;
  };
  return { q: heads.q, k: pool(heads.k), v: pool(heads.v), shape: { ...heads.shape, numKvHeads } };
}

function layerBytes(numKvHeads: number, tokens: number): number {
  return layerCacheBytes({ kind: 'full', numKvHeads, headDim }, tokens, {
    bytesPerElement: bytesPerNumber,
  });
}

/** The same model with a kv head for every query head. */
function asMultiHead(architecture: Architecture): Architecture {
  const mixers = architecture.mixers?.map((group) =>
    'numKvHeads' in group.layer
      ? { ...group, layer: { ...group.layer, numKvHeads: group.layer.numHeads } }
      : group,
  );
  return { ...architecture, ...(mixers === undefined ? {} : { mixers }) };
}

export const denseAttentionDemo: Demo = {
  id: 'denseAttention',
  mechanism: 2,
  title: 'Dense attention: MHA, GQA, MQA',
  line: 'The same queries over fewer key and value heads: the cache shrinks, the output moves.',
  tags: ['caches'],
  basis: 'seeded random weights',
  notice:
    'Eight query heads read eight, four, two or one pair of key and value heads. The cache shrinks in proportion, the FLOPs don’t: every query head still looks at every token. The heads that share are the mean of their group’s, as GQA checkpoints are made; with random heads, which have nothing in common, the output moves a lot; a trained model is trained on after the pooling until it hardly moves.',
  formula:
    'softmax(q kᵀ / √d) v; query head h reads kv head floor(h K / H); cache = 2 K d n numbers a layer',
  source: { title: 'Ainslie et al. 2023, GQA, section 2', url: 'https://arxiv.org/abs/2305.13245' },
  controls,
  maxTokens: 8192,
  run(input) {
    const tokens = takenTokens(denseAttentionDemo, input);
    const numKvHeads = Number(choiceValue(controls, input, 'numKvHeads'));
    const headIdx = numberValue(controls, input, 'headIdx');
    const all = embedHeads(tokens, {
      numHeads,
      headDim,
      seed: numberValue(controls, input, 'seed'),
      scoreDeviation: numberValue(controls, input, 'scoreDeviation'),
    });
    const pooled = pooledHeads(all, numKvHeads);
    const queries = sampledQueries(tokens.length, 32);
    const picture = (title: string, heads: EmbeddedHeads) =>
      weightsPicture({
        title,
        summary: `Weights of query head ${headIdx}, ${sampleWords(tokens.length, queries)}.`,
        values: attentionRows(headOf(heads, headIdx), queries, { mask: causal }).weights,
        numRows: queries.length,
        numColumns: tokens.length,
        rowTokens: queries.map((idx) => tokens[idx]),
        columnTokens: tokens,
      });
    const bars: BarsPicture = {
      kind: 'bars',
      title: 'Cache of one layer',
      summary: 'Bytes of keys and values by number of kv heads, for this text.',
      valueLabel: 'bytes',
      unit: 'bytes',
      categories: [{ name: 'keys' }, { name: 'values' }],
      bars: [8, 4, 2, 1].map((count) => {
        const half = layerBytes(count, tokens.length) / 2;
        return { label: plural(count, 'kv head'), parts: [half, half] };
      }),
    };
    const compared = Math.min(tokens.length, tokens.length <= mostCells ? mostCells : 16);
    const outputOf = (heads: EmbeddedHeads) =>
      simdAttention(
        lastQueries(heads, compared),
        heads.k,
        heads.v,
        { ...heads.shape, queryTokens: compared },
        { firstQueryIdx: tokens.length - compared },
      ).output;
    const difference = maxAbsDifference(outputOf(pooled), outputOf(all));
    const pictures = [
      picture('A kv head of its own (MHA)', all),
      picture(`${plural(numKvHeads, 'kv head')} shared by 8 query heads`, pooled),
      bars,
    ];
    const kvHead = Math.floor((headIdx * numKvHeads) / numHeads);
    const cells = (tokens.length * (tokens.length + 1)) / 2;
    const llama = architectureById('llama-3.1-8b');
    const set = costedTokens(input);
    return {
      numFrames: 1,
      keyNumberId: 'cacheBytes',
      frame: () => ({
        caption: `Query head ${headIdx} reads kv head ${kvHead} of ${numKvHeads}.`,
        pictures,
        numbers: [
          bytesRow('cacheBytes', 'Cache of one layer', layerBytes(numKvHeads, tokens.length), `2 x ${numKvHeads} heads x ${headDim} x ${tokens.length} tokens x ${bytesPerNumber} B`),
          bytesRow('multiHeadBytes', 'With a kv head for each query head', layerBytes(numHeads, tokens.length)),
          numberRow('difference', 'Largest difference of the output from MHA', difference, `all 8 heads, over the last ${plural(compared, 'position')}`),
          countRow('cells', 'Cells of one head, causal', cells, 'n (n + 1) / 2: as many for any number of kv heads'),
          flopsRow('flops', 'All 8 heads', cells * 4 * headDim * numHeads, `${cells} cells x 4 x ${headDim} x ${numHeads} heads`),
          ...cacheRow('modelCacheBytes', `${shortName(llama)}’s cache, your tokens (8 kv heads for 32)`, llama, set),
          ...cacheRow('modelMultiHeadBytes', `${shortName(llama)} as MHA (32 kv heads), your tokens`, asMultiHead(llama), set),
        ],
      }),
    }; // prettier-ignore
  },
};
