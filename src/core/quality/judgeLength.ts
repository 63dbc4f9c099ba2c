import { formatTokens } from '../format/numbers.ts';
import type { EffectiveMeasurement } from './effectiveContext.ts';

/**
 * usable: a benchmark found this length usable, none found it too long; tooLong: at least one found
 * it too long; beyondMeasured: longer than any benchmark tried; noMeasurement: none is published.
 */
export type LengthFinding = 'usable' | 'tooLong' | 'beyondMeasured' | 'noMeasurement';

export interface LengthWarning {
  readonly finding: LengthFinding;
  /** One sentence for each benchmark that says so, naming it and its length. */
  readonly sentences: readonly string[];
  readonly measurements: readonly EffectiveMeasurement[];
}

/** What these measurements of one model say about a prompt of this length. */
export function judgeLength(
  measurements: readonly EffectiveMeasurement[],
  promptTokens: number,
): LengthWarning {
  if (!Number.isFinite(promptTokens) || promptTokens < 0) {
    throw new RangeError(`promptTokens must be a number of tokens from 0 up, got ${promptTokens}`);
  }
  const judged = measurements.flatMap((measurement) => {
    const judgement = judge(measurement, promptTokens);
    return judgement === undefined ? [] : [{ measurement, judgement }];
  });
  const finding: LengthFinding =
    (['tooLong', 'usable', 'beyondMeasured'] as const).find((wanted) =>
      judged.some(({ judgement }) => judgement === wanted),
    ) ?? 'noMeasurement';
  const sentences = judged
    .filter(({ judgement }) => judgement === finding)
    .map(({ measurement }) => sentence(measurement, finding, promptTokens));
  return {
    finding,
    sentences:
      finding === 'noMeasurement'
        ? ['No published measurement of the usable length of this model.']
        : sentences,
    measurements,
  };
}

function judge(
  { effectiveTokens, effectiveBound }: EffectiveMeasurement,
  promptTokens: number,
): LengthFinding | undefined {
  if (effectiveTokens === undefined) return undefined;
  if (effectiveBound === 'below') return promptTokens >= effectiveTokens ? 'tooLong' : undefined;
  if (promptTokens <= effectiveTokens) return 'usable';
  return effectiveBound === 'atLeast' ? 'beyondMeasured' : 'tooLong';
}

function sentence(
  { benchmark, effectiveLength, modelName, threshold }: EffectiveMeasurement,
  finding: LengthFinding,
  promptTokens: number,
): string {
  const prompt = formatTokens(promptTokens);
  const what = `${benchmark} found ${modelName} usable to ${effectiveLength}`;
  const rule = threshold === undefined ? '' : ` (${threshold})`;
  if (finding === 'usable') return `${what}; the prompt has ${prompt}${rule}.`;
  if (finding === 'beyondMeasured') return `${what} and tried no more; the prompt has ${prompt}.`;
  return `${what}, less than the prompt's ${prompt}${rule}.`;
}
