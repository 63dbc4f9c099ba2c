import { formatPercent } from '../../core/format/numbers.ts';
import { needleDepthCurve, positionInfluence, type DepthPlan } from '../../engine/index.ts';
import { numberValue, takenTokens } from '../controls.ts';
import type { Control, Demo } from '../demo.ts';
import { percentRow } from '../numberRows.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { strengthTokens } from '../pictures/tokensPicture.ts';
import { plural } from '../words.ts';

const controls: readonly Control[] = [
  { kind: 'number', id: 'numLayers', label: 'Layers', min: 1, max: 24, step: 1, initial: 6 },
  { kind: 'number', id: 'scoreLoss', label: 'Score lost over the whole text', min: 0, max: 20, step: 0.5, initial: 2.5 },
  { kind: 'number', id: 'residualShare', label: 'Share passed on by the residual stream', min: 0, max: 0.95, step: 0.05, initial: 0.7 },
  { kind: 'number', id: 'needleScore', label: 'How well the needle matches (score)', min: 0, max: 10, step: 0.5, initial: 2 },
]; // prettier-ignore

export const lostInTheMiddleDemo: Demo = {
  id: 'lostInTheMiddle',
  mechanism: 33,
  title: 'Lost in the middle, by construction',
  line: 'The causal mask favours the start, falling scores favour the end: the middle loses.',
  tags: ['positions'],
  basis: 'a construction whose outcome is known',
  notice:
    'How much each token weighs in the last one, layer upon layer, with nothing trained. In one layer only nearness counts. With more layers the start gains, as every token hands on what came before it, and the first tokens are before everyone. In between lies the dip. Too steep a loss leaves only the end, too many layers only the start: this shows that the shape can come from the structure alone, not how deep it is in any model.',
  formula:
    'influence = product of the layers’ (1 − r) softmax(−m (i − j)) + r I, read at the last token',
  source: {
    title: 'Wu et al. 2025, On the Emergence of Position Bias in Transformers',
    url: 'https://arxiv.org/abs/2502.01951',
  },
  controls,
  maxTokens: 128,
  run(input) {
    const tokens = takenTokens(lostInTheMiddleDemo, input);
    const numTokens = tokens.length;
    const numLayers = numberValue(controls, input, 'numLayers');
    const planFor = (layers: number): DepthPlan => ({
      tokens: numTokens,
      numLayers: layers,
      slope: numberValue(controls, input, 'scoreLoss') / numTokens,
      residualShare: numberValue(controls, input, 'residualShare'),
      needleScore: numberValue(controls, input, 'needleScore'),
    });
    const some = Math.min(17, numTokens);
    const depths = Array.from({ length: some }, (_, idx) =>
      Math.round((idx * (numTokens - 1)) / Math.max(1, some - 1)),
    );
    // A fifth of the text at each end and in the middle.
    const width = Math.max(1, Math.floor(numTokens / 5));
    const middle = Math.floor((numTokens - width) / 2);
    return {
      // Layer by layer.
      numFrames: numLayers,
      openingFrame: numLayers - 1,
      keyNumberId: 'middle',
      frame(index) {
        const plan = planFor(index + 1);
        const influence = positionInfluence({ ...plan, needleScore: 0 });
        const curve = needleDepthCurve(plan, depths);
        const shareOf = (start: number) =>
          influence.subarray(start, start + width).reduce((sum, one) => sum + one, 0);
        const most = influence.reduce((greatest, one) => Math.max(greatest, one), 0);
        const [first, mid, last] = [shareOf(0), shareOf(middle), shareOf(numTokens - width)];
        const caption = `After ${plural(index + 1, 'layer')} the first fifth weighs ${formatPercent(100 * first)}, the middle fifth ${formatPercent(100 * mid)}, the last ${formatPercent(100 * last)}.`;
        return {
          caption,
          pictures: [
            strengthTokens({ title: 'What the last token is made of', summary: caption, tokens }, (idx) => influence[idx] / most),
            seriesPicture({
              title: 'Influence by position',
              summary: caption,
              xLabel: 'position',
              yLabel: 'influence on the last token',
              series: [
                { name: 'an ordinary token', points: Array.from(influence, (one, idx) => [idx, one] as const).slice(0, Math.max(1, numTokens - 1)) },
                { name: 'a needle planted there', points: curve.map((one) => [one.needleIdx, one.influence] as const).slice(0, Math.max(1, some - 1)) },
              ],
            }),
          ],
          numbers: [
            percentRow('middle', 'Weight of the middle fifth', mid),
            percentRow('first', 'Weight of the first fifth', first),
            percentRow('last', 'Weight of the last fifth', last, 'the last token itself included'),
            percentRow('needleStart', 'A needle at the start', curve[0].influence),
            percentRow('needleMiddle', 'The same needle in the middle', curve[Math.floor((some - 1) / 2)].influence),
          ],
        };
      },
    }; // prettier-ignore
  },
};
