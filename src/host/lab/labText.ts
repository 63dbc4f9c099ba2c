import * as vscode from 'vscode';

/** Enough for the tokens that a demo takes at most (`mostTokens`), of most texts. */
const maxCharacters = 60_000;

const sample = `The quick brown fox jumps over the lazy dog. The dog sleeps; the fox looks back at the dog and runs on.
function sum(numbers) {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
`;

export interface SourceText {
  readonly name: string;
  readonly text: string;
  readonly cut: boolean;
  /** Where the text stands; the sample stands nowhere. */
  readonly place?: TextPlace;
}

export interface TextPlace {
  readonly document: vscode.TextDocument;
  /** UTF-16 units before the text. */
  readonly startUnit: number;
}

/**
 * The selection, else the start of the active file, else a sample, named by why it is that.
 * @param lastEditor the text editor that was active before the lab
 */
export async function labText(lastEditor: vscode.TextEditor | undefined): Promise<SourceText> {
  const editor = vscode.window.activeTextEditor;
  if (editor !== undefined) return documentText(editor.document, editor.selection);
  const uri = activeFile();
  if (uri !== undefined) {
    // A tab is there before its editor is, and a binary file's has none at all.
    const document = await openAsText(uri);
    return document === undefined
      ? sampleText(vscode.l10n.t('sample text, as {0} is not open as text', baseName(uri)))
      : documentText(document);
  }
  return lastEditor === undefined || lastEditor.document.isClosed
    ? sampleText(vscode.l10n.t('sample text'))
    : documentText(lastEditor.document, lastEditor.selection);
}

/** The file of the active tab, whatever shows it. */
function activeFile(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom
    ? input.uri
    : undefined;
}

async function openAsText(uri: vscode.Uri): Promise<vscode.TextDocument | undefined> {
  try {
    return await vscode.workspace.openTextDocument(uri);
  } catch {
    return undefined;
  }
}

function baseName({ path }: vscode.Uri): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function sampleText(name: string): SourceText {
  return { name, text: sample, cut: false };
}

function documentText(document: vscode.TextDocument, selection?: vscode.Selection): SourceText {
  const fileName = baseName(document.uri);
  const selected = selection?.isEmpty === false ? document.getText(selection) : '';
  if (selection !== undefined && selected !== '') {
    const startUnit = document.offsetAt(selection.start);
    const name = vscode.l10n.t('selection in {0}', fileName);
    return { ...cutText(name, selected), place: { document, startUnit } };
  }
  const end = document.positionAt(maxCharacters + 1);
  const text = document.getText(new vscode.Range(new vscode.Position(0, 0), end));
  if (text !== '') return { ...cutText(fileName, text), place: { document, startUnit: 0 } };
  return sampleText(vscode.l10n.t('sample text, as {0} is empty', fileName));
}

function cutText(name: string, text: string): SourceText {
  if (text.length <= maxCharacters) return { name, text, cut: false };
  return { name, text: text.slice(0, maxCharacters), cut: true };
}
