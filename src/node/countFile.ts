import { contentKindOf } from '../core/files/contentKind.ts';
import { isNotebookPath, parseNotebook } from '../core/files/notebook.ts';
import { lineCount } from '../core/files/textFormat.ts';
import type { TokenCounter } from '../core/tokens/tokenCounter.ts';
import type { ContentResult } from './countCache.ts';
import { countChunks } from '../core/tokens/countChunks.ts';
import { withFileContent, type FileContent } from './readText.ts';
import type { CountOutcome, FileToCount } from './scanMessages.ts';
import { problemMessage } from './systemPath.ts';

/** A notebook is parsed as a whole; a larger one is left out for its size. */
const maxNotebookBytes = 32 * 1024 * 1024;

type Text = Extract<FileContent, { type: 'text' }>;

/** Counts one file; what goes wrong with it is its outcome, never an exception. */
export function countFile(
  file: FileToCount,
  maxFileBytes: number,
  counter: TokenCounter,
  isCancelled: () => boolean,
  withHash = true,
): CountOutcome {
  const readMs = Date.now();
  const isNotebook = isNotebookPath(file.path);
  const maxBytes = isNotebook ? Math.min(maxNotebookBytes, maxFileBytes) : maxFileBytes;
  try {
    const use = (content: FileContent): CountOutcome => {
      if (content.type === 'notAFile' || content.type === 'tooLarge') return content;
      const { bytes } = content;
      // What nobody keeps needs no hash.
      const hash = withHash ? content.hash() : '';
      if (withHash && file.known?.hash === hash) {
        return { type: 'read', bytes, hash, readMs, result: file.known.result };
      }
      if (content.type === 'binary') {
        return { type: 'read', bytes, hash, readMs, result: { type: 'binary' } };
      }
      const result =
        (isNotebook ? countNotebook(content, counter) : undefined) ??
        countText(file.path, content, counter, isCancelled);
      if (result === undefined) return { type: 'cancelled' };
      // Counted as it was found, but nothing to remember: the hash is of another content.
      return { type: 'read', bytes, hash: content.isUnchanged() ? hash : '', readMs, result };
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
  let kind: ReturnType<typeof contentKindOf> | undefined;
  function* measured(): Generator<Uint8Array> {
    for (const chunk of content.chunks()) {
      textBytes += chunk.length;
      lineFeeds += lineFeedsIn(chunk);
      kind ??= contentKindOf(path, chunk);
      yield chunk;
    }
  }
  let tokens: number | undefined = 0;
  if (content.isWhole) for (const chunk of measured()) tokens += counter.countBytes(chunk);
  else tokens = countChunks(counter, measured(), isCancelled);
  if (tokens === undefined) return undefined;
  const lines = lineCount(lineFeeds, textBytes);
  return { type: 'counted', kind: kind ?? 'code', lines, tokens, outputBytes: 0 };
}

function lineFeedsIn(chunk: Uint8Array): number {
  let lineFeeds = 0;
  for (let idx = 0; idx < chunk.length; idx++) if (chunk[idx] === 0x0a) lineFeeds++;
  return lineFeeds;
}
