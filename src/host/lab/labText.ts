import * as vscode from 'vscode';

/** Enough for the 8,192 tokens that a demo takes at most, of most texts. */
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
export function labText(lastEditor: vscode.TextEditor | undefined): SourceText {
  const editor = vscode.window.activeTextEditor;
  const file = editor === undefined ? activeFileName() : undefined;
  if (file !== undefined) {
    return sampleText(vscode.l10n.t('sample text, as {0} is not open as text', file));
  }
  return editorText(editor ?? (lastEditor?.document.isClosed === true ? undefined : lastEditor));
}

/** The file of the active tab, whatever shows it: a binary file has a tab, but no text editor. */
function activeFileName(): string | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom
    ? baseName(input.uri)
    : undefined;
}

function baseName({ path }: vscode.Uri): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function sampleText(name: string): SourceText {
  return { name, text: sample, cut: false };
}

function editorText(editor: vscode.TextEditor | undefined): SourceText {
  if (editor !== undefined) {
    const { document } = editor;
    const fileName = baseName(document.uri);
    const selected = !editor.selection.isEmpty ? document.getText(editor.selection) : '';
    if (selected !== '') {
      const startUnit = document.offsetAt(editor.selection.start);
      const name = vscode.l10n.t('selection in {0}', fileName);
      return { ...cutText(name, selected), place: { document, startUnit } };
    }
    const end = document.positionAt(maxCharacters + 1);
    const text = document.getText(new vscode.Range(new vscode.Position(0, 0), end));
    if (text !== '') return { ...cutText(fileName, text), place: { document, startUnit: 0 } };
    return sampleText(vscode.l10n.t('sample text, as {0} is empty', fileName));
  }
  return sampleText(vscode.l10n.t('sample text'));
}

function cutText(name: string, text: string): SourceText {
  if (text.length <= maxCharacters) return { name, text, cut: false };
  return { name, text: text.slice(0, maxCharacters), cut: true };
}
