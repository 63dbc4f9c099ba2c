import type { Control, ControlValue, Demo, DemoInput } from './demo.ts';

type Reads = Pick<Demo, 'id' | 'controls'>;

/** The seed of random vectors and weights, the same control in every demo that draws some. */
export const seedControl: Control = {
  kind: 'number',
  id: 'seed',
  label: 'Seed',
  min: 0,
  max: 999,
  step: 1,
  initial: 1,
};

/** How far the scaled scores lie apart; at 0 all keys weigh the same. */
export function scoreDeviationControl(initial = 2): Control {
  return {
    kind: 'number',
    id: 'scoreDeviation',
    label: 'Spread of the scores',
    min: 0,
    max: 6,
    step: 0.5,
    initial,
  };
}

function controlError(control: Control, value: ControlValue, rule: string): Error {
  const text = typeof value === 'object' ? `[${value.join(', ')}]` : String(value);
  return new Error(`${control.label} (${control.id}) must be ${rule}, got ${text}`);
}

function controlOf<Kind extends Control['kind']>(
  controls: readonly Control[],
  id: string,
  kind: Kind,
): Extract<Control, { kind: Kind }> {
  const control = controls.find((one) => one.id === id);
  if (control?.kind !== kind) throw new Error(`there is no ${kind} control named ${id}`);
  return control as Extract<Control, { kind: Kind }>;
}

/**
 * A number control's value, its initial one when the input has none.
 * @throws Error naming control and value when it is no number, out of range, or no whole number where steps are whole
 */
export function numberValue(controls: readonly Control[], input: DemoInput, id: string): number {
  const control = controlOf(controls, id, 'number');
  const value = input.values[id] ?? control.initial;
  if (typeof value !== 'number' || !(value >= control.min && value <= control.max)) {
    throw controlError(control, value, `a number from ${control.min} to ${control.max}`);
  }
  const whole = Number.isInteger(control.min) && Number.isInteger(control.step);
  if (whole && !Number.isInteger(value)) throw controlError(control, value, 'a whole number');
  return value;
}

/** @throws Error naming control and value when it is none of the options */
export function choiceValue(controls: readonly Control[], input: DemoInput, id: string): string {
  const control = controlOf(controls, id, 'choice');
  const value = input.values[id] ?? control.initial;
  if (typeof value === 'string' && control.options.some((option) => option.value === value)) {
    return value;
  }
  const options = control.options.map((option) => option.value).join(', ');
  throw controlError(control, value, `one of ${options}`);
}

/** @throws Error naming control and value when it is neither true nor false */
export function switchValue(controls: readonly Control[], input: DemoInput, id: string): boolean {
  const control = controlOf(controls, id, 'switch');
  const value = input.values[id] ?? control.initial;
  if (typeof value !== 'boolean') throw controlError(control, value, 'true or false');
  return value;
}

/**
 * The picked positions, rising, each once. Positions beyond the text are left out: a pick outlives a change of text.
 * @throws Error naming control and value when it is no list of whole numbers of 0 or more
 */
export function positionsValue(
  controls: readonly Control[],
  input: DemoInput,
  id: string,
  numTokens: number,
): readonly number[] {
  const control = controlOf(controls, id, 'positions');
  const value = input.values[id] ?? control.initial;
  if (typeof value !== 'object' || !value.every((one) => Number.isInteger(one) && one >= 0)) {
    throw controlError(control, value, 'a list of positions');
  }
  return [...new Set(value)].filter((one) => one < numTokens).sort((a, b) => a - b);
}

/**
 * The tokens the demo takes: the first `maxTokens`.
 * @throws Error when there is no token
 */
export function takenTokens(
  demo: Reads & Pick<Demo, 'maxTokens'>,
  input: DemoInput,
): readonly string[] {
  if (input.tokens.length === 0) {
    throw new Error(`${demo.id} needs at least one token; select some text`);
  }
  return input.tokens.slice(0, demo.maxTokens);
}

/** Position asked about, checked. */
export function requireQueryIdx(queryIdx: number, numTokens: number): void {
  if (!Number.isInteger(queryIdx) || queryIdx < 0 || queryIdx >= numTokens) {
    throw new Error(`queryIdx must be a position from 0 to ${numTokens - 1}, got ${queryIdx}`);
  }
}
