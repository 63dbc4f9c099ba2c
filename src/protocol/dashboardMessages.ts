import type {
  CountedText,
  DashboardCatalogue,
  DashboardNow,
  DashboardSnapshot,
  FileTable,
  TextSource,
} from '../core/dashboard/snapshot.ts';
import type { PlansApi } from './plansMessages.ts';
import type { DashboardState } from '../core/dashboard/state.ts';

/** What survives besides the knobs: the counts (not the text) of what was selected, changed or copied. */
export interface RememberedDashboard {
  /** When, in ms since 1970: VS Code and the host each keep one, and after a window ends in haste either may be the older. */
  readonly atMs: number;
  readonly state: DashboardState;
  readonly counted?: CountedText;
}

/** Calls the dashboard's page makes on the extension host. */
export interface DashboardApi extends PlansApi {
  /** The first call: strings of the display language by their English text, what was remembered, everything to show. */
  ready(): Promise<{
    readonly strings: Readonly<Record<string, string>>;
    /** As it was kept for the workspace; the page checks it (`parseState`). */
    readonly remembered?: unknown;
    readonly snapshot: DashboardSnapshot;
  }>;
  /** Keeps the knobs for the workspace. */
  remember(remembered: RememberedDashboard): Promise<void>;
  analyze(): Promise<void>;
  cancelAnalysis(): Promise<void>;
  /** Check boxes, shared with the Files view. */
  setChecked(changes: readonly (readonly [path: string, checked: boolean])[]): Promise<void>;
  clearSet(): Promise<void>;
  /** Opens a counted or left out file of the report beside the dashboard. */
  openFile(path: string): Promise<void>;
  /** Counts what is selected, changed or copied now; fails with the reason where there is nothing. */
  countText(source: TextSource): Promise<CountedText>;
  /** Writes the setting that every view follows. */
  useModel(modelId: string): Promise<void>;
  openSettings(key: string): Promise<void>;
  openDemo(demoId: string): Promise<void>;
  /** Asks where to, then writes; false: the person changed their mind. */
  save(fileName: string, content: string | Uint8Array): Promise<boolean>;
  copy(text: string): Promise<void>;
  /** The clipboard's text, for a state string that is pasted. */
  paste(): Promise<string>;
}

/** Events the extension host pushes to the page: a section of the snapshot, always whole. */
export type DashboardEvent =
  | { readonly type: 'catalogue'; readonly catalogue: DashboardCatalogue }
  | { readonly type: 'files'; readonly files: FileTable; readonly now: DashboardNow }
  | { readonly type: 'now'; readonly now: DashboardNow }
  /** A state to take over, by the command that imports one. */
  | { readonly type: 'state'; readonly text: string };
