import { isRecord } from '../format/isRecord.ts';
import { jsonFault } from '../format/jsonText.ts';
import { priceListsFromGenai } from './genaiPrices.ts';
import type { Model } from './model.ts';
import type { UserModel, UserModels, UserSource } from './userModels.ts';

/** Larger price files are refused: genai-prices' data.json has about 0.7 MB. */
export const maxPriceFileBytes = 8 * 1024 * 1024;

/** Providers of the file that are makers of the catalogue (prices in USD, first hand). */
const makerOfProvider: Readonly<Record<string, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  google: 'google',
  mistral: 'mistral',
  'x-ai': 'xai',
  deepseek: 'deepseek',
  cohere: 'cohere',
  moonshotai: 'moonshotai',
  zai: 'zai',
  minimax: 'minimax',
  perplexity: 'perplexity',
};

/**
 * Prices of the catalogue's models from the text of a genai-prices data.json, version 2
 * (https://github.com/pydantic/genai-prices), to be merged over the bundled ones. Only models that
 * the catalogue has are taken over. Throws naming the file when it is too large or no such file.
 */
export function readPriceFile(
  text: string,
  bundled: readonly Model[],
  from: UserSource,
): UserModels {
  if (text.length > maxPriceFileBytes) {
    throw new RangeError(
      `${from.source} has ${text.length} characters; a price file has at most ${maxPriceFileBytes}`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new TypeError(`${from.source} is no JSON: ${jsonFault(error)}`, { cause: error });
  }
  if (!Array.isArray(json) || !json.every(isProvider)) {
    throw new TypeError(
      `${from.source} is no genai-prices data.json version 2: expected an array of providers, ` +
        'each with "id" and "models"',
    );
  }
  const problems: string[] = [];
  const models = json.flatMap((provider) => readProvider(provider, bundled, from, problems));
  return { models, problems };
}

interface ProviderRow {
  readonly id: string;
  readonly models: readonly unknown[];
}

function isProvider(value: unknown): value is ProviderRow {
  return isRecord(value) && typeof value.id === 'string' && Array.isArray(value.models);
}

function readProvider(
  provider: ProviderRow,
  bundled: readonly Model[],
  from: UserSource,
  problems: string[],
): readonly UserModel[] {
  const maker = Object.hasOwn(makerOfProvider, provider.id)
    ? makerOfProvider[provider.id]
    : undefined;
  if (maker === undefined) return [];
  const rows = provider.models.filter(isRecord);
  return bundled
    .filter(({ id }) => id.startsWith(`${maker}/`))
    .flatMap((model) => {
      const name = model.id.slice(maker.length + 1);
      const row = rows.find((candidate) => matchesName(candidate.match, name, 0));
      if (row === undefined) return [];
      try {
        const value = priceListsFromGenai(row.prices);
        const priced = value.some(({ base }) => base.inputUsdPerMillionTokens !== undefined);
        return priced ? [{ id: model.id, prices: { value, ...from } }] : [];
      } catch (error) {
        problems.push(`${from.source}, ${model.id}: ${(error as Error).message}`);
        return [];
      }
    });
}

/** Whether genai-prices' rule names this model; what is no rule names none. */
function matchesName(rule: unknown, name: string, depth: number): boolean {
  if (!isRecord(rule) || depth > 8) return false;
  const text = name.toLowerCase();
  const parts = (field: unknown): readonly unknown[] => (Array.isArray(field) ? field : []);
  if (rule.or !== undefined) return parts(rule.or).some((one) => matchesName(one, name, depth + 1));
  if (rule.and !== undefined) {
    const all = parts(rule.and);
    return all.length > 0 && all.every((one) => matchesName(one, name, depth + 1));
  }
  if (typeof rule.equals === 'string') return text === rule.equals.toLowerCase();
  if (typeof rule.starts_with === 'string') return text.startsWith(rule.starts_with.toLowerCase());
  if (typeof rule.ends_with === 'string') return text.endsWith(rule.ends_with.toLowerCase());
  if (typeof rule.contains === 'string') return text.includes(rule.contains.toLowerCase());
  return typeof rule.regex === 'string' && matchesRegex(rule.regex, name);
}

/** A pattern that could take for ever (a repeated group) or is none matches nothing. */
function matchesRegex(pattern: string, name: string): boolean {
  const unbounded = pattern.match(/[*+]|\{\d+,\}/g) ?? [];
  if (pattern.length > 300 || unbounded.length > 3 || /\)[*+?{]/.test(pattern)) return false;
  try {
    return new RegExp(pattern).test(name);
  } catch {
    return false;
  }
}
