import { Worker } from 'node:worker_threads';
import type { WorkerCalls, WorkerReply } from './scanMessages.ts';

/** The worker thread ended in the middle of a call: out of memory, a fault, `process.exit`. */
export class ThreadCrashed extends Error {
  override readonly name = 'ThreadCrashed';
}

/** It was ended because nobody needs it any more. */
export class ThreadStopped extends ThreadCrashed {}

/** Whether a thread ended that was still needed. */
export function isCrash(error: unknown): error is ThreadCrashed {
  return error instanceof ThreadCrashed && !(error instanceof ThreadStopped);
}

/** What a call of this type is sent before its reply. */
type PartOf<Type extends keyof WorkerCalls> = WorkerCalls[Type] extends {
  readonly part: infer Part;
}
  ? Part
  : never;

interface Call {
  readonly onPart: ((part: unknown) => void) | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Enough for a vocabulary and the chunks of a file; beyond it the thread ends instead of the whole process. */
const maxHeapMegabytes = 1024;

/** One worker thread with typed calls. It starts at the first call, and again after a crash. */
export class Thread {
  readonly #workerFile: string;
  readonly #calls = new Map<number, Call>();
  #worker: Worker | undefined;
  #lastId = 0;
  #starts = 0;

  constructor(workerFile: string) {
    this.#workerFile = workerFile;
  }

  /** Changes when the thread starts anew, and knows nothing of what it was sent before. */
  get starts(): number {
    return this.#starts;
  }

  /** Calls waiting for their reply. */
  get waiting(): number {
    return this.#calls.size;
  }

  get isRunning(): boolean {
    return this.#worker !== undefined;
  }

  /** The call that it is at, or comes to next; undefined when it owes nothing. */
  get oldestCall(): number | undefined {
    return this.#calls.keys().next().value;
  }

  /** Starts the thread, if there is none, so that its first call need not wait for that. */
  start(): void {
    if (this.#worker !== undefined) return;
    this.#worker = this.#start();
    this.#worker.unref();
  }

  /**
   * Rejects with what the call threw in the thread, or with `ThreadCrashed`.
   *
   * @param onPart takes what the thread sends before it replies
   */
  call<Type extends keyof WorkerCalls>(
    request: WorkerCalls[Type]['request'] & { readonly type: Type },
    onPart?: (part: PartOf<Type>) => void,
  ): Promise<WorkerCalls[Type]['reply']> {
    const worker = (this.#worker ??= this.#start());
    const id = ++this.#lastId;
    // A process may end while its threads have nothing to do.
    worker.ref();
    return new Promise((resolve, reject) => {
      this.#calls.set(id, {
        resolve: resolve as (value: unknown) => void,
        reject,
        onPart: onPart as ((part: unknown) => void) | undefined,
      });
      worker.postMessage({ id, request });
    });
  }

  /** Calls on their way are rejected with `ThreadStopped`. */
  async stop(): Promise<void> {
    await this.#end(new ThreadStopped('It was stopped.'));
  }

  /** Ends a thread that hangs: calls on their way are rejected as after a crash, and may be made again. */
  async endHung(why = 'The worker thread hung and was ended.'): Promise<void> {
    await this.#end(new ThreadCrashed(why));
  }

  async #end(error: ThreadCrashed): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#failAll(error);
    await worker?.terminate();
  }

  #start(): Worker {
    this.#starts++;
    const worker = new Worker(this.#workerFile, {
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMegabytes },
    });
    worker.on('message', (reply: WorkerReply) => {
      const call = this.#calls.get(reply.id);
      if ('part' in reply) {
        call?.onPart?.(reply.part);
        return;
      }
      this.#calls.delete(reply.id);
      if ('error' in reply) call?.reject(new Error(reply.error));
      else call?.resolve(reply.ok);
      if (this.#calls.size === 0) worker.unref();
    });
    const crashed = (message: string) => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#failAll(new ThreadCrashed(message));
    };
    worker.on('error', (error: unknown) => {
      crashed(error instanceof Error ? error.message : String(error));
    });
    worker.on('exit', (code) => {
      crashed(`The worker thread ended with code ${code}.`);
    });
    return worker;
  }

  #failAll(error: ThreadCrashed): void {
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) call.reject(error);
  }
}
