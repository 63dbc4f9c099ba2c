import { formatNumber } from '../core/format/numbers.ts';
import { ropeFrequencies, type RopeFrequencies } from '../engine/index.ts';
import { numberValue } from './controls.ts';
import type { Control, Demo, DemoInput, DemoRun } from './demo.ts';
import { countRow, numberRow, percentRow } from './numberRows.ts';
import type { BarsPicture, CirclePicture } from './picture.ts';
import { seriesPicture } from './pictures/seriesPicture.ts';
import { rotaryDim, stretchMethods, type Stretch, type StretchConfig } from './stretchMethods.ts';
import { plural } from './words.ts';

const turn = 2 * Math.PI;

const stretchControls: readonly Control[] = [
  { kind: 'number', id: 'trainedTokens', label: 'Trained length (tokens)', min: 256, max: 131072, step: 1, initial: 4096, logarithmic: true },
  { kind: 'number', id: 'factor', label: 'Stretched by', min: 1, max: 64, step: 1, initial: 8 },
  { kind: 'number', id: 'ropeTheta', label: 'Base of the frequencies', min: 1000, max: 10000000, step: 1, initial: 10000, logarithmic: true },
]; // prettier-ignore

/** A way of stretching, as the lab shows it. */
export interface StretchMethod {
  readonly id: string;
  readonly mechanism: number;
  readonly title: string;
  readonly line: string;
  readonly notice: string;
  readonly formula: string;
  readonly source: Demo['source'];
  /** The configuration of a head of `rotaryDim` for these lengths. */
  readonly config: StretchConfig;
}

/**
 * Pairs whose angle at the last position read lies beyond what training covered. A pair that made a full turn over the trained
 * length has seen every angle; a slower one has seen the stretch of angles that this length spans.
 */
export function unseenPairs(
  frequencies: RopeFrequencies,
  { trainedTokens, factor, ropeTheta }: Stretch,
): boolean[] {
  const trained = unscaled(ropeTheta).inverseFrequencies;
  const lastRead = trainedTokens * factor - 1;
  return Array.from(frequencies.inverseFrequencies, (frequency, pair) => {
    const seen = trained[pair] * trainedTokens;
    return seen < turn && frequency * lastRead > seen * (1 + 1e-9);
  });
}

function unscaled(ropeTheta: number): RopeFrequencies {
  return ropeFrequencies({ ropeType: 'default', rotaryDim, ropeTheta }, undefined);
}

/** Unseen pairs of every way of stretching at the same lengths, beside each other. */
function everyMethod(stretch: Stretch, readTokens: number): BarsPicture {
  const bars = Object.values(stretchMethods).map(({ name, config }) => {
    const unseen = unseenPairs(ropeFrequencies(config(stretch), readTokens), stretch);
    const count = unseen.filter(Boolean).length;
    return { label: name, parts: [count, unseen.length - count] };
  });
  return {
    kind: 'bars',
    title: 'Every way of stretching, at these lengths',
    summary: `Pairs at angles never seen in training: ${bars.map(({ label, parts }) => `${label} ${parts[0]}`).join(', ')}.`,
    valueLabel: 'pairs',
    categories: [{ name: 'at angles never seen in training' }, { name: 'at angles seen' }],
    bars,
  };
}

const shownPairs = [0, 16, 32, 40, 48, 56, 63];

/** A demo of one way of stretching RoPE past its trained length, beside no scaling. */
export function stretchDemo(method: StretchMethod): Demo {
  const demo: Demo = {
    id: method.id,
    mechanism: method.mechanism,
    title: method.title,
    line: method.line,
    tags: ['positions'],
    basis: 'arithmetic',
    notice: method.notice,
    formula: method.formula,
    source: method.source,
    controls: stretchControls,
    maxTokens: 8192,
    run: (input) => runStretch(method, input),
  };
  return demo;
}

