import { parentPort, Worker } from 'node:worker_threads';

/** Calls of a thread by name: what each is given and gives. */
export type CallTypes<Calls> = {
  readonly [M in keyof Calls]: { readonly args: readonly unknown[]; readonly result: unknown };
};

interface Call {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

type Reply =
  { readonly id: number; readonly ok: unknown } | { readonly id: number; readonly error: string };

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout | undefined;
}

export interface ThreadOptions {
  /** The built worker, which answers by `answerCalls`. */
  readonly workerFile: string;
  /** Beyond it the thread ends instead of the whole process. */
  readonly maxHeapMegabytes: number;
  /** What it is called in messages, and what to do when it has ended. */
  readonly name: string;
  readonly advice: string;
  /** A call that takes longer ends the thread. */
  readonly limit?: { readonly milliseconds: number; readonly advice: string };
}

/**
 * Calls answered by a thread. It starts at the first call; when it dies or hangs, what was asked fails with a message that says so,
 * and the next call starts a new one. A process may end while its thread has nothing to do.
 */
export class ThreadCalls<Calls extends CallTypes<Calls>> {
  readonly #options: ThreadOptions;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = 0;

  constructor(options: ThreadOptions) {
    this.#options = options;
  }

  /** The running thread's id; undefined while there is none. */
  get threadId(): number | undefined {
    return this.#worker?.threadId;
  }

  call<M extends keyof Calls & string>(
    method: M,
    ...args: Calls[M]['args']
  ): Promise<Calls[M]['result']> {
    const worker = (this.#worker ??= this.#start());
    const id = ++this.#lastId;
    worker.ref();
    return new Promise((resolve, reject) => {
      const timer = this.#limitOf(worker);
      this.#waiting.set(id, { resolve: resolve, reject, timer });
      worker.postMessage({ id, method, args } satisfies Call);
    });
  }

  /** Ends the thread; the next call starts a new one. What it owes fails with the message. */
  async stop(message = `${this.#options.name} was stopped.`): Promise<void> {
    if (this.#worker !== undefined) await this.#end(this.#worker, message);
  }

  #limitOf(worker: Worker): NodeJS.Timeout | undefined {
    const { name, limit } = this.#options;
    if (limit === undefined) return undefined;
    const seconds = limit.milliseconds / 1000;
    return setTimeout(() => {
      const message = `${name} gave no answer within ${seconds} s and was started anew. ${limit.advice}`;
      void this.#end(worker, message);
    }, limit.milliseconds);
  }

  #start(): Worker {
    const { workerFile, maxHeapMegabytes, name, advice } = this.#options;
    const worker = new Worker(workerFile, {
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMegabytes },
    });
    worker.on('message', (reply: Reply) => {
      const call = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      clearTimeout(call?.timer);
      if ('error' in reply) call?.reject(new Error(reply.error));
      else call?.resolve(reply.ok);
      if (this.#waiting.size === 0) worker.unref();
    });
    worker.on('error', (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      void this.#end(worker, `${name} ended (${reason}). ${advice}`);
    });
    worker.on('exit', (code) => {
      void this.#end(worker, `${name} ended with code ${code}. ${advice}`);
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

/** What a thread does for each call. */
export type CallMethods<Calls extends CallTypes<Calls>> = {
  readonly [M in keyof Calls]: (
    ...args: Calls[M]['args']
  ) => Calls[M]['result'] | Promise<Calls[M]['result']>;
};

/** Answers a thread's calls, in the thread; with `inTurn` one after the other. Does nothing on the main thread. */
export function answerCalls<Calls extends CallTypes<Calls>>(
  methods: CallMethods<Calls>,
  { inTurn = false }: { readonly inTurn?: boolean } = {},
): void {
  const port = parentPort;
  let last = Promise.resolve();
  port?.on('message', (call: Call) => {
    const post = async () => {
      port.postMessage(await answerTo(methods, call));
    };
    last = inTurn ? last.then(post) : post();
  });
}

async function answerTo<Calls extends CallTypes<Calls>>(
  methods: CallMethods<Calls>,
  { id, method, args }: Call,
): Promise<Reply> {
  try {
    const run = methods[method as keyof Calls];
    return { id, ok: await run(...args) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}
