import { jsonFault } from '../core/format/jsonText.ts';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { findModel, UnknownModelError } from '../core/catalog/findModel.ts';
import { mergeModels } from '../core/catalog/mergeModels.ts';
import type { Model } from '../core/catalog/model.ts';
import { models as bundledModels } from '../core/catalog/models.ts';
import { maxPriceFileBytes, readPriceFile } from '../core/catalog/priceFile.ts';
import { parseUserModels } from '../core/catalog/userModels.ts';
import type { UserModels } from '../core/catalog/userModels.ts';
import { InputError } from '../core/estimates/inputError.ts';

export interface CatalogueFiles {
  /** A JSON file of models of one's own. */
  readonly models?: string;
  /** A genai-prices data.json, version 2. */
  readonly prices?: string;
}

/** The bundled catalogue with the person's files over it; what can't be used of them is told on stderr. */
export async function openCatalogue(files: CatalogueFiles): Promise<readonly Model[]> {
  const asOf = new Date().toISOString().slice(0, 10);
  let models = bundledModels;
  const over = (user: UserModels) => {
    for (const problem of user.problems) process.stderr.write(`context-budget: ${problem}\n`);
    models = mergeModels(models, user.models);
  };
  if (files.prices !== undefined) {
    const source = path.basename(files.prices);
    over(readPriceFile(await textOf('prices', files.prices), models, { source, asOf }));
  }
  if (files.models !== undefined) {
    const source = path.basename(files.models);
    let json: unknown;
    try {
      json = JSON.parse(await textOf('models', files.models));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new InputError('models', files.models, `a file of JSON (${jsonFault(error)})`);
    }
    over(parseUserModels(json, { source, asOf }));
  }
  return models;
}

async function textOf(field: string, file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > maxPriceFileBytes) {
      throw new InputError(field, `${size} bytes`, `a file of at most ${maxPriceFileBytes}`);
    }
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(field, file, `a file that can be read (${(error as Error).message})`);
  }
}

/** The model of this name, undefined when the catalogue has none. */
export function modelNamed(name: string, models: readonly Model[]): Model | undefined {
  try {
    return findModel(name, models);
  } catch (error) {
    if (error instanceof UnknownModelError) return undefined;
    throw error;
  }
}
