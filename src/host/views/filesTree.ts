import * as vscode from 'vscode';
import type { FileProblem, LeftOutFile, LeftOutReason } from '../../core/files/scanReport.ts';
import type { FolderNode, TreeNode } from '../../core/set/fileTree.ts';
import type { Session } from '../session.ts';
import {
  bytesText,
  fileCountText,
  leftOutReasonText,
  percentText,
  tokenCountText,
  tokensText,
} from '../words.ts';

/** What a row of the Files view stands for. */
export type FilesRow =
  | { readonly type: 'node'; readonly node: TreeNode }
  | { readonly type: 'leftOut' }
  | { readonly type: 'leftOutReason'; readonly reason: LeftOutReason }
  | { readonly type: 'leftOutFile'; readonly file: LeftOutFile }
  | { readonly type: 'more'; readonly count: number; readonly parent: string }
  | { readonly type: 'problems' }
  | { readonly type: 'problem'; readonly problem: FileProblem };

/** Rows shown of one reason, and problems; the rest is a number, or 100,000 ignored files would stall the tree. */
const maxRows = 500;

/** The path that a row is about, for the commands of its menu. */
export function rowPath(row: FilesRow): string | undefined {
  switch (row.type) {
    case 'node':
      return row.node.path;
    case 'leftOutFile':
      return row.file.path;
    case 'problem':
      return row.problem.path;
    default:
      return undefined;
  }
}

