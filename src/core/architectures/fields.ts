import { InputError } from '../estimates/inputError.ts';

/** A JSON object whose fields are read one by one, each checked; null and absent are both unknown. */
export type Fields = Readonly<Record<string, unknown>>;

export function asFields(value: unknown, where: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(where, value, 'a JSON object');
  }
  return value as Fields;
}

export function optionalFields(fields: Fields, field: string, where: string): Fields | undefined {
  const value = fields[field];
  return value === undefined || value === null ? undefined : asFields(value, `${where}.${field}`);
}

/** A finite number of at least `least`; undefined when absent or null. */
export function optionalNumber(
  fields: Fields,
  field: string,
  where: string,
  least = 0,
): number | undefined {
  const value = fields[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value) || value < least) {
    throw new InputError(`${where}.${field}`, value, `a number of at least ${least}`);
  }
  return value;
}

/** A whole number in [least, 2^40]: no width or count of a model is larger. */
export function optionalCount(
  fields: Fields,
  field: string,
  where: string,
  least = 1,
): number | undefined {
  const value = optionalNumber(fields, field, where, least);
  if (value !== undefined && (!Number.isInteger(value) || value > 2 ** 40)) {
    throw new InputError(`${where}.${field}`, value, `a whole number from ${least} to 2^40`);
  }
  return value;
}

export function optionalText(fields: Fields, field: string, where: string): string | undefined {
  const value = fields[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new InputError(`${where}.${field}`, value, 'a text');
  return value;
}

export function optionalBoolean(fields: Fields, field: string, where: string): boolean | undefined {
  const value = fields[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean') throw new InputError(`${where}.${field}`, value, 'true or false');
  return value;
}
