import { isRecord } from '../format/isRecord.ts';
import { jsonText } from '../format/jsonText.ts';

/** Why a tokenizer's file can't be used, in a sentence that names what is in it. */
export class TokenizerFileError extends Error {
  override readonly name = 'TokenizerFileError';
}

const maxShown = 100;

/** A value for messages, in short: a hostile file does not flood them. */
export function shown(value: unknown): string {
  if (Array.isArray(value) && value.length > 4) return `a list of ${value.length}`;
  if (isRecord(value) && Object.keys(value).length > 8) return 'an object of many fields';
  const json = jsonText(value) ?? 'not there';
  return json.length > maxShown ? `${json.slice(0, maxShown)}…` : json;
}

/** @param what names the place in a message: 'Its "model"' */
export function recordOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  throw new TokenizerFileError(`${what} is ${shown(value)}, which is no object`);
}
