import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import { fileCountText, tokenCountText } from '../words.ts';

/** Counts the folders anew; says so in the status bar meanwhile and what came of it, for the views may be hidden. */
export async function analyzeWorkspace({ session }: Parts): Promise<void> {
  const { analysis } = session;
  const before = analysis.scan;
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Counting tokens…') },
    () => analysis.analyze(),
  );
  const { status, scan } = analysis;
  if (status.type === 'failed') throw new Error(status.message);
  // Cancelled: what stands is the earlier result.
  if (scan === undefined || scan === before) return;
  const tokens = scan.files.reduce((sum, file) => sum + file.tokens, 0);
  vscode.window.setStatusBarMessage(
    vscode.l10n.t('{0} counted: {1}', fileCountText(scan.files.length), tokenCountText(tokens)),
    8000,
  );
}
