import * as vscode from 'vscode';
import { contentKindOf, type ContentKind } from '../../core/files/contentKind.ts';
import { textOf } from '../readText.ts';
import type { Session } from '../session.ts';
import { bytesText, fileCountText } from '../words.ts';

/** Something to have counted: its files are read when it is chosen. */
export interface Subject {
  /** "Selection", a file's name, "Context set". */
  readonly label: string;
  readonly description?: string;
  read(): Promise<SubjectText[]>;
}

export interface SubjectText {
  /** For the search for secrets and the list of what is sent; never sent itself. */
  readonly path: string;
  readonly kind: ContentKind;
  readonly text: string;
}

/** More is beyond every context window. */
const maxUnits = 64 * 1024 * 1024;

/** What of the window can be counted: the targets of a menu alone, else the selection, the editor, the set. */
export function subjectsHere(session: Session, targets: readonly vscode.Uri[]): Subject[] {
  if (targets.length > 0) {
    const label = targets.length === 1 ? nameOf(targets[0]) : fileCountText(targets.length);
    return [{ label, read: () => readFiles(session, filesBelow(session, targets)) }];
  }
  const subjects: Subject[] = [];
  const editor = vscode.window.activeTextEditor;
  if (editor?.selections.some((selection) => !selection.isEmpty) === true) {
    const { document, selections } = editor;
    const text = selections.map((selection) => document.getText(selection)).join('\n');
    const label = vscode.l10n.t('Selection');
    const description = nameOf(document.uri);
    const read = () => Promise.resolve(withKinds([{ path: document.uri.path, text }]));
    subjects.push({ label, description, read });
  }
  const uri = editor?.document.uri ?? vscode.window.activeNotebookEditor?.notebook.uri;
  if (uri !== undefined) {
    subjects.push({ label: nameOf(uri), read: () => readFiles(session, [uri]) });
  }
  const { kind, files } = session.subject;
  if (session.report !== undefined && files.length > 0) {
    const label = kind === 'set' ? vscode.l10n.t('Context Set') : vscode.l10n.t('Workspace');
    const uris = files.map((file) => session.uriOf(file.path)).filter((each) => each !== undefined);
    const description = fileCountText(files.length);
    subjects.push({ label, description, read: () => readFiles(session, uris) });
  }
  return subjects;
}

/** Files of the analysis below folders; anything else stays as it is. */
function filesBelow(session: Session, targets: readonly vscode.Uri[]): vscode.Uri[] {
  const files = session.report?.files ?? [];
  return targets.flatMap((target) => {
    const path = session.pathOf(target);
    if (path === undefined || session.fileAt(path) !== undefined) return [target];
    const below = files.filter((file) => path === '' || file.path.startsWith(`${path}/`));
    const uris = below.map((file) => session.uriOf(file.path)).filter((uri) => uri !== undefined);
    return uris.length > 0 ? uris : [target];
  });
}

async function readFiles(session: Session, uris: readonly vscode.Uri[]): Promise<SubjectText[]> {
  const texts: { path: string; text: string }[] = [];
  let units = 0;
  for (const uri of uris) {
    const path = session.pathOf(uri) ?? uri.path;
    const read = await textOf(uri);
    if (read.type === 'notText') {
      throw new Error(vscode.l10n.t('{0} is no text: it has no tokens to count', path));
    }
    units += read.text.length;
    if (units > maxUnits) {
      throw new Error(
        vscode.l10n.t(
          'More than {0} are beyond every context window: choose fewer files',
          bytesText(maxUnits),
        ),
      );
    }
    texts.push({ path, text: read.text });
  }
  return withKinds(texts);
}

function withKinds(
  texts: readonly { readonly path: string; readonly text: string }[],
): SubjectText[] {
  return texts
    .filter(({ text }) => text !== '')
    .map(({ path, text }) => {
      // The kind is told by the beginning.
      const start = Buffer.from(text.slice(0, 1 << 16));
      return { path, text, kind: contentKindOf(path, start) };
    });
}

function nameOf(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1) || uri.path;
}
