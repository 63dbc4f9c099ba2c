/** An argument the engine cannot work with. The message names the argument, the rule and the value. */
export class EngineInputError extends RangeError {
  override readonly name = 'EngineInputError';
}

export function requirePositiveInteger(argument: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new EngineInputError(`${argument} must be a positive integer, got ${value}`);
  }
}

export function requireNonNegativeInteger(argument: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new EngineInputError(`${argument} must be an integer of 0 or more, got ${value}`);
  }
}

export function requireFinite(argument: string, value: number): void {
  if (!Number.isFinite(value)) {
    throw new EngineInputError(`${argument} must be a finite number, got ${value}`);
  }
}

/** A finite number above zero: a factor, a base, a standard deviation. */
export function requirePositive(argument: string, value: number): void {
  if (!Number.isFinite(value) || value <= 0) {
    throw new EngineInputError(`${argument} must be a finite number above 0, got ${value}`);
  }
}

/** Both ends belong to the range. */
export function requireInRange(
  argument: string,
  value: number,
  smallest: number,
  largest: number,
): void {
  if (!(value >= smallest && value <= largest)) {
    throw new EngineInputError(
      `${argument} must be between ${smallest} and ${largest}, got ${value}`,
    );
  }
}

/** `numHeads must be a multiple of numKvHeads, got 6 and 4` */
export function requireMultiple(
  argument: string,
  value: number,
  divisorName: string,
  divisor: number,
): void {
  if (value % divisor !== 0) {
    throw new EngineInputError(
      `${argument} must be a multiple of ${divisorName}, got ${value} and ${divisor}`,
    );
  }
}

export function requireEven(argument: string, value: number): void {
  if (value % 2 !== 0) throw new EngineInputError(`${argument} must be even, got ${value}`);
}
