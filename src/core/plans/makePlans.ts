import { largestRequestTokens, type Plan, type PlanInput, type StrategyId } from './plan.ts';
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

/** The strategies that go through all of the code in windows. */
const inWindows: ReadonlySet<StrategyId> = new Set([
  'slidingWindow',
  'mapReduce',
  'refine',
  'summariseThenAsk',
]);

function withWindow(input: PlanInput): PlanInput {
  const { budgetTokens, windowTokens = budgetTokens } = input;
  return { ...input, budgetTokens: Math.min(budgetTokens, windowTokens) };
}

/**
 * The plan of one strategy.
 * @throws Error naming the budget when it holds nothing of the code or not even the task, and the set when there is nothing in it
 */
export function makePlan(strategy: StrategyId, input: PlanInput): Plan {
  if (input.index.files.length === 0)
    throw new Error('There is no file in the context set to plan for.');
  if (input.index.chunks.length === 0) {
    const { length } = input.index.files;
    throw new Error(
      `There is nothing to send: ${length === 1 ? 'the file' : `all ${length} files`} of the context set ${length === 1 ? 'is' : 'are'} empty.`,
    );
  }
  if (!(input.budgetTokens > 0)) {
    throw new Error(
      `The window leaves ${input.budgetTokens} tokens for code: reserve less output or overhead.`,
    );
  }
  if (input.windowTokens !== undefined && !(input.windowTokens > 0)) {
    throw new RangeError(`windowTokens must be above 0, got ${input.windowTokens}`);
  }
  if (!(input.overlap >= 0 && input.overlap <= 0.5)) {
    throw new RangeError(`overlap must be between 0 and 0.5, got ${input.overlap}`);
  }
  const plan = planners[strategy](inWindows.has(strategy) ? withWindow(input) : input);
  const largest = largestRequestTokens(plan);
  if (largest > input.budgetTokens) {
    throw new Error(
      `A budget of ${input.budgetTokens} tokens does not hold the task itself: a request without any code has ${largest} tokens. Choose a larger window, reserve less output, or say it shorter.`,
    );
  }
  return plan;
}
