import { formatCount } from '../../core/format/numbers.ts';
import {
  countCells,
  createRandom,
  maxAbsDifference,
  receptiveField,
  segmentMask,
  transformerXlSegments,
  transformerXlTerms,
  type TransformerXlWeights,
} from '../../engine/index.ts';
import { numberValue, requireQueryIdx, seedControl, takenTokens } from '../controls.ts';
import type { Control, Demo, DemoInput, TokenVisibility } from '../demo.ts';
import { tokenVectors } from '../embed.ts';
import { countRow, numberRow, partRow } from '../numberRows.ts';
import { maskPicture } from '../pictures/maskPicture.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { costedTokens } from '../realModel.ts';
import { seededMatrix } from '../seededWeights.ts';
import { namedToken, plural } from '../words.ts';

const controls: readonly Control[] = [
  { kind: 'number', id: 'segmentTokens', label: 'Segment (tokens)', min: 1, max: 128, step: 1, initial: 8, logarithmic: true },
  { kind: 'number', id: 'memoryTokens', label: 'Memory of each layer (tokens)', min: 0, max: 128, step: 1, initial: 8 },
  { kind: 'number', id: 'numLayers', label: 'Layers', min: 1, max: 6, step: 1, initial: 3 },
  seedControl,
]; // prettier-ignore

const numHeads = 1;
const headDim = 8;

const kinds = [
  { name: 'not seen', isNothing: true },
  { name: 'own segment' },
  { name: 'memory' },
  { name: 'through the layers below' },
];

function planOf(input: DemoInput) {
  return {
    segmentTokens: numberValue(controls, input, 'segmentTokens'),
    memoryTokens: numberValue(controls, input, 'memoryTokens'),
    numLayers: numberValue(controls, input, 'numLayers'),
    seed: numberValue(controls, input, 'seed'),
  };
}

export function seededLayers(numLayers: number, seed: number): readonly TransformerXlWeights[] {
  const random = createRandom(seed);
  const square = () => seededMatrix(random, headDim, headDim);
  const row = () => seededMatrix(random, 1, headDim);
  return Array.from({ length: numLayers }, () => ({
    Wq: square(),
    Wk: square(),
    Wv: square(),
    Wr: square(),
    u: row(),
    v: row(),
  }));
}

/** Of (tokens, tokens): how many tokens each reaches. */
function reachOf(field: Uint8Array, tokens: number, idx: number): number {
  return field.subarray(idx * tokens, (idx + 1) * tokens).reduce((sum, one) => sum + one, 0);
}

