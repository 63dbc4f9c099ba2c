import { createHash } from 'node:crypto';
import type { MessagePort, TransferListItem } from 'node:worker_threads';
import { defaultMaxFileBytes } from '../core/files/leftOutRules.ts';
import { packFile } from '../core/plans/packedFile.ts';
import { WordCounter } from '../core/search/wordCounter.ts';
import { WordTable } from '../core/search/wordTable.ts';
import type { TokenCounter } from '../core/tokens/tokenCounter.ts';
import { analyzeFile } from './analyzeFile.ts';
import type { AnalyzeOutcome, AnalyzeReply, FileToAnalyze, IndexWorkerData } from './indexPool.ts';
import { openTokenCounter } from './openTokenCounter.ts';
import { openControl } from './plansCalls.ts';
import { readTextFile } from './readTextFile.ts';
import { problemMessage } from './systemPath.ts';

/** Analyses the batches that arrive at the port, one after the other. */
export function serveIndexing(port: MessagePort, data: IndexWorkerData): void {
  const { control, position, limits } = data;
  const table = new WordTable();
  const words = new WordCounter(table);
  // Where all files are known, none is counted.
  let counter: Promise<TokenCounter> | undefined;
  const counterOf = () => (counter ??= openTokenCounter(data.encoding, data.vocabulary));
  let told = 0;

  const analyze = async (batch: readonly FileToAnalyze[]): Promise<AnalyzeReply> => {
    const outcomes: AnalyzeOutcome[] = [];
    for (const [i, file] of batch.entries()) {
      if (Atomics.load(control, openControl.cancelled) === 1) break;
      Atomics.store(position, 0, i);
      outcomes.push(await outcomeOf(file));
    }
    const newWords = table.packed(told);
    told = table.size;
    return { outcomes, words: newWords };
  };

  const outcomeOf = async ({
    path,
    utf8: given,
    systemPath,
    knownHash,
  }: FileToAnalyze): Promise<AnalyzeOutcome> => {
    try {
      const read = given ?? readTextFile(systemPath ?? path, defaultMaxFileBytes);
      if (read === undefined) return { type: 'problem', message: 'It is no text any more.' };
      const utf8 = owned(read);
      const hash = createHash('sha256').update(utf8).digest('hex');
      if (hash === knownHash) return { type: 'known', utf8 };
      const file = await analyzeFile({ path, utf8 }, await counterOf(), words, limits);
      return { type: 'analyzed', utf8, hash, file: packFile(file), hasSecrets: file.hasSecrets };
    } catch (error) {
      return { type: 'problem', message: problemMessage(error) };
    }
  };

  port.on('message', (batch: readonly FileToAnalyze[]) => {
    void analyze(batch).then((reply) => {
      port.postMessage(reply, transferred(reply));
    });
  });
}

/** Bytes in a buffer of their own, which can be handed over; a small Buffer shares one with others. */
function owned(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer
    ? bytes
    : new Uint8Array(bytes);
}

function transferred({ outcomes, words }: AnalyzeReply): TransferListItem[] {
  const arrays: (Uint8Array | Uint16Array | Uint32Array)[] = [words.bytes, words.starts];
  for (const outcome of outcomes) {
    if (outcome.type === 'problem') continue;
    arrays.push(outcome.utf8);
    if (outcome.type === 'known') continue;
    const { numbers, wordIds, wordCounts } = outcome.file;
    arrays.push(numbers, wordIds, wordCounts);
  }
  return arrays.map((array) => array.buffer as ArrayBuffer);
}
