import * as vscode from 'vscode';
import { architectures } from '../../core/architectures/architectures.ts';
import { findModel } from '../../core/catalog/findModel.ts';
import { modelCardMarkdown } from '../../core/catalog/modelCardText.ts';
import type { CardText } from '../../core/catalog/modelCardText.ts';
import { effectiveContextFor } from '../../core/quality/effectiveContext.ts';
import { cardUri } from '../modelCardDocuments.ts';
import { freeText, verdictText } from '../words.ts';
import type { ModelsOptions } from './openModels.ts';

/** Opens the card of a model as a Markdown preview, where VS Code has one, else as text. */
export async function showModelCard(
  { session, weighing }: ModelsOptions,
  modelId = session.settings.modelId,
): Promise<void> {
  const model = findModel(modelId, (await weighing()).modelsOf(session.settings));
  const uri = cardUri(model);
  const commands = await vscode.commands.getCommands(true);
  if (commands.includes('markdown.showPreview')) {
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  } else {
    await vscode.window.showTextDocument(uri, { preview: true });
  }
}

/** The card as it stands now: with imported prices, and the context set weighed for the model. */
export async function modelCardText(
  { session, weighing, own }: ModelsOptions,
  modelId: string,
): Promise<string> {
  const { modelsOf, weighModels } = await weighing();
  const { settings } = session;
  const model = findModel(modelId, modelsOf(settings));
  const imported = own.data.models.map((one) => one.architecture);
  const architecture = [...imported, ...architectures].find(
    (one) => one !== undefined && one.id === model.architectureId,
  );
  const weighed =
    session.report === undefined
      ? undefined
      : // Chosen for the moment: a retired model is weighed only when it is the chosen one.
        weighModels(session.subject.files, { ...settings, modelId: model.id }).find(
          ({ id }) => id === model.id,
        );
  const text: CardText | undefined = weighed && {
    name:
      session.subject.kind === 'set'
        ? vscode.l10n.t('The context set')
        : vscode.l10n.t('The workspace'),
    count: weighed.count,
    outputTokens: settings.reservedOutputTokens,
    verdict: `${verdictText(weighed.verdict)}: ${freeText(weighed.freeTokens)}`,
  };
  const { name } = model;
  const measurements = effectiveContextFor(model);
  const subject = { name, model, measurements, ...(architecture && { architecture }) };
  return modelCardMarkdown(subject, new Date(), text);
}
