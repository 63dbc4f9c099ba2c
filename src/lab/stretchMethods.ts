import type { RopeConfig } from '../engine/index.ts';

/** As in Llama: 64 pairs. */
export const rotaryDim = 128;

export interface Stretch {
  readonly trainedTokens: number;
  readonly factor: number;
  readonly ropeTheta: number;
}

export type StretchConfig = (stretch: Stretch) => RopeConfig;

/**
 * Factors per pair, one set up to the trained length and one beyond. LongRoPE finds them by search on a trained model, which
 * can't be done here; these rise evenly (in their logarithm) from 1 to the factor, the shape that such searches end in.
 */
function risingFactors(factor: number): number[] {
  const numPairs = rotaryDim / 2;
  return Array.from({ length: numPairs }, (_, pair) => factor ** (pair / (numPairs - 1)));
}

/** Ways of reading past the trained length, by the demo of each; none first. */
export const stretchMethods = {
  none: {
    name: 'no scaling',
    config: ({ ropeTheta }) => ({ ropeType: 'default', rotaryDim, ropeTheta }),
  },
  positionInterpolation: {
    name: 'position interpolation',
    config: ({ ropeTheta, factor }) => ({ ropeType: 'linear', rotaryDim, ropeTheta, factor }),
  },
  ntkAware: {
    name: 'NTK-aware',
    config: ({ ropeTheta, factor }) => ({ ropeType: 'ntk', rotaryDim, ropeTheta, factor }),
  },
  yarn: {
    name: 'YaRN',
    config: ({ ropeTheta, factor, trainedTokens }) => ({
      ropeType: 'yarn',
      rotaryDim,
      ropeTheta,
      factor,
      originalContextWindowTokens: trainedTokens,
    }),
  },
  llama3Rope: {
    name: 'Llama 3.1',
    config: ({ ropeTheta, factor, trainedTokens }) => ({
      ropeType: 'llama3',
      rotaryDim,
      ropeTheta,
      factor,
      originalContextWindowTokens: trainedTokens,
      lowFreqFactor: 1,
      highFreqFactor: 4,
    }),
  },
  longRope: {
    name: 'LongRoPE',
    config: ({ ropeTheta, factor, trainedTokens }) => ({
      ropeType: 'longrope',
      rotaryDim,
      ropeTheta,
      factor,
      originalContextWindowTokens: trainedTokens,
      shortFactor: risingFactors(1),
      longFactor: risingFactors(factor),
    }),
  },
} as const satisfies Readonly<
  Record<string, { readonly name: string; readonly config: StretchConfig }>
>;
