import type { CountedText } from '../../src/core/dashboard/snapshot.ts';
import type { DashboardState, Knobs, KnobValue } from '../../src/core/dashboard/state.ts';

/** The one place where the page's knobs live; a change draws everything that shows them. */
export interface Store {
  get(): DashboardState;
  /** Takes over the fields that are named; `undefined` puts a field back to what the settings say. */
  set(patch: { readonly [K in keyof DashboardState]?: DashboardState[K] | undefined }): void;
  /** A tab's own knobs, over those it has. */
  setKnobs(tabId: string, patch: Readonly<Record<string, KnobValue>>): void;
  /** The selection, diff or clipboard that was counted last. */
  counted(): CountedText | undefined;
  setCounted(counted: CountedText | undefined): void;
  /** Calls after each change; the result ends that. */
  subscribe(listener: () => void): () => void;
}

export function createStore(initial: DashboardState, counted?: CountedText): Store {
  let state = initial;
  let text = counted;
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  return {
    get: () => state,
    set: (patch) => {
      const next = Object.entries({ ...state, ...patch }).filter(
        ([, value]) => value !== undefined,
      );
      // Only optional fields may be undefined in a patch, so that what is left is whole.
      state = Object.fromEntries(next) as unknown as DashboardState;
      changed();
    },
    setKnobs: (tabId, patch) => {
      const knobs: Knobs = { ...state.tabs[tabId], ...patch };
      state = { ...state, tabs: { ...state.tabs, [tabId]: knobs } };
      changed();
    },
    counted: () => text,
    setCounted: (next) => {
      text = next;
      changed();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
