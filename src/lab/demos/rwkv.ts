import { architectureById } from '../../core/architectures/architectures.ts';
import { formatNumber } from '../../core/format/numbers.ts';
import {
  layerCacheBytes,
  maxAbsDifference,
  rwkvDecays,
  rwkvTimeMixing,
  rwkvTimeMixingParallel,
  type RwkvInputs,
} from '../../engine/index.ts';
import { numberValue, scoreDeviationControl, seedControl, takenTokens } from '../controls.ts';
import type { Control, Demo, DemoInput } from '../demo.ts';
import { embedHeads } from '../embed.ts';
import { bytesRow, numberRow, percentRow } from '../numberRows.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { strengthTokens } from '../pictures/tokensPicture.ts';
import { weightsPicture } from '../pictures/weightsPicture.ts';
import { cacheRow, costedTokens, shortName } from '../realModel.ts';
import { namedToken, plural } from '../words.ts';

const controls: readonly Control[] = [
  { kind: 'number', id: 'channels', label: 'Channels', min: 2, max: 16, step: 1, initial: 8 },
  { kind: 'number', id: 'slowestTokens', label: 'Half-life of the slowest channel (tokens)', min: 1, max: 1024, step: 1, initial: 64, logarithmic: true },
  { kind: 'number', id: 'bonus', label: 'Bonus of the current token (u)', min: -2, max: 4, step: 0.5, initial: 0.5 },
  scoreDeviationControl(1),
  seedControl,
]; // prettier-ignore

/** Half-lives from 1 token to the slowest, evenly spread on a log axis; keys and values seeded and random. */
export function rwkvInputs(input: DemoInput, tokens: readonly string[]) {
  const channels = numberValue(controls, input, 'channels');
  const slowest = numberValue(controls, input, 'slowestTokens');
  const bonus = numberValue(controls, input, 'bonus');
  const deviation = numberValue(controls, input, 'scoreDeviation');
  const seed = numberValue(controls, input, 'seed');
  const { k, v } = embedHeads(tokens, { numHeads: 1, headDim: channels, seed });
  const halfLives = Float64Array.from(
    { length: channels },
    (_, channel) => slowest ** (channel / (channels - 1)),
  );
  const inputs: RwkvInputs = {
    timeDecay: halfLives.map((half) => Math.log(Math.LN2 / half)),
    timeFirst: new Float64Array(channels).fill(bonus),
    key: Float64Array.from(k, (one) => one * deviation),
    value: Float64Array.from(v),
  };
  return { inputs, halfLives, shape: { tokens: tokens.length, channels } };
}

/** (channels, count): each token's share in what a channel holds after `count` tokens; every row sums to 1. */
export function stateMeans(inputs: RwkvInputs, channels: number, count: number): Float64Array {
  const logKeeps = rwkvDecays(inputs.timeDecay).map(Math.log);
  const shares = new Float64Array(channels * count);
  for (let channel = 0; channel < channels; channel++) {
    const row = shares.subarray(channel * count, (channel + 1) * count);
    let top = -Infinity;
    for (let idx = 0; idx < count; idx++) {
      row[idx] = inputs.key[idx * channels + channel] + (count - 1 - idx) * logKeeps[channel];
      top = Math.max(top, row[idx]);
    }
    let sum = 0;
    for (let idx = 0; idx < count; idx++) sum += row[idx] = Math.exp(row[idx] - top);
    for (let idx = 0; idx < count; idx++) row[idx] /= sum;
  }
  return shares;
}

const tokensText = (count: number) => `${formatNumber(count)} ${count === 1 ? 'token' : 'tokens'}`;

