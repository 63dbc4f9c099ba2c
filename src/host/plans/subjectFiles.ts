import * as vscode from 'vscode';
import type { SubjectChoice } from '../../core/dashboard/state.ts';
import type { FileCount } from '../../core/files/scanReport.ts';
import { isNotebookPath } from '../../core/files/notebook.ts';
import type { SourceFile } from '../../node/plansCalls.ts';
import { textOf } from '../readText.ts';
import type { Session } from '../session.ts';

/** The counted files that a choice means. */
export function subjectFiles(session: Session, choice: SubjectChoice): readonly FileCount[] {
  const all = session.report?.files ?? [];
  switch (choice.kind) {
    case 'set':
      return session.subject.files;
    case 'workspace':
      return all;
    case 'folder': {
      const { path } = choice;
      return all.filter((file) => file.path === path || file.path.startsWith(`${path}/`));
    }
    case 'text':
    case 'typed':
      throw new Error(
        vscode.l10n.t('Only files can be planned for: choose the set, the workspace or a folder'),
      );
  }
}

/** Where the thread reads each file; what only the editor has, its unsaved text or a virtual folder's, goes along as text. */
export async function sourceFiles(
  session: Session,
  files: readonly FileCount[],
  signal: AbortSignal,
): Promise<readonly SourceFile[]> {
  const open = new Set(
    vscode.workspace.textDocuments
      .filter((document) => document.isDirty)
      .map((document) => document.uri.toString()),
  );
  const sources: SourceFile[] = [];
  for (const { path } of files) {
    signal.throwIfAborted();
    const uri = session.uriOf(path);
    if (uri === undefined) continue;
    if (uri.scheme === 'file' && !open.has(uri.toString()) && !isNotebookPath(path)) {
      sources.push({ path, systemPath: uri.fsPath });
      continue;
    }
    const read = await textOf(uri).catch(() => undefined);
    if (read?.type === 'text') sources.push({ path, utf8: new TextEncoder().encode(read.text) });
  }
  return sources;
}
