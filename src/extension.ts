import * as vscode from 'vscode';
import { startContextBudget, type ContextBudgetApi } from './host/start.ts';

export function activate(context: vscode.ExtensionContext): ContextBudgetApi {
  try {
    return startContextBudget(context);
  } catch (error) {
    // VS Code shows nothing when an extension fails to activate, so the person would see dead views and no reason.
    const message = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(
      vscode.l10n.t('Context Budget could not start: {0}', message),
    );
    throw error;
  }
}
