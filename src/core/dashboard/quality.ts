import { modelNameKey } from '../catalog/modelNames.ts';
import type { EffectiveMeasurement } from '../quality/effectiveContext.ts';
import type { XY } from './series.ts';

export interface QualityRow {
  readonly measurement: EffectiveMeasurement;
  /** Length in tokens and score, where the benchmark counts lengths in tokens; ascending. */
  readonly points: readonly XY[];
  /** What the benchmark says about the length at hand. */
  readonly finding:
    'usable' | 'tooLong' | 'beyondMeasured' | 'shorterThanMeasured' | 'noEffectiveLength';
}

/** Measurements of exactly this model, under any of its names; of none other. */
export function measurementsFor(
  names: readonly string[],
  measurements: readonly EffectiveMeasurement[],
): readonly EffectiveMeasurement[] {
  const keys = new Set(names.map(modelNameKey));
  return measurements.filter(({ modelName }) => keys.has(modelNameKey(modelName)));
}

export function qualityRows(
  measurements: readonly EffectiveMeasurement[],
  promptTokens: number,
): readonly QualityRow[] {
  return measurements.map((measurement) => ({
    measurement,
    points: scorePoints(measurement),
    finding: findingOf(measurement, promptTokens),
  }));
}

/** "4K" and "1M" are tokens, 1K = 1,024 as the benchmarks count; "short" and "long" are none. */
export function lengthTokens(length: string): number | undefined {
  const found = /^(\d+(?:\.\d+)?)([KM]?)$/i.exec(length.trim());
  if (found === null) return undefined;
  const factor = { K: 1024, M: 1024 * 1024 }[found[2].toUpperCase()] ?? 1;
  return Number(found[1]) * factor;
}

function scorePoints({ scores }: EffectiveMeasurement): readonly XY[] {
  return scores
    .flatMap(({ length, score }) => {
      const tokens = lengthTokens(length);
      return tokens === undefined || tokens <= 0 ? [] : [[tokens, score] as const];
    })
    .sort(([a], [b]) => a - b);
}

function findingOf(
  { effectiveTokens, effectiveBound }: EffectiveMeasurement,
  promptTokens: number,
): QualityRow['finding'] {
  if (effectiveTokens === undefined) return 'noEffectiveLength';
  if (effectiveBound === 'below') {
    return promptTokens >= effectiveTokens ? 'tooLong' : 'shorterThanMeasured';
  }
  if (promptTokens <= effectiveTokens) return 'usable';
  return effectiveBound === 'atLeast' ? 'beyondMeasured' : 'tooLong';
}
