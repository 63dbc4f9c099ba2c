/** Bad input: names the field and the value, and says what it may be. */
export class InputError extends Error {
  readonly field: string;
  readonly value: unknown;

  constructor(field: string, value: unknown, expected: string) {
    super(`${field} is ${shown(value)}: it must be ${expected}`);
    this.name = 'InputError';
    this.field = field;
    this.value = value;
  }
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = typeof value === 'string' ? JSON.stringify(value) : toText(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function toText(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    return Array.isArray(value) ? `a list of ${value.length}` : 'an object';
  }
  return String(value);
}

/** Throws unless `value` is a whole number in [least, most]. */
export function checkCount(
  field: string,
  value: number,
  least = 1,
  most = Number.MAX_SAFE_INTEGER,
): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    const range =
      most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new InputError(field, value, `a whole number ${range}`);
  }
}
