import { architectureById } from '../../core/architectures/architectures.ts';
import { formatBytes, formatPercent } from '../../core/format/numbers.ts';
import {
  createRandom,
  layerCacheBytes,
  maxAbsDifference,
  selectiveScan,
  selectiveScanBlocks,
  ssd,
  ssdBlocks,
  stateShares,
} from '../../engine/index.ts';
import { choiceValue, numberValue, seedControl, takenTokens } from '../controls.ts';
import type { Control, Demo, DemoInput } from '../demo.ts';
import { tokenVectors } from '../embed.ts';
import { bytesRow, countRow, flopsRow, numberRow } from '../numberRows.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { strengthTokens } from '../pictures/tokensPicture.ts';
import { weightsPicture } from '../pictures/weightsPicture.ts';
import { cacheRow, costedTokens, shortName } from '../realModel.ts';
import { seededMatrix, transposed } from '../seededWeights.ts';
import { namedToken, plural } from '../words.ts';

const controls: readonly Control[] = [
  {
    kind: 'choice',
    id: 'variant',
    label: 'Block',
    options: [
      { value: 'mamba', label: 'Mamba (S6): a decay for each number of the state' },
      { value: 'mamba2', label: 'Mamba-2: one decay for the head' },
    ],
    initial: 'mamba',
  },
  { kind: 'number', id: 'selectivity', label: 'How far the step depends on the token', min: 0, max: 4, step: 0.5, initial: 2 },
  { kind: 'number', id: 'meanStep', label: 'Middle step Δ', min: 0.01, max: 1, step: 0.01, initial: 0.1 },
  { kind: 'number', id: 'stateSize', label: 'State (numbers a channel)', min: 1, max: 32, step: 1, initial: 8 },
  seedControl,
]; // prettier-ignore

const channels = 8;
const blockTokens = 16;
const stateBytesPerNumber = 4;

const softplus = (x: number) => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)));

/**
 * What a Mamba block makes of each token before it scans, from seeded random projections: input, step, B and C. Mamba-2 is
 * the same with one step and one decay for all channels.
 */
export function scanInputs(input: DemoInput, tokens: readonly string[]) {
  const isMamba2 = choiceValue(controls, input, 'variant') === 'mamba2';
  const stateSize = numberValue(controls, input, 'stateSize');
  const seed = numberValue(controls, input, 'seed');
  const selectivity = numberValue(controls, input, 'selectivity');
  const bias = Math.log(Math.expm1(numberValue(controls, input, 'meanStep')));
  const numTokens = tokens.length;
  const random = createRandom(seed);
  const x = tokenVectors(tokens, channels, seed);
  /** (outputs, tokens) */
  const projected = (outputs: number) => {
    const weight = seededMatrix(random, outputs, channels);
    const rows = new Float32Array(outputs * numTokens);
    for (let out = 0; out < outputs; out++) {
      for (let token = 0; token < numTokens; token++) {
        let sum = 0;
        for (let dim = 0; dim < channels; dim++) {
          sum += weight[out * channels + dim] * x[token * channels + dim];
        }
        rows[out * numTokens + token] = sum;
      }
    }
    return rows;
  };
  const u = projected(channels);
  const wish = projected(isMamba2 ? 1 : channels);
  const delta = Float32Array.from({ length: channels * numTokens }, (_, idx) =>
    softplus(bias + selectivity * wish[isMamba2 ? idx % numTokens : idx]),
  );
  const A = Float32Array.from({ length: channels * stateSize }, (_, idx) =>
    isMamba2 ? -1 : -1 - (idx % stateSize),
  );
  const [B, C] = [projected(stateSize), projected(stateSize)];
  const shape = { channels, stateSize, tokens: numTokens };
  return { inputs: { u, delta, A, B, C }, shape, isMamba2 };
}

