import type { TokenCounter } from '../tokens/tokenCounter.ts';
import { characterStart, lineStartsOf } from './lines.ts';
import type { Declaration, Outline } from './outline.ts';
import { seamTokens } from './seams.ts';

/** A piece of a file that is sent, indexed and counted as one. Chunks of a file cover it without gap or overlap. */
export interface Chunk {
  readonly startByte: number;
  readonly endByte: number;
  /** Lines from 0, the end included. */
  readonly startLine: number;
  readonly endLine: number;
  /** Exact, counted on its own. */
  readonly tokens: number;
  /** What is declared in it, by name; empty where no grammar reads the file. */
  readonly declares: readonly string[];
  /** What joining it to the chunk before it adds to the sum of both counts; undefined: that must be counted. */
  readonly joinTokens: number | undefined;
  /** Length of the longest run of backticks in it: a fence around it must be longer. */
  readonly backticks: number;
}

type CutChunk = Omit<Chunk, 'joinTokens' | 'backticks'>;

export interface ChunkLimits {
  /** Neighbours are joined until they come to this. */
  readonly targetTokens: number;
  /** No chunk has more. */
  readonly maxTokens: number;
}

export const defaultChunkLimits: ChunkLimits = { targetTokens: 500, maxTokens: 1500 };

/**
 * A text with more bytes than this for each token is hardly found, and one that is as large is cut before it is counted: a bundle
 * that is one function would be counted again at each halving.
 */
const mostBytesPerToken = 8;

interface Span {
  readonly startLine: number;
  /** Exclusive. */
  readonly endLine: number;
}

/**
 * Cuts a file between its declarations, joins small neighbours, and cuts what is too large at blank lines, at lines, and
 * where one line alone is too large, inside it.
 */
export function chunkFile(
  utf8: Uint8Array,
  outline: Outline,
  counter: TokenCounter,
  limits: ChunkLimits = defaultChunkLimits,
): Chunk[] {
  if (utf8.length === 0) return [];
  if (limits.maxTokens < 1)
    throw new RangeError(`maxTokens must be at least 1, got ${limits.maxTokens}`);
  const lineStarts = lineStartsOf(utf8);
  const chunks: CutChunk[] = [];
  const byteAt = (line: number) => (line < lineStarts.length ? lineStarts[line] : utf8.length);
  const namesIn = declaredNames(outline.declarations);

  const add = (span: Span): void => {
    const startByte = byteAt(span.startLine);
    const endByte = byteAt(span.endLine);
    if (endByte <= startByte) return;
    const isOneLine = span.endLine - span.startLine <= 1;
    if (!isOneLine && endByte - startByte > mostBytesPerToken * limits.maxTokens) {
      halves(span, utf8, byteAt).forEach(add);
      return;
    }
    const tokens = counter.countBytes(utf8.subarray(startByte, endByte));
    if (tokens > limits.maxTokens) {
      if (!isOneLine) halves(span, utf8, byteAt).forEach(add);
      else addLine(span.startLine, startByte, endByte, tokens);
      return;
    }
    chunks.push({
      startByte,
      endByte,
      startLine: span.startLine,
      endLine: span.endLine - 1,
      tokens,
      declares: namesIn(span),
    });
  };

  const addLine = (line: number, startByte: number, endByte: number, tokens: number): void => {
    const pieceBytes = Math.max(
      1,
      Math.floor(((endByte - startByte) * limits.maxTokens * 0.8) / tokens),
    );
    for (let from = startByte; from < endByte;) {
      let to = Math.min(endByte, from + pieceBytes);
      let pieceTokens: number;
      for (;;) {
        to = to < endByte ? Math.max(characterStart(utf8, to), nextCharacter(utf8, from)) : to;
        pieceTokens = counter.countBytes(utf8.subarray(from, to));
        if (pieceTokens <= limits.maxTokens || to <= nextCharacter(utf8, from)) break;
        to = from + Math.floor((to - from) / 2);
      }
      chunks.push({
        startByte: from,
        endByte: to,
        startLine: line,
        endLine: line,
        tokens: pieceTokens,
        declares: [],
      });
      from = to;
    }
  };

  const sample = utf8.subarray(0, characterStart(utf8, 2_048));
  const bytesPerToken = sample.length / Math.max(1, counter.countBytes(sample));
  const targetBytes = limits.targetTokens * bytesPerToken;
  for (const span of joinedSpans(outline.cutLines, lineStarts.length, byteAt, targetBytes))
    add(span);
  return chunks.map((chunk, i) => ({
    ...chunk,
    joinTokens: i === 0 ? 0 : joinTokens(utf8, chunks[i - 1], chunk, counter),
    backticks: longestBackticks(utf8, chunk.startByte, chunk.endByte),
  }));
}

