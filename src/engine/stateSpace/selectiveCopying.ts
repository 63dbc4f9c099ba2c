import { EngineInputError, requireInRange, requirePositiveInteger } from '../errors.ts';
import { softplus } from '../layerMath.ts';
import { createRandom } from '../random.ts';
import { s4dRecurrence } from './s4d.ts';
import { selectiveScan } from './selectiveScan.ts';

/** A text of symbols to copy among noise to skip. */
export interface CopyingTask {
  /** (tokens): the symbol at each position, or -1 for noise. */
  readonly symbols: Int32Array;
  /** Symbols are 0 .. numSymbols - 1. */
  readonly numSymbols: number;
}

export interface CopyingResult {
  /** The symbols to copy, in order. */
  readonly wanted: Int32Array;
  /** What each model's last state spells, in order; -1 where it spells no symbol. */
  readonly selective: Int32Array;
  readonly timeInvariant: Int32Array;
  /** Positions that came out right. */
  readonly selectiveCorrect: number;
  readonly timeInvariantCorrect: number;
}

/**
 * `numCopied` random symbols in a text of `tokens`, at random places, or every `spacing` tokens.
 * @param spacing tokens from one symbol to the next, the last symbol at the end; random places when left out
 */
export function copyingTask(options: {
  readonly tokens: number;
  readonly numCopied: number;
  readonly numSymbols: number;
  readonly seed: number;
  readonly spacing?: number;
}): CopyingTask {
  const { tokens, numCopied, numSymbols, spacing } = options;
  requirePositiveInteger('tokens', tokens);
  requirePositiveInteger('numCopied', numCopied);
  requirePositiveInteger('numSymbols', numSymbols);
  requireInRange('numCopied', numCopied, 1, tokens);
  const random = createRandom(options.seed);
  const symbols = new Int32Array(tokens).fill(-1);
  let places: number[];
  if (spacing === undefined) {
    const free = Array.from(symbols.keys());
    places = Array.from({ length: numCopied }, () =>
      Number(free.splice(random.integer(free.length), 1)[0]),
    );
  } else {
    requirePositiveInteger('spacing', spacing);
    if ((numCopied - 1) * spacing >= tokens) {
      throw new EngineInputError(
        `tokens must be above (numCopied - 1) x spacing = ${(numCopied - 1) * spacing}, got ${tokens}`,
      );
    }
    places = Array.from({ length: numCopied }, (_, idx) => tokens - 1 - idx * spacing);
  }
  for (const place of places) symbols[place] = random.integer(numSymbols);
  return { symbols, numSymbols };
}

/**
 * Selective copying by construction, run on this engine's own S4D and selective scan. The state is one number, written in
 * base numSymbols + 1: a step divides it by the base and adds the token's digit (its symbol + 1), so the last state spells
 * the symbols it was given, newest first.
 *
 * S6 makes the step from the token: 1 for a symbol, about 1e-18 for noise (softplus of 0.54 and of -41), so noise neither
 * shifts nor adds. S4 has one step for all. It is given the best there is for symbols `spacing` tokens apart, dividing by
 * the base once in `spacing` tokens: right when they are, wrong when noise comes in other numbers, as its kernel can't
 * depend on the text. (The task: Gu & Dao 2023, section 3.1 and figure 2; no trained weights.)
 * @param spacing what S4 is tuned to; 1 when left out
 * @throws EngineInputError when the symbols do not fit in 48 bits, which leaves rounding 4 of the 52 of a double's fraction
 */
export function selectiveCopying(task: CopyingTask, spacing = 1): CopyingResult {
  const { symbols, numSymbols } = task;
  requirePositiveInteger('numSymbols', numSymbols);
  requirePositiveInteger('spacing', spacing);
  const tokens = symbols.length;
  for (const symbol of symbols) requireInRange('symbols', symbol, -1, numSymbols - 1);
  const wanted = symbols.filter((symbol) => symbol >= 0);
  const base = numSymbols + 1;
  const bits = wanted.length * Math.log2(base);
  if (bits > 48) {
    throw new EngineInputError(
      `symbols to copy must fit in 48 bits, got ${wanted.length} of ${numSymbols} kinds = ${bits.toFixed(1)} bits`,
    );
  }
  const shape = { channels: 1, stateSize: 1, tokens };
  const one = Float64Array.of(1);
  // Noise adds nothing to either state. S4 fails all the same: it can't help moving on.
  const u = Float64Array.from(symbols, (symbol) => symbol + 1);

  const A = Float64Array.of(-Math.log(base));
  const delta = Float64Array.from(symbols, (symbol) =>
    softplus(symbol >= 0 ? Math.log(Math.E - 1) : -41),
  );
  const ones = new Float64Array(tokens).fill(1);
  const selectiveState = selectiveScan({ u, delta, A, B: ones, C: ones }, shape).finalState[0];

  const slowA = Float64Array.of(-Math.log(base) / spacing);
  // Zero-order hold gains (exp(A) - 1) / A; this B makes it 1.
  const B = Float64Array.of(slowA[0] / Math.expm1(slowA[0]));
  const fixed = s4dRecurrence(u, { delta: one, A: slowA, B, C: one }, shape).finalState[0];

  const selective = spell(selectiveState, base, wanted.length);
  const timeInvariant = spell(fixed, base, wanted.length);
  const correct = (spelled: Int32Array) =>
    spelled.filter((symbol, idx) => symbol === wanted[idx]).length;
  return {
    wanted,
    selective,
    timeInvariant,
    selectiveCorrect: correct(selective),
    timeInvariantCorrect: correct(timeInvariant),
  };
}

/** The digits of the state, newest first in the number, put back in the order of the text. */
function spell(state: number, base: number, count: number): Int32Array {
  // As a whole number: rounding once takes the last bits' error away from every digit.
  let digits = Math.round(state * base ** (count - 1));
  const symbols = new Int32Array(count);
  for (let idx = 0; idx < count; idx++) {
    symbols[idx] = (digits % base) - 1;
    digits = Math.floor(digits / base);
  }
  return symbols;
}
