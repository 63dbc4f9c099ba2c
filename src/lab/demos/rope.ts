import { formatCount, formatNumber } from '../../core/format/numbers.ts';
import {
  applyRope,
  createRandom,
  normalFloat64,
  positionsFrom,
  ropeFrequencies,
} from '../../engine/index.ts';
import { choiceValue, numberValue, takenTokens } from '../controls.ts';
import type { Control, Demo } from '../demo.ts';
import { numberRow } from '../numberRows.ts';
import type { CirclePicture } from '../picture.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { namedToken } from '../words.ts';

const controls: readonly Control[] = [
  { kind: 'number', id: 'headDim', label: 'Width of the head', min: 4, max: 128, step: 4, initial: 16 },
  { kind: 'number', id: 'ropeTheta', label: 'Base of the frequencies', min: 100, max: 1000000, step: 1, initial: 10000, logarithmic: true },
  { kind: 'choice', id: 'pairing', label: 'Which numbers form a pair', options: [{ value: 'halves', label: 'i and i + d/2 (Hugging Face)' }, { value: 'adjacent', label: '2i and 2i + 1 (the paper)' }], initial: 'halves' },
]; // prettier-ignore

const mostDistances = 64;

/**
 * Scores of one query and one key vector, the same ones at every position, rotated to each query position and distance.
 * @returns for each distance the scores at several query positions
 */
export function scoresByDistance(
  headDim: number,
  ropeTheta: number,
  pairing: 'halves' | 'adjacent',
  queryPositions: readonly number[],
  numDistances: number,
): Float64Array[] {
  const random = createRandom(1);
  const query = normalFloat64(random, headDim);
  const key = normalFloat64(random, headDim);
  const frequencies = ropeFrequencies(
    { ropeType: 'default', rotaryDim: headDim, ropeTheta },
    undefined,
  );
  const rotated = (vector: Float64Array, position: number) =>
    applyRope(vector, { numHeads: 1, tokens: 1, headDim }, frequencies, [position], pairing);
  return Array.from({ length: numDistances }, (_, distance) =>
    Float64Array.from(queryPositions, (position) => {
      const q = rotated(query, position);
      const k = rotated(key, position - distance);
      let dot = 0;
      for (let dim = 0; dim < headDim; dim++) dot += q[dim] * k[dim];
      return dot / Math.sqrt(headDim);
    }),
  );
}

export const ropeDemo: Demo = {
  id: 'rope',
  mechanism: 20,
  title: 'RoPE: rotary positions',
  line: 'Each pair of numbers turns by its position; the score then depends on the distance only.',
  tags: ['positions'],
  basis: 'seeded random weights',
  notice:
    'Step through the text: every pair turns by its own fixed angle per token, the first fast, the last hardly at all. A query and a key turned by their positions meet at the angle of their distance. So the curve of score against distance is one curve, wherever in the text the pair stands: the largest difference beside it is rounding.',
  formula: 'score(m, n) = Re Σ qᵢ kᵢ* e^{i (m − n) θᵢ}, θᵢ = base^(−2 i / d)',
  source: {
    title: 'Su et al. 2021, RoFormer, section 3.2',
    url: 'https://arxiv.org/abs/2104.09864',
  },
  controls,
  maxTokens: 8192,
  run(input) {
    const tokens = takenTokens(ropeDemo, input);
    const headDim = numberValue(controls, input, 'headDim');
    if (headDim % 2 !== 0)
      throw new Error(`Width of the head (headDim) must be even, got ${headDim}`);
    const ropeTheta = numberValue(controls, input, 'ropeTheta');
    const pairing = choiceValue(controls, input, 'pairing') as 'halves' | 'adjacent';
    const numDistances = Math.min(mostDistances, tokens.length);
    // The text as it stands, and as if so many tokens came before it.
    const last = tokens.length - 1;
    const queryPositions = [last, last + 1000, last + 8000];
    const scores = scoresByDistance(headDim, ropeTheta, pairing, queryPositions, numDistances);
    const largest = Math.max(...scores.map((row) => Math.max(...row) - Math.min(...row)));
    const { inverseFrequencies } = ropeFrequencies(
      { ropeType: 'default', rotaryDim: headDim, ropeTheta },
      undefined,
    );
    const positions = positionsFrom(0, tokens.length);
    return {
      numFrames: tokens.length,
      openingFrame: Math.min(5, tokens.length - 1),
      keyNumberId: 'largestDifference',
      frame: (index) => {
        const circles: CirclePicture = {
          kind: 'circle',
          title: 'Where each pair points',
          summary: `At position ${index}, ${namedToken(tokens, index)}; the thick arc is the way that each pair has come from position 0.`,
          circles: Array.from(inverseFrequencies.slice(0, 8), (frequency, pair) => ({
            label: `pair ${pair}, ${formatNumber(frequency)} radians a token`,
            hands: [
              { angle: (positions[index] * frequency) % (2 * Math.PI), label: `position ${index}` },
            ],
            seenAngle: Math.min(2 * Math.PI, positions[index] * frequency),
          })),
        };
        return {
          caption: `Position ${index}, ${namedToken(tokens, index)}: the fastest pair has turned ${formatNumber((positions[index] * inverseFrequencies[0]) / (2 * Math.PI))} times, the slowest ${formatNumber((positions[index] * inverseFrequencies[inverseFrequencies.length - 1]) / (2 * Math.PI))}.`,
          pictures: [
            circles,
            seriesPicture({
              title: 'Score by distance, at several places of the text',
              summary: 'One random query and one random key, as far apart at three places: the curves lie on each other.',
              xLabel: 'distance (tokens)',
              yLabel: 'score',
              series: queryPositions.map((position, which) => ({
                name: `query at position ${formatCount(position)}`,
                points: scores.map((row, distance) => [distance, row[which]] as const),
              })),
            }),
          ],
          numbers: [
            numberRow('largestDifference', 'Largest difference of scores at the same distance', largest, 'over all places shown: rounding'),
            numberRow('fastest', 'Fastest pair (radians a token)', inverseFrequencies[0]),
            numberRow('slowestWave', 'Tokens to a full turn of the slowest pair', (2 * Math.PI) / inverseFrequencies[inverseFrequencies.length - 1], '2 pi / its frequency'),
          ],
        }; // prettier-ignore
      },
    };
  },
};
