import { architectures } from '../../core/architectures/architectures.ts';
import type { Model } from '../../core/catalog/model.ts';
import type { OwnModel } from '../../core/catalog/ownModels.ts';
import { emptyFileTable } from '../../core/dashboard/snapshot.ts';
import type {
  DashboardCatalogue,
  DashboardNow,
  DashboardSnapshot,
  FileTable,
  OverheadFile,
} from '../../core/dashboard/snapshot.ts';
import type { ScanReport } from '../../core/files/scanReport.ts';
import { hardware } from '../../core/hardware/hardware.ts';
import { effectiveMeasurements } from '../../core/quality/effectiveContext.ts';
import type { DashboardEvent } from '../../protocol/dashboardMessages.ts';
import type { Counting } from '../counting.ts';
import type { Session } from '../session.ts';
import type { Weighing } from '../weighing.ts';
import { fileTable } from './fileTable.ts';
import { findOverheadFiles } from './overheadFiles.ts';

export interface SnapshotMakerOptions {
  readonly session: Session;
  readonly weighing: () => Promise<Weighing>;
  readonly counting: () => Promise<Counting>;
  /** What the person imported: their shapes are offered beside ours. */
  readonly ownModels: () => readonly OwnModel[];
}

/** Makes the sections of the snapshot, each only when what it shows has changed. */
export class SnapshotMaker {
  readonly #options: SnapshotMakerOptions;
  #models: readonly Model[] | undefined;
  #report: ScanReport | undefined;
  #files: FileTable = emptyFileTable;
  #overhead: Promise<readonly OverheadFile[]> | undefined;

  constructor(options: SnapshotMakerOptions) {
    this.#options = options;
  }

  /** Instruction files may have come or gone: they are looked for again. */
  forget(): void {
    this.#overhead = undefined;
  }

  async whole(): Promise<DashboardSnapshot> {
    await this.changes();
    // Last of all: what changes meanwhile is sent as an event, which a page that has no snapshot yet passes over.
    const now = await this.#now();
    return { catalogue: this.#catalogue(this.#models ?? []), files: this.#files, now };
  }

  /** The sections that are not as they were when this was last asked. */
  async changes(): Promise<DashboardEvent[]> {
    const { session, weighing } = this.#options;
    const events: DashboardEvent[] = [];
    const models = (await weighing()).modelsOf(session.settings);
    if (models !== this.#models) {
      this.#models = models;
      events.push({ type: 'catalogue', catalogue: this.#catalogue(models) });
    }
    const now = await this.#now();
    // Read after everything that is waited for: of two calls that overlap, the later end must not bring back an older report.
    const { report } = session;
    if (report !== this.#report) {
      this.#report = report;
      this.#files = report === undefined ? emptyFileTable : fileTable(report);
      events.push({ type: 'files', files: this.#files, now });
    } else events.push({ type: 'now', now });
    return events;
  }

  async #now(): Promise<DashboardNow> {
    const { session, counting } = this.#options;
    this.#overhead ??= findOverheadFiles(session, counting);
    const overheadFiles = await this.#overhead;
    const { modelId, reservedOutputTokens, overheadTokens } = session.settings;
    return {
      status: session.analysis.status,
      set: session.set,
      overheadFiles,
      settings: { modelId, reservedOutputTokens, overheadTokens },
    };
  }

  #catalogue(models: readonly Model[]): DashboardCatalogue {
    const imported = this.#options.ownModels().flatMap((one) => one.architecture ?? []);
    return {
      models,
      architectures: [...architectures, ...imported],
      hardware,
      measurements: effectiveMeasurements,
    };
  }
}
