import { availableParallelism } from 'node:os';
import type { ScanReport } from '../core/files/scanReport.ts';
import { append } from '../core/lists/append.ts';
import type { EncodingName } from '../core/tokens/tokenCounter.ts';
import type { SharedVocabulary } from './vocabularies.ts';
import { finishedReport, newRun, type Run } from './scanRun.ts';
import { controlIndex, isCancelled, newControl, type ScanFolder } from './scanMessages.ts';
import { isCrash, Thread } from './thread.ts';
import { BatchQueue } from './batches.ts';
import { countBatches, type CountFiles } from './countBatches.ts';
import { fromColumns } from './fileCountColumns.ts';
import { forgetOlderContents } from './tokenizerFiles.ts';

export interface ScannerOptions {
  /** The built `countWorker.js`. */
  readonly workerFile: string;
  /** Where counts are remembered; absent: nowhere. */
  readonly cacheFolder?: string;
  /** Counting threads; the machine's cores unless given, at most 8. */
  readonly threads?: number;
  /** A thread that has not let go this long after a cancel is stuck and is ended; 10 s unless given. */
  readonly patienceMs?: number;
  /** A file that is not done after so long is given up; 5 minutes unless given. */
  readonly maxFileSeconds?: number;
}

export interface ScanRequest {
  readonly folders: readonly ScanFolder[];
  readonly encoding: EncodingName;
  /** Globs as in VS Code's `files.exclude`. */
  readonly exclude?: readonly string[];
  /** Rules in the syntax of `.gitignore`, as if they stood in every folder's `.contextbudgetignore`. */
  readonly userRules?: readonly string[];
  /** Larger files are left out; 64 MiB unless given. */
  readonly maxFileBytes?: number;
}

export interface ScanProgress {
  readonly filesDone: number;
  readonly filesFound: number;
}

export interface ScanHandlers {
  readonly onProgress?: (progress: ScanProgress) => void;
  readonly signal?: AbortSignal;
}

const maxThreads = 8;
const progressIntervalMs = 50;
/** Counting the largest notebook takes a few seconds, and is not looked away from. */
const defaultPatienceMs = 10_000;

/**
 * Analyses folders in worker threads: one walks, the others read and count. The threads start when they are needed;
 * `dispose` ends them. Nothing here touches the disk on the caller's thread.
 */
export class Scanner {
  readonly #options: ScannerOptions;
  readonly #walker: Thread;
  readonly #threads: readonly Thread[];
  /** The memory shared by each scan on its way. */
  readonly #running = new Set<Int32Array>();
  /** For each encoding at which start of which thread the vocabulary was sent. */
  readonly #sentAtStart = new Map<EncodingName, Map<Thread, number>>();
  readonly #vocabularies = new Map<EncodingName, Promise<SharedVocabulary>>();

