import type { Model } from './model.ts';

/** No model of this id; the message names it and near ones. */
export class UnknownModelError extends Error {
  readonly near: readonly string[];

  constructor(wanted: string, near: readonly string[]) {
    const hint = near.length > 0 ? ` Near ones: ${near.join(', ')}.` : '';
    super(`No model "${wanted}" in the catalogue.${hint}`);
    this.name = 'UnknownModelError';
    this.near = near;
  }
}

/**
 * The model of an id ("maker/name"), a bare name or an alias, in any case. A name that several
 * makers use is its own maker's, the first by id.
 */
export function findModel(idOrAlias: string, models: readonly Model[]): Model {
  const wanted = idOrAlias.trim().toLowerCase();
  const found =
    models.find(({ id }) => id.toLowerCase() === wanted) ??
    models.find(({ id }) => bareName(id) === wanted) ??
    models.find(({ id, aliases }) =>
      aliases.some((alias) => {
        const name = alias.toLowerCase();
        return name === wanted || `${makerOf(id)}/${name}` === wanted;
      }),
    );
  if (found === undefined) throw new UnknownModelError(idOrAlias, nearIds(wanted, models));
  return found;
}

function bareName(id: string): string {
  return id.slice(id.indexOf('/') + 1).toLowerCase();
}

function makerOf(id: string): string {
  return id.slice(0, Math.max(0, id.indexOf('/'))).toLowerCase();
}

/** Up to five ids that share the most letter pairs with what was wanted (Dice's coefficient). */
function nearIds(wanted: string, models: readonly Model[]): readonly string[] {
  const pairs = letterPairs(bareName(wanted));
  return models
    .map(({ id }) => ({ id, likeness: likeness(pairs, letterPairs(bareName(id))) }))
    .filter((candidate) => candidate.likeness > 0.4)
    .sort((a, b) => b.likeness - a.likeness || (a.id < b.id ? -1 : 1))
    .slice(0, 5)
    .map(({ id }) => id);
}

function letterPairs(text: string): ReadonlySet<string> {
  const pairs = new Set<string>();
  // More than any model's name has: a hostile name costs no time.
  const { length } = text.slice(0, 100);
  for (let i = 0; i + 1 < length; i++) pairs.add(text.slice(i, i + 2));
  return pairs;
}

function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const shared = [...a].filter((pair) => b.has(pair)).length;
  return (2 * shared) / Math.max(1, a.size + b.size);
}
