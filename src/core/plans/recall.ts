import { search } from '../search/bm25Index.ts';
import type { CodeIndex, TextOf } from './codeIndex.ts';
import { decodeUtf8 } from './decodeUtf8.ts';
import { comparePaths } from './order.ts';

/**
 * How often retrieval finds what a question is about, on this code. The questions are made from the code itself, by a fixed
 * seed: a declaration's documentation asks for its declaration (its text is taken out of the index for that question), and a
 * line that uses a name asks for the one file that declares it (the asking file is no hit).
 * They are proxies: they say how well words lead to code here, not how well a model answers, and nothing of
 * questions that need several places at once.
 */
export interface MeasuredRecall {
  readonly questions: number;
  readonly budgetTokens: number;
  readonly retrieval: RecallShare;
  /** The same budget filled in path order, and with chunks drawn at random. */
  readonly pathOrder: RecallShare;
  readonly random: RecallShare;
  /** Tokens retrieved for each target found; undefined when none was. */
  readonly tokensPerHit?: number;
}

/** Found of asked, with the 95 % interval of the sample (Wilson 1927). */
export interface RecallShare {
  readonly found: number;
  readonly share: number;
  readonly lowShare: number;
  readonly highShare: number;
}

export interface Question {
  readonly kind: 'documentation' | 'use';
  readonly text: string;
  readonly targetChunkIdx: number;
  readonly excluded: ReadonlySet<number>;
  readonly removed?: { readonly documentIdx: number; readonly text: string };
}

export function measureRecall(
  index: CodeIndex,
  textOf: TextOf,
  budgetTokens: number,
  maxQuestions = 200,
  seed = 1,
): MeasuredRecall {
  const random = randomFrom(seed);
  const questions = sample(questionsOf(index, textOf), maxQuestions, random);
  const pathOrder = index.files
    .map((_, fileIdx) => fileIdx)
    .sort((a, b) => comparePaths(index, a, b))
    .flatMap((fileIdx) => {
      const { firstChunk, numChunks } = index.files[fileIdx];
      return Array.from({ length: numChunks }, (_, i) => firstChunk + i);
    });
  let tokens = 0;
  let found = 0;
  let foundInPathOrder = 0;
  let foundAtRandom = 0;
  for (const question of questions) {
    const { text, excluded, removed, targetChunkIdx } = question;
    const ranked = search(index.search, text, 200, { excluded, removed }).map(
      (hit) => hit.documentIdx,
    );
    const taken = fill(index, ranked, budgetTokens);
    for (const chunkIdx of taken) tokens += index.chunks[chunkIdx].tokens;
    if (taken.has(targetChunkIdx)) found++;
    const others = pathOrder.filter((chunkIdx) => !excluded.has(chunkIdx));
    if (fill(index, others, budgetTokens).has(targetChunkIdx)) foundInPathOrder++;
    if (fill(index, sample(others, 200, random), budgetTokens).has(targetChunkIdx)) foundAtRandom++;
  }
  return {
    questions: questions.length,
    budgetTokens,
    retrieval: shareOf(found, questions.length),
    pathOrder: shareOf(foundInPathOrder, questions.length),
    random: shareOf(foundAtRandom, questions.length),
    ...(found === 0 ? {} : { tokensPerHit: tokens / found }),
  };
}

/** All questions that the code asks of itself, in the order of the code. */
export function questionsOf(index: CodeIndex, textOf: TextOf): Question[] {
  return [...documentationQuestions(index, textOf), ...useQuestions(index, textOf)];
}

/** Shorter documentation names nothing to look for. */
const fewestWords = 4;

