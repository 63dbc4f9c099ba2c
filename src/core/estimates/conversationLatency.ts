import type { Architecture } from '../architectures/architecture.ts';
import type { Deployment } from './deployment.ts';
import type { Explained } from './explained.ts';
import { longestContextTokens } from './fit.ts';
import { checkCount } from './inputError.ts';
import { prefillSeconds } from './latency.ts';
import type { MemoryOptions } from './memory.ts';

export interface ConversationLoad {
  readonly turns: number;
  /** Sent with every turn: context set, system prompt, tools. */
  readonly prefixTokens: number;
  readonly promptTokensPerTurn: number;
  readonly outputTokensPerTurn: number;
  readonly chunkTokens?: number;
  readonly concurrency?: number;
}

export interface TurnLatency {
  /** From 1. */
  readonly turn: number;
  readonly inputTokens: number;
  /** Everything said before is computed again. */
  readonly uncached: Explained;
  /** The keys and values of all that an earlier turn has computed are still in the cache. */
  readonly cached: Explained;
}

export interface ConversationLatency {
  readonly turns: readonly TurnLatency[];
  /** First turn whose input and output no longer fit the GPUs; absent: not reached, or their memory is not known. */
  readonly memoryFullAtTurn?: number;
}

/** Most turns that are worked out one by one. */
const mostTurns = 1000;

/**
 * Time to first token of each turn on one's own hardware. Turn t sends prefix + t prompts + (t - 1) answers; with a
 * prefix cache all but the last answer and the new prompt is there: an answer is kept as it is decoded, too, so that
 * the prompt alone is new.
 */
export function conversationLatency(
  architecture: Architecture,
  deployment: Deployment,
  load: ConversationLoad,
  memory: Omit<MemoryOptions, 'tokens'> = {},
): ConversationLatency {
  const { prefixTokens, promptTokensPerTurn, outputTokensPerTurn, chunkTokens, concurrency } = load;
  checkCount('turns', load.turns, 1, mostTurns);
  checkCount('prefixTokens', prefixTokens, 0);
  checkCount('promptTokensPerTurn', promptTokensPerTurn, 1);
  checkCount('outputTokensPerTurn', outputTokensPerTurn, 0);
  const longest = longestContextTokens(architecture, deployment, memory).value;
  const turns = Array.from({ length: load.turns }, (_, index): TurnLatency => {
    const inputTokens =
      prefixTokens + (index + 1) * promptTokensPerTurn + index * outputTokensPerTurn;
    const ttft = (cachedPrefixTokens: number) =>
      prefillSeconds(architecture, deployment, {
        promptTokens: inputTokens,
        cachedPrefixTokens,
        ...(chunkTokens !== undefined && { chunkTokens }),
        ...(concurrency !== undefined && { concurrency }),
      });
    return {
      turn: index + 1,
      inputTokens,
      uncached: ttft(0),
      cached: ttft(index === 0 ? 0 : inputTokens - promptTokensPerTurn),
    };
  });
  const full = turns.find(
    (one) => longest !== undefined && one.inputTokens + outputTokensPerTurn > longest,
  );
  return { turns, ...(full !== undefined && { memoryFullAtTurn: full.turn }) };
}
