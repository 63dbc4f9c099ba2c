import type { Budget, Verdict } from '../core/budget/budget.ts';
import type { AnalysisStatus } from '../core/files/analysisStatus.ts';
import type { TokenCount } from '../core/tokens/tokenCounter.ts';
import type { ModelSummary, UsdInterval } from '../core/weigh/weighed.ts';

export type { AnalysisStatus };

/** All that the Budget section shows; always whole, never a change of an earlier one. */
export interface BudgetSnapshot {
  readonly status: AnalysisStatus;
  /** What is weighed: the checked files, or every file while none is checked. */
  readonly subject: 'workspace' | 'set';
  readonly fileCount: number;
  /** Undefined until something was counted. */
  readonly count?: TokenCount;
  /** Undefined while the configured model is not in the catalogue. */
  readonly model?: ModelSummary;
  readonly configuredModelId: string;
  /** Undefined when the model's window is unknown. */
  readonly budget?: Budget;
  readonly reservedOutputTokens: number;
  readonly overheadTokens: number;
  readonly verdict: Verdict;
  /** Free (positive) or over (negative) at the low and at the high end of the count. */
  readonly freeTokens?: { readonly low: number; readonly high: number };
  /** Sending it once, the input alone: what an answer costs depends on its length. */
  readonly inputCost?: UsdInterval;
}

export interface PromptDraft {
  readonly text: string;
  readonly outputTokens: number;
  readonly turns: number;
}

/** What asking costs: the prompt with the files of the set, in every turn. */
export interface PromptWeight {
  readonly promptTokens: number;
  /** Files of the set with their path lines, as "Copy prompt with context" writes them. */
  readonly contextFiles: number;
  /** Input of the first turn: prompt, files, overhead. */
  readonly firstInput: TokenCount;
  /** What the window holds when the last answer is complete. */
  readonly lastTotal: TokenCount;
  readonly verdict: Verdict;
  readonly freeTokens?: { readonly low: number; readonly high: number };
  readonly cost?: UsdInterval;
  /** When every later turn reads what was sent before from the provider's prompt cache. */
  readonly cachedCost?: UsdInterval;
  readonly cap?: 'soft' | 'hard';
}

/** Calls the Budget webview makes on the extension host. */
export interface BudgetApi {
  /** The first call: strings of the display language by their English text, what was typed before, the whole state. */
  ready(): Promise<{
    readonly strings: Readonly<Record<string, string>>;
    readonly draft: PromptDraft;
    readonly snapshot: BudgetSnapshot;
    /** The person asked for the prompt's box before there was a page to tell. */
    readonly promptIsWanted: boolean;
  }>;
  weighPrompt(draft: PromptDraft): Promise<PromptWeight>;
  analyze(): Promise<void>;
  cancelAnalysis(): Promise<void>;
  chooseModel(): Promise<void>;
  openSettings(key: string): Promise<void>;
  copyPromptWithContext(draft: PromptDraft): Promise<void>;
  openInChat(draft: PromptDraft): Promise<void>;
}

/** Events the extension host pushes to the Budget webview. */
export type BudgetEvent =
  | { readonly type: 'budgetChanged'; readonly snapshot: BudgetSnapshot }
  | { readonly type: 'focusPrompt' };
