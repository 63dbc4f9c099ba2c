import * as vscode from 'vscode';
import { isNotebookPath, notebookText, parseNotebook } from '../core/files/notebook.ts';
import { decodeText } from './decodeText.ts';

export type ReadText =
  { readonly type: 'text'; readonly text: string } | { readonly type: 'notText' };

/** The text at an address as it stands: of its open editor, unsaved changes included, else of its file. */
export async function textOf(uri: vscode.Uri): Promise<ReadText> {
  const address = uri.toString();
  const notebook = vscode.workspace.notebookDocuments.find(
    (open) => open.uri.toString() === address,
  );
  if (notebook !== undefined) return { type: 'text', text: openNotebookText(notebook) };
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === address);
  if (document !== undefined) return { type: 'text', text: document.getText() };
  const text = decodeText(await vscode.workspace.fs.readFile(uri));
  if (text === undefined) return { type: 'notText' };
  const cells = isNotebookPath(uri.path) ? parseNotebook(text) : undefined;
  return { type: 'text', text: cells?.text ?? text };
}

/** What an open notebook says: the text of its cells, without outputs. */
export function openNotebookText(notebook: vscode.NotebookDocument): string {
  return notebookText(notebook.getCells().map((cell) => cell.document.getText()));
}
