import type { SubjectChoice } from '../dashboard/state.ts';
import type { EncodingName } from '../tokens/tokenCounter.ts';
import type { FileOrder } from './order.ts';
import type { CountedBudget } from './modelBudget.ts';
import type { PlanOutline, PlannedCall, SentPart, StrategyId } from './plan.ts';
import type { Task } from './task.ts';

/** What to plan, and for which model. */
export interface PlanQuestion {
  readonly task: Task;
  /** Files only: a text or a typed number has no requests. */
  readonly subject: SubjectChoice;
  readonly modelId: string;
  readonly reservedOutputTokens: number;
  readonly overheadTokens: number;
  /** How the plans are made where not as usual; see `PlanInput`. */
  readonly order?: FileOrder;
  readonly windowTokens?: number;
  readonly overlap?: number;
}

/** Every strategy's plan, without what the requests send: that is asked for one by one. */
export interface PlansReport {
  /** Names these plans in later calls; the next planning replaces them. */
  readonly planId: number;
  readonly question: PlanQuestion;
  readonly encoding: EncodingName;
  readonly counted: CountedBudget;
  readonly index: IndexFacts;
  readonly planned: readonly {
    readonly strategy: StrategyId;
    readonly plan?: PlanOutline;
    readonly refused?: string;
  }[];
}

/** What the plans stand on. */
export interface IndexFacts {
  readonly files: number;
  readonly chunks: number;
  /** By `encoding`. */
  readonly tokens: number;
  readonly importDependencies: number;
  readonly symbolDependencies: number;
  readonly externalImports: number;
  readonly unresolvedImports: number;
  readonly filesBySyntax: number;
  readonly problems: number;
}

/** A request with the stretches of files that it sends. */
export interface RequestFacts extends PlannedCall {
  readonly parts: readonly (Omit<SentPart, 'fileIdx'> & { readonly path: string })[];
}
