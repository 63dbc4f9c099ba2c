import { formatPercent, formatTokens } from '../../core/format/numbers.ts';
import {
  alibiBias,
  applyRope,
  causal,
  expectedNeedleWeight,
  needleInputs,
  needleScoreFor,
  positionsFrom,
  referenceAttention,
  ropeFrequencies,
  sinksAndWindow,
  slidingWindow,
  type AttentionOptions,
  type Mask,
} from '../../engine/index.ts';
import { choiceValue, numberValue, requireQueryIdx, takenTokens } from '../controls.ts';
import type { Control, Demo, DemoInput, TokenVisibility } from '../demo.ts';
import { countRow, numberRow, percentRow } from '../numberRows.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { strengthTokens } from '../pictures/tokensPicture.ts';
import { costedTokens } from '../realModel.ts';

const windowTokens = 64;
const numSinks = 4;

const controls: readonly Control[] = [
  { kind: 'number', id: 'depthPercent', label: 'Depth of the needle (% of the text)', min: 0, max: 100, step: 1, initial: 50 },
  { kind: 'number', id: 'needleScore', label: 'How well it matches (score)', min: 0, max: 20, step: 0.5, initial: 6 },
  { kind: 'number', id: 'distractorDeviation', label: 'Spread of the other scores', min: 0, max: 4, step: 0.25, initial: 1 },
  {
    kind: 'choice',
    id: 'mask',
    label: 'Mask',
    options: [
      { value: 'causal', label: 'full, causal' },
      { value: 'window', label: `sliding window of ${windowTokens}` },
      { value: 'sinks', label: `${numSinks} sinks and a window of ${windowTokens}` },
    ],
    initial: 'causal',
  },
  {
    kind: 'choice',
    id: 'positions',
    label: 'Positions',
    options: [
      { value: 'none', label: 'none' },
      { value: 'alibi', label: 'ALiBi, gentlest of 8 heads' },
      { value: 'rope', label: 'RoPE, base 10,000, width 64' },
    ],
    initial: 'none',
  },
]; // prettier-ignore

export interface NeedleSetting {
  readonly needleScore: number;
  readonly distractorDeviation: number;
  readonly mask: string;
  readonly positions: string;
}

const planted = ' ⟨planted sentence⟩';

function settingOf(input: DemoInput): NeedleSetting {
  return {
    needleScore: numberValue(controls, input, 'needleScore'),
    distractorDeviation: numberValue(controls, input, 'distractorDeviation'),
    mask: choiceValue(controls, input, 'mask'),
    positions: choiceValue(controls, input, 'positions'),
  };
}

function maskOf(name: string): Mask {
  if (name === 'window') return slidingWindow(windowTokens);
  return name === 'sinks' ? sinksAndWindow(numSinks, windowTokens) : causal;
}

/** The weights of the last query over a text of `tokens` with the needle at `needleIdx`, by the engine's attention. */
export function needleWeights(
  tokens: number,
  needleIdx: number,
  setting: NeedleSetting,
): Float64Array {
  const { needleScore, distractorDeviation, mask, positions } = setting;
  const isRotated = positions === 'rope';
  const headDim = isRotated ? 64 : 1;
  const plan = { tokens, needleIdx, needleScore, distractorDeviation, seed: 1 };
  const inputs = needleInputs(plan, headDim);
  const { shape, firstQueryIdx, v } = inputs;
  let { q, k }: { q: typeof inputs.k | Float32Array; k: typeof inputs.k | Float32Array } = inputs;
  if (isRotated) {
    const frequencies = ropeFrequencies({ ropeType: 'default', rotaryDim: headDim, ropeTheta: 10_000 }); // prettier-ignore
    q = applyRope(q, { numHeads: 1, tokens: 1, headDim }, frequencies, [firstQueryIdx], 'halves');
    k = applyRope(k, { numHeads: 1, tokens, headDim }, frequencies, positionsFrom(0, tokens), 'halves'); // prettier-ignore
  }
  const bias = alibiBias(8);
  const options: AttentionOptions = {
    mask: maskOf(mask),
    firstQueryIdx,
    ...(positions === 'alibi'
      ? { scoreBias: (_: number, qIdx: number, kvIdx: number) => bias(7, qIdx, kvIdx) }
      : {}),
  };
  const result = referenceAttention(q, k, v, shape, { ...options, keepWeights: true });
  return result.weights ?? new Float64Array(0);
}

const placeAt = (tokens: number, share: number) => Math.round((tokens - 1) * share);

