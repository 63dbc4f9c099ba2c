import { architectureById } from '../../../core/architectures/architectures.ts';
import { kvCacheBytes } from '../../../core/estimates/kvCache.ts';
import { formatBytes, formatCount } from '../../../core/format/numbers.ts';
import { hardwareById } from '../../../core/hardware/hardware.ts';
import { mixingCost } from '../../../engine/index.ts';
import { shortName, wallShape } from '../../realModel.ts';
import type { Exercise } from '../exercise.ts';

const lengths = [32_768, 131_072, 8192, 65_536];
const cardIds = ['h100-sxm', 'rtx-4090', 'h200-sxm', 'a100-80-sxm'];
const shape = wallShape();

export const quadraticWallExercise: Exercise = {
  id: 'quadraticWall',
  title: 'The numbers of the quadratic wall',
  goal: 'Work out what grows with the square of the tokens and what grows with the tokens, and where a card runs out.',
  demoIds: ['quadraticWall', 'flashAttention'],
  numVariants: lengths.length,
  steps: (variant) => {
    const tokens = lengths[variant];
    const card = hardwareById(cardIds[variant]);
    const memory = card.memoryBytes ?? NaN;
    const n = formatCount(tokens);
    const matrix = mixingCost('standard', shape, tokens).perHead.workingBytes;
    const cells = mixingCost('standard', shape, tokens).perHead.scoreCells ?? NaN;
    const causalCells = mixingCost('flash', shape, tokens).perHead.scoreCells ?? NaN;
    const doubled = mixingCost('standard', shape, 2 * tokens).perHead.workingBytes;
    const model = architectureById('llama-3.1-8b');
    const cache = kvCacheBytes(model, { tokens }).value ?? NaN;
    const longest = Math.floor(Math.sqrt(memory / 2));
    return [
      {
        question: `One attention head scores every pair of ${n} tokens, without a mask. How many scores is that?`,
        unit: 'count',
        right: cells,
        tolerance: 0.005,
        explanation: `n² = ${n}² = ${formatCount(cells)}.`,
        slips: [
          {
            value: causalCells,
            hint: 'that is the causal half, n (n + 1) / 2; the question has no mask.',
          },
          { value: 2 * tokens, hint: 'that is 2 n; every token is paired with every token.' },
        ],
      },
      {
        question: `With the scores stored in 16 bits, how many bytes is that one matrix?`,
        unit: 'bytes',
        right: matrix,
        tolerance: 0.005,
        explanation: `2 B x ${formatCount(cells)}.`,
        slips: [
          { value: cells, hint: '16 bits are two bytes.' },
          { value: 16 * cells, hint: '16 bits, not 16 bytes.' },
          {
            value: formatSlip(matrix),
            hint: 'GB and GiB: 1 GiB is 2^30 bytes, 7 % more than 1 GB.',
          },
        ],
      },
      {
        question: 'Twice the tokens: how many times the matrix?',
        unit: 'times',
        right: doubled / matrix,
        tolerance: 0.001,
        explanation: `(2n)² / n² = ${formatCount(doubled / matrix)}: ${formatBytes(doubled)} instead of ${formatBytes(matrix)}.`,
        slips: [{ value: 2, hint: 'twice the rows, and each row twice as long.' }],
      },
      {
        question: `At how many tokens does one head's 16-bit matrix alone fill the ${formatBytes(memory)} of the ${card.name}?`,
        unit: 'count',
        right: longest,
        tolerance: 0.01,
        explanation: `√(${formatCount(memory)} / 2) = ${formatCount(longest)}: no head's whole matrix fits beyond that, which is why exact kernels never store it.`,
        slips: [
          { value: memory / 2, hint: 'the matrix has n² numbers: take the square root.' },
          { value: Math.sqrt(memory), hint: 'each number takes two bytes.' },
        ],
      },
      {
        question: `And the KV cache? ${shortName(model)} keeps a key and a value of 128 numbers for each of 8 KV heads in each of 32 layers, 16 bits each. How many bytes for ${n} tokens?`,
        unit: 'bytes',
        right: cache,
        tolerance: 0.01,
        explanation: `2 x 32 layers x 8 heads x 128 x 2 B x ${n} tokens. It grows with the tokens, not with their square.`,
        slips: [
          { value: cache / 2, hint: 'a key and a value: twice that.' },
          { value: 4 * cache, hint: 'that is with 32 KV heads; the query heads share 8.' },
          { value: cache / 32, hint: 'that is one layer; there are 32.' },
          {
            value: formatSlip(cache),
            hint: 'GB and GiB: 1 GiB is 2^30 bytes, 7 % more than 1 GB.',
          },
        ],
      },
      {
        question: `Flash attention skips what the causal mask hides. Which share of the ${formatCount(cells)} scores does it still compute? (A number from 0 to 1)`,
        unit: 'number',
        right: causalCells / cells,
        tolerance: 0.01,
        explanation: `n (n + 1) / 2 of n²: ${formatCount(causalCells)}. Half the work, still quadratic; the memory is what flash attention makes linear.`,
      },
    ];
  },
};

/** The number that comes of writing GB where GiB is right. */
function formatSlip(bytes: number): number {
  return (bytes / 2 ** 30) * 1e9;
}
