import {
  EngineInputError,
  requireEven,
  requirePositive,
  requirePositiveInteger,
} from '../errors.ts';

export type RopeType = 'default' | 'linear' | 'dynamic' | 'ntk' | 'yarn' | 'llama3' | 'longrope';

/**
 * How the angles of a model are made. Names follow HF's `rope_parameters`, in camelCase and with units; what a type does
 * not use is ignored, what it needs and lacks is an error.
 */
export interface RopeConfig {
  readonly ropeType: RopeType;
  /** Numbers of a head that are rotated, headDim x partial_rotary_factor; even. */
  readonly rotaryDim: number;
  /** The base of the frequencies: 10,000 in the paper, 500,000 in Llama 3. Not an angle. */
  readonly ropeTheta: number;
  /** How many times longer than trained; 1 or more. Left out, the ratio of the two lengths below when both are given. */
  readonly factor?: number;
  /** Longest trained length before extension; contextWindowTokens when left out. */
  readonly originalContextWindowTokens?: number;
  /** `max_position_embeddings`; for `dynamic` the trained length. */
  readonly contextWindowTokens?: number;
  /** Given by some configs instead of computed (yarn, longrope). */
  readonly attentionFactor?: number;
  /** yarn: turns over the trained length above which a pair is left alone (32), and below which it is interpolated (1). */
  readonly betaFast?: number;
  readonly betaSlow?: number;
  /** yarn: DeepSeek's two scales of the attention factor. */
  readonly mscale?: number;
  readonly mscaleAllDim?: number;
  /** yarn: round the ends of the ramp to whole pairs (true unless gpt-oss). */
  readonly truncate?: boolean;
  /** llama3: 1 and 4 in the released models. */
  readonly lowFreqFactor?: number;
  readonly highFreqFactor?: number;
  /** longrope: (rotaryDim / 2) each, for lengths up to and beyond the trained one. */
  readonly shortFactor?: readonly number[];
  readonly longFactor?: readonly number[];
}

export interface RopeFrequencies {
  /** (rotaryDim / 2): radians per position of each pair, falling. HF calls it `inv_freq`. */
  readonly inverseFrequencies: Float64Array;
  /** Multiplies cosine and sine, so scores by its square. */
  readonly attentionFactor: number;
}

type RopeFunction = (config: RopeConfig, sequenceTokens: number | undefined) => RopeFrequencies;

function need<Key extends keyof RopeConfig>(
  config: RopeConfig,
  key: Key,
): NonNullable<RopeConfig[Key]> {
  const value = config[key];
  if (value === undefined || value === null) {
    throw new EngineInputError(`${key} is needed for ropeType ${config.ropeType}, got none`);
  }
  return value;
}

function needFactor(config: RopeConfig): number {
  const { contextWindowTokens, originalContextWindowTokens } = config;
  // Phi-3's configs give both lengths and no factor.
  const implied =
    contextWindowTokens !== undefined && originalContextWindowTokens !== undefined
      ? contextWindowTokens / originalContextWindowTokens
      : undefined;
  const factor = config.factor ?? implied ?? need(config, 'factor');
  if (!(factor >= 1 && Number.isFinite(factor))) {
    throw new EngineInputError(`factor must be a finite number of 1 or more, got ${factor}`);
  }
  return factor;
}

/** A config without it was trained at its context window. */
function needOriginal(config: RopeConfig): number {
  const tokens = config.originalContextWindowTokens ?? config.contextWindowTokens;
  const original = tokens ?? need(config, 'originalContextWindowTokens');
  requirePositiveInteger('originalContextWindowTokens', original);
  return original;
}

/** theta_i = base^(-2 i / rotaryDim) (Su et al. 2021, section 3.2.2). */
function fromBase(base: number, rotaryDim: number): Float64Array {
  return Float64Array.from({ length: rotaryDim / 2 }, (_, idx) => base ** ((-2 * idx) / rotaryDim));
}

const plain = (inverseFrequencies: Float64Array): RopeFrequencies => ({
  inverseFrequencies,
  attentionFactor: 1,
});

/** A longer wave for every pair: base' = base s^(d / (d - 2)) makes the slowest pair s times slower, the fastest not at all. */
function ntkBase(config: RopeConfig, stretch: number): number {
  if (config.rotaryDim < 4) {
    throw new EngineInputError(
      `rotaryDim must be 4 or more for ropeType ${config.ropeType}, got ${config.rotaryDim}`,
    );
  }
  return config.ropeTheta * stretch ** (config.rotaryDim / (config.rotaryDim - 2));
}

/** Position interpolation (Chen et al. 2023): position / factor, which is every frequency / factor. */
const linear: RopeFunction = (config) => {
  const factor = needFactor(config);
  return plain(fromBase(config.ropeTheta, config.rotaryDim).map((frequency) => frequency / factor));
};

/** NTK-aware scaling (bloc97 2023, "NTK-Aware Scaled RoPE"; Peng et al. 2023, section 3.1). */
const ntk: RopeFunction = (config) =>
  plain(fromBase(ntkBase(config, needFactor(config)), config.rotaryDim));

/** NTK by the length at hand (emozilla 2023; Peng et al. 2023, section 3.3): untouched up to the trained length. */
const dynamic: RopeFunction = (config, sequenceTokens) => {
  const factor = needFactor(config);
  const trained = need(config, 'contextWindowTokens');
  requirePositiveInteger('contextWindowTokens', trained);
  const tokens = Math.max(sequenceTokens ?? trained, trained);
  const stretch = (factor * tokens) / trained - (factor - 1);
  return plain(fromBase(ntkBase(config, stretch), config.rotaryDim));
};