function joinTokens(
  utf8: Uint8Array,
  left: CutChunk,
  right: CutChunk,
  counter: TokenCounter,
): number | undefined {
  // Cut inside a run of backticks, which then is longer than either chunk knows.
  if (utf8[left.endByte - 1] === BACKTICK && utf8[right.startByte] === BACKTICK) return undefined;
  return seamTokens(
    counter,
    utf8.subarray(left.startByte, left.endByte),
    utf8.subarray(right.startByte, right.endByte),
  );
}

const BACKTICK = 0x60;

function longestBackticks(utf8: Uint8Array, startByte: number, endByte: number): number {
  // Not on the whole file: the next backtick may be far behind the chunk.
  const chunk = utf8.subarray(startByte, endByte);
  let longest = 0;
  for (let at = chunk.indexOf(BACKTICK); at >= 0; at = chunk.indexOf(BACKTICK, at + 1)) {
    const from = at;
    while (chunk[at + 1] === BACKTICK) at++;
    longest = Math.max(longest, at - from + 1);
  }
  return longest;
}

/** Spans between cuts, small neighbours joined by their size in bytes (tokens are counted once the span is settled). */
function joinedSpans(
  cutLines: readonly number[],
  numLines: number,
  byteAt: (line: number) => number,
  targetBytes: number,
): Span[] {
  const cuts = cutLines.length > 0 ? cutLines : everyLineOf(numLines);
  const spans: Span[] = [];
  let startLine = 0;
  let lastCut = 0;
  for (const cut of cuts) {
    if (cut <= startLine || cut >= numLines) continue;
    if (byteAt(cut) - byteAt(startLine) > targetBytes && lastCut > startLine) {
      spans.push({ startLine, endLine: lastCut });
      startLine = lastCut;
    }
    lastCut = cut;
  }
  if (lastCut > startLine && byteAt(numLines) - byteAt(startLine) > targetBytes) {
    spans.push({ startLine, endLine: lastCut });
    startLine = lastCut;
  }
  spans.push({ startLine, endLine: numLines });
  return spans;
}

/** One by one: a list of the lines of a huge file would take more than the file. */
function* everyLineOf(numLines: number): Generator<number> {
  for (let line = 0; line < numLines; line++) yield line;
}

/** Two halves of a span, cut at the blank line nearest its middle, else at its middle line. */
function halves(span: Span, utf8: Uint8Array, byteAt: (line: number) => number): Span[] {
  const middle = (span.startLine + span.endLine) >> 1;
  const reach = Math.floor((span.endLine - span.startLine) / 4);
  let cut = middle;
  for (let distance = 0; distance <= reach; distance++) {
    const blank = [middle - distance, middle + distance].find(
      (line) =>
        line > span.startLine &&
        line < span.endLine &&
        isBlank(utf8, byteAt(line - 1), byteAt(line)),
    );
    if (blank !== undefined) {
      cut = blank;
      break;
    }
  }
  cut = Math.min(Math.max(cut, span.startLine + 1), span.endLine - 1);
  return [
    { startLine: span.startLine, endLine: cut },
    { startLine: cut, endLine: span.endLine },
  ];
}

function isBlank(utf8: Uint8Array, startByte: number, endByte: number): boolean {
  for (let i = startByte; i < endByte; i++) if (utf8[i] > 32) return false;
  return true;
}

function nextCharacter(utf8: Uint8Array, offset: number): number {
  let next = offset + 1;
  while (next < utf8.length && (utf8[next] & 0xc0) === 0x80) next++;
  return next;
}

/** Tells what is declared in a span. A generated file declares thousands, and is cut into as many chunks: none looks through all. */
function declaredNames(declarations: readonly Declaration[]): (span: Span) => string[] {
  const byLine = [...declarations].sort((a, b) => a.startLine - b.startLine);
  return ({ startLine, endLine }) => {
    let low = 0;
    for (let high = byLine.length; low < high;) {
      const middle = (low + high) >> 1;
      if (byLine[middle].startLine < startLine) low = middle + 1;
      else high = middle;
    }
    const names: string[] = [];
    for (let i = low; i < byLine.length && byLine[i].startLine < endLine; i++)
      names.push(byLine[i].name);
    return names;
  };
}
