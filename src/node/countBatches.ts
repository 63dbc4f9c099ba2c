import type { BatchQueue } from './batches.ts';
import { restOfBatch } from './batches.ts';
import { isCancelled, type CountOutcome, type FileBatch } from './scanMessages.ts';
import { place, type Run } from './scanRun.ts';
import { isCrash, type Thread } from './thread.ts';

/** Has a thread count the first files of a batch, and note in `position` which it is at. */
export type CountFiles = (
  thread: Thread,
  batch: FileBatch,
  position: Int32Array,
) => Promise<readonly CountOutcome[]>;

export interface CountBatchesOptions {
  readonly threads: readonly Thread[];
  readonly count: CountFiles;
  readonly maxFileSeconds: number | undefined;
}

/** Threads that end so often in a row before they get as far as a file will not do so at the next try either. */
const maxFailedStarts = 3;
/** Many times what the largest file takes, also from a slow network. */
const defaultMaxFileSeconds = 300;

/**
 * Counts what comes out of the queue, while more is found. A file that ends its thread, or at which a thread stands still, costs
 * that file and nothing else.
 */
export async function countBatches(
  run: Run,
  queue: BatchQueue,
  { threads, count, maxFileSeconds = defaultMaxFileSeconds }: CountBatchesOptions,
): Promise<void> {
  let failedStarts = 0;
  const work = async ({ thread, positions }: CountingThread): Promise<void> => {
    for (let batch = await queue.next(); batch !== undefined; batch = await queue.next()) {
      if (isCancelled(run.control) || run.isAbandoned) return;
      const position = new Int32Array(new SharedArrayBuffer(4)).fill(-1);
      positions.add(position);
      try {
        const outcomes = await count(thread, batch, position);
        failedStarts = 0;
        place(run, batch, outcomes);
        if (outcomes.length < batch.paths.length)
          queue.putBack(restOfBatch(batch, outcomes.length));
      } catch (error) {
        if (!isCrash(error) || isCancelled(run.control)) throw error;
        // A batch that the thread was done with when it ended in the next one costs no file.
        const at = Atomics.load(position, 0);
        const isAtFault = lastBegun(positions) === position;
        if (at < 0 && ++failedStarts >= maxFailedStarts) throw error;
        if (isAtFault) {
          failedStarts = 0;
          run.filesDone++;
          run.problems.push({
            path: batch.paths[at],
            message: `Counting it ended its thread: ${error.message}`,
          });
        }
        queue.putBack(restOfBatch(batch, 0, isAtFault ? at : undefined));
      } finally {
        // After all batches of a thread that ended have looked at each other.
        setImmediate(() => positions.delete(position));
      }
    }
  };
  const counting = threads.map((thread) => ({ thread, positions: new Set<Int32Array>() }));
  const watches = counting.map((each) => endWhenStill(each, maxFileSeconds));
  try {
    // Each has a second batch waiting in its thread while it counts the first.
    await Promise.all([...counting, ...counting].map(work));
  } finally {
    for (const watch of watches) clearInterval(watch);
  }
}

interface CountingThread {
  readonly thread: Thread;
  /** Of each batch that the thread has, in the order it takes them: the index of the file it is at; below 0 before the first. */
  readonly positions: Set<Int32Array>;
}

/** Of the batch that the thread is at; undefined before its first file. */
function lastBegun(positions: ReadonlySet<Int32Array>): Int32Array | undefined {
  return [...positions].filter((each) => Atomics.load(each, 0) >= 0).at(-1);
}

const looksPerSecond = 4;

/**
 * Ends the thread when it stays at one file for so long, as where a disk of a network does not answer. Looks are counted and not
 * the clock: a machine that slept has not looked meanwhile.
 */
function endWhenStill({ thread, positions }: CountingThread, maxSeconds: number): NodeJS.Timeout {
  let seen = '';
  let looks = 0;
  const watch = setInterval(() => {
    const position = lastBegun(positions);
    const now = [...positions].map((each) => Atomics.load(each, 0)).join(' ');
    if (position === undefined || now !== seen) [seen, looks] = [now, 0];
    else if (++looks >= maxSeconds * looksPerSecond) {
      looks = 0;
      void thread.endHung(`it was not done after ${maxSeconds} s.`);
    }
  }, 1000 / looksPerSecond);
  return watch.unref();
}
