import { isRecord } from '../format/isRecord.ts';
import { jsonFault } from '../format/jsonText.ts';
import type { Architecture } from '../architectures/architecture.ts';
import { isArchitecture } from '../architectures/isArchitecture.ts';
import { isIsoDate } from './genaiPrices.ts';
import { mergeModels } from './mergeModels.ts';
import type { Model } from './model.ts';
import { readPriceFile } from './priceFile.ts';
import { parseUserModels } from './userModels.ts';
import type { UserModel, UserModels } from './userModels.ts';

/** A file of prices or models that the person imported or had fetched, as it was. */
export interface OwnFile {
  /** prices: genai-prices' data.json; models: a list as `contextBudget.userModels` takes it. */
  readonly kind: 'prices' | 'models';
  /** Its name or address. */
  readonly source: string;
  /** ISO date of the import. */
  readonly asOf: string;
  readonly text: string;
  readonly etag?: string;
}

/** A model that the person imported: from a config.json, a GGUF header or a running server. */
export interface OwnModel {
  /** "local/name". */
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly asOf: string;
  readonly contextWindowTokens?: number;
  /** Its shape, whose id is the model's. */
  readonly architecture?: Architecture;
  /** A shape of our data in its place, where the source tells none but its name. */
  readonly architectureId?: string;
}

/** All that was imported; kept between sessions. Later files win over earlier ones. */
export interface OwnData {
  readonly files: readonly OwnFile[];
  readonly models: readonly OwnModel[];
}

export const noOwnData: OwnData = { files: [], models: [] };

/** What was kept, without what is malformed: a file on disk may hold anything. */
export function parseOwnData(json: unknown): OwnData {
  if (!isRecord(json)) return noOwnData;
  const list = (value: unknown) => (Array.isArray(value) ? (value as unknown[]) : []);
  return {
    files: list(json.files).filter(isOwnFile),
    models: list(json.models).filter(isOwnModel),
  };
}

function isOwnFile(value: unknown): value is OwnFile {
  return (
    isRecord(value) &&
    (value.kind === 'prices' || value.kind === 'models') &&
    isSourced(value) &&
    typeof value.text === 'string' &&
    (value.etag === undefined || typeof value.etag === 'string')
  );
}

function isOwnModel(value: unknown): value is OwnModel {
  if (!isRecord(value) || !isSourced(value)) return false;
  const { id, name, contextWindowTokens: window, architecture } = value;
  return (
    typeof id === 'string' &&
    typeof name === 'string' &&
    (window === undefined || (Number.isSafeInteger(window) && Number(window) > 0)) &&
    (architecture === undefined || (isArchitecture(architecture) && architecture.id === id))
  );
}

function isSourced(value: Readonly<Record<string, unknown>>): boolean {
  return (
    typeof value.source === 'string' && typeof value.asOf === 'string' && isIsoDate(value.asOf)
  );
}

/** The bundled models with what was imported over them, and what can't be used of it. */
export function withOwnData(bundled: readonly Model[], own: OwnData): UserModelsOver {
  const problems: string[] = [];
  let models = bundled;
  const over = (read: () => UserModels) => {
    try {
      const { models: user, problems: found } = read();
      problems.push(...found);
      models = mergeModels(models, user);
    } catch (error) {
      problems.push(jsonFault(error));
    }
  };
  for (const file of own.files) {
    over(() =>
      file.kind === 'prices'
        ? readPriceFile(file.text, models, file)
        : parseUserModels(JSON.parse(file.text), file),
    );
  }
  over(() => ({ models: own.models.map(userModelOf), problems: [] }));
  return { models, problems };
}

export interface UserModelsOver {
  readonly models: readonly Model[];
  readonly problems: readonly string[];
}

function userModelOf(own: OwnModel): UserModel {
  const { source, asOf, contextWindowTokens: window, architecture } = own;
  const architectureId = architecture?.id ?? own.architectureId;
  return {
    id: own.id,
    name: own.name,
    maker: 'Local',
    ...(window !== undefined && { contextWindowTokens: { value: window, source, asOf } }),
    ...(architectureId !== undefined && { architectureId }),
  };
}

/** What was kept with these models in place of those of the same id. */
export function withOwnModels(own: OwnData, added: readonly OwnModel[]): OwnData {
  const ids = new Set(added.map(({ id }) => id));
  return { ...own, models: [...own.models.filter(({ id }) => !ids.has(id)), ...added] };
}

/** What was kept with this file in place of one from the same source, last of all. */
export function withOwnFile(own: OwnData, file: OwnFile): OwnData {
  return { ...own, files: [...own.files.filter(({ source }) => source !== file.source), file] };
}

/** "local/llama-3.1-8b" of a name: one segment, whatever the name holds. */
export function ownModelId(name: string): string {
  const plain = name
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}.:]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 100);
  // A segment of dots would lead elsewhere wherever the id becomes a path.
  return `local/${/^\.*$/.test(plain) ? 'model' : plain}`;
}
