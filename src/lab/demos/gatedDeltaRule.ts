import { architectureById } from '../../core/architectures/architectures.ts';
import { formatNumber } from '../../core/format/numbers.ts';
import {
  gatedDeltaRule,
  gatedDeltaRuleChunked,
  layerCacheBytes,
  maxAbsDifference,
} from '../../engine/index.ts';
import { numberValue, seedControl, takenTokens } from '../controls.ts';
import type { Control, Demo, DemoInput } from '../demo.ts';
import { embedHeads } from '../embed.ts';
import { bytesRow, countRow, numberRow } from '../numberRows.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { strengthTokens } from '../pictures/tokensPicture.ts';
import { weightsPicture } from '../pictures/weightsPicture.ts';
import { cacheRow, costedTokens, shortName, withReach } from '../realModel.ts';
import { namedToken, plural } from '../words.ts';

const controls: readonly Control[] = [
  { kind: 'number', id: 'keepShare', label: 'Share of the state kept at each token', min: 0.5, max: 1, step: 0.01, initial: 0.98 },
  { kind: 'number', id: 'beta', label: 'Share of the difference written (β)', min: 0, max: 1, step: 0.05, initial: 1 },
  { kind: 'number', id: 'dim', label: 'Width of keys and values', min: 2, max: 32, step: 1, initial: 8 },
  seedControl,
]; // prettier-ignore

const chunkTokens = 16;
const stateBytesPerNumber = 4;

/** Queries, keys and values of one head, one decay and one β for all tokens. */
export function deltaInputs(input: DemoInput, tokens: readonly string[]) {
  const dim = numberValue(controls, input, 'dim');
  const seed = numberValue(controls, input, 'seed');
  const { q, k, v } = embedHeads(tokens, { numHeads: 1, headDim: dim, seed });
  const every = (value: number) => new Float32Array(tokens.length).fill(value);
  const logDecay = every(Math.log(numberValue(controls, input, 'keepShare')));
  const beta = every(numberValue(controls, input, 'beta'));
  const shape = { tokens: tokens.length, numHeads: 1, keyDim: dim, valueDim: dim };
  return { inputs: { q, k, v, logDecay, beta }, shape };
}

const lengthOf = (vector: ArrayLike<number>) =>
  Math.sqrt(Array.from(vector).reduce((sum, one) => sum + one * one, 0));

/**
 * How well the state answers for a token: 1 less the size of (answer - value) over that of the value; 0 when it is off by as
 * much as the value itself.
 */
export function recallOf(
  state: ArrayLike<number>,
  key: ArrayLike<number>,
  value: ArrayLike<number>,
): number {
  const answer = Array.from({ length: value.length }, (_, out) => {
    let sum = 0;
    for (let dim = 0; dim < key.length; dim++) sum += state[dim * value.length + out] * key[dim];
    return sum - value[out];
  });
  const size = lengthOf(value);
  return size === 0 ? 0 : Math.max(0, 1 - lengthOf(answer) / size);
}

