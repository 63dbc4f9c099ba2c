import type { KvDtype, WeightDtype } from '../estimates/dtypes.ts';

/** What the figures are about. `set`: the checked files, or all of them while none is checked. */
export type SubjectChoice =
  | { readonly kind: 'set' }
  | { readonly kind: 'workspace' }
  | { readonly kind: 'folder'; readonly path: string }
  /** The text that was counted last: selection, diff or clipboard. */
  | { readonly kind: 'text' }
  | { readonly kind: 'typed'; readonly tokens: number };

/** A tab's own knobs: plain values by name. */
export type KnobValue = number | string | boolean | readonly string[];
export type Knobs = Readonly<Record<string, KnobValue>>;

/**
 * Every knob of the dashboard, plain JSON: kept over hide, reload and restart, and written to a shareable string
 * (stateString.ts). It holds no code and, when shared, no path. Absent: as the settings have it.
 */
export interface DashboardState {
  readonly tab: string;
  readonly subject: SubjectChoice;
  readonly modelId?: string;
  readonly reservedOutputTokens?: number;
  /** Tokens of the two parts of the overhead that no file shows; the setting's overhead comes on top. */
  readonly systemPromptTokens: number;
  readonly toolDefinitionTokens: number;
  /** Whether the instruction files found in the workspace are added to the overhead. */
  readonly countInstructionFiles: boolean;
  /** Card that open weights run on. */
  readonly hardwareId: string;
  /** Cards; absent: as few as hold it. */
  readonly gpuCount?: number;
  readonly weightDtype: WeightDtype;
  readonly kvDtype: KvDtype;
  /** The open-weight model whose memory and latency stand beside a hosted one's. */
  readonly referenceArchitectureId: string;
  /** Knobs of each tab, by the tab's id. */
  readonly tabs: Readonly<Record<string, Knobs>>;
}

export const initialState: DashboardState = {
  tab: 'fit',
  subject: { kind: 'set' },
  systemPromptTokens: 0,
  toolDefinitionTokens: 0,
  countInstructionFiles: false,
  hardwareId: 'h100-sxm',
  weightDtype: 'bf16',
  kvDtype: 'bf16',
  referenceArchitectureId: 'llama-3.1-8b',
  tabs: {},
};

/** A tab's knobs over its defaults; a knob that is not of its default's type, or not finite, is the default. */
export function knobsOf<T extends Knobs>(state: DashboardState, tabId: string, defaults: T): T {
  const kept = Object.hasOwn(state.tabs, tabId) ? state.tabs[tabId] : {};
  const known = Object.entries(kept).filter(
    ([name, value]) => Object.hasOwn(defaults, name) && sameType(value, defaults[name]),
  );
  return { ...defaults, ...Object.fromEntries(known) };
}

function sameType(value: KnobValue, like: KnobValue): boolean {
  if (typeof value === 'number') return typeof like === 'number' && Number.isFinite(value);
  return typeof value === typeof like && Array.isArray(value) === Array.isArray(like);
}
