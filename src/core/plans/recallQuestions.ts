import type { CodeIndex, TextOf } from './codeIndex.ts';
import { decodeUtf8 } from '../text/utf8Text.ts';
import type { Dependency } from './dependencyGraph.ts';
import { chunksOfFile } from './order.ts';
import type { Declaration } from './outline.ts';

export const questionKinds = ['documentation', 'use', 'import'] as const;
export type QuestionKind = (typeof questionKinds)[number];

/** A question that the code asks of itself. */
export interface Question {
  /** What asks: a declaration's documentation; a line that uses a name of another file; an import of another file. */
  readonly kind: QuestionKind;
  readonly text: string;
  /** Chunks of which one answers it. */
  readonly targets: ReadonlySet<number>;
  /** Chunks that are no hits: the ones that ask. */
  readonly excluded: ReadonlySet<number>;
  /** The question's own text in the target, which counts as not indexed. */
  readonly removed?: { readonly documentIdx: number; readonly text: string };
}

/** A place that may ask something; most do, and which is known when its text is read. */
type Place =
  | { readonly kind: 'documentation'; readonly fileIdx: number; readonly declaration: Declaration }
  | { readonly kind: 'use' | 'import'; readonly dependency: Dependency };

/** Shorter documentation names nothing to look for. */
const fewestWords = 4;
const longestLine = 500;

/**
 * `count` questions, each as likely as any other of its kind, the kinds in equal parts as far as there are enough. The same
 * `random` gives the same ones.
 */
export function sampleQuestions(
  index: CodeIndex,
  textOf: TextOf,
  count: number,
  random: () => number,
): Question[] {
  const linesOf = linesByFile(textOf);
  const pools = new Map<QuestionKind, Place[]>(questionKinds.map((kind) => [kind, []]));
  for (const place of placesOf(index)) pools.get(place.kind)?.push(place);
  const questions: Question[] = [];
  while (questions.length < count && pools.size > 0) {
    for (const [kind, pool] of pools) {
      const question = draw(pool, random, (place) => questionAt(place, index, linesOf));
      if (question === undefined) pools.delete(kind);
      else questions.push(question);
      if (questions.length === count) break;
    }
  }
  return questions;
}

/** All questions that the code asks of itself, in the order of the code. */
export function questionsOf(index: CodeIndex, textOf: TextOf): Question[] {
  const linesOf = linesByFile(textOf);
  return placesOf(index)
    .map((place) => questionAt(place, index, linesOf))
    .filter((question) => question !== undefined);
}

/** Takes places out of the pool, each as likely as any other, until one asks something; undefined: none is left. */
function draw(
  pool: Place[],
  random: () => number,
  ask: (place: Place) => Question | undefined,
): Question | undefined {
  while (pool.length > 0) {
    const at = Math.floor(random() * pool.length);
    const place = pool[at];
    pool[at] = pool[pool.length - 1];
    pool.pop();
    const question = ask(place);
    if (question !== undefined) return question;
  }
  return undefined;
}

function placesOf(index: CodeIndex): Place[] {
  const places: Place[] = [];
  index.files.forEach(({ outline }, fileIdx) => {
    for (const declaration of outline.declarations) {
      if (declaration.docStartLine < declaration.startLine)
        places.push({ kind: 'documentation', fileIdx, declaration });
    }
  });
  for (const dependency of index.graph.dependencies)
    places.push({ kind: dependency.kind === 'symbol' ? 'use' : 'import', dependency });
  return places;
}

type LinesOf = (fileIdx: number) => readonly string[];

function linesByFile(textOf: TextOf): LinesOf {
  let last: { readonly fileIdx: number; readonly lines: readonly string[] } | undefined;
  return (fileIdx) => {
    if (last?.fileIdx !== fileIdx)
      last = { fileIdx, lines: decodeUtf8(textOf(fileIdx)).split('\n') };
    return last.lines;
  };
}

function questionAt(place: Place, index: CodeIndex, linesOf: LinesOf): Question | undefined {
  if (place.kind === 'documentation') {
    return documentationQuestion(place.fileIdx, place.declaration, index, linesOf);
  }
  const { from, to, line } = place.dependency;
  const excluded = chunkSetOf(index, from);
  if (place.kind === 'use') {
    const use = firstUse(linesOf(from), index, to);
    return use && { kind: 'use', excluded, text: use.text, targets: new Set([use.target]) };
  }
  const text = linesOf(from)[line ?? 0] ?? '';
  const isAsking = text.length < longestLine && /[A-Za-z]{3,}/.test(text);
  return isAsking ? { kind: 'import', excluded, text, targets: chunkSetOf(index, to) } : undefined;
}

function documentationQuestion(
  fileIdx: number,
  { docStartLine, startLine }: Declaration,
  index: CodeIndex,
  linesOf: LinesOf,
): Question | undefined {
  const text = linesOf(fileIdx).slice(docStartLine, startLine).join('\n');
  const chunkOfDoc = chunkAtLine(index, fileIdx, docStartLine);
  const target = chunkAtLine(index, fileIdx, startLine);
  const numWords = (text.match(/[A-Za-z]{3,}/g) ?? []).length;
  if (target === undefined || numWords < fewestWords) return undefined;
  return {
    kind: 'documentation',
    text,
    targets: new Set([target]),
    excluded: new Set(chunkOfDoc === undefined || chunkOfDoc === target ? [] : [chunkOfDoc]),
    ...(chunkOfDoc === target ? { removed: { documentIdx: target, text } } : {}),
  };
}

/** The first line, no import, that holds a name which `to` declares, and the chunk that declares it. */
function firstUse(lines: readonly string[], index: CodeIndex, to: number) {
  for (const { name, startLine, depth } of index.files[to].outline.declarations) {
    if (depth > 0 || name.length < 4) continue;
    const text = lines.find(
      (line) => line.includes(name) && !/^\s*(import|from|use|#include|using)\b/.test(line),
    );
    const target = chunkAtLine(index, to, startLine);
    if (text !== undefined && text.length < longestLine && target !== undefined)
      return { text, target };
  }
  return undefined;
}

function chunkSetOf(index: CodeIndex, fileIdx: number): Set<number> {
  return new Set(chunksOfFile(index, fileIdx));
}

function chunkAtLine(index: CodeIndex, fileIdx: number, line: number): number | undefined {
  const { firstChunk, numChunks } = index.files[fileIdx];
  for (let chunkIdx = firstChunk; chunkIdx < firstChunk + numChunks; chunkIdx++) {
    const { startLine, endLine } = index.chunks[chunkIdx];
    if (startLine <= line && line <= endLine) return chunkIdx;
  }
  return undefined;
}
