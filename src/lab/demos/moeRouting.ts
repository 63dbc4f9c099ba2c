import { architectureById } from '../../core/architectures/architectures.ts';
import { formatCount, formatNumber, formatPercent } from '../../core/format/numbers.ts';
import { expertLoads, trainRouter } from '../../engine/index.ts';
import { numberValue, seedControl, takenTokens } from '../controls.ts';
import type { Control, Demo, DemoInput } from '../demo.ts';
import { tokenVectors } from '../embed.ts';
import { countRow, numberRow, percentRow } from '../numberRows.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { categoryTokens } from '../pictures/tokensPicture.ts';
import { shortName } from '../realModel.ts';
import { plural } from '../words.ts';

const controls: readonly Control[] = [
  { kind: 'number', id: 'numExperts', label: 'Experts', min: 2, max: 8, step: 1, initial: 8 },
  { kind: 'number', id: 'topK', label: 'Experts for each token', min: 1, max: 4, step: 1, initial: 1 },
  { kind: 'number', id: 'auxiliaryWeight', label: 'Weight of the balancing loss', min: 0, max: 2, step: 0.1, initial: 0 },
  { kind: 'number', id: 'capacityFactor', label: 'Capacity factor', min: 1, max: 4, step: 0.25, initial: 1.25 },
  seedControl,
]; // prettier-ignore

const hiddenSize = 8;
const numSteps = 60;
const learningRate = 0.3;
/** What all tokens share: without it a random router would spread them by itself. */
const common = 2;

/** The text's vectors and the run of the toy mixture on them. */
export function routingRun(input: DemoInput, tokens: readonly string[]) {
  const numExperts = numberValue(controls, input, 'numExperts');
  const topK = numberValue(controls, input, 'topK');
  if (topK > numExperts) {
    throw new Error(
      `Experts for each token (topK) must be at most the ${numExperts} experts, got ${topK}`,
    );
  }
  const seed = numberValue(controls, input, 'seed');
  const x = Float64Array.from(tokenVectors(tokens, hiddenSize, seed));
  for (let idx = 0; idx < x.length; idx += hiddenSize) x[idx] += common;
  const run = {
    tokens: tokens.length,
    hiddenSize,
    numExperts,
    topK,
    numSteps,
    learningRate,
    auxiliaryWeight: numberValue(controls, input, 'auxiliaryWeight'),
    seed,
  };
  return { x, run };
}

export const moeRoutingDemo: Demo = {
  id: 'moeRouting',
  mechanism: 30,
  title: 'Mixture of experts: routing and balance',
  line: 'A router sends each token to a few experts; left alone, it sends most to the same few.',
  tags: ['systems'],
  basis: 'seeded random weights',
  notice:
    'Press play: a small mixture is trained on your own text, step by step, its router and experts starting at random. Each token’s colour is the expert it goes to. An expert that is chosen early learns early and so is chosen more, until a few do all the work. Raise the weight of the balancing loss and the shares even out. The slowest expert sets the pace, so an imbalance of 3 makes a step take three times as long; a capacity limit avoids that by dropping what is too much. It is a toy with one vector for each expert, not a language model’s behaviour.',
  formula: 'p = softmax(W x), top k; balancing loss = E Σ fₑ Pₑ (1 when even)',
  source: {
    title: 'Fedus et al. 2021, Switch Transformers, equations 3 and 4; Shazeer et al. 2017',
    url: 'https://arxiv.org/abs/2101.03961',
  },
  controls,
  maxTokens: 256,
  run(input) {
    const tokens = takenTokens(moeRoutingDemo, input);
    const { x, run } = routingRun(input, tokens);
    const { numExperts, topK } = run;
    const capacityFactor = numberValue(controls, input, 'capacityFactor');
    const steps = trainRouter(x, run);
    const experts = Array.from({ length: numExperts }, (_, idx) => ({ name: `expert ${idx + 1}` }));
    const mixtral = architectureById('mixtral-8x7b');
    const deepseek = architectureById('deepseek-v3');
    const real = [mixtral, deepseek].flatMap((model) => {
      const layer = model.feedForwards?.find((group) => group.layer.kind === 'moe')?.layer;
      if (layer?.kind !== 'moe') return [];
      const { routedExperts, expertsPerToken } = layer;
      return [
        percentRow(`${model.id}Share`, `${shortName(model)}: routed experts that a token uses`, expertsPerToken / routedExperts, `${expertsPerToken} of ${routedExperts} in each layer`),
      ];
    }); // prettier-ignore
    return {
      // Step by step of the training.
      numFrames: steps.length,
      openingFrame: steps.length - 1,
      keyNumberId: 'effectiveExperts',
      frame(index) {
        const step = steps[index];
        const loads = expertLoads(step, numExperts, capacityFactor);
        const { imbalance, idleExperts, effectiveExperts, assignments } = loads;
        const busiest = Math.max(...step.loadFraction) / topK;
        const caption = `${index === 0 ? 'Before training' : `After ${plural(index, 'step')}`}: as even as ${formatNumber(effectiveExperts)} of ${numExperts} experts; the busiest takes ${formatPercent(100 * busiest)}.`;
        return {
          caption,
          pictures: [
            categoryTokens(
              {
                title: 'Which expert takes which token',
                summary: `First choice of ${plural(tokens.length, 'token')} among ${numExperts} experts.`,
                tokens,
              },
              experts,
              (idx) => step.experts[idx * topK],
            ),
            {
              kind: 'bars',
              title: 'Load of each expert',
              summary: `Assignments of each expert; even would be ${formatNumber((tokens.length * topK) / numExperts)}, the capacity is ${formatCount(loads.capacityTokens ?? 0)}.`,
              valueLabel: 'tokens',
              categories: [{ name: 'within capacity' }, { name: 'dropped' }],
              bars: Array.from(assignments, (count, expert) => {
                const over = Math.max(0, count - (loads.capacityTokens ?? count));
                return { label: experts[expert].name, parts: [count - over, over] };
              }),
            },
            seriesPicture({
              title: 'Experts in use during training',
              summary: `As even as how many experts, at each of ${numSteps} steps.`,
              xLabel: 'training step',
              yLabel: 'experts',
              series: [
                { name: 'effective experts', points: steps.map((one, idx) => [idx, one.effectiveExperts] as const) },
                { name: 'balancing loss', points: steps.map((one, idx) => [idx, one.auxiliaryLoss] as const) },
              ],
              rules: [{ axis: 'x', value: index, label: 'this step' }],
            }),
          ],
          numbers: [
            numberRow('effectiveExperts', 'As even as so many experts', effectiveExperts, 'exp of the entropy of the loads'),
            numberRow('imbalance', 'Largest load over the mean', imbalance, 'a step takes this many times as long as with an even load'),
            countRow('idleExperts', 'Experts without a token', idleExperts),
            numberRow('auxiliaryLoss', 'Balancing loss', step.auxiliaryLoss, 'E Σ share x mean probability; 1 when even'),
            countRow('dropped', 'Assignments beyond the capacity', loads.droppedAssignments ?? 0, `capacity ${formatCount(loads.capacityTokens ?? 0)} = tokens x k / E x ${capacityFactor}, rounded up`),
            numberRow('taskLoss', 'Loss of the toy task', step.taskLoss, 'mean squared distance between a token and its experts’ answer'),
            ...real,
          ],
        }; // prettier-ignore
      },
    };
  },
};
