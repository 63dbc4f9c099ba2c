import { unknown } from '../estimates/explained.ts';
import type { Explained } from '../estimates/explained.ts';
import { plain } from '../estimates/formulaText.ts';
import type { TokenCount } from '../tokens/tokenCounter.ts';
import type { FitStrategy, StrategyInput, StrategyInterval } from './strategyArithmetic.ts';

export type StrategyLimits = Omit<StrategyInput, 'tokens'>;

/** Why a strategy takes so many calls. */
export function callsReason(
  strategy: FitStrategy,
  count: TokenCount,
  { low, likely, high }: StrategyInterval,
  limits: StrategyLimits,
): Explained {
  const name = 'calls';
  if (likely === undefined) return unknown(name, 'requests', impossibleText(strategy, limits));
  const least = low?.calls ?? likely.calls;
  const most = high?.calls ?? likely.calls;
  return {
    name,
    unit: 'requests',
    value: likely.calls,
    ...(least < most && { band: { low: least, high: most, basis: count.basis } }),
    ...callsFormula(strategy, count.tokens, likely.calls, limits),
    inputs: [
      { name: 'tokens', value: count.tokens, source: count.basis },
      {
        name: 'most tokens of one call',
        value: limits.limitTokens,
        source: 'window - reserved output - overhead, or the maker’s limit of input',
      },
    ],
  };
}

function callsFormula(
  strategy: FitStrategy,
  tokens: number,
  calls: number,
  { limitTokens, overlap, answerTokens }: StrategyLimits,
): Pick<Explained, 'formula' | 'assumptions'> {
  if (calls === 1) {
    const assumptions = strategy === 'rag' ? ['the best pieces, as many as it may send'] : [];
    return { formula: '1', assumptions };
  }
  if (strategy === 'slidingWindow') {
    const step = Math.max(1, Math.floor(limitTokens * (1 - overlap)));
    return {
      formula: `1 + (${plain(tokens)} - ${plain(limitTokens)}) / ${plain(step)}`,
      assumptions: [
        'rounded up: a window that is begun is a call',
        `each window goes on ${plain(step)} tokens after the one before: ${plain(100 * overlap)} % overlap`,
      ],
    };
  }
  const parts = Math.ceil(tokens / limitTokens);
  return {
    formula: `${parts} parts + ${calls - parts} that combine answers`,
    assumptions: [
      `${plain(tokens)} / ${plain(limitTokens)}, rounded up, are ${parts} parts`,
      `a call that combines holds up to ${plain(Math.floor(limitTokens / Math.max(1, answerTokens)))} answers of ${plain(answerTokens)} tokens`,
    ],
  };
}

function impossibleText(strategy: FitStrategy, { limitTokens, answerTokens }: StrategyLimits) {
  if (strategy === 'full') return `one call holds ${plain(limitTokens)} tokens at most`;
  if (strategy === 'rag') return `the pieces are more than the ${plain(limitTokens)} of one call`;
  return limitTokens < 1
    ? 'nothing is left of the window'
    : `two answers of ${plain(answerTokens)} tokens are more than the ${plain(limitTokens)} of one call`;
}

/** Percent of the text that the largest call sees at once. */
export function seenReason(
  strategy: FitStrategy,
  count: TokenCount,
  { likely }: StrategyInterval,
  limits: StrategyLimits,
): Explained {
  const name = 'seenPercent';
  if (likely === undefined) return unknown(name, 'percent', impossibleText(strategy, limits));
  const seen = likely.largestInputTokens - limits.overheadTokens;
  return {
    name,
    unit: 'percent',
    value: 100 * likely.seenAtOnce,
    formula: count.tokens === 0 ? '100' : `100 x ${plain(seen)} tokens / ${plain(count.tokens)}`,
    inputs: [],
    assumptions: [
      strategy === 'rag'
        ? 'what is not among the pieces is never seen'
        : 'all of it is seen, so much of it by one call',
    ],
  };
}
