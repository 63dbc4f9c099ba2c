import type { Model } from '../core/catalog/model.ts';
import type { UserModel } from './settings.ts';

const source = 'contextBudget.userModels';

/** The catalogue with the person's own models; one of the same id replaces the catalogue's. */
export function modelsWith(
  models: readonly Model[],
  userModels: readonly UserModel[],
): readonly Model[] {
  if (userModels.length === 0) return models;
  const own = userModels.map((user) =>
    modelOf(
      user,
      models.find(({ id }) => id === user.id),
    ),
  );
  const replaced = new Set(own.map(({ id }) => id));
  return [...models.filter(({ id }) => !replaced.has(id)), ...own];
}

function modelOf(user: UserModel, known: Model | undefined): Model {
  const asOf = new Date().toISOString().slice(0, 10);
  const hasPrice =
    user.inputUsdPerMillionTokens !== undefined || user.outputUsdPerMillionTokens !== undefined;
  const base = {
    inputUsdPerMillionTokens: user.inputUsdPerMillionTokens,
    outputUsdPerMillionTokens: user.outputUsdPerMillionTokens,
    cachedInputUsdPerMillionTokens: user.cachedInputUsdPerMillionTokens,
  };
  const maxOutput = user.maxOutputTokens;
  return {
    id: user.id,
    name: user.name ?? known?.name ?? user.id,
    maker: known?.maker ?? 'You',
    aliases: known?.aliases ?? [],
    deprecated: false,
    contextWindowTokens: { value: user.contextWindowTokens, source, asOf },
    maxOutputTokens:
      maxOutput === undefined ? known?.maxOutputTokens : { value: maxOutput, source, asOf },
    prices: hasPrice ? { value: [{ base, tiers: [] }], source, asOf } : known?.prices,
    tokenizer:
      user.encoding === undefined && known !== undefined
        ? known.tokenizer
        : {
            encoding: user.encoding ?? 'o200k_base',
            exact: user.exact === true,
            family: user.exact === true ? (user.encoding ?? 'o200k_base') : 'unknown',
            source,
          },
    architectureId: known?.architectureId,
  };
}
