import type { Plan, PlanInput, StrategyId } from './plan.ts';
import { planMapReduce, planRefine, planSummariseThenAsk } from './strategies/chunked.ts';
import { planFull, planTruncate } from './strategies/full.ts';
import { planRag, planRetrievalIntoWindow } from './strategies/retrieval.ts';
import { planSlidingWindow } from './strategies/slidingWindow.ts';

const planners: Readonly<Record<StrategyId, (input: PlanInput) => Plan>> = {
  full: planFull,
  slidingWindow: planSlidingWindow,
  rag: planRag,
  mapReduce: planMapReduce,
  refine: planRefine,
  retrievalIntoWindow: planRetrievalIntoWindow,
  truncate: planTruncate,
  summariseThenAsk: planSummariseThenAsk,
};

/**
 * The plan of one strategy.
 * @throws Error naming the budget when it holds nothing of the code, and the set when it is empty
 */
export function makePlan(strategy: StrategyId, input: PlanInput): Plan {
  if (input.index.files.length === 0)
    throw new Error('There is no file in the context set to plan for.');
  if (!(input.budgetTokens > 0)) {
    throw new Error(
      `The window leaves ${input.budgetTokens} tokens for code: reserve less output or overhead.`,
    );
  }
  if (!(input.overlap >= 0 && input.overlap <= 0.5)) {
    throw new RangeError(`overlap must be between 0 and 0.5, got ${input.overlap}`);
  }
  return planners[strategy](input);
}
