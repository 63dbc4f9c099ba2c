import { isRecord } from '../format/isRecord.ts';
import type { Model } from '../catalog/model.ts';
import { modelNameKey } from '../catalog/modelNames.ts';
import data from './effectiveContext.json';

/** How far a model's window was found usable by one published benchmark. Numbers are as published. */
export interface EffectiveMeasurement {
  readonly benchmark: string;
  /** What the scores are. */
  readonly metric: string;
  readonly source: string;
  readonly asOf: string;
  /** The model as the benchmark names it. */
  readonly modelName: string;
  /** As published: "64K", ">128K", "<4K"; absent: the benchmark names no effective length. */
  readonly effectiveLength?: string;
  /** The number in it, with 1K = 1,024 tokens, as RULER's lengths are. */
  readonly effectiveTokens?: number;
  /** atLeast: usable up to the longest length tried; below: not even at the shortest. */
  readonly effectiveBound?: 'equal' | 'atLeast' | 'below';
  /** When a length counts as usable. */
  readonly threshold?: string;
  /** Score by length; lengths of LongBench v2 are classes (short, medium, long), counted in words. */
  readonly scores: readonly { readonly length: string; readonly score: number }[];
  /** What limits the value of the numbers. */
  readonly caveat?: string;
}

/** Every measurement that the data holds. */
export const effectiveMeasurements: readonly EffectiveMeasurement[] = Object.entries(
  data.benchmarks as Readonly<Record<string, unknown>>,
).flatMap(([benchmark, content]) => measurementsOf(benchmark, content));

function measurementsOf(benchmark: string, content: unknown): readonly EffectiveMeasurement[] {
  if (!isRecord(content) || !Array.isArray(content.rows)) return [];
  const caveat = text(content.tier) ?? text(content.caveat) ?? text(content.lengths);
  const threshold = text(content.threshold);
  return (content.rows as unknown[]).filter(isRecord).flatMap((row) => {
    const named = text(row.model);
    if (named === undefined) return [];
    // A row of RULER names a family; its Hugging Face page names the model.
    const modelName = text(row.hf)?.split('/').at(-1) ?? named;
    return [
      {
        benchmark,
        metric: text(content.metric) ?? '',
        source: text(row.source) ?? text(content.source) ?? '',
        asOf: data.generated,
        modelName,
        ...effectiveLengthOf(row.effective),
        ...(threshold !== undefined && { threshold }),
        scores: scoresOf(row),
        ...(caveat !== undefined && { caveat }),
      },
    ];
  });
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function effectiveLengthOf(
  value: unknown,
): Pick<EffectiveMeasurement, 'effectiveLength' | 'effectiveTokens' | 'effectiveBound'> {
  if (typeof value !== 'string') return {};
  const found = /^([<>]?)(\d+)([KM])$/i.exec(value);
  if (found === null) return {};
  const [, sign, digits, unit] = found;
  return {
    effectiveLength: value.toUpperCase(),
    effectiveTokens: Number(digits) * (unit.toUpperCase() === 'K' ? 1024 : 1024 * 1024),
    effectiveBound: sign === '>' ? 'atLeast' : sign === '<' ? 'below' : 'equal',
  };
}

function scoresOf(row: Readonly<Record<string, unknown>>): EffectiveMeasurement['scores'] {
  const withReasoning = numbersOf(row.cot);
  if (withReasoning.length > 0) return withReasoning;
  const without = numbersOf(row.no_cot);
  return without.length > 0 ? without : numbersOf(row.scores);
}

function numbersOf(scores: unknown): EffectiveMeasurement['scores'] {
  if (!isRecord(scores)) return [];
  return Object.entries(scores).flatMap(([length, score]) =>
    typeof score === 'number' && !['overall', 'easy', 'hard'].includes(length)
      ? [{ length, score }]
      : [],
  );
}

const byName = new Map<string, EffectiveMeasurement[]>();
for (const measurement of effectiveMeasurements) {
  const key = modelNameKey(measurement.modelName);
  byName.set(key, [...(byName.get(key) ?? []), measurement]);
}

/** The measurements of exactly this model; none is taken over from a relative or another size. */
export function effectiveContextFor(
  model: string | Pick<Model, 'id' | 'aliases'>,
): readonly EffectiveMeasurement[] {
  const names = typeof model === 'string' ? [model] : [model.id, ...model.aliases];
  const keys = new Set(names.map(modelNameKey));
  return [...keys].flatMap((key) => byName.get(key) ?? []);
}
