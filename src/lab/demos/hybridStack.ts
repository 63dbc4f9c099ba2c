import { architectureById } from '../../core/architectures/architectures.ts';
import { kvCacheBytes } from '../../core/estimates/kvCache.ts';
import { formatBytes, formatCount, formatTokens } from '../../core/format/numbers.ts';
import { repeatLayers, stackCacheBytes, type LayerKind } from '../../engine/index.ts';
import { choiceValue, numberValue, takenTokens } from '../controls.ts';
import type { Control, Demo, DemoInput } from '../demo.ts';
import { bytesRow, countRow, percentRow } from '../numberRows.ts';
import type { BarsPicture, BlocksPicture } from '../picture.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { costedTokens, shortName } from '../realModel.ts';
import { plural } from '../words.ts';

const otherKinds = {
  sliding: 'sliding window (Gemma, gpt-oss)',
  mamba: 'Mamba (Jamba)',
  mamba2: 'Mamba-2 (Bamba, Nemotron-H)',
  gatedDeltaRule: 'gated delta rule (Qwen3-Next)',
  linear: 'linear attention',
} as const;
type OtherKind = keyof typeof otherKinds;

const controls: readonly Control[] = [
  { kind: 'number', id: 'fullEvery', label: 'One layer of full attention in every …', min: 1, max: 16, step: 1, initial: 6 },
  {
    kind: 'choice',
    id: 'others',
    label: 'The other layers',
    options: Object.entries(otherKinds).map(([value, label]) => ({ value, label })),
    initial: 'sliding',
  },
  { kind: 'number', id: 'windowTokens', label: 'Window of sliding layers (tokens)', min: 64, max: 8192, step: 64, initial: 1024, logarithmic: true },
  { kind: 'number', id: 'numLayers', label: 'Layers', min: 1, max: 96, step: 1, initial: 48 },
]; // prettier-ignore

/** Widths of Llama 3.1 8B's layers, so that all kinds are compared at one size of model. */
const hiddenSize = 4096;
const attention = { numKvHeads: 8, headDim: 128 };
const full: LayerKind = { kind: 'full', ...attention };

function otherLayer(kind: OtherKind, windowTokens: number): LayerKind {
  const convKernelTokens = 4;
  switch (kind) {
    case 'sliding':
      return { kind, ...attention, windowTokens };
    case 'mamba':
      return { kind, innerSize: 2 * hiddenSize, stateSize: 16, convKernelTokens };
    case 'mamba2':
      return { kind, numHeads: 128, headDim: 64, stateSize: 128, numGroups: 8, convKernelTokens };
    case 'gatedDeltaRule':
      return { kind, numKeyHeads: 16, numValueHeads: 32, keyDim: 128, valueDim: 128, convKernelTokens };
    case 'linear':
      return { kind, numHeads: 32, headDim: 128 };
  }
} // prettier-ignore

/** The stack that the controls ask for: full attention last in every group, as in Gemma 3 and Qwen3-Next. */
export function stackOf(input: DemoInput): readonly LayerKind[] {
  const fullEvery = numberValue(controls, input, 'fullEvery');
  const others = choiceValue(controls, input, 'others') as OtherKind;
  const other = otherLayer(others, numberValue(controls, input, 'windowTokens'));
  const group = Array.from({ length: fullEvery }, (_, idx) =>
    idx === fullEvery - 1 ? full : other,
  );
  return repeatLayers(group, numberValue(controls, input, 'numLayers'));
}

const realModels = [
  'llama-3.1-8b',
  'gemma-3-27b',
  'gpt-oss-120b',
  'jamba-v0.1',
  'qwen3-next-80b-a3b',
  'nemotron-h-56b',
];

/** 1K to 1M tokens. */
const lengths = Array.from({ length: 21 }, (_, idx) => Math.round(1024 * 2 ** (idx / 2)));

