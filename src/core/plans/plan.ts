import type { TokenCounter } from '../tokens/tokenCounter.ts';
import type { CodeIndex, TextOf } from './codeIndex.ts';
import type { SemanticRanking } from './embeddings.ts';
import type { FileOrder } from './order.ts';
import type { Part, PromptOptions } from './prompt.ts';
import type { Task } from './task.ts';

export const strategyIds = [
  'full',
  'slidingWindow',
  'rag',
  'mapReduce',
  'refine',
  'retrievalIntoWindow',
  'truncate',
  'summariseThenAsk',
] as const;
export type StrategyId = (typeof strategyIds)[number];

/** One call of the model: its place in the plan and its size. */
export interface PlannedCall {
  /** answer: the code and the task; map: a part of the code; reduce: answers of other requests; refine: code and the answer so far. */
  readonly role: 'answer' | 'map' | 'reduce' | 'refine';
  /** Requests whose answers it carries, by their place in the plan. */
  readonly answersOf: readonly number[];
  /** Tokens of the text that is sent: exact for code and words, the carried answers taken at their reserved length. */
  readonly tokens: number;
  readonly outputTokens: number;
  /** Of `tokens`, those at its start that stay the same when another task of this kind is sent: a provider's prompt cache finds them again. */
  readonly stableTokens: number;
}

/** A stretch of a file in a request, with the tokens of its code there. */
export interface SentPart extends Part {
  /** Exact; with line numbers if they are sent, without the header around it. */
  readonly tokens: number;
}

/** A call with what it sends. */
export interface PlannedRequest extends PlannedCall {
  readonly parts: readonly SentPart[];
  readonly instruction: string;
}

/** How much of what belongs together was seen together. */
export interface PlanLosses {
  /**
   * Dependencies of the graph whose two ends stand in one request, each counted by how far its two files do (`shareSeenTogether`):
   * 1 when one request holds both whole. Not a whole number when files are cut.
   */
  readonly dependenciesTogether: number;
  readonly dependencies: number;
  /** Files of which nothing is sent. */
  readonly filesUnseen: number;
  /** Files of which only a part is sent. */
  readonly filesCut: number;
}

/** What had to be left out of one request so that the rest fits: whole files, none of which could be put back. */
export interface PlanCut {
  /** Tokens of the request that would hold everything. */
  readonly wholeTokens: number;
  /** Tokens of the files that are left out, all of them. */
  readonly tokens: number;
  readonly numFiles: number;
  /** The least important per token first; an outline lists the first of them only. */
  readonly files: readonly { readonly path: string; readonly tokens: number }[];
}

export interface PlanOf<Call extends PlannedCall> {
  readonly strategy: StrategyId;
  readonly requests: readonly Call[];
  readonly tokensSent: number;
  /** Share of the set's tokens that is sent at least once, 0 to 1. */
  readonly coverage: number;
  /** What `coverage` is the quotient of: tokens of the pieces that are sent at least once, and of all pieces. */
  readonly seenTokens: number;
  readonly codeTokens: number;
  readonly losses: PlanLosses;
  /** Of the full plan, where not all of it fits. */
  readonly cut?: PlanCut;
  /** What a person should know of this plan: what was cut and why, what it cannot see. */
  readonly notes: readonly string[];
}

export type Plan = PlanOf<PlannedRequest>;
/** A plan without what its requests send: enough to cost, time and compare it. */
export type PlanOutline = PlanOf<PlannedCall>;

/** Of the largest of a plan's requests; 0 where there is none. There may be more than a function takes arguments. */
export function largestRequestTokens({ requests }: PlanOutline): number {
  return requests.reduce((most, { tokens }) => Math.max(most, tokens), 0);
}

/** A list longer than this is not read; `PlanCut.numFiles` says how many there are. */
const maxOutlinedFiles = 500;

export function outlineOfPlan(plan: Plan): PlanOutline {
  const { cut } = plan;
  return {
    ...plan,
    ...(cut && { cut: { ...cut, files: cut.files.slice(0, maxOutlinedFiles) } }),
    requests: plan.requests.map(({ role, answersOf, tokens, outputTokens, stableTokens }) => ({
      role,
      answersOf,
      tokens,
      outputTokens,
      stableTokens,
    })),
  };
}

export interface PlanInput {
  readonly index: CodeIndex;
  readonly textOf: TextOf;
  readonly counter: TokenCounter;
  readonly task: Task;
  /** Most tokens of one request's text: the window without reserved output and overhead. */
  readonly budgetTokens: number;
  /** Reserved for each answer. */
  readonly outputTokens: number;
  readonly prompt: PromptOptions;
  /** Share of a window that the next one repeats, 0 to 0.5. */
  readonly overlap: number;
  /** Tokens that retrieval fills at most. */
  readonly retrievalTokens: number;
  /** Of the files in the full plan's request; absent: by the task. */
  readonly order?: FileOrder;
  /** Most tokens of a window of the strategies that go through the code in windows; absent: the budget. */
  readonly windowTokens?: number;
  /** What an embedding model finds near to the task, to be fused with what its words find; absent: words alone. */
  readonly semantic?: SemanticRanking;
}

export const defaultOverlap = 0.1;
/** A question that retrieval can answer seldom needs more: the middle of longer prompts is read worst. */
export const defaultRetrievalTokens = 8_000;
