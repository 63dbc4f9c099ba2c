import * as vscode from 'vscode';
import type { Plan, SentPart } from '../../core/plans/plan.ts';
import {
  filesOfRequest,
  requestTree,
  type FileOfRequest,
  type RequestNode,
} from '../../core/plans/requestTree.ts';
import { fileCountText, tokenCountText, tokensText } from '../words.ts';

const requestsViewId = 'contextBudget.requests';
/** Set while there are requests to show. */
const contextKey = 'contextBudget.planned';

/** A row of the Requests view. */
export type RequestRow =
  | { readonly type: 'request'; readonly node: RequestNode }
  | { readonly type: 'file'; readonly requestIdx: number; readonly file: FileOfRequest<SentPart> }
  | { readonly type: 'part'; readonly path: string; readonly part: SentPart };

/** The plan whose requests are shown. */
export interface ShownPlan {
  readonly plan: Plan;
  readonly paths: readonly string[];
  /** In words. */
  readonly strategy: string;
}

/** The requests of the plan that was chosen last: requests, below them files, below them lines, each with its tokens. */
export class RequestsTree implements vscode.TreeDataProvider<RequestRow>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<RequestRow>;
  readonly #uriOf: (path: string) => vscode.Uri | undefined;
  #shown: ShownPlan | undefined;

  constructor(uriOf: (path: string) => vscode.Uri | undefined) {
    this.#uriOf = uriOf;
    this.#view = vscode.window.createTreeView(requestsViewId, {
      treeDataProvider: this,
      showCollapseAll: true,
    });
  }

  dispose(): void {
    this.#view.dispose();
    this.#changed.dispose();
  }

  /** Undefined: none, and the view goes. */
  show(shown: ShownPlan | undefined): void {
    this.#shown = shown;
    this.#view.description = shown && titleText(shown);
    void vscode.commands.executeCommand('setContext', contextKey, shown !== undefined);
    this.#changed.fire(undefined);
  }

  async focus(): Promise<void> {
    await vscode.commands.executeCommand(`${requestsViewId}.focus`);
  }

  getChildren(row?: RequestRow): RequestRow[] {
    const shown = this.#shown;
    if (shown === undefined) return [];
    const { requests } = shown.plan;
    if (row === undefined) return requestTree(requests).map(requestRow);
    switch (row.type) {
      case 'request': {
        const { idx, children } = row.node;
        const files = filesOfRequest(requests[idx].parts, ({ fileIdx }) => shown.paths[fileIdx]);
        return [
          ...children.map(requestRow),
          ...files.map((file): RequestRow => ({ type: 'file', requestIdx: idx, file })),
        ];
      }
      case 'file': {
        const { path, parts } = row.file;
        return parts.length === 1 ? [] : parts.map((part) => ({ type: 'part', path, part }));
      }
      case 'part':
        return [];
    }
  }

  getTreeItem(row: RequestRow): vscode.TreeItem {
    const item = this.#item(row);
    item.command = {
      command: 'contextBudget.openRequestRow',
      title: vscode.l10n.t('Open'),
      arguments: [row],
    };
    item.accessibilityInformation = {
      label: [item.label, item.description].filter((text) => typeof text === 'string').join(', '),
    };
    return item;
  }

  #item(row: RequestRow): vscode.TreeItem {
    const { Collapsed, None } = vscode.TreeItemCollapsibleState;
    switch (row.type) {
      case 'request':
        return this.#requestItem(row.node);
      case 'file': {
        const { path, tokens, parts } = row.file;
        const name = path.slice(path.lastIndexOf('/') + 1);
        const item = new vscode.TreeItem(name, parts.length === 1 ? None : Collapsed);
        item.id = `${row.requestIdx}:${path}`;
        item.resourceUri = this.#uriOf(path);
        const folder = path.slice(0, Math.max(0, path.length - name.length - 1));
        const where =
          parts.length === 1
            ? linesText(parts[0])
            : vscode.l10n.t('{0} stretches', tokensText(parts.length));
        item.description = [tokenCountText(tokens), where, folder]
          .filter((text) => text !== '')
          .join(' · ');
        item.tooltip = `${path}\n${item.description}`;
        item.contextValue = 'requestFile';
        return item;
      }
      case 'part': {
        const item = new vscode.TreeItem(linesText(row.part), None);
        item.description = tokenCountText(row.part.tokens);
        item.iconPath = new vscode.ThemeIcon('list-selection');
        item.contextValue = 'requestPart';
        return item;
      }
    }
  }

  #requestItem({ idx }: RequestNode): vscode.TreeItem {
    const { requests } = this.#shown?.plan ?? { requests: [] };
    const { role, tokens, parts, answersOf } = requests[idx];
    const item = new vscode.TreeItem(
      vscode.l10n.t('Request {0}', idx + 1),
      requests.length <= 3
        ? vscode.TreeItemCollapsibleState.Expanded
        : vscode.TreeItemCollapsibleState.Collapsed,
    );
    item.id = `request:${idx}`;
    item.iconPath = new vscode.ThemeIcon(role === 'reduce' ? 'combine' : 'comment');
    const files = new Set(parts.map(({ fileIdx }) => fileIdx)).size;
    item.description = [
      tokenCountText(tokens),
      ...(files === 0 ? [] : [fileCountText(files)]),
      ...carriedText(role, answersOf),
    ].join(' · ');
    item.contextValue = 'request';
    return item;
  }
}

function requestRow(node: RequestNode): RequestRow {
  return { type: 'request', node };
}

function carriedText(role: string, answersOf: readonly number[]): string[] {
  if (answersOf.length === 0) return [];
  return role === 'reduce'
    ? [vscode.l10n.t('combines {0} answers', tokensText(answersOf.length))]
    : [vscode.l10n.t('carries the note of request {0}', answersOf[0] + 1)];
}

/** "lines 3–9", counted from 1. */
function linesText({ startLine, endLine }: SentPart): string {
  return startLine === endLine
    ? vscode.l10n.t('line {0}', startLine + 1)
    : vscode.l10n.t('lines {0}–{1}', startLine + 1, endLine + 1);
}

function titleText({ plan, strategy }: ShownPlan): string {
  return `${strategy} · ${tokenCountText(plan.tokensSent)}`;
}