export const hybridStackDemo: Demo = {
  id: 'hybridStack',
  mechanism: 29,
  title: 'Hybrid stacks',
  line: 'A few layers look at everything, the others at a window or a state: the cache follows the few.',
  tags: ['caches', 'state space', 'systems'],
  basis: 'arithmetic',
  notice:
    'The cache of a stack is the sum over its layers, never an average: each kind grows in its own way. A window’s cache stops growing once it is full, a state’s never grows. So at short lengths the mix hardly matters, or costs more, as a state takes its bytes from the first token on; at long ones only the full layers count. Move “one in every” and watch the slope: it is that of the full layers alone. The last bars are real models with their own widths, by the estimators.',
  formula: 'bytes(n) = Σ layers bytesₖ(n); full 2 K d n, window 2 K d min(n, W), state constant',
  source: {
    title: 'Lieber et al. 2024, Jamba, section 2; Gemma Team 2025, Gemma 3, section 2',
    url: 'https://arxiv.org/abs/2403.19887',
  },
  controls,
  maxTokens: 8192,
  run(input) {
    const { length } = takenTokens(hybridStackDemo, input);
    const layers = stackOf(input);
    const allFull = layers.map(() => full);
    const set = costedTokens(input);
    const stack = stackCacheBytes(layers, set);
    const dense = stackCacheBytes(allFull, set);
    const numFull = layers.filter((layer) => layer.kind === 'full').length;
    const others = layers.find((layer) => layer.kind !== 'full')?.kind ?? 'full';
    const kinds = [
      { name: 'full attention' },
      { name: others === 'full' ? 'other layers' : otherKinds[others as OtherKind] },
    ];
    const isFull = (layer: LayerKind) => layer.kind === 'full';
    const blocks: BlocksPicture = {
      kind: 'blocks',
      title: 'The stack, from the bottom',
      summary: `${plural(numFull, 'layer')} of full attention among ${formatCount(layers.length)}.`,
      categories: kinds,
      rows: Array.from({ length: Math.ceil(layers.length / 24) }, (_, row) => ({
        label: `layers ${row * 24 + 1}–${Math.min(layers.length, (row + 1) * 24)}`,
        cells: layers.slice(row * 24, (row + 1) * 24).map((layer) => ({
          category: isFull(layer) ? 0 : 1,
        })),
      })),
    };
    const fullBytes = stack.bytesByKind.full ?? 0;
    const bars: BarsPicture = {
      kind: 'bars',
      title: `Cache at ${formatTokens(set)} tokens`,
      summary: `This mix takes ${formatBytes(stack.totalBytes)}, full attention in every layer ${formatBytes(dense.totalBytes)}.`,
      valueLabel: 'bytes',
      unit: 'bytes',
      categories: kinds,
      bars: [
        { label: 'all layers full', parts: [dense.totalBytes, 0] },
        { label: 'this mix', parts: [fullBytes, stack.totalBytes - fullBytes] },
      ],
    };
    const real = realModels.flatMap((id) => {
      const model = architectureById(id);
      const { value } = kvCacheBytes(model, { tokens: set });
      return value === undefined ? [] : [{ label: shortName(model), parts: [value] }];
    });
    const pointsOf = (which: readonly LayerKind[]) =>
      lengths.map((tokens) => [tokens, stackCacheBytes(which, tokens).totalBytes] as const);
    const numbers = [
      bytesRow('stackBytes', 'Cache of this stack, your tokens', stack.totalBytes, `${numFull} full and ${layers.length - numFull} other layers at ${formatCount(set)} tokens`),
      bytesRow('denseBytes', 'Full attention in every layer', dense.totalBytes, `${layers.length} layers x 2 x 8 x 128 x ${formatCount(set)} x 2 B`),
      percentRow('share', 'This mix, of all full', stack.totalBytes / dense.totalBytes),
      bytesRow('nextTokenBytes', 'One more token adds', stack.bytesOfNextToken, 'of layers whose window is full, and of states, nothing'),
      bytesRow('shortBytes', `Cache of this stack, the ${formatCount(length)} tokens in hand`, stackCacheBytes(layers, length).totalBytes),
      countRow('fullLayers', 'Layers of full attention', numFull, `of ${layers.length}`),
    ]; // prettier-ignore
    return {
      numFrames: 1,
      keyNumberId: 'stackBytes',
      frame: () => ({
        caption: `${plural(numFull, 'full layer')} of ${formatCount(layers.length)}: ${formatBytes(stack.totalBytes)} at ${formatCount(set)} tokens instead of ${formatBytes(dense.totalBytes)}.`,
        pictures: [
          blocks,
          seriesPicture({
            title: 'Cache against length',
            summary: 'Bytes of the whole stack from 1K to 1M tokens, on log axes.',
            xLabel: 'tokens',
            yLabel: 'bytes',
            unit: 'bytes',
            xScale: 'log',
            yScale: 'log',
            series: [
              { name: 'all layers full', points: pointsOf(allFull) },
              { name: 'this mix', points: pointsOf(layers) },
              ...(numFull === 0 ? [] : [{ name: 'its full layers alone', points: pointsOf(layers.filter(isFull)) }]),
            ],
            rules: [{ axis: 'x', value: set, label: 'your tokens' }],
          }),
          bars,
          {
            kind: 'bars',
            title: `Real models at ${formatTokens(set)} tokens`,
            summary: real.map(({ label, parts }) => `${label} ${formatBytes(parts[0])}`).join(', '),
            valueLabel: 'bytes',
            unit: 'bytes',
            categories: [{ name: 'cache and states' }],
            bars: real,
          },
        ],
        numbers,
      }),
    }; // prettier-ignore
  },
};
