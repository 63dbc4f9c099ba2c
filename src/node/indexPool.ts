import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ChunkLimits } from '../core/plans/chunks.ts';
import { renumberWords, type PackedFile } from '../core/plans/packedFile.ts';
import type { PackedWords, WordTable } from '../core/search/wordTable.ts';
import type { EncodingName } from '../core/tokens/tokenCounter.ts';
import { lendVocabulary } from '../core/tokens/kernel/lendVocabulary.ts';
import { openControl, type SourceFile } from './plansCalls.ts';
import type { SharedVocabulary } from './vocabularies.ts';

/** How the worker file starts as one of these threads. */
export interface IndexWorkerData {
  readonly role: 'index';
  readonly encoding: EncodingName;
  readonly vocabulary: SharedVocabulary;
  readonly limits: ChunkLimits;
  readonly control: Int32Array;
  /** The file that the thread is at, by its place in the batch: a crash costs that file alone. */
  readonly position: Int32Array;
}

export interface FileToAnalyze extends SourceFile {
  readonly fileIdx: number;
  /** SHA-256 of the text that is known already. */
  readonly knownHash?: string;
}

export type AnalyzeOutcome =
  | {
      readonly type: 'analyzed';
      readonly utf8: Uint8Array;
      readonly hash: string;
      readonly file: PackedFile;
      /** Something in it looks like a secret. */
      readonly hasSecrets: boolean;
    }
  /** The text has the known hash. */
  | { readonly type: 'known'; readonly utf8: Uint8Array }
  | { readonly type: 'problem'; readonly message: string };

export interface AnalyzeReply {
  /** One for each file of the batch; fewer when cancelled. */
  readonly outcomes: readonly AnalyzeOutcome[];
  /** Words that the thread has not told before. */
  readonly words: PackedWords;
}

export interface PoolRequest extends Omit<IndexWorkerData, 'role' | 'position'> {
  readonly files: readonly FileToAnalyze[];
  readonly words: WordTable;
  readonly workerFile: string;
  /** A file that takes longer is given up. */
  readonly maxFileSeconds?: number;
  /** Word ids of an analyzed file are those of `words`. */
  readonly onOutcome: (file: FileToAnalyze, outcome: AnalyzeOutcome) => void;
}

export const batchFiles = 24;
const maxThreads = 8;
/** A file and its syntax tree; small, so that garbage is collected before it is much. */
const heapLimits = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16 };
/** Many times what the longest file takes on a slow machine: one that takes longer is never done. */
const defaultMaxFileSeconds = 60;
/** Below this many files for each thread, starting it costs more than it saves. */
const filesPerThread = 100;

/**
 * Analyses files in threads of their own, which live as long as this call. A file that ends its thread or is never done costs
 * that file. Throws when a thread can't even start, twice.
 */
export async function analyzeInThreads(request: PoolRequest): Promise<void> {
  const { files } = request;
  const count = Math.min(
    maxThreads,
    availableParallelism(),
    Math.ceil(files.length / filesPerThread),
  );
  let next = 0;
  let failed = false;
  const takeBatch = () => (failed ? [] : files.slice(next, (next += batchFiles)));
  const running = Array.from({ length: count }, async () => {
    try {
      await runThread(request, takeBatch);
    } catch (error) {
      failed = true;
      throw error;
    }
  });
  // All of them: what still ran when this call had failed would go on beside the next one.
  const outcomes = await Promise.allSettled(running);
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

async function runThread(request: PoolRequest, takeBatch: () => FileToAnalyze[]): Promise<void> {
  const { control } = request;
  let thread: RunningThread | undefined;
  let failedStarts = 0;
  try {
    for (let batch = takeBatch(); batch.length > 0;) {
      if (Atomics.load(control, openControl.cancelled) === 1) return;
      thread ??= startThread(request);
      const result = await thread.analyze(batch);
      if ('crash' in result) {
        await thread.stop();
        thread = undefined;
        const { at, crash } = result;
        if (at < 0) {
          // Before the first file: one that fails so twice would at the next try too.
          if (++failedStarts < 2) continue;
          throw new Error(`Indexing could not start: its thread ${crash}. Plan again.`);
        }
        const message = `Reading it failed: the thread ${crash}`;
        request.onOutcome(batch[at], { type: 'problem', message });
        Atomics.add(control, openControl.filesDone, 1);
        batch = batch.filter((_, i) => i !== at);
        if (batch.length === 0) batch = takeBatch();
        continue;
      }
      result.outcomes.forEach((outcome, i) => {
        request.onOutcome(batch[i], outcome);
      });
      Atomics.add(control, openControl.filesDone, result.outcomes.length);
      batch = takeBatch();
    }
  } finally {
    await thread?.stop();
  }
}

type AnalyzeResult =
  | { readonly outcomes: readonly AnalyzeOutcome[] }
  /** What the thread did instead, as in "ended with code 1", and at which file of the batch; below 0, before the first. */
  | { readonly crash: string; readonly at: number };

interface RunningThread {
  analyze(batch: readonly FileToAnalyze[]): Promise<AnalyzeResult>;
  stop(): Promise<unknown>;
}

function startThread(request: PoolRequest): RunningThread {
  const { encoding, limits, control, words, workerFile } = request;
  const { vocabulary, giveBack } = lendVocabulary(request.vocabulary);
  const { maxFileSeconds = defaultMaxFileSeconds } = request;
  const position = new Int32Array(new SharedArrayBuffer(4));
  const workerData: IndexWorkerData = {
    role: 'index',
    encoding,
    vocabulary,
    limits,
    control,
    position,
  };
  const worker = new Worker(workerFile, { workerData, resourceLimits: heapLimits });
  /** The thread's word ids as ids of `words`. */
  let idOf = new Uint32Array(0);
  return {
    analyze: (batch) =>
      new Promise((resolve) => {
        Atomics.store(position, 0, -1);
        const done = (result: AnalyzeResult) => {
          clearInterval(watch);
          resolve(result);
        };
        const crashed = (crash: string) => {
          done({ crash, at: Atomics.load(position, 0) });
        };
        let at = -1;
        let sinceMs = Date.now();
        const watch = setInterval(() => {
          const now = Atomics.load(position, 0);
          const nowMs = Date.now();
          if (now !== at) [at, sinceMs] = [now, nowMs];
          else if (nowMs - sinceMs > maxFileSeconds * 1000)
            crashed(`gave no answer within ${maxFileSeconds} s`);
        }, 250);
        worker.removeAllListeners();
        worker.once('error', (error: unknown) => {
          const reason = error instanceof Error ? error.message : String(error);
          crashed(`ended: ${reason}`);
        });
        worker.once('exit', (code) => {
          crashed(`ended with code ${code}`);
        });
        worker.once('message', (reply: AnalyzeReply) => {
          const added = words.addAll(reply.words);
          const longer = new Uint32Array(idOf.length + added.length);
          longer.set(idOf);
          longer.set(added, idOf.length);
          idOf = longer;
          for (const outcome of reply.outcomes)
            if (outcome.type === 'analyzed') renumberWords(outcome.file, idOf);
          done({ outcomes: reply.outcomes });
        });
        worker.postMessage(batch);
      }),
    stop: async () => {
      worker.removeAllListeners();
      await worker.terminate();
      giveBack();
    },
  };
}
