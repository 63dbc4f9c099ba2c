import { architectureById } from '../../core/architectures/architectures.ts';
import { formatBytes, formatCount, formatFlops, formatTokens } from '../../core/format/numbers.ts';
import { hardwareById } from '../../core/hardware/hardware.ts';
import { mixingCost, wallVariants, type WallVariant } from '../../engine/index.ts';
import { choiceValue, numberValue, takenTokens } from '../controls.ts';
import type { Control, Demo } from '../demo.ts';
import { bytesRow, flopsRow } from '../numberRows.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { costedTokens, uniformShape } from '../realModel.ts';
import { capitalised } from '../words.ts';

const names: Readonly<Record<WallVariant, string>> = {
  standard: 'standard',
  flash: 'flash',
  sliding: 'sliding window',
  linear: 'linear attention',
  mamba: 'Mamba',
  mla: 'MLA',
};

const quantities = {
  workingBytes: 'working memory',
  cacheBytes: 'cache',
  flops: 'FLOPs',
} as const;
type Quantity = keyof typeof quantities;

const cardIds = ['rtx-4090', 'a100-80-sxm', 'h100-sxm', 'h200-sxm', 'b200-sxm'];

const controls: readonly Control[] = [
  {
    kind: 'choice',
    id: 'quantity',
    label: 'Show',
    options: Object.entries(quantities).map(([value, label]) => ({ value, label })),
    initial: 'workingBytes',
  },
  {
    kind: 'choice',
    id: 'scope',
    label: 'Of',
    options: [
      { value: 'perHead', label: 'one head' },
      { value: 'wholeModel', label: 'the whole model' },
    ],
    initial: 'wholeModel',
  },
  {
    kind: 'choice',
    id: 'shape',
    label: 'Shape of',
    options: [
      { value: 'llama-3.1-8b', label: 'Llama 3.1 8B' },
      { value: 'llama-3.1-70b', label: 'Llama 3.1 70B' },
    ],
    initial: 'llama-3.1-8b',
  },
  {
    kind: 'choice',
    id: 'card',
    label: 'Memory line',
    options: cardIds.map((id) => ({ value: id, label: hardwareById(id).name })),
    initial: 'h100-sxm',
  },
  { kind: 'number', id: 'windowTokens', label: 'Window of the sliding variant', min: 128, max: 131_072, step: 128, initial: 4096, logarithmic: true },
]; // prettier-ignore

/** 1K to 2M, four a doubling. */
const lengths = Array.from({ length: 45 }, (_, idx) => Math.round(1024 * 2 ** (idx / 4)));

export const quadraticWallDemo: Demo = {
  id: 'quadraticWall',
  mechanism: 34,
  title: 'The quadratic wall',
  line: 'Memory and FLOPs of mixing 1K to 2M tokens, in six ways, on log axes.',
  tags: ['exact kernels', 'state space', 'systems'],
  basis: 'arithmetic',
  notice:
    'On log axes the slope is the power: twice the tokens is four times the score matrix, and twice the cache. Flash attention takes the quadratic term out of the memory, not out of the FLOPs: its line runs beside the standard one at half the height, as it skips what the causal mask hides. A window bends the line to slope 1 once the text is longer than the window; linear attention and Mamba keep a state that does not grow. Standard attention is counted as one layer’s matrices of all heads at once; how well a variant answers is not in the picture.',
  formula: 'matrix: H n² × 2 B; standard: 4 n² H d FLOPs a layer; flash: n (n + 1) / 2 pairs',
  source: {
    title: 'Dao et al. 2022, FlashAttention, sections 2 and 3',
    url: 'https://arxiv.org/abs/2205.14135',
  },
  controls,
  maxTokens: 8192,
  run(input) {
    takenTokens(quadraticWallDemo, input);
    const quantityId = choiceValue(controls, input, 'quantity');
    const quantity: Quantity =
      quantityId === 'cacheBytes' || quantityId === 'flops' ? quantityId : 'workingBytes';
    const scope = choiceValue(controls, input, 'scope') === 'perHead' ? 'perHead' : 'wholeModel';
    const card = hardwareById(choiceValue(controls, input, 'card'));
    const windowTokens = numberValue(controls, input, 'windowTokens');
    const shape = uniformShape(architectureById(choiceValue(controls, input, 'shape')));
    const model = { ...shape, windowTokens };
    const tokens = costedTokens(input);
    const text = quantity === 'flops' ? formatFlops : formatBytes;
    const at = (variant: WallVariant, count: number) => mixingCost(variant, model, count)[scope];
    // Layers run one after the other, so their working memory is one layer's.
    const whole = quantity === 'workingBytes' ? 'all heads of one layer' : 'all heads and layers';
    const of = scope === 'perHead' ? 'one head of one layer' : whole;
    const row = quantity === 'flops' ? flopsRow : bytesRow;
    const why = `${of}; ${formatCount(model.numLayers)} layers, ${formatCount(model.numHeads)} query and ${formatCount(model.numKvHeads)} KV heads of ${formatCount(model.headDim)}, 16 bits, ${formatCount(tokens)} tokens`;
    const mark = { axis: 'x' as const, value: tokens, label: 'your tokens' };
    const memory =
      quantity === 'flops' || card.memoryBytes === undefined
        ? []
        : [{ axis: 'y' as const, value: card.memoryBytes, label: `memory of ${card.name}` }];
    const caption = `Over ${formatTokens(tokens)} tokens, ${quantities[quantity]} of ${of}: standard ${text(at('standard', tokens)[quantity])}, flash ${text(at('flash', tokens)[quantity])}.`;
    return {
      numFrames: 1,
      keyNumberId: 'standard',
      frame: () => ({
        caption,
        pictures: [
          seriesPicture({
            title: `${capitalised(quantities[quantity])} against tokens`,
            summary: caption,
            xLabel: 'tokens',
            ...(quantity === 'flops'
              ? { yLabel: 'FLOPs' }
              : { yLabel: 'bytes', unit: 'bytes' as const }),
            xScale: 'log',
            yScale: 'log',
            series: wallVariants.map((variant) => ({
              name: names[variant],
              points: lengths.map((count) => [count, at(variant, count)[quantity]] as const),
            })),
            rules: [mark, ...memory],
          }),
        ],
        numbers: [
          ...wallVariants.map((variant) =>
            row(
              variant,
              `${names[variant]}: ${quantities[quantity]}`,
              at(variant, tokens)[quantity],
              why,
            ),
          ),
          bytesRow(
            'standardMatrixBytes',
            'One head’s score matrix',
            mixingCost('standard', model, tokens).perHead.workingBytes,
            `${formatCount(tokens)}² x 2 B`,
          ),
        ],
      }),
    };
  },
};
