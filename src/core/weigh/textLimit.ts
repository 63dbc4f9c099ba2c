import { budgetFor, verdictFor, type BudgetOptions } from '../budget/budgetFor.ts';
import type { Model } from '../catalog/model.ts';
import { countFor } from './countFor.ts';

/** What a model's window takes of a text, in tokens of the encoding that it is counted with here. */
export interface TextLimit {
  readonly modelName: string;
  /** Two numbers where the model's own vocabulary is not public: the window ends somewhere between. */
  readonly lowTokens: number;
  readonly highTokens: number;
}

/** Counts of so many tokens of code tell how many of the encoding's are one of the model's. */
const sampleTokens = 1_000_000;

/** Undefined when the model's window is unknown. The interval is that of code. */
export function textLimitOf(model: Model, options: BudgetOptions): TextLimit | undefined {
  const { encoding } = model.tokenizer;
  const nothing = countFor({ encoding, countsByKind: {} }, model);
  const budget = budgetFor(model, options);
  const { limitTokens } = verdictFor(nothing, budget, model.maxInputTokens?.value);
  if (limitTokens === undefined) return undefined;
  const sample = countFor({ encoding, countsByKind: { code: sampleTokens } }, model);
  return {
    modelName: model.name,
    lowTokens: Math.floor((limitTokens * sampleTokens) / sample.highTokens),
    highTokens: Math.floor((limitTokens * sampleTokens) / sample.lowTokens),
  };
}
