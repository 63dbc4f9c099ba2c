import { architectureById } from '../../../core/architectures/architectures.ts';
import { kvCacheBytes } from '../../../core/estimates/kvCache.ts';
import { typedArchitecture } from '../../../core/architectures/typedArchitecture.ts';
import { formatBytes, formatCount } from '../../../core/format/numbers.ts';
import { countCells, longformer, slidingWindow } from '../../../engine/index.ts';
import type { Exercise } from '../exercise.ts';

const variants = [
  { tokens: 4096, windowTokens: 512, numLayers: 12, windowEachSide: 128, numGlobal: 4 },
  { tokens: 8192, windowTokens: 1024, numLayers: 16, windowEachSide: 256, numGlobal: 8 },
  { tokens: 2048, windowTokens: 256, numLayers: 10, windowEachSide: 64, numGlobal: 2 },
];

export const windowAndGlobalsExercise: Exercise = {
  id: 'windowAndGlobals',
  title: 'Choosing a window and global tokens',
  goal: 'Choose a window that reaches the whole text, and see what a few global tokens cost and save.',
  demoIds: ['slidingWindow', 'longformer'],
  numVariants: variants.length,
  steps: (variant) => {
    const { tokens, windowTokens, numLayers, windowEachSide, numGlobal } = variants[variant];
    const [n, w] = [formatCount(tokens), formatCount(windowTokens)];
    const area = { queryTokens: tokens, keyTokens: tokens };
    const windowCells = countCells(slidingWindow(windowTokens), area);
    const layersNeeded = Math.ceil((tokens - 1) / (windowTokens - 1));
    const smallestWindow = Math.ceil((tokens - 1) / numLayers) + 1;
    const globals = Array.from({ length: numGlobal }, (_, idx) => idx);
    const local = countCells(longformer({ windowEachSide, globalTokens: [] }), area);
    const both = countCells(longformer({ windowEachSide, globalTokens: globals }), area);
    const shape = { numLayers: 32, numHeads: 32, numKvHeads: 8, headDim: 128 };
    const cacheOf = (of: typeof shape & { windowTokens?: number }) =>
      kvCacheBytes(typedArchitecture(of), { tokens: 32 * tokens }).value ?? NaN;
    const windowed = cacheOf({ ...shape, windowTokens });
    const full = cacheOf(shape);
    const mistral = architectureById('mistral-7b-v0.1');
    return [
      {
        question: `A causal window: each token sees itself and the ${formatCount(windowTokens - 1)} before it (W = ${w}). How many scores does one layer compute over ${n} tokens?`,
        unit: 'count',
        right: windowCells,
        tolerance: 0.001,
        explanation: `The first W − 1 rows are shorter: n W − W (W − 1) / 2 = ${formatCount(windowCells)}.`,
        slips: [
          {
            value: tokens * windowTokens,
            hint: 'that is n W; the first rows have fewer tokens before them.',
          },
          {
            value: tokens * (windowTokens + 1),
            hint: 'W counts the token itself; and the first rows are shorter.',
          },
        ],
      },
      {
        question: 'How many layers of it until the last token can depend on the first?',
        unit: 'count',
        right: layersNeeded,
        tolerance: 0,
        explanation: `Each layer reaches W − 1 further: ⌈(n − 1) / (W − 1)⌉ = ${layersNeeded}.`,
        slips: [
          {
            value: Math.ceil(tokens / windowTokens),
            hint: 'a layer adds W − 1 tokens, not W: the token itself is one of the W.',
          },
          { value: 1, hint: 'one layer reaches W tokens only.' },
        ],
      },
      {
        question: `You have ${numLayers} layers. What is the smallest window W with which the last of ${n} tokens can depend on the first?`,
        unit: 'count',
        right: smallestWindow,
        tolerance: 0,
        explanation: `L (W − 1) + 1 ≥ n, so W ≥ (n − 1) / L + 1: ${formatCount(smallestWindow)}. Mistral 7B had W = ${formatCount(4096)} over ${mistral.numLayers ?? 32} layers.`,
        slips: [
          { value: smallestWindow - 1, hint: 'one short: W counts the token itself.' },
          {
            value: Math.ceil(tokens / numLayers),
            hint: 'close: the reach is L (W − 1) + 1, solve that for W.',
          },
        ],
      },
      {
        question: `Longformer looks both ways: ${formatCount(windowEachSide)} tokens each side. Now ${numGlobal} global tokens at the start see all and are seen by all. How many scores do they add over ${n} tokens?`,
        unit: 'count',
        right: both - local,
        tolerance: 0.01,
        explanation: `${formatCount(both)} with them, ${formatCount(local)} without: about 2 g n = ${formatCount(2 * numGlobal * tokens)}, less what the windows held already.`,
        slips: [
          { value: numGlobal * tokens, hint: 'a global token has a row and a column.' },
          { value: both, hint: 'that is all of them; the question is what the global ones add.' },
        ],
      },
      {
        question:
          'How many steps does a piece of news take from the last token to the first, through a global token, at the least? (layers)',
        unit: 'count',
        right: 2,
        tolerance: 0,
        explanation:
          'The global token reads it in one layer, every other token reads the global one in the next: two layers at any length.',
        slips: [
          {
            value: layersNeeded,
            hint: 'that is by windows alone; the global token sees every token at once.',
          },
        ],
      },
      {
        question: `A model of 32 layers, 8 KV heads of 128 numbers, 16 bits, with W = ${w} in every layer, has read ${formatCount(32 * tokens)} tokens. How large is its KV cache?`,
        unit: 'bytes',
        right: windowed,
        tolerance: 0.01,
        explanation: `Only the last W tokens are kept: 2 x 32 x 8 x 128 x 2 B x ${w} = ${formatBytes(windowed)}, whatever the text; full attention would keep ${formatBytes(full)}.`,
        slips: [
          {
            value: full,
            hint: 'that is every token; a window drops what it will never see again.',
          },
          { value: windowed / 2, hint: 'a key and a value: twice that.' },
        ],
      },
    ];
  },
};