/** The counted files as a tree with check boxes, then what was left out and what went wrong. */
export class FilesTree implements vscode.TreeDataProvider<FilesRow>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #session: Session;
  readonly #subscription: vscode.Disposable;

  constructor(session: Session) {
    this.#session = session;
    this.#subscription = session.onDidChange((change) => {
      if (change !== 'progress') this.#changed.fire(undefined);
    });
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  getChildren(row?: FilesRow): FilesRow[] {
    const report = this.#session.report;
    if (report === undefined) return [];
    if (row === undefined) {
      const rows: FilesRow[] = nodeRows(this.#session.tree);
      if (report.leftOut.length > 0) rows.push({ type: 'leftOut' });
      if (report.problems.length > 0) rows.push({ type: 'problems' });
      return rows;
    }
    switch (row.type) {
      case 'node':
        return row.node.type === 'folder' ? nodeRows(row.node) : [];
      case 'leftOut':
        return [...this.#session.leftOutByReason.keys()].map((reason) => ({
          type: 'leftOutReason',
          reason,
        }));
      case 'leftOutReason':
        return leftOutRows(row.reason, this.#session.leftOutByReason.get(row.reason) ?? []);
      case 'problems':
        return withMore(
          report.problems.slice(0, maxRows).map((problem) => ({ type: 'problem', problem })),
          report.problems.length,
          'problems',
        );
      default:
        return [];
    }
  }

  getTreeItem(row: FilesRow): vscode.TreeItem {
    switch (row.type) {
      case 'node':
        return this.#nodeItem(row.node);
      case 'leftOut':
        return this.#leftOutItem();
      case 'leftOutReason':
        return this.#reasonItem(row.reason);
      case 'leftOutFile':
        return this.#leftOutFileItem(row.file);
      case 'more':
        return moreItem(row.count, row.parent);
      case 'problems':
        return this.#problemsItem();
      case 'problem':
        return this.#problemItem(row.problem);
    }
  }

  #nodeItem(node: TreeNode): vscode.TreeItem {
    const folder = node.type === 'folder';
    const item = new vscode.TreeItem(
      node.name,
      folder ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None,
    );
    item.id = `node:${node.path}`;
    item.resourceUri = this.#session.uriOf(node.path);
    item.contextValue = node.type;
    const share = percentText(node.tokens, this.#session.tree.tokens);
    const inSet = this.#session.membersBelow(node);
    const total = folder ? node.fileCount : 1;
    item.checkboxState = {
      state:
        inSet === total && total > 0
          ? vscode.TreeItemCheckboxState.Checked
          : vscode.TreeItemCheckboxState.Unchecked,
      tooltip: vscode.l10n.t('In the context set: what you mean to send'),
    };
    const parts = [tokensText(node.tokens), share];
    if (inSet > 0 && inSet < total) parts.push(vscode.l10n.t('{0} of {1} in set', inSet, total));
    item.description = parts.join(' · ');
    item.tooltip = this.#nodeTooltip(node, share);
    item.accessibilityInformation = {
      label: [node.name, tokenCountText(node.tokens), share].join(', '),
    };
    if (!folder && item.resourceUri !== undefined) {
      item.command = {
        command: 'contextBudget.openFile',
        title: vscode.l10n.t('Open'),
        arguments: [{ type: 'node', node } satisfies FilesRow],
      };
    }
    return item;
  }

  #nodeTooltip(node: TreeNode, share: string): string {
    const size = bytesText(node.type === 'folder' ? node.bytes : node.file.bytes);
    const weight = vscode.l10n.t(
      '{0} tokens ({1} of all), counted with {2}',
      tokensText(node.tokens),
      share,
      this.#session.report?.encoding ?? '',
    );
    const detail = node.type === 'folder' ? `${fileCountText(node.fileCount)}, ${size}` : size;
    return [node.path, weight, detail].join('\n');
  }

  #leftOutItem(): vscode.TreeItem {
    const leftOut = this.#session.report?.leftOut ?? [];
    const item = new vscode.TreeItem(
      vscode.l10n.t('Left out'),
      vscode.TreeItemCollapsibleState.Collapsed,
    );
    item.id = 'leftOut';
    item.iconPath = new vscode.ThemeIcon('circle-slash');
    item.description = sizeText(leftOut);
    item.tooltip = vscode.l10n.t('Files that are not counted, by reason');
    return item;
  }

  #reasonItem(reason: LeftOutReason): vscode.TreeItem {
    const item = new vscode.TreeItem(
      leftOutReasonText(reason),
      vscode.TreeItemCollapsibleState.Collapsed,
    );
    item.id = `reason:${reason}`;
    item.description = sizeText(this.#session.leftOutByReason.get(reason) ?? []);
    return item;
  }

  #leftOutFileItem(file: LeftOutFile): vscode.TreeItem {
    const item = new vscode.TreeItem(file.path);
    item.id = `leftOut:${file.path}`;
    item.resourceUri = this.#session.uriOf(file.path);
    item.description = bytesText(file.bytes);
    item.tooltip = `${file.path}\n${leftOutReasonText(file.reason)}, ${bytesText(file.bytes)}`;
    item.contextValue = this.#session.isExcluded(file.path) ? 'leftOutByUser' : 'leftOutFile';
    return item;
  }

  #problemsItem(): vscode.TreeItem {
    const item = new vscode.TreeItem(
      vscode.l10n.t('Problems'),
      vscode.TreeItemCollapsibleState.Collapsed,
    );
    item.id = 'problems';
    item.iconPath = new vscode.ThemeIcon('warning');
    item.description = fileCountText(this.#session.report?.problems.length ?? 0);
    item.tooltip = vscode.l10n.t('Files that could not be read or counted');
    return item;
  }

  #problemItem(problem: FileProblem): vscode.TreeItem {
    // No id: a file of ignore rules has a problem for each rule that was refused.
    const item = new vscode.TreeItem(problem.path);
    item.description = problem.message;
    item.tooltip = `${problem.path}\n${problem.message}`;
    item.contextValue = 'problem';
    return item;
  }
}

function nodeRows(folder: FolderNode): FilesRow[] {
  return folder.children.map((node) => ({ type: 'node', node }));
}

function leftOutRows(reason: LeftOutReason, files: readonly LeftOutFile[]): FilesRow[] {
  const shown = [...files].sort((a, b) => b.bytes - a.bytes).slice(0, maxRows);
  const rows = shown.map((file): FilesRow => ({ type: 'leftOutFile', file }));
  return withMore(rows, files.length, reason);
}

/** With a last row that says how many are not shown. */
function withMore(shown: FilesRow[], count: number, parent: string): FilesRow[] {
  const more = count - shown.length;
  return more > 0 ? [...shown, { type: 'more', count: more, parent }] : shown;
}

function sizeText(files: readonly LeftOutFile[]): string {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const count = files.reduce((sum, file) => sum + file.fileCount, 0);
  return `${fileCountText(count)} · ${bytesText(bytes)}`;
}

function moreItem(count: number, parent: string): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('and {0} more', count));
  item.id = `more:${parent}`;
  return item;
}
