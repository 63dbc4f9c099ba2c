import { plain, sumText } from './formulaText.ts';

export type Unit =
  | 'bytes'
  | 'seconds'
  | 'tokens'
  | 'tokensPerSecond'
  | 'flops'
  | 'gpus'
  | 'users'
  | 'times'
  | 'usd'
  | 'requests'
  | 'percent'
  | 'count';

/** One number that went into a formula. */
export interface ExplainedInput {
  readonly name: string;
  readonly value: number | string | undefined;
  readonly unit?: string;
  readonly source: string;
  /** ISO date on which the source was read; absent for what the user typed. */
  readonly asOf?: string;
}

/**
 * A number that can say why: the formula with its values put in (arithmetic that gives the value; words and units
 * stand between the numbers), where each input comes from, and what was assumed. `value` undefined is unknown, and `unknownBecause` says why; never 0 in its place. When there are
 * `parts`, `value` is their sum.
 */
export interface Explained {
  readonly name: string;
  readonly unit: Unit;
  readonly value: number | undefined;
  /** The band in which we expect a measurement; absent when the value is exact. */
  readonly band?: Band;
  readonly unknownBecause?: string;
  readonly formula: string;
  readonly inputs: readonly ExplainedInput[];
  readonly assumptions: readonly string[];
  readonly parts?: readonly Explained[];
}

export interface Band {
  readonly low: number;
  readonly high: number;
  readonly basis: string;
}

export function unknown(name: string, unit: Unit, unknownBecause: string): Explained {
  return {
    name,
    unit,
    value: undefined,
    unknownBecause,
    formula: `${name} is unknown: ${unknownBecause}`,
    inputs: [],
    assumptions: [],
  };
}

/** The sum of parts; unknown when any of them is. The formula is the sum with the values put in. */
export function sumOf(
  name: string,
  unit: Unit,
  parts: readonly Explained[],
  more: Partial<Pick<Explained, 'formula' | 'inputs' | 'assumptions' | 'band'>> = {},
): Explained {
  const missing = parts.find((part) => part.value === undefined);
  if (missing !== undefined) {
    return {
      ...unknown(name, unit, missing.unknownBecause ?? `${missing.name} is unknown`),
      parts,
    };
  }
  const value = parts.reduce((sum, part) => sum + (part.value ?? 0), 0);
  return {
    name,
    unit,
    value,
    formula:
      more.formula ??
      sumText(
        parts.map((part) => part.value ?? 0),
        plain,
      ),
    inputs: more.inputs ?? [],
    assumptions: more.assumptions ?? [],
    ...(more.band === undefined ? {} : { band: more.band }),
    parts,
  };
}
