import { formatCount } from '../../core/format/numbers.ts';
import {
  addLearnedPositions,
  createRandom,
  maxAbsDifference,
  normalFloat32,
  sinusoidalPositions,
} from '../../engine/index.ts';
import { choiceValue, numberValue, seedControl, takenTokens } from '../controls.ts';
import type { Control, Demo, DemoInput } from '../demo.ts';
import { countRow, numberRow, partRow } from '../numberRows.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { categoryTokens } from '../pictures/tokensPicture.ts';
import { weightsPicture } from '../pictures/weightsPicture.ts';
import { costedTokens } from '../realModel.ts';
import { plural } from '../words.ts';

const controls: readonly Control[] = [
  {
    kind: 'choice',
    id: 'scheme',
    label: 'Positions',
    options: [
      { value: 'learned', label: 'a learned table (GPT-2, BERT)' },
      { value: 'sinusoidal', label: 'sinusoids (the first transformer)' },
    ],
    initial: 'learned',
  },
  { kind: 'number', id: 'trainedTokens', label: 'Rows of the table (trained length)', min: 1, max: 1024, step: 1, initial: 48, logarithmic: true },
  { kind: 'number', id: 'segmentTokens', label: 'Counting starts again every … tokens', min: 1, max: 8192, step: 1, initial: 8192, logarithmic: true },
  { kind: 'number', id: 'hiddenSize', label: 'Width', min: 4, max: 64, step: 2, initial: 32 },
  seedControl,
]; // prettier-ignore

/** Rows of the text's start that are drawn one by one. */
const mostRows = 256;

const kinds = [
  { name: 'a position of its own' },
  { name: 'the same vector as in an earlier segment' },
  { name: 'no row in the table: nothing to add' },
];

/** The position of each token, and (tokens, hiddenSize) its vector; undefined where the table ends. */
export function positionVectors(input: DemoInput, numTokens: number) {
  const trainedTokens = numberValue(controls, input, 'trainedTokens');
  const segmentTokens = numberValue(controls, input, 'segmentTokens');
  const hiddenSize = numberValue(controls, input, 'hiddenSize');
  const isLearned = choiceValue(controls, input, 'scheme') === 'learned';
  const positions = Int32Array.from({ length: numTokens }, (_, idx) => idx % segmentTokens);
  const has = (position: number) => !isLearned || position < trainedTokens;
  const most = Math.min(numTokens, segmentTokens, isLearned ? trainedTokens : Infinity);
  const rows = Int32Array.from({ length: most }, (_, idx) => idx);
  const random = createRandom(numberValue(controls, input, 'seed'));
  const vectors = isLearned
    ? addLearnedPositions(
        // Added to nothing, so that what is left is the position.
        new Float32Array(most * hiddenSize),
        {
          table: normalFloat32(random, trainedTokens * hiddenSize),
          contextWindowTokens: trainedTokens,
          hiddenSize,
        },
        rows,
      )
    : sinusoidalPositions(rows, hiddenSize);
  const vectorOf = (idx: number) =>
    has(positions[idx])
      ? vectors.subarray(positions[idx] * hiddenSize, (positions[idx] + 1) * hiddenSize)
      : undefined;
  return {
    positions,
    vectorOf,
    hiddenSize,
    segmentTokens,
    trainedTokens,
    isLearned,
    distinct: most,
  };
}

function similarity(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let idx = 0; idx < a.length; idx++) {
    dot += a[idx] * b[idx];
    aa += a[idx] ** 2;
    bb += b[idx] ** 2;
  }
  return aa === 0 || bb === 0 ? 0 : dot / Math.sqrt(aa * bb);
}

