import type { Model } from '../catalog/model.ts';
import { effectiveContextFor } from './effectiveContext.ts';
import { judgeLength, type LengthWarning } from './judgeLength.ts';

export type { LengthFinding, LengthWarning } from './judgeLength.ts';

/** What published benchmarks say about a prompt of this length. */
export function lengthWarning(
  model: string | Pick<Model, 'id' | 'aliases'>,
  promptTokens: number,
): LengthWarning {
  return judgeLength(effectiveContextFor(model), promptTokens);
}
