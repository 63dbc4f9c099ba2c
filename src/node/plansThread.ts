import { Worker } from 'node:worker_threads';
import {
  openControl,
  type IndexSummary,
  type OpenIndexRequest,
  type PlansCall,
  type PlansCalls,
  type PlansReply,
} from './plansCalls.ts';

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export interface OpenHandlers {
  readonly onProgress?: (filesDone: number) => void;
  readonly signal?: AbortSignal;
}

const progressIntervalMs = 100;
/** Enough for an index of some 40 million tokens; beyond it the thread ends instead of the whole process. */
const maxHeapMegabytes = 2048;

/**
 * The thread that indexes code and makes plans. It starts at the first call; when it dies, what was asked fails with a message
 * that says so, and the next call starts a new one, which has no index open.
 */
export class PlansThread {
  readonly #workerFile: string;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = 0;

  /** @param workerFile the built plansWorker.js */
  constructor(workerFile: string) {
    this.#workerFile = workerFile;
  }

  /** The running thread's id; undefined while there is none. */
  get threadId(): number | undefined {
    return this.#worker?.threadId;
  }

  /** Indexes files. Rejects with the signal's reason as soon as that is aborted; the thread stops at the next file. */
  async open(
    request: Omit<OpenIndexRequest, 'control'>,
    { onProgress, signal }: OpenHandlers = {},
  ): Promise<IndexSummary> {
    signal?.throwIfAborted();
    const control = new Int32Array(new SharedArrayBuffer(8));
    const timer = setInterval(
      () => onProgress?.(Atomics.load(control, openControl.filesDone)),
      progressIntervalMs,
    );
    let abort = () => {};
    const aborted = new Promise<never>((_, reject) => {
      abort = () => {
        Atomics.store(control, openControl.cancelled, 1);
        reject(signal?.reason instanceof Error ? signal.reason : new Error('Cancelled'));
      };
    });
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await Promise.race([this.call('open', { ...request, control }), aborted]);
    } finally {
      clearInterval(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  call<M extends keyof PlansCalls>(
    method: M,
    ...args: PlansCalls[M]['args']
  ): Promise<PlansCalls[M]['result']> {
    const worker = (this.#worker ??= this.#start());
    const id = ++this.#lastId;
    // A process may end while its thread has nothing to do.
    worker.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      worker.postMessage({ id, method, args } satisfies PlansCall);
    });
  }

  /** Ends the thread and forgets its index; the next call starts a new one. */
  async stop(): Promise<void> {
    if (this.#worker !== undefined) await this.#end(this.#worker, 'Planning was stopped.');
  }

  #start(): Worker {
    const worker = new Worker(this.#workerFile, {
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMegabytes },
    });
    worker.on('message', (reply: PlansReply) => {
      const call = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if ('error' in reply) call?.reject(new Error(reply.error));
      else call?.resolve(reply.ok);
      if (this.#waiting.size === 0) worker.unref();
    });
    worker.on('error', (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      void this.#end(worker, `The thread of the plans ended (${reason}); plan again.`);
    });
    worker.on('exit', (code) => {
      void this.#end(worker, `The thread of the plans ended with code ${code}; plan again.`);
    });
    return worker;
  }

  async #end(worker: Worker, message: string): Promise<void> {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(new Error(message));
    await worker.terminate();
  }
}
