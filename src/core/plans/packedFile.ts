import type { AnalyzedFile } from './analyzedFile.ts';
import type { Chunk } from './chunks.ts';
import { languages, type Declaration, type ImportStatement } from './outline.ts';

/**
 * An analyzed file as a few arrays: what crosses to another thread and what is kept on disk. Objects by the hundred thousand
 * take seconds to be written and read one by one; arrays are handed over and read in place.
 */
export interface PackedFile {
  /** Outline and chunks, in the order in which `packFile` writes them. */
  readonly numbers: Uint32Array;
  /** All names and specifiers, one after the other; their lengths are among the numbers. */
  readonly strings: string;
  readonly wordIds: Uint32Array;
  readonly wordCounts: Uint16Array;
}

const kinds = ['function', 'type', 'module', 'value'] as const;
/** Stands for `undefined` among the numbers. */
const NONE = 0xffff_ffff;

export function packFile({ outline, chunks, ...words }: AnalyzedFile): PackedFile {
  const numbers: number[] = [];
  const strings: string[] = [];
  const addString = (text: string) => {
    numbers.push(text.length);
    strings.push(text);
  };
  numbers.push(outline.language === undefined ? NONE : languages.indexOf(outline.language));
  if (outline.packageName === undefined) numbers.push(NONE);
  else addString(outline.packageName);
  numbers.push(outline.declarations.length);
  for (const { name, kind, startLine, endLine, docStartLine, depth } of outline.declarations) {
    addString(name);
    numbers.push(kinds.indexOf(kind), startLine, endLine, docStartLine, depth);
  }
  numbers.push(outline.imports.length);
  for (const { specifier, line } of outline.imports) {
    addString(specifier);
    numbers.push(line);
  }
  numbers.push(outline.cutLines.length);
  for (const line of outline.cutLines) numbers.push(line);
  numbers.push(chunks.length);
  chunks.forEach((chunk, i) => {
    numbers.push(chunk.endByte, chunk.startLine, chunk.endLine, chunk.tokens);
    // It can be below 0; as an unsigned number it keeps its bits.
    numbers.push(chunk.joinTokens ?? 0, chunk.joinTokens === undefined ? 1 : 0);
    numbers.push(chunk.backticks, chunk.declares.length, words.wordEnds[i]);
    chunk.declares.forEach(addString);
  });
  return {
    numbers: new Uint32Array(numbers),
    strings: strings.join(''),
    wordIds: words.wordIds,
    wordCounts: words.wordCounts,
  };
}

export function unpackFile({ numbers, strings, wordIds, wordCounts }: PackedFile): AnalyzedFile {
  let at = 0;
  let stringAt = 0;
  const stringOf = (length: number) => strings.slice(stringAt, (stringAt += length));
  const languageIdx = numbers[at++];
  const language = languageIdx === NONE ? undefined : languages[languageIdx];
  const packageLength = numbers[at++];
  const packageName = packageLength === NONE ? undefined : stringOf(packageLength);
  const declarations: Declaration[] = [];
  for (let left = numbers[at++]; left > 0; left--) {
    declarations.push({
      name: stringOf(numbers[at]),
      kind: kinds[numbers[at + 1]],
      startLine: numbers[at + 2],
      endLine: numbers[at + 3],
      docStartLine: numbers[at + 4],
      depth: numbers[at + 5],
    });
    at += 6;
  }
  const imports: ImportStatement[] = [];
  for (let left = numbers[at++]; left > 0; left--) {
    imports.push({ specifier: stringOf(numbers[at]), line: numbers[at + 1] });
    at += 2;
  }
  const cutEnd = at + 1 + numbers[at];
  const cutLines = Array.from(numbers.subarray(at + 1, cutEnd));
  at = cutEnd;

  const chunks: Chunk[] = [];
  const wordEnds = new Uint32Array(numbers[at++]);
  let startByte = 0;
  for (let i = 0; i < wordEnds.length; i++) {
    const endByte = numbers[at];
    const numDeclared = numbers[at + 7];
    wordEnds[i] = numbers[at + 8];
    const chunk = {
      startByte,
      endByte,
      startLine: numbers[at + 1],
      endLine: numbers[at + 2],
      tokens: numbers[at + 3],
      joinTokens: numbers[at + 5] === 1 ? undefined : numbers[at + 4] | 0,
      backticks: numbers[at + 6],
      declares: [] as string[],
    };
    at += 9;
    for (let left = numDeclared; left > 0; left--) chunk.declares.push(stringOf(numbers[at++]));
    chunks.push(chunk);
    startByte = endByte;
  }
  const outline = {
    language,
    declarations,
    imports,
    cutLines,
    ...(packageName === undefined ? {} : { packageName }),
  };
  return { outline, chunks, wordIds, wordCounts, wordEnds };
}

/** Numbers the file's words, in place, as in another table. */
export function renumberWords({ wordIds }: PackedFile, idOf: Uint32Array): void {
  for (let i = 0; i < wordIds.length; i++) wordIds[i] = idOf[wordIds[i]];
}
