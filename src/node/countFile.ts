import { contentKindOf } from '../core/files/contentKind.ts';
import { isNotebookPath, parseNotebook } from '../core/files/notebook.ts';
import { lineFeedsIn } from '../core/files/lineFeeds.ts';
import { lineCount } from '../core/files/textFormat.ts';
import type { TokenCounter } from '../core/tokens/tokenCounter.ts';
import type { ContentResult } from './countCache.ts';
import { countChunks } from '../core/tokens/countChunks.ts';
import { answers, isLeftOutAsMinified } from './placeOutcome.ts';
import { withFileContent, type FileContent } from './readText.ts';
import type { CountOutcome, KnownContent } from './scanMessages.ts';
import { problemMessage, type SystemPath } from './systemPath.ts';

/** A notebook is parsed as a whole; a larger one is left out for its size. */
const maxNotebookBytes = 32 * 1024 * 1024;

type Text = Extract<FileContent, { type: 'text' }>;

export interface FileToCount {
  /** Path in the report. */
  readonly path: string;
  readonly systemPath: SystemPath;
  /** Whether it is counted even if it is minified. */
  readonly keep: boolean;
  readonly known: KnownContent | undefined;
}

/** How files are counted, the same for all files of a batch. */
export interface Counting {
  readonly counter: TokenCounter;
  readonly maxFileBytes: number;
  readonly withHash: boolean;
  readonly isCancelled: () => boolean;
}

/** Counts one file; what goes wrong with it is its outcome, never an exception. */
export function countFile(file: FileToCount, counting: Counting): CountOutcome {
  const { counter, maxFileBytes, withHash, isCancelled } = counting;
  const readMs = Date.now();
  const isNotebook = isNotebookPath(file.path);
  const maxBytes = isNotebook ? Math.min(maxNotebookBytes, maxFileBytes) : maxFileBytes;
  try {
    const use = (content: FileContent): CountOutcome => {
      if (content.type !== 'text' && content.type !== 'binary') return content;
      const { bytes, stamp } = content;
      // What nobody keeps needs no hash.
      const hash = withHash ? content.hash() : '';
      const identity = withHash ? { stamp, hash, readMs } : undefined;
      const { known, keep } = file;
      if (withHash && known?.hash === hash && answers(known.result, keep)) {
        return { type: 'read', bytes, result: known.result, identity };
      }
      if (content.type === 'binary') {
        return { type: 'read', bytes, result: { type: 'binary' }, identity };
      }
      const result =
        (isNotebook ? countNotebook(content, counter) : undefined) ??
        countText(file, content, counter, isCancelled);
      if (result === undefined) return { type: 'cancelled' };
      // Counted as it was found, but nothing to remember: the hash is of another content.
      return {
        type: 'read',
        bytes,
        result,
        identity: content.isUnchanged() ? identity : undefined,
      };
    };
    return withFileContent(file.systemPath, maxBytes, use, withHash);
  } catch (error) {
    return { type: 'problem', message: problemMessage(error) };
  }
}

function countNotebook(content: Text, counter: TokenCounter): ContentResult | undefined {
  const decoder = new TextDecoder();
  let json = '';
  for (const chunk of content.chunks()) json += decoder.decode(chunk, { stream: true });
  const notebook = parseNotebook(json + decoder.decode());
  if (notebook === undefined) return undefined;
  const { text, outputBytes } = notebook;
  const tokens = counter.countText(text);
  const lines = text === '' ? 0 : text.split('\n').length;
  return { type: 'counted', kind: 'code', lines, tokens, outputBytes };
}

function countText(
  file: FileToCount,
  content: Text,
  counter: TokenCounter,
  isCancelled: () => boolean,
): ContentResult | undefined {
  const [start] = content.chunks();
  const kind = contentKindOf(file.path, start, content.isAscii);
  if (isLeftOutAsMinified(file, kind)) return { type: 'minified' };
  let lineFeeds = 0;
  let textBytes = 0;
  const measure = (chunk: Uint8Array) => {
    textBytes += chunk.length;
    lineFeeds += lineFeedsIn(chunk);
  };
  function* measured(): Generator<Uint8Array> {
    for (const chunk of content.chunks()) {
      measure(chunk);
      yield chunk;
    }
  }
  let tokens: number | undefined;
  if (content.isWhole) {
    measure(start);
    tokens = counter.countBytes(start);
  } else tokens = countChunks(counter, measured(), isCancelled);
  if (tokens === undefined) return undefined;
  const lines = lineCount(lineFeeds, textBytes);
  return { type: 'counted', kind, lines, tokens, outputBytes: 0 };
}