  constructor(options: ScannerOptions) {
    this.#options = options;
    this.#walker = new Thread(options.workerFile);
    const count = options.threads ?? Math.min(maxThreads, availableParallelism());
    this.#threads = Array.from(
      { length: Math.max(1, count) },
      () => new Thread(options.workerFile),
    );
  }

  /**
   * Counts every file of the folders. Rejects with the signal's reason as soon as it is aborted, and when a folder's
   * thread can't be started; what goes wrong with single files is in the report.
   */
  scan(request: ScanRequest, handlers: ScanHandlers = {}): Promise<ScanReport> {
    return this.#run(request, undefined, handlers);
  }

  /** Counts these report paths, files or folders, anew; the report holds nothing else (`withRecounted` joins it). */
  recount(
    request: ScanRequest,
    paths: readonly string[],
    handlers: ScanHandlers = {},
  ): Promise<ScanReport> {
    return this.#run(request, paths, handlers);
  }

  /** Tokens of a text, counted in the thread that has least to do. */
  async countText(text: string, encoding: EncodingName): Promise<number> {
    const vocabulary = await this.vocabulary(encoding);
    const thread = this.#threads.reduce((a, b) => (b.waiting < a.waiting ? b : a));
    return thread.call({
      type: 'countText',
      text,
      ...this.#counting(thread, encoding, vocabulary),
    });
  }

  /** Worker threads that are there now, busy or not. */
  get runningThreads(): number {
    return [this.#walker, ...this.#threads].filter((thread) => thread.isRunning).length;
  }

  /** Ends the threads; calls on their way are rejected. */
  async dispose(): Promise<void> {
    this.#vocabularies.clear();
    for (const control of this.#running) Atomics.store(control, controlIndex.cancelled, 1);
    await Promise.all([this.#walker, ...this.#threads].map((thread) => thread.stop()));
  }

  /** Read in a worker thread; its arrays are shared with every thread. */
  vocabulary(encoding: EncodingName): Promise<SharedVocabulary> {
    let vocabulary = this.#vocabularies.get(encoding);
    if (vocabulary === undefined) {
      vocabulary = onceMore(() => this.#threads[0].call({ type: 'loadVocabulary', encoding }));
      forgetOlderContents(this.#vocabularies, encoding);
      forgetOlderContents(this.#sentAtStart, encoding);
      this.#vocabularies.set(encoding, vocabulary);
      // A failure is not remembered: the next call tries again.
      vocabulary.catch(() => this.#vocabularies.delete(encoding));
    }
    return vocabulary;
  }

  async #run(
    request: ScanRequest,
    only: readonly string[] | undefined,
    { onProgress, signal }: ScanHandlers,
  ): Promise<ScanReport> {
    signal?.throwIfAborted();
    const control = newControl();
    let run: Run | undefined;
    const attempt = async () => {
      Atomics.store(control, controlIndex.filesFound, 0);
      const own = newRun(request, control);
      run = own;
      try {
        return await this.#work(own, only);
      } finally {
        own.isAbandoned = true;
      }
    };
    let abort = () => {};
    const aborted = new Promise<never>((_, reject) => {
      abort = () => {
        Atomics.store(control, controlIndex.cancelled, 1);
        this.#endWhatIsStuck();
        reject(signal?.reason instanceof Error ? signal.reason : new Error('Cancelled'));
      };
    });
    signal?.addEventListener('abort', abort, { once: true });
    const report = () => {
      const filesFound = Atomics.load(control, controlIndex.filesFound);
      onProgress?.({ filesDone: run?.filesDone ?? 0, filesFound });
    };
    const timer = setInterval(report, progressIntervalMs);
    this.#running.add(control);
    try {
      // The caller is free at once; the threads see the shared flag between two files or chunks.
      const finished = await Promise.race([onceMore(attempt, control), aborted]);
      report();
      return finished;
    } finally {
      clearInterval(timer);
      this.#running.delete(control);
      signal?.removeEventListener('abort', abort);
      // Also after a failure: the other threads need not go on.
      Atomics.store(control, controlIndex.cancelled, 1);
    }
  }

  /** What a thread is at when a scan is cancelled it must answer soon: the next scan waits for it. */
  #endWhatIsStuck(): void {
    const owing = [this.#walker, ...this.#threads].map(
      (thread) => [thread, thread.oldestCall] as const,
    );
    const { patienceMs = defaultPatienceMs } = this.#options;
    setTimeout(() => {
      for (const [thread, call] of owing) {
        if (call !== undefined && thread.oldestCall === call) void thread.endHung();
      }
    }, patienceMs).unref();
  }

  async #work(run: Run, only: readonly string[] | undefined): Promise<ScanReport> {
    const { request, control, maxFileBytes } = run;
    const queue = new BatchQueue();
    const walking = this.#walker.call(
      {
        type: 'walk',
        folders: request.folders,
        exclude: request.exclude ?? [],
        userRules: request.userRules ?? [],
        maxFileBytes,
        only,
        cacheFolder: this.#options.cacheFolder,
        encoding: request.encoding,
        control,
      },
      (batch) => {
        queue.add(batch);
      },
    );
    const walked = walking
      .then((found) => {
        run.filesDone += found.files.paths.length;
        return found;
      })
      .finally(() => {
        queue.close();
      });
    const sized = walked.then(({ leftOutFolders }) =>
      this.#walker.call({ type: 'sizeFolders', folders: leftOutFolders, control }),
    );
    const [found, folders] = await Promise.all([walked, sized, this.#countAll(run, queue)]);
    append(run.files, fromColumns(found.files));
    append(run.leftOut, found.leftOut);
    append(run.leftOut, folders);
    append(run.problems, found.problems);
    await this.#remember(run);
    return finishedReport(run);
  }

  /** What comes out of the queue, counted by all threads while more is found. */
  #countAll(run: Run, queue: BatchQueue): Promise<void> {
    const { encoding } = run.request;
    const { cacheFolder, maxFileSeconds } = this.#options;
    // Without a cache there is something to count for certain.
    if (cacheFolder === undefined) this.vocabulary(encoding).catch(() => {});
    const count: CountFiles = async (thread, batch, position) => {
      // No thread starts before there is something for it to do; then it starts while the vocabulary is read.
      thread.start();
      const vocabulary = await this.vocabulary(encoding);
      return thread.call({
        type: 'countFiles',
        batch,
        maxFileBytes: run.maxFileBytes,
        withHash: cacheFolder !== undefined,
        ...this.#counting(thread, encoding, vocabulary),
        control: run.control,
        position,
      });
    };
    return countBatches(run, queue, { threads: this.#threads, count, maxFileSeconds });
  }

  /** What a thread counts with: the vocabulary only the first time since it started. */
  #counting(thread: Thread, encoding: EncodingName, vocabulary: SharedVocabulary) {
    thread.start();
    const sent = this.#sentAtStart.get(encoding) ?? new Map<Thread, number>();
    if (sent.get(thread) === thread.starts) return { encoding };
    this.#sentAtStart.set(encoding, sent.set(thread, thread.starts));
    return { encoding, vocabulary };
  }

  async #remember(run: Run): Promise<void> {
    const { cacheFolder } = this.#options;
    if (cacheFolder === undefined) return;
    const failure = await this.#walker
      .call({ type: 'remember', counts: run.counts })
      .catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    if (failure === undefined) return;
    const message = `The counts could not be remembered, so the next analysis takes as long: ${failure}`;
    run.problems.push({ path: cacheFolder, message });
  }
}

/** A thread that ended is started anew and asked again, once: what ended it may have been of that moment, or another scan's. */
async function onceMore<T>(ask: () => Promise<T>, control?: Int32Array): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!isCrash(error) || (control !== undefined && isCancelled(control))) throw error;
    return ask();
  }
}
