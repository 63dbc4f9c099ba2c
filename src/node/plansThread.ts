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

/** The thread that indexes code and makes plans. One that was started anew has no index open. */
export class PlansThread extends ThreadCalls<PlansCalls> {
  /** @param workerFile the built plansWorker.js */
  constructor(workerFile: string) {
    super({ workerFile, maxHeapMegabytes, name: 'Planning', advice: 'Plan again.' });
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
}
