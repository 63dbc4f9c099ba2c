import type { CountsByEncoding, ModelFit } from '../core/weigh/modelFit.ts';
import type { ScanReport } from '../core/files/scanReport.ts';
import type { TokenCount } from '../core/tokens/tokenCounter.ts';

/** All that `analyze` found out, before it is printed. */
export interface FolderAnalysis {
  /** As it was named, made absolute. */
  readonly folder: string;
  /** By the encoding that the totals are in. */
  readonly scan: ScanReport;
  readonly counts: CountsByEncoding;
  readonly total: TokenCount;
  readonly fits: readonly ModelFit[];
  /** Whether the models were asked for by `--model`. */
  readonly modelsAsked: boolean;
  readonly budget?: BudgetCheck;
  readonly seconds: number;
}

/** The total, and each asked model's count, against `--budget`. */
export interface BudgetCheck {
  readonly budgetTokens: number;
  readonly over: readonly { readonly name: string; readonly count: TokenCount }[];
}
