import * as vscode from 'vscode';
import type { CountedText, TextSource } from '../../core/dashboard/snapshot.ts';
import { contentKindOf } from '../../core/files/contentKind.ts';
import type { Counting } from '../counting.ts';
import { gitDiff } from './gitDiff.ts';

/** More than any model takes; counting it would only hold up the machine. */
const maxCharacters = 64 * 1024 * 1024;

/** Counts what is selected, changed since the last commit, or copied. */
export async function countTextFrom(
  source: TextSource,
  editor: vscode.TextEditor | undefined,
  counting: Counting,
): Promise<CountedText> {
  const { text, label, path } = await textFrom(source, editor);
  if (text.length > maxCharacters) {
    throw new Error(
      vscode.l10n.t('{0} characters are more than can be counted at once', text.length),
    );
  }
  const encoding = 'o200k_base';
  const kind = contentKindOf(path, new TextEncoder().encode(text.slice(0, 65_536)));
  return {
    source,
    label,
    text: { encoding, countsByKind: { [kind]: await counting.countText(text, encoding) } },
    characters: text.length,
    lines: text.split('\n').length,
  };
}

interface Taken {
  readonly text: string;
  readonly label: string;
  /** Its kind of content is told by it. */
  readonly path: string;
}

async function textFrom(source: TextSource, editor: vscode.TextEditor | undefined): Promise<Taken> {
  switch (source) {
    case 'selection': {
      const text =
        editor === undefined || editor.document.isClosed
          ? ''
          : editor.selections.map((part) => editor.document.getText(part)).join('\n');
      if (editor === undefined || text === '') {
        throw new Error(vscode.l10n.t('Nothing is selected in an editor'));
      }
      const { path } = editor.document.uri;
      return { text, path, label: path.slice(path.lastIndexOf('/') + 1) };
    }
    case 'clipboard': {
      const text = await vscode.env.clipboard.readText();
      if (text === '') throw new Error(vscode.l10n.t('The clipboard holds no text'));
      return { text, path: '', label: '' };
    }
    case 'diff': {
      const { text, numFiles } = await gitDiff();
      const label =
        numFiles === 1
          ? vscode.l10n.t('1 changed file')
          : vscode.l10n.t('{0} changed files', numFiles);
      return { text, path: 'changes.diff', label };
    }
  }
}
