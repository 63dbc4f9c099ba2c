import { contentKindOf } from '../core/files/contentKind.ts';
import { isNotebookPath, parseNotebook } from '../core/files/notebook.ts';
import { lineFeedsIn } from '../core/files/lineFeeds.ts';
import { lineCount } from '../core/files/textFormat.ts';
import type { TokenCounter } from '../core/tokens/tokenCounter.ts';
import type { ContentResult } from './countCache.ts';
import { countChunks } from '../core/tokens/countChunks.ts';
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
      if (content.type === 'notAFile' || content.type === 'tooLarge') return content;
      const { bytes, stamp } = content;
      // What nobody keeps needs no hash.
      const hash = withHash ? content.hash() : '';
      if (withHash && file.known?.hash === hash) {
        return { type: 'read', bytes, stamp, hash, readMs, result: file.known.result };
      }
      if (content.type === 'binary') {
        return { type: 'read', bytes, stamp, hash, readMs, result: { type: 'binary' } };
      }
      const result =
        (isNotebook ? countNotebook(content, counter) : undefined) ??
        countText(file.path, content, counter, isCancelled);
      if (result === undefined) return { type: 'cancelled' };
      // Counted as it was found, but nothing to remember: the hash is of another content.
      const lasting = content.isUnchanged() ? hash : '';
      return { type: 'read', bytes, stamp, hash: lasting, readMs, result };
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
  const { text, outputCharacters } = notebook;
  const tokens = counter.countText(text);
  const lines = text === '' ? 0 : text.split('\n').length;
  return { type: 'counted', kind: 'code', lines, tokens, outputBytes: outputCharacters };
}

function countText(
  path: string,
  content: Text,
  counter: TokenCounter,
  isCancelled: () => boolean,
): ContentResult | undefined {
  let lineFeeds = 0;
  let textBytes = 0;
  let kind: ReturnType<typeof contentKindOf> = 'code';
  const measure = (chunk: Uint8Array) => {
    if (textBytes === 0) kind = contentKindOf(path, chunk, content.isAscii);
    textBytes += chunk.length;
    lineFeeds += lineFeedsIn(chunk);
  };
  function* measured(): Generator<Uint8Array> {
    for (const chunk of content.chunks()) {
      measure(chunk);
      yield chunk;
    }
  }
  let tokens: number | undefined = 0;
  if (content.isWhole) {
    for (const chunk of content.chunks()) {
      measure(chunk);
      tokens += counter.countBytes(chunk);
    }
  } else tokens = countChunks(counter, measured(), isCancelled);
  if (tokens === undefined) return undefined;
  const lines = lineCount(lineFeeds, textBytes);
  return { type: 'counted', kind, lines, tokens, outputBytes: 0 };
}
