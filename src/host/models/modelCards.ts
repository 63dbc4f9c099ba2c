import * as vscode from 'vscode';
import type { Architecture } from '../../core/architectures/architecture.ts';
import { architectures } from '../../core/architectures/architectures.ts';
import { findModel } from '../../core/catalog/findModel.ts';
import type { Model } from '../../core/catalog/model.ts';
import { modelCardMarkdown } from '../../core/catalog/modelCardText.ts';
import type { CardText } from '../../core/catalog/modelCardText.ts';
import { effectiveContextFor } from '../../core/quality/effectiveContext.ts';
import { cardUri } from '../modelCardDocuments.ts';
import { freeText, verdictText } from '../words.ts';
import type { CardPanel } from './cardPanel.ts';
import type { ModelsOptions } from './openModels.ts';

interface Subject {
  readonly id: string;
  readonly name: string;
  /** Absent: a shape whose model nobody sells. */
  readonly model?: Model;
  readonly architecture?: Architecture;
}

/**
 * The model of an id, or of a shape's id: what the attention lab knows a model by.
 * @throws UnknownModelError when it is neither
 */
async function cardSubject(
  { session, weighing, own }: ModelsOptions,
  id: string,
): Promise<Subject> {
  const models = (await weighing()).modelsOf(session.settings);
  const imported = own.data.models.flatMap(({ architecture }) => architecture ?? []);
  const shapes = [...imported, ...architectures];
  const shape = shapes.find((one) => one.id === id);
  const model =
    shape === undefined
      ? findModel(id, models)
      : models.find((one) => one.id === id || one.architectureId === id);
  if (model === undefined && shape !== undefined) {
    return { id, name: shape.name, architecture: shape };
  }
  const architecture = shapes.find((one) => one.id === model?.architectureId);
  const { id: modelId, name } = model ?? findModel(id, models);
  return { id: modelId, name, ...(model && { model }), ...(architecture && { architecture }) };
}

/** Opens the card of a model, or of a shape by its id, as a page with links, where VS Code renders Markdown, else as text. */
export async function showModelCard(
  options: ModelsOptions,
  panel: CardPanel,
  modelId = options.session.settings.modelId,
): Promise<void> {
  const subject = await cardSubject(options, modelId);
  // Its commands are there once it runs, not before.
  const markdown = vscode.extensions.getExtension('vscode.markdown-language-features');
  await markdown?.activate();
  if (markdown !== undefined) await panel.show(subject);
  else await vscode.window.showTextDocument(cardUri(subject), { preview: true });
}

/** The card as it stands now: with imported prices, and the context set weighed for the model. */
export async function modelCardText(
  options: ModelsOptions,
  modelId: string,
  demoLink?: (demoId: string) => string,
): Promise<string> {
  const { session, weighing } = options;
  const { settings } = session;
  const { name, model, architecture } = await cardSubject(options, modelId);
  const measurements = effectiveContextFor(model ?? name);
  const subject = {
    name,
    measurements,
    ...(model && { model }),
    ...(architecture && { architecture }),
    ...(demoLink && { demoLink }),
  };
  if (model === undefined) return modelCardMarkdown(subject, new Date());
  const { weighModels } = await weighing();
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
  return modelCardMarkdown(subject, new Date(), text);
}
