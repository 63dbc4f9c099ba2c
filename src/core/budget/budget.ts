/** Whether something fits; uncertain: the interval straddles the limit; unknown: the limit is not known. */
export type Verdict = 'fits' | 'uncertain' | 'doesNotFit' | 'unknown';

/** What is left of a window for the user's own text: window - reserved output - overhead. */
export interface Budget {
  readonly contextWindowTokens: number;
  readonly reservedOutputTokens: number;
  /** System prompt, tool definitions, instruction files. */
  readonly overheadTokens: number;
  readonly budgetTokens: number;
}
