import { findModel, UnknownModelError } from '../core/catalog/findModel.ts';
import { mergeModels } from '../core/catalog/mergeModels.ts';
import type { Model } from '../core/catalog/model.ts';
import { models as bundledModels } from '../core/catalog/models.ts';
import { withOwnData, type OwnData } from '../core/catalog/ownModels.ts';
import { withTokenizerFile } from '../core/catalog/tokenizerLinks.ts';
import { parseUserModels } from '../core/catalog/userModels.ts';
import { parseLearnt } from '../core/tokens/estimate/learntRatios.ts';
import type { Settings } from './settings.ts';

/** The bundled catalogue with what the person imported and set, and what exact counts taught. */
export interface Catalogue {
  /** The same array until one of these changes. */
  readonly models: readonly Model[];
  /** What was imported or set and can't be used, each naming the field and its value. */
  readonly problems: readonly string[];
}

/** @param own what the person imported, as it stands when asked */
export function openCatalogue(own: () => OwnData): (settings: Settings) => Catalogue {
  let merged: { readonly of: readonly unknown[]; readonly catalogue: Catalogue } | undefined;
  return (settings) => {
    const data = own();
    const { userModels, learnt, tokenizerEncodings } = settings;
    const of = [data, userModels, learnt, tokenizerEncodings];
    const isSame = merged?.of.every((part, idx) => part === of[idx]) === true;
    if (merged === undefined || !isSame)
      merged = { of, catalogue: mergedCatalogue(data, settings) };
    return merged.catalogue;
  };
}

function mergedCatalogue(
  own: OwnData,
  { userModels, learnt, tokenizerEncodings }: Settings,
): Catalogue {
  const asOf = new Date().toISOString().slice(0, 10);
  const parsed = parseUserModels(userModels ?? [], { source: 'contextBudget.userModels', asOf });
  const imported = withOwnData(bundledModels, own);
  const byModel = parseLearnt(learnt);
  const models = mergeModels(imported.models, parsed.models).map((model) => {
    const encoding = tokenizerEncodings?.get(model.id);
    if (encoding !== undefined) {
      return withTokenizerFile(model, encoding, 'setting contextBudget.tokenizers');
    }
    return Object.hasOwn(byModel, model.id)
      ? { ...model, tokenizer: { ...model.tokenizer, learnt: byModel[model.id] } }
      : model;
  });
  return { models, problems: [...imported.problems, ...parsed.problems] };
}

/** The model of the settings; undefined when the catalogue does not have it. */
export function chosenModel({ models }: Catalogue, { modelId }: Settings): Model | undefined {
  try {
    return findModel(modelId, models);
  } catch (error) {
    if (error instanceof UnknownModelError) return undefined;
    throw error;
  }
}
