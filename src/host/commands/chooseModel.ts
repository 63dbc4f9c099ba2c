import * as vscode from 'vscode';
import { groupBy } from '../../core/set/groupBy.ts';
import type { Parts } from '../parts.ts';
import { writeSetting } from '../settings.ts';
import type { ModelsRow } from '../views/modelsTree.ts';
import {
  freeText,
  usdIntervalText,
  usdText,
  verdictIcons,
  verdictText,
  windowText,
} from '../words.ts';
import type { ModelVerdict } from '../weighing.ts';

interface ModelItem extends vscode.QuickPickItem {
  readonly id?: string;
}

/** One quick pick over the catalogue: typing searches names, makers and ids. */
export async function chooseModel({ session, rooms }: Parts): Promise<void> {
  const { weighModels } = await rooms.weighing();
  const weighed = session.report === undefined ? undefined : session.subject.files;
  const models = weighModels(weighed ?? [], session.settings);
  const chosen = session.settings.modelId;
  const items: ModelItem[] = [];
  const current = models.find((model) => model.id === chosen);
  if (current !== undefined) {
    items.push({ label: vscode.l10n.t('Chosen'), kind: vscode.QuickPickItemKind.Separator });
    items.push(modelItem(current, true, weighed !== undefined));
  }
  const others = models.filter((model) => model.id !== chosen);
  const makers = groupBy(others, (model) => model.maker);
  for (const maker of [...makers.keys()].sort((a, b) => a.localeCompare(b))) {
    items.push({ label: maker, kind: vscode.QuickPickItemKind.Separator });
    for (const model of makers.get(maker) ?? []) {
      items.push(modelItem(model, false, weighed !== undefined));
    }
  }
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Choose Model'),
    placeHolder: vscode.l10n.t('Search by name, maker or id'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (picked?.id !== undefined) await writeSetting('model', picked.id);
}

export async function useModel(row: ModelsRow): Promise<void> {
  if (row.type === 'model') await writeSetting('model', row.model.id);
}

function modelItem(model: ModelVerdict, chosen: boolean, weighed: boolean): ModelItem {
  const { inputUsdPerMillionTokens: input, outputUsdPerMillionTokens: output } = model;
  const price =
    input === undefined || output === undefined
      ? vscode.l10n.t('price unknown')
      : vscode.l10n.t('{0} in / {1} out per million tokens', usdText(input), usdText(output));
  const verdict = weighed
    ? [
        `$(${verdictIcons[model.verdict]}) ${verdictText(model.verdict)}`,
        freeText(model.freeTokens),
        vscode.l10n.t('sending once {0}', usdIntervalText(model.inputCost)),
      ]
    : [];
  return {
    id: model.id,
    label: `${chosen ? '$(check) ' : ''}${model.name}`,
    description: model.id,
    detail: [...verdict, windowText(model.contextWindowTokens), price].join(' · '),
  };
}
