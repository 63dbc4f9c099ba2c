import * as vscode from 'vscode';
import type { Session } from '../session.ts';

/** Opens a file of the workspace with a stretch of it selected; lines from 0, the end included. */
export async function openPart(
  session: Session,
  path: string,
  { startLine, endLine }: { readonly startLine: number; readonly endLine: number },
  viewColumn?: vscode.ViewColumn,
): Promise<void> {
  const uri = session.uriOf(path);
  if (uri === undefined) {
    throw new Error(vscode.l10n.t('{0} is no file of this workspace any more', path));
  }
  // A file may have become shorter since: the editor takes its last line then.
  const selection = new vscode.Range(startLine, 0, endLine, Number.MAX_SAFE_INTEGER);
  await vscode.commands.executeCommand('vscode.open', uri, {
    selection,
    ...(viewColumn !== undefined && { viewColumn }),
  } satisfies vscode.TextDocumentShowOptions);
}