export const rwkvDemo: Demo = {
  id: 'rwkv',
  mechanism: 36,
  title: 'RWKV-4: time mixing',
  line: 'Each channel keeps a mean of the values that forgets at its own pace.',
  tags: ['state space'],
  basis: 'seeded random weights',
  notice:
    'Step through the text: every channel holds a weighted mean of all values so far. The fast channels at the top hold the last tokens alone, the slow ones at the bottom most of the text; a large key makes a token stay longer. The state is three numbers a channel, a numerator, a denominator and the largest exponent so far, by which both are divided: keys stand in an exponent, and without it a large one would overflow. The bonus u weighs the current token apart, so that it can count more, or less, than one just before it.',
  formula: 'wkvₜ = (Σ e^(−(t−1−i)w + kᵢ) vᵢ + e^(u + kₜ) vₜ) / (Σ e^(−(t−1−i)w + kᵢ) + e^(u + kₜ))',
  source: {
    title: 'Peng et al. 2023, RWKV, equation 16 and appendix D',
    url: 'https://arxiv.org/abs/2305.13048',
  },
  controls,
  maxTokens: 512,
  run(input) {
    const tokens = takenTokens(rwkvDemo, input);
    const { inputs, halfLives, shape } = rwkvInputs(input, tokens);
    const { channels } = shape;
    const { output } = rwkvTimeMixing(inputs, shape);
    const maxDifference = maxAbsDifference(output, rwkvTimeMixingParallel(inputs, shape));
    const stateBytes = layerCacheBytes({ kind: 'rwkv', channels }, tokens.length);
    const decays = rwkvDecays(inputs.timeDecay);
    const ages = Array.from({ length: Math.min(256, 2 * tokens.length) }, (_, age) => age);
    const llama = architectureById('llama-3.1-8b');
    const set = costedTokens(input);
    const llamaState = 32 * layerCacheBytes({ kind: 'rwkv', channels: 4096 }, set);
    const shared = [
      bytesRow('stateBytes', 'State, after any number of tokens', stateBytes, `${channels} channels x (3 numbers x 4 B + 2 last inputs x 2 B)`),
      numberRow('maxDifference', 'Largest difference from the definition', maxDifference, 'the recurrence with its running maximum against the sums over all tokens'),
      bytesRow('modelStateBytes', '32 such layers of 4,096 channels, any text', llamaState, '32 x 4,096 x 16 B: as wide and deep as Llama 3.1 8B'),
      ...cacheRow('modelCacheBytes', `${shortName(llama)}’s KV cache of your tokens`, llama, set),
    ]; // prettier-ignore
    return {
      // Token by token.
      numFrames: tokens.length,
      openingFrame: tokens.length - 1,
      keyNumberId: 'stateBytes',
      frame(index) {
        const count = index + 1;
        const shares = stateMeans(inputs, channels, count);
        // As wide as the text, so that the picture stays where it is; what is not read yet is not computed.
        const wide = new Float64Array(channels * tokens.length).fill(NaN);
        for (let channel = 0; channel < channels; channel++) {
          const own = shares.subarray(channel * count, (channel + 1) * count);
          wide.set(own, channel * tokens.length);
        }
        const meanOf = (idx: number) => {
          let sum = 0;
          for (let channel = 0; channel < channels; channel++) sum += shares[channel * count + idx];
          return sum / channels;
        };
        const means = tokens.slice(0, count).map((_, idx) => meanOf(idx));
        const most = Math.max(...means);
        const latest = shares[(channels - 1) * count + index];
        const caption = `${plural(count, 'token')} read, the last is ${namedToken(tokens, index)}: the fastest channel holds ${formatNumber(100 * shares[index])}% of it, the slowest ${formatNumber(100 * latest)}%.`;
        return {
          caption,
          pictures: [
            weightsPicture({
              title: 'What each channel holds',
              summary: `Share of each token in the mean of each channel, the fastest on top; rows sum to 1.`,
              values: wide,
              numRows: channels,
              numColumns: tokens.length,
              columnTokens: tokens,
            }),
            strengthTokens(
              {
                title: 'Your text, as far as it is held',
                summary: 'Mean share over the channels, against the largest.',
                tokens,
              },
              (idx) => (idx > index ? 0 : means[idx] / most),
            ),
            seriesPicture({
              title: 'How fast each channel forgets',
              summary: `Half-lives from ${formatNumber(halfLives[0])} to ${formatNumber(halfLives[channels - 1])} tokens.`,
              xLabel: 'age (tokens)',
              yLabel: 'share kept',
              series: Array.from(decays, (keep, channel) => ({
                name: `half-life ${formatNumber(halfLives[channel])}`,
                points: ages.map((age) => [age, keep ** age] as const),
              })),
            }),
          ],
          numbers: [
            ...shared.slice(0, 1),
            percentRow('fastShare', 'This token, in the fastest channel', shares[index], `half-life ${tokensText(halfLives[0])}`),
            percentRow('slowShare', 'This token, in the slowest channel', latest, `half-life ${tokensText(halfLives[channels - 1])}`),
            ...shared.slice(1),
          ],
        }; // prettier-ignore
      },
    };
  },
};
