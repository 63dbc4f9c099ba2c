import { Worker } from 'node:worker_threads';
import type { LabCall, LabCalls, LabReply } from '../lab/runMessages.ts';

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

export interface LabThreadOptions {
  readonly workerFile: string;
  /** A call that takes longer ends the thread. */
  readonly limitMilliseconds?: number;
}

/**
 * The thread that runs the lab's engine. It starts at the first call; when it dies or hangs, what was asked fails with a
 * message that says so, and the next call starts a new one.
 */
export class LabThread {
  readonly #options: LabThreadOptions;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = 0;

  constructor(options: LabThreadOptions) {
    this.#options = options;
  }

  /** The running thread's id; undefined while there is none. */
  get threadId(): number | undefined {
    return this.#worker?.threadId;
  }

  call<M extends keyof LabCalls>(
    method: M,
    ...args: LabCalls[M]['args']
  ): Promise<LabCalls[M]['result']> {
    const worker = (this.#worker ??= this.#start());
    const id = ++this.#lastId;
    const limit = this.#options.limitMilliseconds ?? 20_000;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        void this.#end(
          worker,
          `The engine gave no answer within ${limit / 1000} s and was started anew. Take a shorter text or smaller values.`,
        );
      }, limit);
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject, timer });
      worker.postMessage({ id, method, args } satisfies LabCall);
    });
  }

  /** Ends the thread; the next call starts a new one. */
  async stop(): Promise<void> {
    if (this.#worker !== undefined) await this.#end(this.#worker, 'The engine was stopped.');
  }

  #start(): Worker {
    const worker = new Worker(this.#options.workerFile, {
      resourceLimits: { maxOldGenerationSizeMb: 1024 },
    });
    worker.unref();
    worker.on('message', (reply: LabReply) => {
      const call = this.#waiting.get(reply.id);
      if (call === undefined) return;
      this.#waiting.delete(reply.id);
      clearTimeout(call.timer);
      if ('error' in reply) call.reject(new Error(reply.error));
      else call.resolve(reply.ok);
    });
    worker.on('error', (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      void this.#end(worker, `The engine ended (${reason}) and starts anew when it is needed.`);
    });
    worker.on('exit', (code) => {
      void this.#end(
        worker,
        `The engine ended with code ${code} and starts anew when it is needed.`,
      );
    });
    return worker;
  }

  async #end(worker: Worker, message: string): Promise<void> {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject, timer } of waiting) {
      clearTimeout(timer);
      reject(new Error(message));
    }
    await worker.terminate();
  }
}