export const absolutePositionsDemo: Demo = {
  id: 'absolutePositions',
  mechanism: 35,
  title: 'Absolute positions',
  line: 'A vector for each position is added to the token: the table ends, and every segment starts at 0.',
  tags: ['positions'],
  basis: 'seeded random weights',
  notice:
    'With a learned table the rows end at the trained length: for the tokens after it there is nothing to add, and no formula to make it up, which is why such models refuse longer texts. Let counting start again and the first tokens of all segments get the very same vector: nothing tells the model which segment came first. Sinusoids go on for ever, and their likeness depends on the distance alone, but positions beyond the trained ones are angles that no weight has been trained on. The table here is random, so that neighbours are as unlike as any two; trained tables are smooth.',
  formula:
    'xᵢ = e(tokenᵢ) + P[i]; sinusoidal: P[i, 2j] = sin(i / 10000^(2j/d)), P[i, 2j+1] = cos(…)',
  source: {
    title: 'Vaswani et al. 2017, Attention Is All You Need, section 3.5',
    url: 'https://arxiv.org/abs/1706.03762',
  },
  controls,
  maxTokens: 8192,
  run(input) {
    const tokens = takenTokens(absolutePositionsDemo, input);
    const plan = positionVectors(input, tokens.length);
    const { positions, vectorOf, hiddenSize, segmentTokens, trainedTokens, isLearned } = plan;
    const missing = tokens.filter((_, idx) => vectorOf(idx) === undefined).length;
    const repeated = tokens.length - missing - plan.distinct;
    const shown = Math.min(tokens.length, mostRows);
    const values = new Float32Array(shown * hiddenSize).fill(NaN);
    for (let idx = 0; idx < shown; idx++) values.set(vectorOf(idx) ?? [], idx * hiddenSize);
    const numSegments = Math.ceil(tokens.length / segmentTokens);
    const second = numSegments > 1 ? vectorOf(segmentTokens) : undefined;
    const first = vectorOf(0);
    const starts = [0, Math.floor(plan.distinct / 2)].filter(
      (one, idx, all) => all.indexOf(one) === idx,
    );
    const distances = Array.from({ length: plan.distinct }, (_, idx) => idx).slice(0, mostRows);
    const curve = (from: number) => ({
      name: `from position ${from}`,
      points: distances.flatMap((distance) => {
        const [a, b] = [
          vectorOf(from),
          from + distance < plan.distinct ? vectorOf(from + distance) : undefined,
        ];
        return a === undefined || b === undefined ? [] : [[distance, similarity(a, b)] as const];
      }),
    });
    const set = costedTokens(input);
    const outside = isLearned ? Math.max(0, Math.min(set, segmentTokens) - trainedTokens) : 0;
    const caption = isLearned
      ? `${plural(plan.distinct, 'different position vector')} for ${plural(tokens.length, 'token')}; ${missing === 0 ? 'every token has one' : `${plural(missing, 'token has', 'tokens have')} none: the table ends at ${formatCount(trainedTokens)}`}.`
      : `${plural(plan.distinct, 'different position vector')} for ${plural(tokens.length, 'token')}, whatever the trained length.`;
    const gpt2Rows = 1024;
    return {
      numFrames: 1,
      keyNumberId: 'distinctVectors',
      frame: () => ({
        caption,
        pictures: [
          weightsPicture({
            title: 'What is added to each token',
            summary: `Position vectors of the first ${plural(shown, 'token')}, ${hiddenSize} numbers across; empty rows have none.`,
            values,
            numRows: shown,
            numColumns: hiddenSize,
            rowTokens: tokens.slice(0, shown),
            scale: 'diverging',
            aggregate: 'mean',
          }),
          categoryTokens(
            {
              title: 'Your text',
              summary: `${plural(repeated, 'token')} with the vector of an earlier one, ${plural(missing, 'token')} with none.`,
              tokens: tokens.slice(0, mostRows),
            },
            kinds,
            (idx) => (vectorOf(idx) === undefined ? 2 : idx >= segmentTokens ? 1 : 0),
          ),
          seriesPicture({
            title: 'Likeness of two positions',
            summary: 'Cosine of the position vectors by distance, from the start and from the middle: for sinusoids the same curve.',
            xLabel: 'distance (tokens)',
            yLabel: 'cosine',
            series: starts.map(curve),
          }),
        ],
        numbers: [
          countRow('distinctVectors', 'Different position vectors', plan.distinct, `positions 0 to ${positions.reduce((a, b) => Math.max(a, b), 0)}${isLearned ? `, table of ${trainedTokens}` : ''}`),
          partRow('missing', 'Tokens without a position', missing, tokens.length),
          countRow('repeated', 'Tokens with the vector of an earlier one', repeated),
          ...(first === undefined || second === undefined ? [] : [numberRow('segmentDifference', 'Largest difference, position 0 of two segments', maxAbsDifference(Float64Array.from(first), Float64Array.from(second)))]),
          countRow('setOutside', 'Of your whole context set beyond this table', outside, isLearned ? `${formatCount(set)} tokens in segments of ${formatCount(segmentTokens)}, ${formatCount(trainedTokens)} rows` : 'sinusoids have no table'),
          countRow('gpt2Outside', `Of your whole context set beyond GPT-2’s table of ${formatCount(gpt2Rows)}`, Math.max(0, set - gpt2Rows), `${formatCount(set)} − ${formatCount(gpt2Rows)}, not below 0`),
        ],
      }),
    }; // prettier-ignore
  },
};
