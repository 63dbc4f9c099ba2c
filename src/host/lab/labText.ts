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

/** The selection, else the start of the active file, else a sample. */
export function labText(editor: vscode.TextEditor | undefined): SourceText {
  if (editor !== undefined) {
    const { document } = editor;
    const fileName = document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1);
    const selected = !editor.selection.isEmpty ? document.getText(editor.selection) : '';
    if (selected !== '') {
      const startUnit = document.offsetAt(editor.selection.start);
      const name = vscode.l10n.t('selection in {0}', fileName);
      return { ...cutText(name, selected), place: { document, startUnit } };
    }
    const end = document.positionAt(maxCharacters + 1);
    const text = document.getText(new vscode.Range(new vscode.Position(0, 0), end));
    if (text !== '') return { ...cutText(fileName, text), place: { document, startUnit: 0 } };
  }
  return { name: vscode.l10n.t('sample text'), text: sample, cut: false };
}

function cutText(name: string, text: string): SourceText {
  if (text.length <= maxCharacters) return { name, text, cut: false };
  return { name, text: text.slice(0, maxCharacters), cut: true };
}
