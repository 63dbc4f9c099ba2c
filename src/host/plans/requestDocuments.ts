import * as vscode from 'vscode';
import type { StrategyId } from '../../core/plans/plan.ts';
import { requestFileName } from '../../core/plans/manifest.ts';
import type { Plans } from './planService.ts';

export const requestScheme = 'context-budget-plan';

/** Requests as documents that can be read and not edited. Their addresses name a plan that may have been replaced meanwhile. */
export class RequestDocuments implements vscode.TextDocumentContentProvider {
  readonly #plans: () => Promise<Plans>;

  constructor(plans: () => Promise<Plans>) {
    this.#plans = plans;
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { planId, strategy, idx } = JSON.parse(uri.query) as {
      readonly planId: number;
      readonly strategy: StrategyId;
      readonly idx: number;
    };
    return (await this.#plans()).chosen(planId, strategy).text(idx);
  }
}

export async function showRequest(
  plans: Plans,
  planId: number,
  strategy: StrategyId,
  idx: number,
  viewColumn = vscode.ViewColumn.Active,
): Promise<void> {
  const { prompt } = plans.chosen(planId, strategy);
  const uri = vscode.Uri.from({
    scheme: requestScheme,
    path: `/${strategy}/${requestFileName(idx, prompt)}`,
    query: JSON.stringify({ planId, strategy, idx }),
  });
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { viewColumn, preview: true });
}
