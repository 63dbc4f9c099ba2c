import { kvDtypes, weightDtypes } from '../estimates/dtypes.ts';
import { contentKinds } from '../files/contentKind.ts';
import { textSources, type CountedText } from './snapshot.ts';
import { initialState } from './state.ts';
import type { DashboardState, Knobs, KnobValue, SubjectChoice } from './state.ts';

/** More tokens than there are: numbers beyond are typing errors or attacks on the arithmetic. */
export const maxStateTokens = 1e12;
const maxTextLength = 2000;
const maxListLength = 400;
const maxKnobs = 100;
const namePattern = /^[a-z][A-Za-z0-9]{0,39}$/;

type Check = (value: unknown) => boolean;

const isTokens: Check = (value) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maxStateTokens;
// eslint-disable-next-line no-control-regex -- control characters are exactly what is refused
const control = /[\u0000-\u001f\u007f]/;
const isText: Check = (value) =>
  typeof value === 'string' && value.length <= maxTextLength && !control.test(value);
const isName: Check = (value) => typeof value === 'string' && namePattern.test(value);
const isOneOf =
  (names: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && names.includes(value);

/** What each field of a state may be; a field that is not here is none. */
export const stateChecks: Readonly<Record<keyof DashboardState, Check>> = {
  tab: isName,
  subject: isSubject,
  modelId: isText,
  reservedOutputTokens: isTokens,
  systemPromptTokens: isTokens,
  toolDefinitionTokens: isTokens,
  countInstructionFiles: (value) => typeof value === 'boolean',
  hardwareId: isText,
  gpuCount: (value) => isTokens(value) && Number(value) >= 1 && Number(value) <= 4096,
  weightDtype: isOneOf(weightDtypes),
  kvDtype: isOneOf(kvDtypes),
  referenceArchitectureId: isText,
  tabs: isTabs,
};

/** Reads a remembered state back: a field that an older version or another program left in no good state is its initial one. */
export function readState(remembered: unknown): DashboardState {
  if (!isRecord(remembered)) return initialState;
  const good = Object.entries(stateChecks).filter(
    ([name, check]) => Object.hasOwn(remembered, name) && check(remembered[name]),
  );
  return { ...initialState, ...Object.fromEntries(good.map(([name]) => [name, remembered[name]])) };
}

/** Reads a remembered count back; undefined when it is none. */
export function readCounted(remembered: unknown): CountedText | undefined {
  if (!isRecord(remembered) || !isRecord(remembered.text)) return undefined;
  const { source, label, text, characters, lines } = remembered;
  const { encoding, countsByKind } = text;
  const isGood =
    isOneOf(textSources)(source) &&
    typeof label === 'string' &&
    typeof encoding === 'string' &&
    isTokens(characters) &&
    isTokens(lines) &&
    isRecord(countsByKind) &&
    Object.entries(countsByKind).every(
      ([kind, tokens]) => contentKinds.some((one) => one === kind) && isTokens(tokens),
    );
  return isGood ? (remembered as unknown as CountedText) : undefined;
}

function isSubject(value: unknown): value is SubjectChoice {
  if (!isRecord(value)) return false;
  switch (value.kind) {
    case 'set':
    case 'workspace':
    case 'text':
      return true;
    case 'folder':
      return typeof value.path === 'string';
    case 'typed':
      return isTokens(value.tokens);
    default:
      return false;
  }
}

function isTabs(value: unknown): boolean {
  return (
    isRecord(value) && Object.entries(value).every(([id, knobs]) => isName(id) && isKnobs(knobs))
  );
}

function isKnobs(value: unknown): value is Knobs {
  if (!isRecord(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= maxKnobs && entries.every(([name, knob]) => isName(name) && isKnobValue(knob))
  );
}

export function isKnobValue(value: unknown): value is KnobValue {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'boolean') return true;
  if (Array.isArray(value)) return value.length <= maxListLength && value.every(isText);
  // A pasted task may be long and have lines; it is never shared.
  return typeof value === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
