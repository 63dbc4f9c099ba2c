import type { PlanQuestion, PlansReport, RequestFacts } from '../core/plans/plansReport.ts';
import type { StrategyId } from '../core/plans/plan.ts';
import type { MeasuredRecall } from '../core/plans/recall.ts';

/** Calls of the Strategies tab on the extension host. Nothing that is sent out goes before its secrets were looked for. */
export interface PlansApi {
  /** Reads and links the files, then plans every strategy. Fails with the reason when cancelled. */
  planStrategies(question: PlanQuestion): Promise<PlansReport>;
  /** The plans that were made last, for a page that was hidden or loaded anew; undefined: none were made. */
  madePlans(): Promise<PlansReport | undefined>;
  cancelPlans(): Promise<void>;
  planRequests(planId: number, strategy: StrategyId): Promise<readonly RequestFacts[]>;
  /** Opens the text of a request, which can't be edited, beside the dashboard. */
  showRequest(planId: number, strategy: StrategyId, idx: number): Promise<void>;
  /** Opens a file of the workspace beside the dashboard, these lines selected; lines from 0, the end included. */
  openPart(path: string, startLine: number, endLine: number): Promise<void>;
  /** Each false when the person decided against it. */
  copyRequest(planId: number, strategy: StrategyId, idx: number): Promise<boolean>;
  sendRequestToChat(planId: number, strategy: StrategyId, idx: number): Promise<boolean>;
  savePlan(planId: number, strategy: StrategyId): Promise<boolean>;
  /** Takes the files of the full plan's smallest cut out of the context set, which then is what was planned for without them. */
  leaveOutCut(planId: number): Promise<void>;
  measureRecall(planId: number): Promise<MeasuredRecall>;
}
