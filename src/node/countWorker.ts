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
  type WorkerCalls,
  type WorkerReply,
  type WorkerRequest,
} from './scanMessages.ts';
import { loadVocabulary, type SharedVocabulary } from './vocabularies.ts';
import { rememberCounts, walkFolders } from './walkFolders.ts';

const counters = new Map<EncodingName, Promise<TokenCounter>>();

function counterOf(encoding: EncodingName, vocabulary: SharedVocabulary): Promise<TokenCounter> {
  let counter = counters.get(encoding);
  if (counter === undefined) {
    counter = openTokenCounter(encoding, vocabulary);
    counters.set(encoding, counter);
  }
  return counter;
}

async function countFiles(
  request: WorkerCalls['countFiles']['request'],
): Promise<readonly CountOutcome[]> {
  const { files, maxFileBytes, control, position, encoding, vocabulary, withHash } = request;
  const counter = await counterOf(encoding, vocabulary);
  return files.map((file, index) => {
    if (isCancelled(control)) return { type: 'cancelled' };
    Atomics.store(position, 0, index);
    return countFile(file, maxFileBytes, counter, () => isCancelled(control), withHash);
  });
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

function answer(request: WorkerRequest): unknown {
  switch (request.type) {
    case 'walk':
      return walkFolders(request);
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
    return { id, ok: await answer(request) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', ({ id, request }: { id: number; request: WorkerRequest }) => {
  void replyTo(id, request).then((reply) => parentPort?.postMessage(reply));
});
