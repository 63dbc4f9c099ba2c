import * as vscode from 'vscode';
import type { ScanReport } from '../core/files/scanReport.ts';
import { outermostPaths, withRecounted } from '../core/set/effectiveReport.ts';
import type { EncodingName } from '../core/tokens/tokenCounter.ts';
import type { AnalysisStatus } from '../protocol/budgetMessages.ts';
import type { Counting } from './counting.ts';
import { reportFolders, reportPath, type ReportFolder } from './workspacePaths.ts';

/** More changes at once than this (a checkout, an install) are a new scan, which reads unchanged files from its cache. */
const maxRecountedPaths = 500;
const recountDelayMs = 300;
const progressIntervalMs = 100;
const ignoreFileNames = new Set(['.gitignore', '.ignore', '.contextbudgetignore']);

export interface AnalysisOptions {
  readonly counting: () => Promise<Counting>;
  readonly encoding: () => Promise<EncodingName>;
  /** Globs to leave out of a folder. */
  readonly exclude: (folder: vscode.WorkspaceFolder) => readonly string[];
  readonly log: vscode.LogOutputChannel;
}

/** The scan of the workspace's folders, kept true while files change; unsaved editors lie over it. */
export class Analysis implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<'progress' | 'report'>();
  readonly onDidChange = this.#changed.event;
  readonly #options: AnalysisOptions;
  readonly #subscriptions: vscode.Disposable[] = [this.#changed];
  #status: AnalysisStatus = { type: 'notAnalyzed' };
  #scan: ScanReport | undefined;
  #folders: readonly ReportFolder[] = [];
  #running: AbortController | undefined;
  #watching = false;
  #stalePaths = new Set<string>();
  #staleTimer: NodeJS.Timeout | undefined;
  #recount: Promise<void> = Promise.resolve();

  constructor(options: AnalysisOptions) {
    this.#options = options;
    this.#subscriptions.push(
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        if (this.#scan !== undefined) void this.analyze();
        else this.#changed.fire('report');
      }),
    );
  }

  dispose(): void {
    this.#running?.abort();
    clearTimeout(this.#staleTimer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  get status(): AnalysisStatus {
    if ((vscode.workspace.workspaceFolders ?? []).length === 0) return { type: 'noFolder' };
    return this.#status;
  }

  get scan(): ScanReport | undefined {
    return this.#scan;
  }

  get folders(): readonly ReportFolder[] {
    return this.#folders.length > 0 ? this.#folders : reportFolders();
  }

  /** Counts every folder anew; an analysis that runs is replaced. Settles when it is done, cancelled or failed. */
  async analyze(): Promise<void> {
    this.#running?.abort();
    this.#running = undefined;
    const folders = reportFolders();
    if (folders.length === 0) {
      this.#changed.fire('report');
      return;
    }
    const running = new AbortController();
    this.#running = running;
    this.#setStatus({ type: 'analyzing', filesDone: 0, filesFound: 0 }, 'report');
    const startedMs = Date.now();
    try {
      const encoding = await this.#options.encoding();
      const counting = await this.#options.counting();
      running.signal.throwIfAborted();
      this.#watch();
      const scan = await counting.scan(
        { folders, encoding, exclude: this.#options.exclude },
        this.#progress(running),
        running.signal,
      );
      if (running.signal.aborted) return;
      this.#scan = scan;
      this.#folders = folders;
      this.#options.log.info(
        `Counted ${scan.files.length} files with ${scan.encoding} in ${Date.now() - startedMs} ms; ` +
          `${scan.leftOut.length} left out, ${scan.problems.length} problems`,
      );
      this.#running = undefined;
      this.#setStatus(readyStatus(scan), 'report');
      this.#countStaleSoon();
    } catch (error) {
      if (running.signal.aborted) return;
      this.#running = undefined;
      this.#options.log.error(error instanceof Error ? error : String(error));
      const message = error instanceof Error ? error.message : String(error);
      this.#setStatus({ type: 'failed', message }, 'report');
    }
  }

  /** Another model may be counted with another vocabulary: then every count is made anew. */
  async analyzeIfEncodingChanged(): Promise<void> {
    const encoding = await this.#options.encoding();
    if (this.#scan !== undefined && this.#scan.encoding !== encoding) await this.analyze();
  }

  /** Stops at once: the view is free before the workers have noticed. An earlier result stays. */
  cancel(): void {
    if (this.#running === undefined) return;
    this.#running.abort();
    this.#running = undefined;
    this.#options.log.info('Analysis cancelled');
    this.#setStatus(
      this.#scan === undefined ? { type: 'cancelled' } : readyStatus(this.#scan),
      'report',
    );
    this.#countStaleSoon();
  }

  /** Counts these paths of the report anew, after what is being recounted already. */
  recount(paths: readonly string[]): Promise<void> {
    this.#recount = this.#recount.then(() => this.#recountNow(outermostPaths(paths)));
    return this.#recount;
  }

  async #recountNow(paths: readonly string[]): Promise<void> {
    if (this.#running !== undefined) {
      this.#addStale(paths);
      return;
    }
    const before = this.#scan;
    if (before === undefined || paths.length === 0) return;
    try {
      const counting = await this.#options.counting();
      const recounted = await counting.recount(
        { folders: this.#folders, encoding: before.encoding, exclude: this.#options.exclude },
        paths,
      );
      // A scan that began meanwhile has seen the same files.
      if (this.#running !== undefined || this.#scan !== before) return;
      this.#scan = withRecounted(before, paths, recounted);
      this.#setStatus(readyStatus(this.#scan), 'report');
    } catch (error) {
      this.#options.log.error(error instanceof Error ? error : String(error));
    }
  }

  #progress(running: AbortController): (filesDone: number, filesFound: number) => void {
    let shownMs = 0;
    return (filesDone, filesFound) => {
      const nowMs = Date.now();
      if (running.signal.aborted || nowMs - shownMs < progressIntervalMs) return;
      shownMs = nowMs;
      this.#setStatus({ type: 'analyzing', filesDone, filesFound }, 'progress');
    };
  }

  #watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    const watcher = vscode.workspace.createFileSystemWatcher('**/*');
    const changed = (uri: vscode.Uri) => {
      this.#fileChanged(uri);
    };
    this.#subscriptions.push(
      watcher,
      watcher.onDidChange(changed),
      watcher.onDidCreate(changed),
      watcher.onDidDelete(changed),
    );
  }

  #fileChanged(uri: vscode.Uri): void {
    const path = reportPath(this.folders, uri);
    if (path === undefined || path === '') return;
    // Git writes its own files at every glance; none of them is ever counted.
    if (`/${path}/`.includes('/.git/')) return;
    this.#addStale([path]);
    this.#countStaleSoon();
  }

  #addStale(paths: readonly string[]): void {
    for (const path of paths) this.#stalePaths.add(path);
  }

  /** After the scan that runs, if one does: it may have counted a file before that changed. */
  #countStaleSoon(): void {
    if (this.#running !== undefined || this.#stalePaths.size === 0) return;
    clearTimeout(this.#staleTimer);
    this.#staleTimer = setTimeout(() => {
      this.#countStale();
    }, recountDelayMs);
  }

  #countStale(): void {
    const paths = [...this.#stalePaths];
    this.#stalePaths.clear();
    // Of a first scan that was cancelled or failed there is nothing to keep true.
    if (this.#scan === undefined && this.#running === undefined) return;
    const rules = paths.some((path) => ignoreFileNames.has(path.slice(path.lastIndexOf('/') + 1)));
    if (rules || paths.length > maxRecountedPaths) void this.analyze();
    else void this.recount(paths);
  }

  #setStatus(status: AnalysisStatus, change: 'progress' | 'report'): void {
    this.#status = status;
    this.#changed.fire(change);
  }
}

function readyStatus(scan: ScanReport): AnalysisStatus {
  return { type: 'ready', leftOutFiles: scan.leftOut.length, problems: scan.problems.length };
}