export const gatedDeltaRuleDemo: Demo = {
  id: 'gatedDeltaRule',
  mechanism: 28,
  title: 'Gated delta rule',
  line: 'Before a value is written, what the state held under its key is taken out.',
  tags: ['state space'],
  basis: 'seeded random weights',
  notice:
    'Step through the text. For each token the state is first asked what it holds under the token’s key; only the difference to the new value is written. A token that comes back finds its value there already, so next to nothing is written: watch the second line drop at repeated tokens. Linear attention would add it again. With more different tokens than the state has directions, keys overlap and old values blur, whatever the rule; the decay clears old ones on top. β below 1 writes only part of the difference.',
  formula: 'S′ = e^g S; S = S′ + β k (v − S′ᵀ k)ᵀ; o = Sᵀ q / √d, with q and k of length 1',
  source: {
    title: 'Yang et al. 2024, Gated Delta Networks, equation 10',
    url: 'https://arxiv.org/abs/2412.06464',
  },
  controls,
  maxTokens: 512,
  run(input) {
    const tokens = takenTokens(gatedDeltaRuleDemo, input);
    const { inputs, shape } = deltaInputs(input, tokens);
    const dim = shape.keyDim;
    const steps: { key: Float64Array; erased: number; written: number; state: Float64Array }[] = [];
    const result = gatedDeltaRule(inputs, shape, {
      observer: {
        deltaWrite: ({ key, erased, written, state }) => {
          steps.push({
            key: key.slice(),
            erased: lengthOf(erased),
            written: lengthOf(written),
            state: state.slice(),
          });
        },
      },
    });
    const chunked = gatedDeltaRuleChunked(inputs, shape, chunkTokens);
    const valueOf = (idx: number) => inputs.v.subarray(idx * dim, (idx + 1) * dim);
    const sizes = tokens.map((_, idx) => lengthOf(valueOf(idx)));
    const stateBytes = dim * dim * stateBytesPerNumber;
    const layer = { kind: 'gatedDeltaRule' as const, numKeyHeads: 16, numValueHeads: 32, keyDim: 128, valueDim: 128, convKernelTokens: 4 }; // prettier-ignore
    const qwen = architectureById('qwen3-next-80b-a3b');
    const set = costedTokens(input);
    const line = (name: string, values: readonly number[]) => ({
      name,
      points: values.map((value, idx) => [idx, value] as const),
    });
    const shared = [
      bytesRow('stateBytes', 'State, after any number of tokens', stateBytes, `${dim} x ${dim} numbers x ${stateBytesPerNumber} B`),
      numberRow('maxDifference', `Largest difference from the form in chunks of ${chunkTokens}`, maxAbsDifference(result.output, chunked.output), 'the form that is trained, mostly matrix products'),
      bytesRow('layerBytes', `A gated-delta layer of ${shortName(qwen)}`, layerCacheBytes(layer, set), '32 heads x 128 x 128 numbers x 4 B, and the convolution’s last 3 inputs'),
      ...cacheRow('modelBytes', `${shortName(qwen)}: 36 such layers and 12 of full attention, your tokens`, qwen, set),
      ...cacheRow('modelFullBytes', `Its 12 full layers alone, your tokens`, { ...withReach(qwen, 'full'), mixers: qwen.mixers?.filter((group) => group.layer.kind === 'full') }, set),
    ]; // prettier-ignore
    return {
      // Token by token.
      numFrames: tokens.length,
      openingFrame: tokens.length - 1,
      keyNumberId: 'written',
      frame(index) {
        const { state, erased, written } = steps[index];
        const recalls = Array.from({ length: index + 1 }, (_, idx) =>
          recallOf(state, steps[idx].key, valueOf(idx)),
        );
        const recalled = recalls.filter((one) => one > 0.5).length;
        const caption = `${namedToken(tokens, index)}: the state held ${formatNumber(erased)} under its key, its value is ${formatNumber(sizes[index])} long, ${formatNumber(written)} was written.`;
        return {
          caption,
          pictures: [
            strengthTokens(
              {
                title: 'What the state still answers',
                summary: `How near the state’s answer for each token’s key is to its value; better than half for ${recalled} of ${index + 1}.`,
                tokens,
              },
              (idx) => (idx > index ? 0 : recalls[idx]),
            ),
            seriesPicture({
              title: 'Taken out and written',
              summary: 'Lengths of what the state held under each token’s key, and of what was written.',
              xLabel: 'token',
              yLabel: 'length',
              series: [
                line('held under the key before', steps.map((step) => step.erased)),
                line('written', steps.map((step) => step.written)),
                line('the value itself', sizes),
              ],
              rules: [{ axis: 'x', value: index, label: 'this token' }],
            }),
            weightsPicture({
              title: 'The state',
              summary: `${dim} x ${dim} numbers, keys down and values across, after ${plural(index + 1, 'token')}.`,
              values: state,
              numRows: dim,
              numColumns: dim,
              scale: 'diverging',
              aggregate: 'mean',
            }),
          ],
          numbers: [
            numberRow('written', 'Length of what this token wrote', written, 'β (v − S′ᵀ k)'),
            numberRow('erased', 'Length of what was held under its key', erased, 'S′ᵀ k, after the decay'),
            countRow('recalled', 'Tokens whose value is more than half recalled', recalled, `of ${index + 1} read`),
            ...shared,
          ],
        }; // prettier-ignore
      },
    };
  },
};
