import type * as vscode from 'vscode';
import type { StrategyId } from '../../core/plans/plan.ts';
import type { Task } from '../../core/plans/task.ts';
import type { Rooms } from '../rooms.ts';
import type { RequestRow } from '../views/requestsTree.ts';

/** What a test or a keybinding may give instead of being asked. */
export interface PlanAnswers {
  readonly task?: Task;
  readonly strategy?: StrategyId;
}

/** The commands of plans; the room that carries them out is loaded when one is first used. */
export function planCommands(
  rooms: Rooms,
): Readonly<Record<string, (...args: never[]) => unknown>> {
  return {
    planStrategy: async (given?: PlanAnswers) => (await rooms.plans()).actions.planStrategy(given),
    copyPlan: async (row?: RequestRow) => (await rooms.plans()).actions.copyPlan(row),
    savePlan: async (folder?: vscode.Uri) => (await rooms.plans()).actions.savePlan(folder),
    sendPlanToChat: async (row?: RequestRow) => (await rooms.plans()).actions.sendPlanToChat(row),
    leaveOutCut: async () => (await rooms.plans()).actions.leaveOutCut(),
    setEmbeddingKey: async () => (await rooms.plans()).embeddings.setKey(),
    openRequestRow: async (row: RequestRow) => (await rooms.plans()).actions.openRow(row),
  };
}
