import type { Explained } from '../../../src/core/estimates/explained.ts';
import { expect } from 'vitest';
import { evaluateFormula } from '../estimates/evaluateFormula.ts';

/** The formula gives the value, after rounding as it says; what is unknown says why. */
export function check(one: Explained, round: (value: number) => number = (value) => value): void {
  const where = `${one.name}: ${one.formula}`;
  expect(where).not.toMatch(/NaN|undefined|Infinity/);
  for (const { source } of one.inputs) expect(source, where).not.toBe('');
  if (one.value === undefined) {
    expect(one.unknownBecause, where).toBeTruthy();
    return;
  }
  const value = round(evaluateFormula(one.formula));
  expect(Math.abs(value - one.value), `${where}, not ${one.value}`).toBeLessThanOrEqual(
    3e-6 * Math.max(1e-6, Math.abs(one.value)),
  );
  if (one.band === undefined) return;
  expect(one.band.low, where).toBeLessThanOrEqual(one.value);
  expect(one.band.high, where).toBeGreaterThanOrEqual(one.value);
}
