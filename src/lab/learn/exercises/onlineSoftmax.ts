import { formatNumber } from '../../../core/format/numbers.ts';
import { emptyPartial, mergePartial, referenceAttention } from '../../../engine/index.ts';
import type { Exercise } from '../exercise.ts';

/** Scores of one query with four keys, in two tiles of two, and the values of the keys. */
const variants = [
  { scores: [1, 3, 2, 5], values: [10, 20, 30, 40] },
  { scores: [4, 2, 1, 3], values: [8, 4, 2, 6] },
  { scores: [0, 1, 3, 2], values: [1, 2, 4, 8] },
];

/** One head, one query of 1: the keys are the scores. */
function attend(scores: readonly number[], values: readonly number[]) {
  return referenceAttention(
    Float64Array.of(1),
    Float64Array.from(scores),
    Float64Array.from(values),
    { numHeads: 1, numKvHeads: 1, queryTokens: 1, keyTokens: scores.length, headDim: 1 },
    { scale: 1 },
  );
}

export const onlineSoftmaxExercise: Exercise = {
  id: 'onlineSoftmax',
  title: 'Why online softmax is exact',
  goal: 'Compute a softmax tile by tile, as flash attention does, and find that nothing is lost.',
  demoIds: ['flashAttention', 'ringAttention'],
  numVariants: variants.length,
  steps: (variant) => {
    const { scores, values } = variants[variant];
    const firstMax = Math.max(...scores.slice(0, 2));
    const allMax = Math.max(...scores);
    const whole = attend(scores, values);
    const first = attend(scores.slice(0, 2), values.slice(0, 2));
    const second = attend(scores.slice(2), values.slice(2));
    const merged = emptyPartial(1, 1);
    mergePartial(merged, first);
    mergePartial(merged, second);
    // A tile's sum relative to a maximum m is exp(logSumExp - m).
    const firstSum = Math.exp(first.logSumExp[0] - firstMax);
    const rescale = Math.exp(firstMax - allMax);
    const total = Math.exp(merged.logSumExp[0] - allMax);
    const difference = Math.abs(merged.output[0] - whole.output[0]);
    const list = (numbers: readonly number[]) => numbers.join(', ');
    const sum = (from: number, to: number, max: number) =>
      scores
        .slice(from, to)
        .map((score) => `exp(${score} − ${max})`)
        .join(' + ');
    return [
      {
        question: `A query's scores with four keys are ${list(scores)}. Flash attention reads them two at a time. What is the running maximum after the first tile?`,
        unit: 'number',
        right: firstMax,
        tolerance: 0,
        explanation: `The larger of ${list(scores.slice(0, 2))}.`,
        ...(allMax === firstMax
          ? {}
          : { slips: [{ value: allMax, hint: 'that key has not been read yet.' }] }),
      },
      {
        question: 'And the running sum of exponentials, relative to that maximum? (three digits)',
        unit: 'number',
        right: firstSum,
        tolerance: 0.005,
        explanation: `${sum(0, 2, firstMax)} = ${formatNumber(firstSum)}.`,
        slips: [
          {
            value: firstSum * Math.exp(firstMax),
            hint: 'take the maximum off each score first: that is what keeps exp from overflowing.',
          },
        ],
      },
      {
        question: `The second tile holds ${list(scores.slice(2))}. By what is everything summed so far multiplied, to be relative to the new maximum?`,
        unit: 'number',
        right: rescale,
        tolerance: 0.01,
        explanation: `exp(old maximum − new maximum) = exp(${firstMax} − ${allMax}) = ${formatNumber(rescale)}. exp(a − m) exp(m − M) = exp(a − M): the factor is exact, not an approximation.`,
        ...(rescale === 1
          ? {}
          : {
              slips: [{ value: 1 / rescale, hint: 'the other way round: old sums get smaller.' }],
            }),
      },
      {
        question: 'What is the sum of all four exponentials then, relative to the new maximum?',
        unit: 'number',
        right: total,
        tolerance: 0.005,
        explanation: `${formatNumber(firstSum)} x ${formatNumber(rescale)} + ${sum(2, 4, allMax)} = ${formatNumber(total)}.`,
        slips:
          rescale === 1
            ? []
            : [
                {
                  value: firstSum + total - firstSum * rescale,
                  hint: 'the old sum has to be rescaled before the new one is added.',
                },
              ],
      },
      {
        question: `The keys' values are ${list(values)}. What is the attention's output for this query? (three digits)`,
        unit: 'number',
        right: merged.output[0],
        tolerance: 0.005,
        explanation: `Each value times exp(score − ${allMax}), summed, over ${formatNumber(total)}: ${formatNumber(merged.output[0])}.`,
        slips: [
          {
            value: values.reduce((sum, value) => sum + value, 0) / values.length,
            hint: 'that is the plain mean; each value is weighted by the exponential of its score.',
          },
        ],
      },
      {
        question:
          'The engine has computed it both ways: in two tiles that were joined, and at once. By how much do the outputs differ, to six decimals?',
        unit: 'number',
        right: Number(difference.toFixed(6)),
        tolerance: 0,
        explanation: `${formatNumber(whole.output[0])} at once; the difference is ${difference === 0 ? '0' : difference.toExponential(1)}, which is rounding. Tiles, a ring of devices or chunks of a prompt: the same join, the same output.`,
      },
    ];
  },
};
