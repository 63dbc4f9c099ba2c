import type { Model, Sourced } from './model.ts';
import { tokenizerLinkFor } from './tokenizerLinks.ts';
import type { UserModel } from './userModels.ts';

/**
 * The bundled models with the user's over them: a user's field replaces the bundled one, the
 * bundled value stays beside it as a disagreement; an id that is not bundled is a new model.
 */
export function mergeModels(
  bundled: readonly Model[],
  userModels: readonly UserModel[],
): readonly Model[] {
  const merged = new Map(bundled.map((model) => [model.id.toLowerCase(), model]));
  for (const user of userModels) {
    const key = user.id.toLowerCase();
    const base = merged.get(key);
    merged.set(key, base === undefined ? newModel(user) : override(base, user));
  }
  return [...merged.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function newModel(user: UserModel): Model {
  const slash = user.id.indexOf('/');
  return {
    name: user.id.slice(slash + 1),
    maker: slash > 0 ? user.id.slice(0, slash) : 'unknown',
    aliases: [],
    deprecated: false,
    tokenizer: tokenizerLinkFor(user.id),
    ...user,
  };
}

function override(base: Model, user: UserModel): Model {
  const contextWindowTokens = overridden(base.contextWindowTokens, user.contextWindowTokens);
  const maxInputTokens = overridden(base.maxInputTokens, user.maxInputTokens);
  const maxOutputTokens = overridden(base.maxOutputTokens, user.maxOutputTokens);
  const prices = overridden(base.prices, user.prices);
  const batchPrices = overridden(base.batchPrices, user.batchPrices);
  return {
    ...base,
    ...user,
    id: base.id,
    aliases: [...new Set([...base.aliases, ...(user.aliases ?? [])])],
    ...(contextWindowTokens && { contextWindowTokens }),
    ...(maxInputTokens && { maxInputTokens }),
    ...(maxOutputTokens && { maxOutputTokens }),
    ...(prices && { prices }),
    ...(batchPrices && { batchPrices }),
  };
}

/** The user's fact with the bundled one beside it; undefined when one of the two is not there. */
function overridden<T>(
  base: Sourced<T> | undefined,
  user: Sourced<T> | undefined,
): Sourced<T> | undefined {
  if (base === undefined || user === undefined) return undefined;
  const { value, source, asOf, disagreements = [] } = base;
  return { ...user, disagreements: [{ value, source, asOf }, ...disagreements] };
}
