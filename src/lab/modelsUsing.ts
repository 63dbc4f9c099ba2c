import { architectures } from '../core/architectures/architectures.ts';
import { mechanismUse } from '../core/architectures/mechanisms.ts';
import { shortName } from './realModel.ts';
import { plural } from './words.ts';

/** A model whose shape we hold, and how it uses a mechanism. */
export interface ModelUse {
  readonly id: string;
  readonly name: string;
  readonly how: string;
}

export interface ModelsUsing {
  readonly models: readonly ModelUse[];
  /** Said in place of, or beside, the list. */
  readonly note?: string;
}

/** Mechanisms that are chosen where a model runs, not where it is made. */
const servingMechanisms = new Set([11, 14, 15, 16, 17, 18, 38, 39]);

const notes: Readonly<Record<number, string>> = {
  20: 'Models whose record gives the base of the frequencies or their scaling.',
  32: 'None in the catalogue. Stacks that mix local and global layers all the way up are under hybrid stacks.',
  33: 'No part of a model: it can be measured on any of them.',
  37: 'None of the catalogue has S4 layers; these have Mamba’s selective ones.',
};

/** The models that use a mechanism of the table, by its number, in the order of the records. */
export function modelsUsing(mechanism: number): ModelsUsing {
  const models = architectures.flatMap((architecture) => {
    const how = mechanismUse(mechanism, architecture);
    return how === undefined ? [] : [{ id: architecture.id, name: shortName(architecture), how }];
  });
  if (servingMechanisms.has(mechanism)) {
    const all = plural(architectures.length, 'model');
    return {
      models,
      note: `A way of computing or serving, no part of a model: all ${all} of the catalogue can be run so.`,
    };
  }
  const note = notes[mechanism] ?? (models.length === 0 ? 'None in the catalogue.' : undefined);
  return { models, ...(note === undefined ? {} : { note }) };
}