export const needleDemo: Demo = {
  id: 'needle',
  mechanism: 33,
  title: 'Needle: dilution',
  line: 'Plant a sentence in your own text and see its weight thin out as the text grows.',
  tags: ['positions', 'patterns'],
  basis: 'a construction whose outcome is known',
  notice:
    'A head that looks for exactly this sentence, by construction, not a trained model’s. Softmax gives every other token a share, however small, so the needle’s weight falls as 1 / n once n outweighs e to its score: to hold it, the score must grow as ln n. Depth plays no part here until positions do: with a window the needle is either seen or not, with ALiBi it pays for its distance, with RoPE the match itself turns with it. The planted sentence counts as one token, the last token asks.',
  formula: 'weight = e^s / (e^s + Σ e^sⱼ); on average e^s / (e^s + n e^(σ² / 2))',
  source: {
    title:
      'Liu et al. 2023, Lost in the Middle (the finding); softmax’s definition (the arithmetic)',
    url: 'https://arxiv.org/abs/2307.03172',
  },
  controls,
  maxTokens: 8192,
  run(input) {
    const text = takenTokens(needleDemo, input);
    const setting = settingOf(input);
    const share = numberValue(controls, input, 'depthPercent') / 100;
    const numTokens = text.length + 1;
    const needleIdx = placeAt(numTokens, share);
    const tokens = [...text.slice(0, needleIdx), planted, ...text.slice(needleIdx)];
    const weights = needleWeights(numTokens, needleIdx, setting);
    const weight = weights[needleIdx];
    const heaviest = weights.reduce((greatest, one) => Math.max(greatest, one), Number.MIN_VALUE);
    const { needleScore, distractorDeviation } = setting;
    const expected = (n: number) => expectedNeedleWeight(needleScore, n - 1, distractorDeviation);
    const lengths = Array.from({ length: 15 }, (_, idx) => 64 * 2 ** idx);
    const run = (n: number, at: number) =>
      needleWeights(n, placeAt(n, at), setting)[placeAt(n, at)];
    const depths = Array.from({ length: 17 }, (_, idx) => idx / 16);
    const set = costedTokens(input) + 1;
    const seen = weights.filter((one) => one > 0).length;
    const caption = `The needle at position ${needleIdx} of ${numTokens} holds ${formatPercent(100 * weight)} of the last token’s weight.`;
    return {
      numFrames: 1,
      keyNumberId: 'needleWeight',
      frame: () => ({
        caption,
        pictures: [
          strengthTokens({ title: 'Where the last token looks', summary: caption, tokens }, (idx) => weights[idx] / heaviest),
          seriesPicture({
            title: 'Weight on the needle by length',
            summary: 'At the same depth; the average over many texts by formula, and one text computed under your mask and positions.',
            xLabel: 'tokens',
            yLabel: 'weight on the needle',
            xScale: 'log',
            series: [
              { name: 'full attention, no positions, on average', points: lengths.map((n) => [n, expected(n)]) },
              { name: 'computed as set', points: lengths.filter((n) => n <= 8192).map((n) => [n, run(n, share)]) },
            ],
            rules: [
              { axis: 'x', value: numTokens, label: 'this text' },
              { axis: 'x', value: set, label: 'your context set' },
            ],
          }),
          seriesPicture({
            title: 'Weight on the needle by depth',
            summary: 'The same text with the needle elsewhere.',
            xLabel: 'depth (% of the text)',
            yLabel: 'weight on the needle',
            series: [{ name: 'computed as set', points: depths.map((at) => [100 * at, run(numTokens, at)]) }],
            rules: [{ axis: 'x', value: 100 * share, label: 'chosen' }],
          }),
        ],
        numbers: [
          percentRow('needleWeight', 'Weight on the needle', weight, 'computed by attention over this text'),
          percentRow('expectedWeight', 'On average, full attention without positions', expected(numTokens), 'e^s / (e^s + n e^(σ² / 2))'),
          countRow('visibleKeys', 'Tokens with any weight', seen),
          numberRow('scoreForHalf', 'Score that holds half of the weight here', needleScoreFor(0.5, numTokens - 1, distractorDeviation), `ln ${numTokens - 1} + ${distractorDeviation}² / 2`),
          percentRow('setWeight', `Average weight among your ${formatTokens(set - 1)} tokens`, expected(set)),
          numberRow('setScoreForHalf', 'Score that holds half among them', needleScoreFor(0.5, set - 1, distractorDeviation)),
        ],
      }),
    }; // prettier-ignore
  },
  visibility: (input, queryIdx) => {
    const { length } = takenTokens(needleDemo, input);
    requireQueryIdx(queryIdx, length);
    const name = settingOf(input).mask;
    const mask = maskOf(name);
    return Array.from({ length }, (_, idx): TokenVisibility => {
      if (idx === queryIdx) return 'self';
      if (!mask(queryIdx, idx)) return 'nothing';
      return name === 'sinks' && idx <= queryIdx - windowTokens ? 'sink' : 'window';
    });
  },
};
