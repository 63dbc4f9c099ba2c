// The worker thread: walks, reads and counts, so that nothing of it happens on the thread of an editor or a terminal.
import { parentPort } from 'node:worker_threads';
import type { LeftOutFile } from '../core/files/scanReport.ts';
import type { EncodingName, TokenCounter } from '../core/tokens/tokenCounter.ts';
import { countFile } from './countFile.ts';
import { folderSize } from './folderSize.ts';
import { openTokenCounter } from './openTokenCounter.ts';
import {
  isCancelled,
  type CountOutcome,
  type FileBatch,
  type WorkerCalls,
  type WorkerReply,
  type WorkerRequest,
} from './scanMessages.ts';
import { loadVocabulary, type SharedVocabulary } from './vocabularies.ts';
import { forgetOlderContents } from './tokenizerFiles.ts';
import { rememberCounts, walkFolders } from './walkFolders.ts';

const counters = new Map<EncodingName, Promise<TokenCounter>>();

function counterOf(
  encoding: EncodingName,
  vocabulary: SharedVocabulary | undefined,
): Promise<TokenCounter> {
  let counter = counters.get(encoding);
  if (counter === undefined) {
    counter = openTokenCounter(encoding, vocabulary);
    forgetOlderContents(counters, encoding);
    counters.set(encoding, counter);
    // A failure is not kept: the next request tries again.
    counter.catch(() => counters.delete(encoding));
  }
  return counter;
}

/** So much is read for one batch, and at least one file of it: then the other threads may take from the rest. */
const maxBatchBytes = 1024 * 1024;

async function countFiles(
  request: WorkerCalls['countFiles']['request'],
): Promise<readonly CountOutcome[]> {
  const { batch, maxFileBytes, control, position, encoding, vocabulary, withHash } = request;
  const { paths, systemPaths, keep, known } = batch;
  const counter = await counterOf(encoding, vocabulary);
  const counting = { counter, maxFileBytes, withHash, isCancelled: () => isCancelled(control) };
  const outcomes: CountOutcome[] = [];
  for (let index = 0, bytes = 0; index < paths.length && bytes < maxBatchBytes; index++) {
    Atomics.store(position, 0, index);
    const outcome = isCancelled(control)
      ? ({ type: 'cancelled' } as const)
      : countFile(
          {
            path: paths[index],
            systemPath: systemPaths[index],
            keep: keep.has(index),
            known: known.get(index),
          },
          counting,
        );
    if (outcome.type === 'read') bytes += outcome.bytes;
    outcomes.push(outcome);
  }
  return outcomes;
}

async function countText(request: WorkerCalls['countText']['request']): Promise<number> {
  return (await counterOf(request.encoding, request.vocabulary)).countText(request.text);
}

function sizeFolders(request: WorkerCalls['sizeFolders']['request']): readonly LeftOutFile[] {
  return request.folders.map(({ path, systemPath, reason }) => ({
    path,
    reason,
    ...folderSize(systemPath, () => isCancelled(request.control)),
  }));
}

function answer(request: WorkerRequest, sendPart: (part: FileBatch) => void): unknown {
  switch (request.type) {
    case 'walk':
      return walkFolders(request, sendPart);
    case 'sizeFolders':
      return sizeFolders(request);
    case 'remember':
      return rememberCounts(request.counts);
    case 'loadVocabulary':
      return loadVocabulary(request.encoding);
    case 'countFiles':
      return countFiles(request);
    case 'countText':
      return countText(request);
  }
}

async function replyTo(id: number, request: WorkerRequest): Promise<WorkerReply> {
  try {
    const sendPart = (part: FileBatch) => {
      const reply: WorkerReply = { id, part };
      parentPort?.postMessage(reply);
    };
    return { id, ok: await answer(request, sendPart) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', ({ id, request }: { id: number; request: WorkerRequest }) => {
  void replyTo(id, request).then((reply) => parentPort?.postMessage(reply));
});
