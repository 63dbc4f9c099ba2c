import {
  openControl,
  type IndexSummary,
  type OpenIndexRequest,
  type PlansCalls,
} from './plansCalls.ts';
import { ThreadCalls } from './threadCalls.ts';

export interface OpenHandlers {
  readonly onProgress?: (filesDone: number) => void;
  readonly signal?: AbortSignal;
}

const progressIntervalMs = 100;
/**
 * Enough for an index of some 100 million tokens; beyond it the thread ends instead of the whole process. No more than that: V8 lets
 * garbage grow to four times what is used where a heap may have 2 GB, and to less than twice where it may have 1 GB.
 */
const maxHeapMegabytes = 1024;

/** How long a call may go on after it was cancelled before its thread is ended. */
const defaultPatienceMs = 10_000;

/** The thread that indexes code and makes plans. One that was started anew has no index open. */
export class PlansThread extends ThreadCalls<PlansCalls> {
  readonly #patienceMs: number;
  /** Until a call that was cancelled has let the thread go. */
  #isFree: Promise<void> = Promise.resolve();

  /** @param workerFile the built plansWorker.js */
  constructor(workerFile: string, { patienceMs = defaultPatienceMs } = {}) {
    super({ workerFile, maxHeapMegabytes, name: 'Planning', advice: 'Plan again.' });
    this.#patienceMs = patienceMs;
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
    const cancel = () => Atomics.store(control, openControl.cancelled, 1);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await this.callUntil(signal, 'open', { ...request, control });
    } finally {
      clearInterval(timer);
      signal?.removeEventListener('abort', cancel);
    }
  }

  /**
   * The same as `call`, but rejects with the signal's reason as soon as that is aborted. Where the thread has not come to an
   * end of it some seconds later, it is ended: what is asked next need not wait behind it for ever.
   */
  async callUntil<M extends keyof PlansCalls>(
    signal: AbortSignal | undefined,
    method: M,
    ...args: PlansCalls[M]['args']
  ): Promise<PlansCalls[M]['result']> {
    signal?.throwIfAborted();
    let abort = () => {};
    const aborted = new Promise<never>((_, reject) => {
      abort = () => {
        reject(signal?.reason instanceof Error ? signal.reason : new Error('Cancelled'));
      };
    });
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await Promise.race([this.#isFree, aborted]);
      const answer = this.call(method, ...args);
      try {
        return await Promise.race([answer, aborted]);
      } finally {
        if (signal?.aborted === true) this.#isFree = this.#letGo(answer);
      }
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  async #letGo(answer: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, this.#patienceMs, 'late');
    });
    const ignored = () => {};
    const first = await Promise.race([answer.then(ignored, ignored), late]);
    clearTimeout(timer);
    if (first === 'late') {
      await this.stop(
        'Planning was cancelled and came to no end: it was started anew. Plan again.',
      );
    }
  }
}
