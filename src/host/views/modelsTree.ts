import * as vscode from 'vscode';
import type { Verdict } from '../../core/budget/budget.ts';
import type { Session } from '../session.ts';
import type { Rooms } from '../rooms.ts';
import type { ModelVerdict } from '../weighing.ts';
import {
  freeText,
  shortFreeText,
  shortUsdText,
  tokensText,
  usdIntervalText,
  verdictIcons,
  verdictText,
  windowText,
} from '../words.ts';

export type ModelsRow =
  | {
      readonly type: 'verdict';
      readonly verdict: Verdict;
      readonly models: readonly ModelVerdict[];
    }
  | { readonly type: 'model'; readonly model: ModelVerdict };

const verdictOrder: readonly Verdict[] = ['fits', 'uncertain', 'doesNotFit', 'unknown'];

/**
 * Every model of the catalogue under its verdict: the chosen one first, then by what a person looks for there. Before anything was
 * counted there is no verdict: then they stand in one list.
 */
export class ModelsTree implements vscode.TreeDataProvider<ModelsRow>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #session: Session;
  readonly #rooms: Rooms;
  readonly #subscription: vscode.Disposable;

  constructor(session: Session, rooms: Rooms) {
    this.#session = session;
    this.#rooms = rooms;
    this.#subscription = session.onDidChange((change) => {
      if (change !== 'progress') this.#changed.fire(undefined);
    });
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  async getChildren(row?: ModelsRow): Promise<ModelsRow[]> {
    if (row?.type === 'model') return [];
    if (row?.type === 'verdict') return row.models.map((model) => ({ type: 'model', model }));
    const { weighModels } = await this.#rooms.weighing();
    const { subject, settings, report } = this.#session;
    const weighed = weighModels(subject.files, settings);
    weighed.sort((a, b) => modelOrder(a, b, settings.modelId));
    if (report === undefined) return weighed.map((model) => ({ type: 'model', model }));
    const rows: ModelsRow[] = [];
    for (const verdict of verdictOrder) {
      const models = weighed.filter((model) => model.verdict === verdict);
      if (models.length > 0) rows.push({ type: 'verdict', verdict, models });
    }
    return rows;
  }

  getTreeItem(row: ModelsRow): vscode.TreeItem {
    return row.type === 'verdict'
      ? verdictItem(row.verdict, row.models.length)
      : this.#modelItem(row);
  }

  #modelItem(row: Extract<ModelsRow, { type: 'model' }>): vscode.TreeItem {
    const { model } = row;
    const chosen = model.id === this.#session.settings.modelId;
    const isWeighed = this.#session.report !== undefined;
    const icon = isWeighed ? verdictIcons[model.verdict] : verdictIcons.unknown;
    const item = new vscode.TreeItem(model.name);
    item.id = `model:${model.id}`;
    item.iconPath = new vscode.ThemeIcon(chosen ? 'check' : icon);
    item.description = isWeighed
      ? [shortFreeText(model.freeTokens), shortUsdText(model.inputCost)].join(' · ')
      : windowText(model.contextWindowTokens);
    item.contextValue = chosen ? 'chosenModel' : 'model';
    item.tooltip = modelTooltip(model, isWeighed);
    item.accessibilityInformation = {
      label: [
        model.name,
        ...(isWeighed ? [verdictText(model.verdict)] : []),
        item.description,
      ].join(', '),
    };
    item.command = {
      command: 'contextBudget.useModel',
      title: vscode.l10n.t('Use This Model'),
      arguments: [row],
    };
    return item;
  }
}

/**
 * The chosen one on top; of those that fit the cheapest first; of those that don't, the one that lacks least. An
 * unknown price comes last.
 */
function modelOrder(a: ModelVerdict, b: ModelVerdict, chosenId: string): number {
  const chosen = Number(b.id === chosenId) - Number(a.id === chosenId);
  if (chosen !== 0) return chosen;
  const overTokens = (model: ModelVerdict) =>
    model.verdict === 'doesNotFit' ? -(model.freeTokens?.high ?? 0) : 0;
  const usd = (model: ModelVerdict) => model.inputCost?.highUsd ?? Number.MAX_VALUE;
  return (
    overTokens(a) - overTokens(b) ||
    usd(a) - usd(b) ||
    a.maker.localeCompare(b.maker) ||
    a.name.localeCompare(b.name)
  );
}

function verdictItem(verdict: Verdict, count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(
    verdictText(verdict),
    verdict === 'unknown'
      ? vscode.TreeItemCollapsibleState.Collapsed
      : vscode.TreeItemCollapsibleState.Expanded,
  );
  item.id = `verdict:${verdict}`;
  item.iconPath = new vscode.ThemeIcon(verdictIcons[verdict]);
  item.description = String(count);
  const order =
    verdict === 'doesNotFit'
      ? vscode.l10n.t('The chosen model first, then those that are over by the least')
      : vscode.l10n.t('The chosen model first, then the cheapest to send it to once');
  item.tooltip = `${verdictMeaning(verdict)}\n${order}`;
  return item;
}

function verdictMeaning(verdict: Verdict): string {
  switch (verdict) {
    case 'fits':
      return vscode.l10n.t('Fits even at the high end of the count');
    case 'uncertain':
      return vscode.l10n.t('The count is an estimate, and its interval straddles the limit');
    case 'doesNotFit':
      return vscode.l10n.t('Does not fit even at the low end of the count');
    case 'unknown':
      return vscode.l10n.t('No source names the size of the window');
  }
}

function modelTooltip(model: ModelVerdict, isWeighed: boolean): string {
  const window =
    model.contextWindowTokens === undefined
      ? vscode.l10n.t('Context window unknown')
      : vscode.l10n.t('Context window {0} tokens', tokensText(model.contextWindowTokens));
  const { count } = model;
  const weight = count.exact
    ? vscode.l10n.t('{0} tokens, exact', tokensText(count.tokens))
    : vscode.l10n.t(
        '{0} – {1} tokens, estimated',
        tokensText(count.lowTokens),
        tokensText(count.highTokens),
      );
  return [
    `${model.maker}: ${model.name} (${model.id})`,
    ...(isWeighed ? [`${verdictText(model.verdict)}: ${freeText(model.freeTokens)}`] : []),
    model.windowSource === undefined ? window : `${window} (${model.windowSource})`,
    ...(isWeighed
      ? [
          weight,
          count.basis,
          vscode.l10n.t('Sending it once: {0}', usdIntervalText(model.inputCost)),
        ]
      : []),
    ...(model.priceSource === undefined ? [] : [model.priceSource]),
  ].join('\n');
}