function documentationQuestions(index: CodeIndex, textOf: TextOf): Question[] {
  const questions: Question[] = [];
  index.files.forEach(({ outline }, fileIdx) => {
    const documented = outline.declarations.filter(
      ({ docStartLine, startLine }) => docStartLine < startLine,
    );
    if (documented.length === 0) return;
    const lines = decodeUtf8(textOf(fileIdx)).split('\n');
    for (const { docStartLine, startLine } of documented) {
      const text = lines.slice(docStartLine, startLine).join('\n');
      const chunkOfDoc = chunkAtLine(index, fileIdx, docStartLine);
      const target = chunkAtLine(index, fileIdx, startLine);
      if (target === undefined || (text.match(/[A-Za-z]{3,}/g) ?? []).length < fewestWords)
        continue;
      questions.push({
        kind: 'documentation',
        text,
        targetChunkIdx: target,
        excluded: new Set(chunkOfDoc === undefined || chunkOfDoc === target ? [] : [chunkOfDoc]),
        ...(chunkOfDoc === target ? { removed: { documentIdx: target, text } } : {}),
      });
    }
  });
  return questions;
}

function useQuestions(index: CodeIndex, textOf: TextOf): Question[] {
  const linesOf = new Map<number, string[]>();
  const questions: Question[] = [];
  for (const { from, to, kind } of index.graph.dependencies) {
    if (kind !== 'symbol') continue;
    let lines = linesOf.get(from);
    if (lines === undefined) {
      lines = decodeUtf8(textOf(from)).split('\n');
      linesOf.set(from, lines);
    }
    const use = firstUse(lines, index, to);
    if (use === undefined) continue;
    const { firstChunk, numChunks } = index.files[from];
    const excluded = new Set(Array.from({ length: numChunks }, (_, i) => firstChunk + i));
    questions.push({ kind: 'use', excluded, ...use });
  }
  return questions;
}

/** The first line, no import, that holds a name which `to` declares, and the chunk that declares it. */
function firstUse(lines: readonly string[], index: CodeIndex, to: number) {
  for (const { name, startLine, depth } of index.files[to].outline.declarations) {
    if (depth > 0 || name.length < 4) continue;
    const line = lines.find(
      (text) => text.includes(name) && !/^\s*(import|from|use|#include|using)\b/.test(text),
    );
    const targetChunkIdx = chunkAtLine(index, to, startLine);
    if (line !== undefined && line.length < 500 && targetChunkIdx !== undefined)
      return { text: line, targetChunkIdx };
  }
  return undefined;
}

function chunkAtLine(index: CodeIndex, fileIdx: number, line: number): number | undefined {
  const { firstChunk, numChunks } = index.files[fileIdx];
  for (let chunkIdx = firstChunk; chunkIdx < firstChunk + numChunks; chunkIdx++) {
    const { startLine, endLine } = index.chunks[chunkIdx];
    if (startLine <= line && line <= endLine) return chunkIdx;
  }
  return undefined;
}

function fill(index: CodeIndex, order: readonly number[], budgetTokens: number): Set<number> {
  const taken = new Set<number>();
  let tokens = 0;
  for (const chunkIdx of order) {
    tokens += index.chunks[chunkIdx].tokens;
    if (tokens > budgetTokens) break;
    taken.add(chunkIdx);
  }
  return taken;
}

/** `count` of the items, each as likely as any other (Fisher and Yates, the first steps only). */
function sample<T>(items: readonly T[], count: number, random: () => number): T[] {
  const pool = [...items];
  const size = Math.min(count, pool.length);
  for (let i = 0; i < size; i++) {
    const other = i + Math.floor(random() * (pool.length - i));
    [pool[i], pool[other]] = [pool[other], pool[i]];
  }
  return pool.slice(0, size);
}

/** Numbers in [0, 1) from a seed: mulberry32 (Tommy Ettinger, public domain). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shareOf(found: number, asked: number): RecallShare {
  if (asked === 0) return { found, share: 0, lowShare: 0, highShare: 1 };
  const z = 1.96;
  const share = found / asked;
  const spread = z * Math.sqrt((share * (1 - share)) / asked + z ** 2 / (4 * asked ** 2));
  const scale = 1 + z ** 2 / asked;
  const middle = share + z ** 2 / (2 * asked);
  return {
    found,
    share,
    lowShare: Math.max(0, (middle - spread) / scale),
    highShare: Math.min(1, (middle + spread) / scale),
  };
}