/** The same inputs as Mamba-2's kernel takes them. */
function asHead({ inputs, shape }: ReturnType<typeof scanInputs>) {
  const { tokens, stateSize } = shape;
  return {
    inputs: {
      x: transposed(inputs.u, channels, tokens),
      delta: inputs.delta.slice(0, tokens),
      A: Float32Array.of(-1),
      B: transposed(inputs.B, stateSize, tokens),
      C: transposed(inputs.C, stateSize, tokens),
    },
    shape: { tokens, numHeads: 1, headDim: channels, stateSize, numGroups: 1 },
  };
}

/** The first `count` tokens of (rows, tokens). */
function firstTokens(rows: Float32Array, tokens: number, count: number): Float32Array {
  const cut = new Float32Array((rows.length / tokens) * count);
  for (let row = 0; row < rows.length / tokens; row++) {
    cut.set(rows.subarray(row * tokens, row * tokens + count), row * count);
  }
  return cut;
}

/** (count): how much of each token's write is left after `count` tokens, summed over the channels. */
export function leftOfTokens(plan: ReturnType<typeof scanInputs>, count: number): Float64Array {
  const { inputs, shape } = plan;
  const cut = (rows: Float32Array) => firstTokens(rows, shape.tokens, count);
  const parts = { u: cut(inputs.u), delta: cut(inputs.delta), A: inputs.A, B: cut(inputs.B) };
  const shares = stateShares(parts, { ...shape, tokens: count });
  const left = new Float64Array(count);
  shares.forEach((share, idx) => {
    left[idx % count] += share;
  });
  return left;
}

/** The fewest tokens that together hold this share of all that is left. */
function tokensHolding(left: Float64Array, share: number): number {
  const all = left.reduce((sum, one) => sum + one, 0);
  let [sum, count] = [0, 0];
  for (const one of Float64Array.from(left).sort().reverse()) {
    if (sum >= share * all) break;
    sum += one;
    count++;
  }
  return count;
}

