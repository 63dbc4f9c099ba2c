import * as vscode from 'vscode';

/** What is read of the built-in git extension's API (extensions/git/src/api/git.d.ts of VS Code). */
interface GitRepository {
  /** The changes of the index (true) or of the working tree (false), as `git diff` writes them. */
  diff(cached?: boolean): Promise<string>;
}
interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): { readonly repositories: readonly GitRepository[] };
}

/** Staged and unstaged changes of every repository that is open; by the git extension, which asks for trust by itself. */
export async function gitDiff(): Promise<{ readonly text: string; readonly numFiles: number }> {
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  if (extension === undefined) {
    throw new Error(vscode.l10n.t('The built-in Git extension is not there'));
  }
  const git = await extension.activate();
  const repositories = git.enabled ? git.getAPI(1).repositories : [];
  if (repositories.length === 0) {
    throw new Error(vscode.l10n.t('No Git repository is open'));
  }
  const diffs = await Promise.all(
    repositories.flatMap((repository) => [repository.diff(true), repository.diff(false)]),
  );
  const text = diffs.join('');
  if (text === '') throw new Error(vscode.l10n.t('Nothing has changed since the last commit'));
  const changed = text.matchAll(/^diff --git .*$/gm);
  return { text, numFiles: new Set([...changed].map(([line]) => line)).size };
}