/**
 * How much of each pair YaRN interpolates (Peng et al. 2023, section 3.2, "NTK-by-parts"): 0 for the fast pairs, which turn
 * betaFast times or more over the trained length and are left alone; 1 for the slow ones; a ramp between.
 * @returns (rotaryDim / 2)
 */
export function yarnInterpolation(config: RopeConfig): Float64Array {
  requireRope(config);
  const original = needOriginal(config);
  const { rotaryDim, ropeTheta } = config;
  // The (fractional) pair that makes this many turns over the trained length.
  const pairOfTurns = (turns: number) =>
    (rotaryDim * Math.log(original / (turns * 2 * Math.PI))) / (2 * Math.log(ropeTheta));
  const fast = pairOfTurns(config.betaFast ?? 32);
  const slow = pairOfTurns(config.betaSlow ?? 1);
  const truncate = config.truncate ?? true;
  const start = Math.max(truncate ? Math.floor(fast) : fast, 0);
  const rawEnd = Math.min(truncate ? Math.ceil(slow) : slow, rotaryDim - 1);
  const end = rawEnd === start ? start + 0.001 : rawEnd;
  return Float64Array.from({ length: rotaryDim / 2 }, (_, idx) =>
    Math.min(Math.max((idx - start) / (end - start), 0), 1),
  );
}

const yarnScale = (factor: number, mscale: number) =>
  factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;

/** YaRN (Peng et al. 2023, definition 1): interpolation by parts, and hotter attention, 0.1 ln(s) + 1. */
const yarn: RopeFunction = (config) => {
  const factor = needFactor(config);
  const interpolated = yarnInterpolation(config);
  const inverseFrequencies = fromBase(config.ropeTheta, config.rotaryDim).map(
    (frequency, idx) =>
      (frequency / factor) * interpolated[idx] + frequency * (1 - interpolated[idx]),
  );
  const { mscale, mscaleAllDim } = config;
  const computed =
    mscale && mscaleAllDim
      ? yarnScale(factor, mscale) / yarnScale(factor, mscaleAllDim)
      : yarnScale(factor, 1);
  return { inverseFrequencies, attentionFactor: config.attentionFactor ?? computed };
};

/**
 * Llama 3.1: waves longer than original / lowFreqFactor tokens are interpolated, those shorter than
 * original / highFreqFactor left alone, blended between (meta-llama/llama-models `apply_scaling`).
 */
const llama3: RopeFunction = (config) => {
  const factor = needFactor(config);
  const original = needOriginal(config);
  const low = need(config, 'lowFreqFactor');
  const high = need(config, 'highFreqFactor');
  if (!(high > low)) {
    throw new EngineInputError(
      `highFreqFactor must be above lowFreqFactor, got ${high} and ${low}`,
    );
  }
  return plain(
    fromBase(config.ropeTheta, config.rotaryDim).map((frequency) => {
      const turns = (original * frequency) / (2 * Math.PI);
      const kept = Math.min(Math.max((turns - low) / (high - low), 0), 1);
      return (1 - kept) * (frequency / factor) + kept * frequency;
    }),
  );
};

/** LongRoPE (Ding et al. 2024) as shipped with Phi-3: searched factors per pair, one set up to the trained length, one beyond. */
const longrope: RopeFunction = (config, sequenceTokens) => {
  const original = needOriginal(config);
  const isLong = sequenceTokens !== undefined && sequenceTokens > original;
  const key = isLong ? 'longFactor' : 'shortFactor';
  const factors = need(config, key);
  if (factors.length !== config.rotaryDim / 2) {
    throw new EngineInputError(
      `${key} must hold rotaryDim / 2 = ${config.rotaryDim / 2} numbers, got ${factors.length}`,
    );
  }
  const inverseFrequencies = fromBase(config.ropeTheta, config.rotaryDim).map(
    (frequency, idx) => frequency / factors[idx],
  );
  const { attentionFactor } = config;
  if (attentionFactor !== undefined) return { inverseFrequencies, attentionFactor };
  const factor = needFactor(config);
  return {
    inverseFrequencies,
    attentionFactor: factor === 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original)),
  };
};

/** One function per way of making the angles. */
const ropeFunctions: Readonly<Record<RopeType, RopeFunction>> = {
  default: (config) => plain(fromBase(config.ropeTheta, config.rotaryDim)),
  linear,
  dynamic,
  ntk,
  yarn,
  llama3,
  longrope,
};

function requireRope(config: RopeConfig): void {
  requirePositiveInteger('rotaryDim', config.rotaryDim);
  requireEven('rotaryDim', config.rotaryDim);
  requirePositive('ropeTheta', config.ropeTheta);
}

/**
 * Inverse frequencies and attention factor of a model's rotary embedding.
 * @param sequenceTokens length at hand; `dynamic` and `longrope` change with it
 * @throws EngineInputError naming what the ropeType needs and lacks
 */
export function ropeFrequencies(config: RopeConfig, sequenceTokens?: number): RopeFrequencies {
  requireRope(config);
  if (!Object.hasOwn(ropeFunctions, config.ropeType)) {
    const known = Object.keys(ropeFunctions).join(', ');
    throw new EngineInputError(`ropeType must be one of ${known}, got ${String(config.ropeType)}`);
  }
  if (sequenceTokens !== undefined) requirePositiveInteger('sequenceTokens', sequenceTokens);
  return ropeFunctions[config.ropeType](config, sequenceTokens);
}