export const mambaDemo: Demo = {
  id: 'mamba',
  mechanism: 27,
  title: 'Mamba and Mamba-2: a selective state',
  line: 'A state of fixed size; how far each token moves it depends on the token.',
  tags: ['state space'],
  basis: 'seeded random weights',
  notice:
    'Step through the text: the marks show how much of each token’s write is left in the state. A token with a large step writes much and wipes out what was there; one with a step near 0 is passed over as if it were not there. Set the selectivity to 0 and the step is the same for all: then age alone decides, as in S4. Mamba gives every number of a channel’s state its own decay, Mamba-2 one to the whole head, which turns the scan into matrix products. Here the projections are random, so which tokens are kept means nothing; a trained model learns what to keep.',
  formula: 'h = e^(ΔA) h + Δ B u, y = C h; Δ = softplus(bias + w·x), B and C from the token',
  source: {
    title: 'Gu & Dao 2023, Mamba, algorithm 2; Dao & Gu 2024, Transformers are SSMs',
    url: 'https://arxiv.org/abs/2312.00752',
  },
  controls,
  maxTokens: 512,
  run(input) {
    const tokens = takenTokens(mambaDemo, input);
    const plan = scanInputs(input, tokens);
    const { inputs, shape, isMamba2 } = plan;
    const { stateSize } = shape;
    const head = asHead(plan);
    // (tokens, channels, stateSize)
    const states = new Float64Array(tokens.length * channels * stateSize);
    const scan = selectiveScan(inputs, shape, {
      observer: {
        stateStep: ({ tokenIdx, partIdx, state }) => {
          states.set(state, (tokenIdx * channels + partIdx) * stateSize);
        },
      },
    });
    const maxDifference = isMamba2
      ? maxAbsDifference(
          ssd(head.inputs, head.shape).y,
          ssdBlocks(head.inputs, head.shape, blockTokens).y,
        )
      : maxAbsDifference(scan.y, selectiveScanBlocks(inputs, shape, blockTokens).y);
    const bytes = { stateBytesPerElement: stateBytesPerNumber };
    // A convolution over one token keeps none: this is the scan's state alone.
    const stateBytes = isMamba2
      ? layerCacheBytes({ kind: 'mamba2', numHeads: 1, headDim: channels, stateSize, numGroups: 1, convKernelTokens: 1 }, tokens.length, bytes)
      : layerCacheBytes({ kind: 'mamba', innerSize: channels, stateSize, convKernelTokens: 1 }, tokens.length, bytes); // prettier-ignore
    const stepOf = (token: number) => {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) {
        sum += inputs.delta[channel * tokens.length + token];
      }
      return sum / channels;
    };
    const steps = tokens.map((_, idx) => [idx, stepOf(idx)] as const);
    const model = architectureById(isMamba2 ? 'mamba2-2.7b' : 'jamba-v0.1');
    const llama = architectureById('llama-3.1-8b');
    const set = costedTokens(input);
    const shared = [
      bytesRow('stateBytes', 'State, after any number of tokens', stateBytes, `${channels} channels x ${stateSize} numbers x ${stateBytesPerNumber} B`),
      numberRow('maxDifference', `Largest difference from the scan in blocks of ${blockTokens}`, maxDifference, 'the form that parallel hardware runs'),
      flopsRow('flops', 'The scan of this text', tokens.length * channels * stateSize * 9, 'per number of the state and token: decay, write, read, about 9 operations'),
      ...cacheRow('modelStateBytes', isMamba2 ? `State of ${shortName(model)}, any text` : `${shortName(model)}: 28 Mamba layers’ state and 4 layers’ KV cache, your tokens`, model, set),
      ...cacheRow('modelCacheBytes', `${shortName(llama)}’s KV cache of your tokens`, llama, set),
    ]; // prettier-ignore
    return {
      // Token by token.
      numFrames: tokens.length,
      openingFrame: tokens.length - 1,
      keyNumberId: 'stateBytes',
      frame(index) {
        const left = leftOfTokens(plan, index + 1);
        const most = Math.max(...left);
        const holding = tokensHolding(left, 0.95);
        const size = channels * stateSize;
        const caption = `${plural(index + 1, 'token')} read, the last is ${namedToken(tokens, index)} with a step of ${steps[index][1].toPrecision(2)}; ${plural(holding, 'token holds', 'tokens hold')} 95% of what is left in ${formatBytes(stateBytes)}.`;
        return {
          caption,
          pictures: [
            strengthTokens(
              {
                title: 'What the state kept',
                summary: `How much of each token’s write is left, against the most; ${holding} of ${index + 1} tokens hold 95% of it.`,
                tokens,
              },
              (idx) => (most === 0 || idx > index ? 0 : left[idx] / most),
            ),
            weightsPicture({
              title: 'The state',
              summary: `${channels} channels down, ${stateSize} numbers each across, after ${plural(index + 1, 'token')}.`,
              values: states.subarray(index * size, (index + 1) * size),
              numRows: channels,
              numColumns: stateSize,
              scale: 'diverging',
              aggregate: 'mean',
            }),
            seriesPicture({
              title: 'Step of each token',
              summary: 'Mean step Δ over the channels: large steps overwrite, small ones pass over.',
              xLabel: 'token',
              yLabel: 'step Δ',
              series: [{ name: 'step', points: steps }],
              rules: [{ axis: 'x', value: index, label: 'this token' }],
            }),
          ],
          numbers: [
            ...shared.slice(0, 1),
            countRow('holding', 'Tokens that hold 95% of what is left', holding, `of ${index + 1} read`),
            numberRow('step', 'Step of this token, mean of the channels', steps[index][1], `a number of decay −1 keeps ${formatPercent(100 * Math.exp(-steps[index][1]))}`),
            ...shared.slice(1),
          ],
        }; // prettier-ignore
      },
    };
  },
};
