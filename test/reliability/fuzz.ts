import type { Architecture } from '../../src/core/architectures/architecture.ts';
import { isArchitecture } from '../../src/core/architectures/isArchitecture.ts';
import { kvCacheBytes } from '../../src/core/estimates/kvCache.ts';
import type { Tally } from './attack.ts';
import { Randomly } from './mutations.ts';

/** One input may take this long at most; most take less than a millisecond. */
const limitMs = 5000;
const longestMessage = 1500;

export interface Fuzzed<T> {
  readonly seeds: readonly T[];
  readonly mutate: (seed: T, random: Randomly) => T;
  /** Reads it and looks at what it gives; throws a `WrongNumber` for an answer that can't be. */
  readonly read: (input: T) => unknown;
  /** Whether an error is the answer that this reader gives to bad input. */
  readonly isAnswer: (error: Error) => boolean;
}

export class WrongNumber extends Error {}

export function fuzz<T>(tally: Tally, offset: number, runs: number, fuzzed: Fuzzed<T>): void {
  const random = new Randomly(offset);
  tally.note(`seed ${random.seed}`);
  let answered = 0;
  for (let i = 0; i < runs; i++) {
    const input = fuzzed.mutate(random.of(fuzzed.seeds), random);
    const startMs = Date.now();
    tally.tried++;
    try {
      fuzzed.read(input);
      answered++;
    } catch (error) {
      const asError = error instanceof Error ? error : new Error(String(error));
      const what = `input ${i}: ${asError.stack ?? asError.message}`;
      if (error instanceof WrongNumber) tally.check(false, what);
      else if (!fuzzed.isAnswer(asError)) tally.crash(what);
      else
        tally.check(
          asError.message.length <= longestMessage,
          `input ${i}: a message of ${asError.message.length}`,
        );
    }
    const tookMs = Date.now() - startMs;
    if (tookMs > limitMs) tally.hang(`input ${i} took ${tookMs} ms`);
  }
  tally.note(`${answered} read, ${runs - answered} refused`);
  tally.check(
    ({} as { polluted?: unknown }).polluted === undefined,
    'the prototype of all objects was changed',
  );
}

export function checkNumber(value: number | undefined, what: string): void {
  if (value !== undefined && !(Number.isFinite(value) && value >= 0))
    throw new WrongNumber(`${what} is ${value}`);
}

export function checkShape(shape: Architecture): void {
  checkNumber(kvCacheBytes(shape, { tokens: 5000 }).value, 'kvCacheBytes');
  checkNumber(shape.contextWindowTokens, 'contextWindowTokens');
  // What was imported is kept as JSON, and checked when it is read again.
  if (!isArchitecture(JSON.parse(JSON.stringify(shape)))) {
    throw new WrongNumber(`a shape that can not be kept: ${JSON.stringify(shape).slice(0, 700)}`);
  }
}
