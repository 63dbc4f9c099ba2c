import { isKnobValue, stateChecks } from './checkState.ts';
import { initialState } from './state.ts';
import type { DashboardState, KnobValue } from './state.ts';

const start = 'contextBudget:1?';
const maxLength = 8000;
const numbers = [
  'reservedOutputTokens',
  'systemPromptTokens',
  'toolDefinitionTokens',
  'gpuCount',
] as const;
const texts = [
  'tab',
  'modelId',
  'hardwareId',
  'weightDtype',
  'kvDtype',
  'referenceArchitectureId',
] as const;
/** Knobs of these names hold what a person typed about their code: kept for the workspace, never shared. */
const privateKnob = /^(?:query|path|text|words|question)$|(?:Query|Path|Text|Words|Question)$/;

/** No state string, or a hostile one; the message says which part, and is safe to show. */
export class StateStringError extends Error {
  constructor(problem: string) {
    super(`This is no state of the dashboard: ${problem}`);
    this.name = 'StateStringError';
  }
}

/**
 * The knobs as a readable string to send to somebody: nothing of the code is in it. A subject of files or text becomes the
 * number of its tokens, so that whoever opens it sees the same figures; what was searched or asked stays here.
 *
 * @example contextBudget:1?tab=fit&tokens=120000&modelId=openai%2Fgpt-5.5&fit.strategy=srag
 */
export function stateString(state: DashboardState, subjectTokens: number | undefined): string {
  const parts: string[] = [];
  const add = (name: string, value: string) => {
    parts.push(`${name}=${encodeURIComponent(value)}`);
  };
  add('tab', state.tab);
  const tokens = state.subject.kind === 'typed' ? state.subject.tokens : subjectTokens;
  if (tokens !== undefined) add('tokens', String(Math.round(tokens)));
  for (const name of texts) {
    const value = state[name];
    if (name !== 'tab' && value !== undefined && value !== initialState[name]) add(name, value);
  }
  for (const name of numbers) {
    const value = state[name];
    if (value !== undefined && value !== initialState[name]) add(name, String(value));
  }
  if (state.countInstructionFiles) add('countInstructionFiles', '1');
  for (const [tabId, knobs] of Object.entries(state.tabs)) {
    for (const [name, value] of Object.entries(knobs)) {
      if (!privateKnob.test(name)) parts.push(`${tabId}.${name}=${knobText(value)}`);
    }
  }
  return start + parts.join('&');
}

/** The state that a string means, over the initial one. Throws a StateStringError for anything else. */
export function parseStateString(text: string): DashboardState {
  const trimmed = text.trim();
  if (!trimmed.startsWith(start)) throw new StateStringError(`it does not begin with ${start}`);
  if (trimmed.length > maxLength) throw new StateStringError(`it has ${trimmed.length} characters`);
  const fields: Record<string, unknown> = {};
  const tabs = new Map<string, Map<string, KnobValue>>();
  for (const part of trimmed.slice(start.length).split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = part.slice(0, Math.max(0, equals));
    const value = part.slice(equals + 1);
    const dot = name.indexOf('.');
    if (dot < 0) {
      const [field, read] = fieldOf(name, decoded(value, name));
      fields[field] = read;
      continue;
    }
    const [tabId, knob] = [name.slice(0, dot), name.slice(dot + 1)];
    if (privateKnob.test(knob)) throw new StateStringError(`${shown(name)} is never shared`);
    const knobs = tabs.get(tabId) ?? new Map<string, KnobValue>();
    tabs.set(tabId, knobs);
    knobs.set(knob, knobOf(value, name));
  }
  fields.tabs = Object.fromEntries(
    [...tabs].map(([tabId, knobs]) => [tabId, Object.fromEntries(knobs)]),
  );
  for (const [name, value] of Object.entries(fields)) {
    const check = stateChecks[name as keyof DashboardState];
    if (!check(value)) throw new StateStringError(`${shown(name)} has no value that it can have`);
  }
  return { ...initialState, ...fields };
}

function fieldOf(name: string, value: string): readonly [string, unknown] {
  if (name === 'tokens') return ['subject', { kind: 'typed', tokens: numberOf(value, name) }];
  if (name === 'countInstructionFiles') return [name, value === '1'];
  if (numbers.some((one) => one === name)) return [name, numberOf(value, name)];
  if (texts.some((one) => one === name)) return [name, value];
  throw new StateStringError(`there is no knob ${shown(name)}`);
}

function numberOf(text: string, name: string): number {
  const value = /^-?\d{1,30}(\.\d{1,30})?(e[+-]?\d{1,3})?$/.test(text) ? Number(text) : NaN;
  if (!Number.isFinite(value)) throw new StateStringError(`${shown(name)} is no number`);
  return value;
}

/** The first letter tells the type: n a number, b a truth, s a text, l a list. */
function knobText(value: KnobValue): string {
  if (typeof value === 'number') return `n${value}`;
  if (typeof value === 'boolean') return value ? 'b1' : 'b0';
  if (typeof value === 'string') return `s${encodeURIComponent(value)}`;
  return `l${value.map(encodeURIComponent).join(',')}`;
}

function knobOf(text: string, name: string): KnobValue {
  const rest = text.slice(1);
  const value = () => {
    switch (text[0]) {
      case 'n':
        return numberOf(rest, name);
      case 'b':
        return rest === '1';
      case 's':
        return decoded(rest, name);
      case 'l':
        return rest === '' ? [] : rest.split(',').map((item) => decoded(item, name));
      default:
        return undefined;
    }
  };
  const read = value();
  if (!isKnobValue(read)) throw new StateStringError(`${shown(name)} has no value`);
  return read;
}

function decoded(text: string, name: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new StateStringError(`${shown(name)} is not written as in an address`);
  }
}

/** A name from outside, cut and without anything but letters, digits and dots. */
function shown(name: string): string {
  return `"${name.slice(0, 40).replace(/[^\w.]/g, '?')}"`;
}