export const transformerXlDemo: Demo = {
  id: 'transformerXl',
  mechanism: 19,
  title: 'Transformer-XL: segments with memory',
  line: 'Each layer remembers its inputs for the segment before: the context grows with the layers.',
  tags: ['positions', 'patterns', 'caches'],
  basis: 'seeded random weights',
  notice:
    'Step up through the layers. A layer sees its own segment and the memory of the one before; what it remembers has itself seen a memory, so the reach grows by the memory’s length with each layer. Set the memory to 0: the first token of a segment sees nothing but itself, however many layers there are, and the output differs most there. Positions count backwards from the query, as distances: the same text gives the same numbers in every segment, which absolute positions can’t offer. The four lines are the parts of one query’s scores: what it asks of contents and of distances (a, b), and what every query asks (c, d).',
  formula: 'score = qᵀk (a) + qᵀr (b) + uᵀk (c) + vᵀr (d), r = W_r R(distance)',
  source: {
    title: 'Dai et al. 2019, Transformer-XL, sections 3.2 and 3.3',
    url: 'https://arxiv.org/abs/1901.02860',
  },
  controls,
  maxTokens: 256,
  run(input) {
    const tokens = takenTokens(transformerXlDemo, input);
    const numTokens = tokens.length;
    const { segmentTokens, memoryTokens, numLayers, seed } = planOf(input);
    const mask = segmentMask(segmentTokens, memoryTokens);
    const stack = (depth: number, one: typeof mask) => Array.from({ length: depth }, () => one);
    const bare = segmentMask(segmentTokens, 0);
    const depths = Array.from({ length: numLayers }, (_, idx) => idx + 1);
    const fields = depths.map((depth) => receptiveField(stack(depth, mask), numTokens));
    const reach = fields.map((field) => reachOf(field, numTokens, numTokens - 1));
    const bareReach = reachOf(receptiveField([bare], numTokens), numTokens, numTokens - 1);
    const x = tokenVectors(tokens, headDim, seed);
    const layers = seededLayers(numLayers, seed);
    const sizes = { numHeads, headDim, tokens: numTokens };
    const outputWith = (memory: number, segment = segmentTokens) =>
      transformerXlSegments(x, layers, { ...sizes, segmentTokens: segment, memoryTokens: memory });
    const whole = outputWith(0, numTokens);
    const [remembering, forgetting] = [outputWith(memoryTokens), outputWith(0)];
    const cells = countCells(mask, { queryTokens: numTokens, keyTokens: numTokens });
    const terms = termsOfLast(x, layers[0], numTokens, segmentTokens, memoryTokens);
    const set = costedTokens(input);
    const shared = [
      numberRow('hidden', 'Largest difference from one long segment, with this memory', maxAbsDifference(remembering, whole), `${plural(numLayers, 'layer')}, seeded random weights of width ${headDim}`),
      numberRow('hiddenWithout', 'The same without memory', maxAbsDifference(forgetting, whole)),
      partRow('cells', 'Cells of a layer, of dense causal attention', cells, (numTokens * (numTokens + 1)) / 2),
      countRow('reachWithout', 'Reach of the last token without memory', bareReach, 'its own segment so far, whatever the depth'),
      countRow('setSegments', 'Segments in your whole context set', Math.ceil(set / segmentTokens), `${formatCount(set)} tokens / ${segmentTokens}`),
    ]; // prettier-ignore
    return {
      // Layer by layer, from the bottom.
      numFrames: numLayers,
      openingFrame: numLayers - 1,
      keyNumberId: 'reach',
      frame(index) {
        const depth = index + 1;
        const field = fields[index];
        const caption = `After ${plural(depth, 'layer')} the last token can depend on ${plural(reach[index], 'token')} of ${formatCount(numTokens)}; without memory on ${formatCount(bareReach)}.`;
        return {
          caption,
          pictures: [
            maskPicture({
              title: `What reaches what through ${plural(depth, 'layer')}`,
              tokens,
              mask: (qIdx, kvIdx) => field[qIdx * numTokens + kvIdx] === 1,
              categories: kinds,
              categoryOf: (qIdx, kvIdx) => {
                if (field[qIdx * numTokens + kvIdx] === 0) return 0;
                if (!mask(qIdx, kvIdx)) return 3;
                return kvIdx >= qIdx - (qIdx % segmentTokens) ? 1 : 2;
              },
              seenWord: 'reached',
            }),
            seriesPicture({
              title: 'Reach of the last token by depth',
              summary: `With memory ${reach.map(formatCount).join(', ')} tokens after each layer; without always ${formatCount(bareReach)}.`,
              xLabel: 'layers',
              yLabel: 'tokens',
              series: [
                { name: `memory of ${memoryTokens}`, points: reach.map((one, idx) => [idx + 1, one] as const) },
                { name: 'no memory', points: depths.map((one) => [one, bareReach] as const) },
              ],
              rules: [{ axis: 'x', value: depth, label: 'this layer' }],
            }),
            seriesPicture({
              title: 'The four parts of the last token’s scores',
              summary: `Layer 1, ${namedToken(tokens, numTokens - 1)} against the ${plural(terms.keyTokens, 'token')} it sees, by distance.`,
              xLabel: 'distance (tokens)',
              yLabel: 'score before scaling',
              series: terms.series,
            }),
          ],
          numbers: [
            countRow('reach', 'Tokens the last token can depend on', reach[index], `the engine’s receptive field of ${plural(depth, 'layer')} of this mask`),
            ...shared,
          ],
        }; // prettier-ignore
      },
    };
  },
  visibility: (input, queryIdx) => {
    const { length } = takenTokens(transformerXlDemo, input);
    requireQueryIdx(queryIdx, length);
    const { segmentTokens, memoryTokens } = planOf(input);
    const mask = segmentMask(segmentTokens, memoryTokens);
    return Array.from({ length }, (_, idx): TokenVisibility => {
      if (idx === queryIdx) return 'self';
      if (!mask(queryIdx, idx)) return 'nothing';
      return idx >= queryIdx - (queryIdx % segmentTokens) ? 'chunk' : 'window';
    });
  },
};

/** Terms a to d of the last token in layer 1, over its segment so far and the memory. */
function termsOfLast(
  x: Float32Array,
  weights: TransformerXlWeights,
  numTokens: number,
  segmentTokens: number,
  memoryTokens: number,
) {
  const first = Math.floor((numTokens - 1) / segmentTokens) * segmentTokens;
  const remembered = Math.min(memoryTokens, first);
  const tokens = numTokens - first;
  const { content, contentPosition, contentBias, positionBias } = transformerXlTerms(
    x.subarray(first * headDim),
    x.subarray((first - remembered) * headDim, first * headDim),
    weights,
    { numHeads, headDim, tokens, memoryTokens: remembered },
  );
  const keyTokens = remembered + tokens;
  const line = (name: string, term: Float64Array) => ({
    name,
    points: Array.from(
      { length: keyTokens },
      (_, distance) => [distance, term[tokens * keyTokens - 1 - distance]] as const,
    ),
  });
  return {
    keyTokens,
    series: [
      line('a: content', content),
      line('b: distance', contentPosition),
      line('c: content, any query', contentBias),
      line('d: distance, any query', positionBias),
    ],
  };
}
