import type * as vscode from 'vscode';
import type { EncodingName } from '../core/tokens/tokenCounter.ts';
import type { LearntMemory } from './learntMemory.ts';
import type { LiveCounts } from './liveCounts.ts';
import type { Marks } from './marks.ts';
import type { Rooms } from './rooms.ts';
import type { Session } from './session.ts';
import type { TokenBoundaries } from './tokenBoundaries.ts';
import type { WindowEnds } from './windowEnds.ts';
import type { BudgetView } from './views/budgetView.ts';

/** What commands work with; made once by `startContextBudget`. */
export interface Parts {
  readonly session: Session;
  readonly rooms: Rooms;
  readonly budgetView: BudgetView;
  readonly liveCounts: LiveCounts;
  readonly learnt: LearntMemory;
  readonly marks: Marks;
  readonly boundaries: TokenBoundaries;
  readonly windowEnds: WindowEnds;
  readonly log: vscode.LogOutputChannel;
  /** The encoding that the chosen model's tokens are counted with. */
  readonly encoding: () => Promise<EncodingName>;
}
