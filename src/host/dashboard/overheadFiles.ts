import * as vscode from 'vscode';
import type { OverheadFile } from '../../core/dashboard/snapshot.ts';
import type { Counting } from '../counting.ts';
import { textOf } from '../readText.ts';
import type { Session } from '../session.ts';

/** Where assistants look for instructions that they send with every request, from the workspace folder. */
const instructionFiles = [
  'AGENTS.md',
  'CLAUDE.md',
  'CLAUDE.local.md',
  'GEMINI.md',
  '.github/copilot-instructions.md',
  '.cursorrules',
  '.windsurfrules',
  '.clinerules',
] as const;
const instructionFolders = ['.github/instructions', '.cursor/rules', '.claude/rules'] as const;
const maxBytes = 1024 * 1024;

/** The instruction files at these places, counted by the report's encoding. */
export async function findOverheadFiles(
  session: Session,
  counting: () => Promise<Counting>,
): Promise<readonly OverheadFile[]> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const found = await Promise.all(folders.map(filesIn));
  const encoding = session.report?.encoding ?? 'o200k_base';
  const counted = found.flat().map(async (uri): Promise<OverheadFile | undefined> => {
    const path = session.pathOf(uri) ?? vscode.workspace.asRelativePath(uri);
    const known = session.fileAt(path);
    if (known !== undefined) return { path, tokens: known.tokens };
    try {
      const read = await textOf(uri);
      if (read.type === 'notText') return undefined;
      return { path, tokens: await (await counting()).countText(read.text, encoding) };
    } catch {
      // It vanished, or may not be read: then no assistant sends it either.
      return undefined;
    }
  });
  return (await Promise.all(counted)).filter((file) => file !== undefined);
}

async function filesIn({ uri }: vscode.WorkspaceFolder): Promise<vscode.Uri[]> {
  const inFolders = await Promise.all(
    instructionFolders.map(async (name) => {
      const folder = vscode.Uri.joinPath(uri, ...name.split('/'));
      const entries = await vscode.workspace.fs.readDirectory(folder).then(
        (read) => read,
        () => [],
      );
      return entries
        .filter(([file, type]) => (type & vscode.FileType.File) !== 0 && /\.mdc?$/.test(file))
        .map(([file]) => vscode.Uri.joinPath(folder, file));
    }),
  );
  const named = instructionFiles.map((name) => vscode.Uri.joinPath(uri, ...name.split('/')));
  const isThere = await Promise.all(
    named.map((file) =>
      vscode.workspace.fs.stat(file).then(
        ({ type, size }) => (type & vscode.FileType.File) !== 0 && size <= maxBytes,
        () => false,
      ),
    ),
  );
  return [...named.filter((_, idx) => isThere[idx]), ...inFolders.flat()];
}
