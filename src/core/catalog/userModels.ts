import { isRecord } from '../format/isRecord.ts';
import { jsonText } from '../format/jsonText.ts';
import { tokenPriceNames } from './model.ts';
import type { Model, PriceList, PriceTier, Sourced, TokenizerLink, TokenPrices } from './model.ts';

/** What a user says about a model: a new one, or some fields of one in the catalogue. */
export type UserModel = Partial<Omit<Model, 'id'>> & Pick<Model, 'id'>;

export interface UserModels {
  readonly models: readonly UserModel[];
  /** What could not be used, each naming the field and its value. */
  readonly problems: readonly string[];
}

export interface UserSource {
  /** "setting contextBudget.models", or the file's name. */
  readonly source: string;
  readonly asOf: string;
}

const knownFields: ReadonlySet<string> = new Set([
  'id',
  'name',
  'maker',
  'aliases',
  'deprecated',
  'contextWindowTokens',
  'maxInputTokens',
  'maxOutputTokens',
  'prices',
  'batchPrices',
  'tokenizer',
  'architectureId',
]);

/**
 * Models of a setting or a file: an array of them or an object with `models`. Prices are in USD per
 * million tokens: {"inputUsdPerMillionTokens": 2, ..., "tiers": [{"aboveInputTokens": 200000, ...}]}.
 * A row with a fault is used without the faulty field; each fault is told.
 */
export function parseUserModels(json: unknown, from: UserSource): UserModels {
  const rows = isRecord(json) ? json.models : json;
  if (!Array.isArray(rows)) {
    return {
      models: [],
      problems: [`${from.source}: expected an array of models or {"models": [...]}`],
    };
  }
  const problems: string[] = [];
  const models = (rows as unknown[]).flatMap((row, index) => {
    const report = (message: string) => problems.push(`${from.source}, model ${index}: ${message}`);
    const model = parseUserModel(row, from, report);
    return model === undefined ? [] : [model];
  });
  return { models, problems };
}

type Report = (message: string) => void;

function parseUserModel(row: unknown, from: UserSource, report: Report): UserModel | undefined {
  if (!isRecord(row)) {
    report(`expected an object, got ${shown(row)}`);
    return undefined;
  }
  if (typeof row.id !== 'string' || row.id.trim() === '') {
    report(`id must be a name such as "openai/gpt-5.4", got ${shown(row.id)}`);
    return undefined;
  }
  for (const field of Object.keys(row)) {
    if (!knownFields.has(field)) report(`the field ${field} is not known`);
  }
  const text = (field: string) => typed(row, field, 'a text', report, isText);
  const tokens = (field: string) => sourced(typed(row, field, wholeWord, report, isTokens), from);
  const prices = sourced(parsePrices(row.prices, 'prices', report), from);
  const batchPrices = sourced(parsePrices(row.batchPrices, 'batchPrices', report), from);
  const tokenizer = parseTokenizer(row.tokenizer, from, report);
  return withoutUndefined({
    id: row.id.trim(),
    name: text('name'),
    maker: text('maker'),
    aliases: typed(row, 'aliases', 'an array of names', report, isTexts),
    deprecated: typed(row, 'deprecated', 'true or false', report, isBoolean),
    contextWindowTokens: tokens('contextWindowTokens'),
    maxInputTokens: tokens('maxInputTokens'),
    maxOutputTokens: tokens('maxOutputTokens'),
    prices,
    batchPrices,
    tokenizer,
    architectureId: text('architectureId'),
  });
}

const wholeWord = 'a whole number of tokens above 0';
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isTokens = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) > 0;
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(isText);
const isPrice = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

function typed<T>(
  row: Readonly<Record<string, unknown>>,
  field: string,
  expected: string,
  report: Report,
  is: (value: unknown) => value is T,
): T | undefined {
  const value = row[field];
  if (value === undefined) return undefined;
  if (is(value)) return value;
  report(`${field} must be ${expected}, got ${shown(value)}`);
  return undefined;
}

function parsePrices(
  value: unknown,
  field: string,
  report: Report,
): readonly PriceList[] | undefined {
  if (value === undefined) return undefined;
  if (!isRecord(value)) {
    report(`${field} must be an object of prices, got ${shown(value)}`);
    return undefined;
  }
  const tiers: PriceTier[] = [];
  if (value.tiers !== undefined && !Array.isArray(value.tiers)) {
    report(`${field}.tiers must be an array, got ${shown(value.tiers)}`);
  }
  for (const tier of Array.isArray(value.tiers) ? (value.tiers as unknown[]) : []) {
    if (isRecord(tier) && isTokens(tier.aboveInputTokens)) {
      const { aboveInputTokens } = tier;
      tiers.push({ ...tokenPrices(tier, `${field}.tiers`, report), aboveInputTokens });
    } else report(`${field}.tiers needs aboveInputTokens, ${wholeWord}, got ${shown(tier)}`);
  }
  tiers.sort((a, b) => a.aboveInputTokens - b.aboveInputTokens);
  return [{ base: tokenPrices(value, field, report), tiers }];
}

function tokenPrices(
  row: Readonly<Record<string, unknown>>,
  field: string,
  report: Report,
): TokenPrices {
  const prices: Partial<Record<keyof TokenPrices, number>> = {};
  const others = new Set(Object.keys(row));
  for (const name of tokenPriceNames) {
    others.delete(name);
    const value = row[name];
    if (value === undefined) continue;
    if (isPrice(value)) prices[name] = value;
    else report(`${field}.${name} must be a price in USD from 0 up, got ${shown(value)}`);
  }
  for (const other of others) {
    if (other !== 'tiers' && other !== 'aboveInputTokens') {
      report(`the field ${field}.${other} is not known`);
    }
  }
  return prices;
}

function parseTokenizer(
  value: unknown,
  from: UserSource,
  report: Report,
): TokenizerLink | undefined {
  if (value === undefined) return undefined;
  if (isRecord(value) && isText(value.encoding)) {
    const family = isText(value.family) ? value.family : 'unknown';
    return { encoding: value.encoding, exact: value.exact === true, family, source: from.source };
  }
  report(`tokenizer needs an encoding such as "o200k_base", got ${shown(value)}`);
  return undefined;
}

function sourced<T>(value: T | undefined, { source, asOf }: UserSource): Sourced<T> | undefined {
  return value === undefined ? undefined : { value, source, asOf };
}

function withoutUndefined(model: {
  [K in keyof UserModel]: UserModel[K] | undefined;
}): UserModel | undefined {
  const { id, ...fields } = model;
  if (id === undefined) return undefined;
  const there = Object.entries(fields).filter(([, value]) => value !== undefined);
  return { id, ...(Object.fromEntries(there) as Partial<Model>) };
}

function shown(value: unknown): string {
  return (jsonText(value) ?? 'nothing').slice(0, 80);
}
