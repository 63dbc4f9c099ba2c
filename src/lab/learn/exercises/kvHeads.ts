import { typedArchitecture } from '../../../core/architectures/typedArchitecture.ts';
import { kvCacheBytesPerToken } from '../../../core/estimates/kvCache.ts';
import { formatBytes, formatCount } from '../../../core/format/numbers.ts';
import { hardwareById } from '../../../core/hardware/hardware.ts';
import type { Exercise } from '../exercise.ts';

const variants = [
  { cardId: 'h100-sxm', tokens: 32_768, users: 16, numLayers: 32, numHeads: 32, weightsBytes: 16e9 },
  { cardId: 'a100-80-sxm', tokens: 16_384, users: 16, numLayers: 40, numHeads: 40, weightsBytes: 26e9 },
  { cardId: 'h200-sxm', tokens: 131_072, users: 8, numLayers: 32, numHeads: 32, weightsBytes: 16e9 },
]; // prettier-ignore

const headDim = 128;
/** What the engine keeps for itself; vLLM's default is the same. */
const usableShare = 0.9;

export const kvHeadsExercise: Exercise = {
  id: 'kvHeads',
  title: 'Choosing G for a serving constraint',
  goal: 'Choose how many KV heads G the query heads share, so that the users you have fit beside the weights.',
  demoIds: ['kvQuantization', 'quadraticWall'],
  numVariants: variants.length,
  steps: (variant) => {
    const { cardId, tokens, users, numLayers, numHeads, weightsBytes } = variants[variant];
    const card = hardwareById(cardId);
    const memory = card.memoryBytes ?? NaN;
    const left = usableShare * memory - weightsBytes;
    const perToken = (numKvHeads: number) =>
      kvCacheBytesPerToken(typedArchitecture({ numLayers, numHeads, numKvHeads, headDim })) ?? NaN;
    const everyKvHead = perToken(numHeads);
    const mhaUsers = Math.floor(left / (everyKvHead * tokens));
    const choices = Array.from({ length: numHeads }, (_, idx) => idx + 1).filter(
      (heads) => numHeads % heads === 0,
    );
    const fitting = choices.filter((heads) => users * tokens * perToken(heads) <= left);
    const g = fitting.at(-1) ?? NaN;
    const next = choices[choices.indexOf(g) + 1] ?? numHeads;
    const gUsers = Math.floor(left / (perToken(g) * tokens));
    return [
      {
        question: `A model of ${numLayers} layers has ${numHeads} query heads of ${headDim} numbers, in 16 bits. With a KV head for each query head (MHA): how many bytes of cache does one token take?`,
        unit: 'bytes',
        right: everyKvHead,
        tolerance: 0.005,
        explanation: `2 x ${numLayers} x ${numHeads} x ${headDim} x 2 B.`,
        slips: [
          { value: everyKvHead / 2, hint: 'a key and a value: twice that.' },
          { value: everyKvHead / numLayers, hint: 'that is one layer.' },
          { value: everyKvHead / numHeads, hint: 'that is one head.' },
        ],
      },
      {
        question: `A ${card.name} has ${formatBytes(memory)}; the engine may use 90 %, and the weights take ${formatCount(weightsBytes)} bytes. How many bytes are left for the cache?`,
        unit: 'bytes',
        right: left,
        tolerance: 0.01,
        explanation: `0.9 x ${formatCount(memory)} − ${formatCount(weightsBytes)} = ${formatCount(left)}.`,
        slips: [
          { value: memory - weightsBytes, hint: 'the engine leaves 10 % of the card alone.' },
        ],
      },
      {
        question: `How many users with ${formatCount(tokens)} tokens each fit with MHA?`,
        unit: 'count',
        right: mhaUsers,
        tolerance: 0,
        explanation: `⌊${formatCount(left)} / (${formatCount(tokens)} x ${formatCount(everyKvHead)})⌋ = ${mhaUsers}.`,
        slips: [{ value: mhaUsers + 1, hint: 'the last one does not fit whole: round down.' }],
      },
      {
        question: `You have to serve ${users}. What is the largest number of KV heads G (a divisor of ${numHeads}) with which they all fit?`,
        unit: 'count',
        right: g,
        tolerance: 0,
        explanation: `With G = ${g}: ${users} x ${formatCount(tokens)} x ${formatBytes(perToken(g))} = ${formatBytes(users * tokens * perToken(g))} of ${formatBytes(left)}; with ${next}: ${formatBytes(users * tokens * perToken(next))}. Larger G answers better, so take the largest that fits.`,
        slips: [
          {
            value: next,
            hint: `${next} KV heads take ${formatBytes(users * tokens * perToken(next))}, more than is left.`,
          },
          ...fitting.slice(0, -1).map((value) => ({
            value,
            hint: 'that fits, and so does a larger divisor, which answers better.',
          })),
        ],
      },
      {
        question: `How many users fit with that G?`,
        unit: 'count',
        right: gUsers,
        tolerance: 0,
        explanation: `⌊${formatCount(left)} / (${formatCount(tokens)} x ${formatCount(perToken(g))})⌋ = ${gUsers}, against ${mhaUsers} with MHA.`,
        slips: [{ value: gUsers + 1, hint: 'the last one does not fit whole: round down.' }],
      },
      {
        question: 'How many times smaller is the cache with that G than with MHA?',
        unit: 'times',
        right: everyKvHead / perToken(g),
        tolerance: 0.001,
        explanation: `${numHeads} / ${g}: the cache shrinks by the number of query heads that share a KV head, and so does what every decoded token reads.`,
      },
    ];
  },
};