function runStretch(method: StretchMethod, input: DemoInput): DemoRun {
  const stretch: Stretch = {
    trainedTokens: numberValue(stretchControls, input, 'trainedTokens'),
    factor: numberValue(stretchControls, input, 'factor'),
    ropeTheta: numberValue(stretchControls, input, 'ropeTheta'),
  };
  const { trainedTokens, factor, ropeTheta } = stretch;
  const readTokens = trainedTokens * factor;
  const frequencies = ropeFrequencies(method.config(stretch), readTokens);
  const plain = unscaled(ropeTheta);
  const unseen = unseenPairs(frequencies, stretch);
  const unseenPlain = unseenPairs(plain, stretch).filter(Boolean).length;
  const numUnseen = unseen.filter(Boolean).length;
  const kept = Array.from(
    frequencies.inverseFrequencies,
    (frequency, pair) => frequency / plain.inverseFrequencies[pair],
  );
  const alone = kept.filter((ratio) => ratio > 0.999).length;
  const whole = kept.filter((ratio) => ratio < 1.001 / factor).length;
  const setTokens = input.setTokens ?? input.tokens.length;
  return {
    numFrames: 1,
    keyNumberId: 'unseenPairs',
    frame: () => ({
      caption: `Trained at ${plural(trainedTokens, 'token')}, read at ${plural(readTokens, 'token')}: ${plural(numUnseen, 'pair')} of ${rotaryDim / 2} at angles never seen, ${unseenPlain} without scaling.`,
      pictures: [
        seriesPicture({
          title: 'How fast each pair turns, against no scaling',
          summary: 'From the fastest pair, which tells neighbours apart, to the slowest, which spans the text.',
          xLabel: 'pair',
          yLabel: 'share of its own speed',
          yScale: 'log',
          series: [
            { name: method.title, points: kept.map((ratio, pair) => [pair, ratio] as const) },
            { name: 'no scaling', points: kept.map((_, pair) => [pair, 1] as const) },
            { name: `divided by ${factor}`, points: kept.map((_, pair) => [pair, 1 / factor] as const) },
          ],
        }),
        circles(frequencies, unseen, stretch),
        everyMethod(stretch, readTokens),
        seriesPicture({
          title: 'Tokens to a full turn',
          summary: 'Below the trained length a pair has seen every angle.',
          xLabel: 'pair',
          yLabel: 'tokens',
          yScale: 'log',
          series: [
            { name: method.title, points: wavelengths(frequencies) },
            { name: 'no scaling', points: wavelengths(plain) },
          ],
          rules: [
            { axis: 'y', value: trainedTokens, label: 'trained length' },
            { axis: 'y', value: readTokens, label: 'length read' },
            ...(setTokens > 0 ? [{ axis: 'y' as const, value: setTokens, label: 'your text' }] : []),
          ],
        }),
      ],
      numbers: [
        countRow('unseenPairs', 'Pairs at angles never seen in training', numUnseen, 'pairs that made no full turn in training and turn farther now'),
        countRow('unseenUnscaled', 'Without scaling', unseenPlain),
        countRow('leftAlone', 'Pairs left at their own speed', alone),
        countRow('interpolated', `Pairs slowed by the whole factor of ${factor}`, whole),
        numberRow('neighbourAngle', 'Angle between neighbours, fastest pair (radians)', frequencies.inverseFrequencies[0], 'smaller: neighbours are harder to tell apart'),
        numberRow('attentionFactor', 'Attention factor (on cosine and sine)', frequencies.attentionFactor),
        percentRow('setShare', 'Your text, of the length it is stretched to', setTokens / readTokens, `${formatNumber(setTokens)} of ${formatNumber(readTokens)} tokens`),
      ],
    }),
  }; // prettier-ignore
}

function wavelengths({ inverseFrequencies }: RopeFrequencies) {
  return Array.from(inverseFrequencies, (frequency, pair) => [pair, turn / frequency] as const);
}

function circles(
  { inverseFrequencies }: RopeFrequencies,
  unseen: readonly boolean[],
  { trainedTokens, factor, ropeTheta }: Stretch,
): CirclePicture {
  const readTokens = trainedTokens * factor;
  const trained = unscaled(ropeTheta).inverseFrequencies;
  return {
    kind: 'circle',
    title: 'Where some pairs point at the last token read',
    summary: `The thick arc is what training has seen. Of the pairs shown, ${shownPairs.filter((pair) => unseen[pair]).length} point outside theirs, dashed.`,
    circles: shownPairs.map((pair) => ({
      label: `pair ${pair}`,
      seenAngle: Math.min(turn, trained[pair] * trainedTokens),
      hands: [
        {
          angle: (inverseFrequencies[pair] * (readTokens - 1)) % turn,
          label: `token ${readTokens - 1}`,
          unseen: unseen[pair],
        },
      ],
    })),
  };
}
