import type { ExportCell, ExportTable } from '../../src/core/dashboard/exportTables.ts';
import type { DashboardSnapshot } from '../../src/core/dashboard/snapshot.ts';
import type { DashboardApi } from '../../src/protocol/dashboardMessages.ts';
import type { Store } from './store.ts';

/** One page of the dashboard. Mounted when it is first shown, disposed when another takes its place. */
export interface Tab {
  /** Stands in the state; camelCase. */
  readonly id: string;
  /** In English; translated where it is shown. */
  readonly title: string;
  mount(host: HTMLElement, context: TabContext): TabView;
}

export interface TabView {
  /** Draws anew what the state and the snapshot say; called after every change of either, and of the theme. */
  update(): void;
  dispose(): void;
  /** What the page's export takes. */
  tables(): readonly ExportTable[];
  charts(): readonly ExportChart[];
}

export interface TabContext {
  readonly store: Store;
  /** Whole and current; tabs are mounted once there is one. */
  readonly snapshot: () => DashboardSnapshot;
  readonly api: DashboardApi;
  /** For style elements that a library makes: the page's policy lets in no others. */
  readonly nonce: string;
  /** Shows what went wrong at the top of the page. */
  readonly fail: (error: unknown) => void;
  /** Draws the page anew: something came that is in neither the state nor the snapshot. */
  readonly redraw: () => void;
  /** Said to screen readers. */
  readonly say: (text: string) => void;
}

export type { ExportCell, ExportTable };

export interface ExportChart {
  readonly title: string;
  /** What is drawn now. */
  readonly element: SVGElement | HTMLCanvasElement;
  /** The same as an SVG file; for what is drawn on a canvas. */
  readonly svg?: () => string;
}
