import * as vscode from 'vscode';
import { findModel } from '../../core/catalog/findModel.ts';
import type { Model } from '../../core/catalog/model.ts';
import type { TokenAsker } from '../../core/tokens/estimate/measureTokens.ts';
import { countProviders, type CountProvider } from '../../node/countEndpoints.ts';

/** Somebody who can count with a model. */
export interface ModelChoice {
  readonly label: string;
  readonly description: string;
  /** The model of the catalogue that it is; a count is remembered for that one only. */
  readonly model?: Model;
  readonly by:
    | { readonly type: 'editor'; readonly chat: vscode.LanguageModelChat }
    | { readonly type: 'endpoint'; readonly provider: CountProvider; readonly modelName: string };
}

/** Models of the editor, then those of the catalogue whose makers have an endpoint; the chosen one before others. */
export async function modelChoices(
  models: readonly Model[],
  chosenId: string,
): Promise<readonly ModelChoice[]> {
  const chats = await vscode.lm.selectChatModels();
  const editors = chats.map((chat): ModelChoice => {
    const model = modelNamed([chat.id, chat.family, chat.name], models);
    return {
      label: chat.name,
      description: vscode.l10n.t(
        '{0} · by the extension of {1}',
        model?.id ?? chat.id,
        chat.vendor,
      ),
      model,
      by: { type: 'editor', chat },
    };
  });
  const endpoints = models.flatMap((model): ModelChoice[] => {
    const provider = providerOf(model);
    if (provider === undefined || (model.deprecated && model.id !== chosenId)) return [];
    const modelName = model.id.slice(model.id.indexOf('/') + 1);
    const { name } = countProviders[provider];
    return [
      {
        label: model.name,
        description: vscode.l10n.t('{0} · by the count endpoint of {1}', model.id, name),
        model,
        by: { type: 'endpoint', provider, modelName },
      },
    ];
  });
  const isChosen = (choice: ModelChoice) => choice.model?.id === chosenId;
  const chosenFirst = (list: readonly ModelChoice[]) => [
    ...list.filter(isChosen),
    ...list.filter((choice) => !isChosen(choice)),
  ];
  return [...chosenFirst(editors), ...chosenFirst(endpoints)];
}

function providerOf({ id, tokenizer }: Model): CountProvider | undefined {
  if (id.startsWith('anthropic/')) return 'anthropic';
  return id.startsWith('google/') && tokenizer.family === 'gemini' ? 'google' : undefined;
}

function modelNamed(names: readonly string[], models: readonly Model[]): Model | undefined {
  for (const name of names) {
    try {
      return findModel(name, models);
    } catch {
      // Not by this name; the next may be known.
    }
  }
  return undefined;
}

/**
 * Counts by the extension that provides a model. Texts are passed as strings: VS Code before 1.100 counted a message
 * object as "[object Object]" (https://github.com/microsoft/vscode/issues/246947).
 */
export function editorAsker(
  chat: vscode.LanguageModelChat,
  token: vscode.CancellationToken,
): TokenAsker {
  return { maxUnits: 200_000, ask: async (text) => chat.countTokens(text, token) };
}
