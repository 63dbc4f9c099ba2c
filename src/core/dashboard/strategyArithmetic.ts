import type { TokenCount } from '../tokens/tokenCounter.ts';

/** The four ways to give code to a model that the matrix compares; `chunked` is map-reduce. */
export const fitStrategies = ['full', 'slidingWindow', 'rag', 'chunked'] as const;
export type FitStrategy = (typeof fitStrategies)[number];

export interface StrategyInput {
  /** Tokens of the subject, one number. */
  readonly tokens: number;
  /** Most tokens of one request's own text. */
  readonly limitTokens: number;
  /** Sent with every request. */
  readonly overheadTokens: number;
  /** Expected length of each answer. */
  readonly answerTokens: number;
  /** Share of a window that the next one repeats, 0 to 0.5. */
  readonly overlap: number;
  readonly retrievalTokens: number;
}

/** The requests that a strategy makes, by arithmetic alone: no file is read (the exact plan is the planner's). */
export interface StrategySize {
  readonly calls: number;
  /** Input of all calls together, overhead included. */
  readonly inputTokens: number;
  /** Input of the largest call, overhead included. */
  readonly largestInputTokens: number;
  readonly outputTokens: number;
  /** Share of the subject that is sent at least once, 0 to 1. */
  readonly coverage: number;
  /** Share of the subject that the largest call sees at once, 0 to 1. */
  readonly seenAtOnce: number;
}

/** Undefined: the strategy can't be done within this limit. */
export function strategySize(
  strategy: FitStrategy,
  input: StrategyInput,
): StrategySize | undefined {
  const { tokens, limitTokens, overheadTokens, answerTokens } = input;
  const once = (sent: number): StrategySize => ({
    calls: 1,
    inputTokens: sent + overheadTokens,
    largestInputTokens: sent + overheadTokens,
    outputTokens: answerTokens,
    coverage: share(sent, tokens),
    seenAtOnce: share(sent, tokens),
  });
  if (strategy === 'full') return tokens <= limitTokens ? once(tokens) : undefined;
  if (strategy === 'rag') {
    const sent = Math.min(tokens, input.retrievalTokens);
    return sent <= limitTokens ? once(sent) : undefined;
  }
  if (tokens <= limitTokens) return once(tokens);
  if (limitTokens < 1) return undefined;
  return strategy === 'slidingWindow' ? windows(input) : mapReduce(input);
}

/** n windows of W with a share o repeated: W + (n - 1) W (1 - o) >= tokens. */
function windows(input: StrategyInput): StrategySize {
  const { tokens, limitTokens, overheadTokens, answerTokens, overlap } = input;
  const step = Math.max(1, Math.floor(limitTokens * (1 - overlap)));
  const calls = 1 + Math.ceil((tokens - limitTokens) / step);
  return {
    calls,
    inputTokens: tokens + (calls - 1) * (limitTokens - step) + calls * overheadTokens,
    largestInputTokens: limitTokens + overheadTokens,
    outputTokens: calls * answerTokens,
    coverage: 1,
    seenAtOnce: share(limitTokens, tokens),
  };
}

/** Parts without overlap, each answered, and a tree of calls that combine as many answers as a request holds. */
function mapReduce(input: StrategyInput): StrategySize | undefined {
  const { tokens, limitTokens, overheadTokens, answerTokens } = input;
  const maps = Math.ceil(tokens / limitTokens);
  const fanIn = answerTokens > 0 ? Math.floor(limitTokens / answerTokens) : maps;
  if (fanIn < 2) return undefined;
  let reduces = 0;
  let combined = 0;
  for (let answers = maps; answers > 1;) {
    const next = Math.ceil(answers / fanIn);
    combined += answers;
    reduces += next;
    answers = next;
  }
  const calls = maps + reduces;
  return {
    calls,
    inputTokens: tokens + combined * answerTokens + calls * overheadTokens,
    largestInputTokens: limitTokens + overheadTokens,
    outputTokens: calls * answerTokens,
    coverage: 1,
    seenAtOnce: share(limitTokens, tokens),
  };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 1 : Math.min(1, part / whole);
}

/** The sizes at the low, the likely and the high end of a count. */
export interface StrategyInterval {
  readonly low?: StrategySize;
  readonly likely?: StrategySize;
  readonly high?: StrategySize;
}

export function strategyInterval(
  strategy: FitStrategy,
  count: TokenCount,
  input: Omit<StrategyInput, 'tokens'>,
): StrategyInterval {
  const likely = strategySize(strategy, { ...input, tokens: count.tokens });
  if (count.exact) return { low: likely, likely, high: likely };
  return {
    low: strategySize(strategy, { ...input, tokens: count.lowTokens }),
    likely,
    high: strategySize(strategy, { ...input, tokens: count.highTokens }),
  };
}
