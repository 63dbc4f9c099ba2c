import type { Assembled } from '../core/plans/assembleIndex.ts';
import { decodeUtf8, encodeUtf8 } from '../core/text/utf8Text.ts';
import type { PackedFile } from '../core/plans/packedFile.ts';
import { WordTable } from '../core/search/wordTable.ts';
import { assembledOf, columnsOfAssembled } from './assembledColumns.ts';
import type { Column, ColumnParts } from './columnFile.ts';

export interface KeptFile {
  /** SHA-256 of the text, in hexadecimal. */
  readonly hash: string;
  /** When an index last held it. */
  readonly usedMs: number;
  /** Something in it looks like a secret; `packed` holds none of that. */
  readonly hasSecrets: boolean;
  /** Its word ids are those of the store's table. */
  readonly packed: PackedFile;
}

export interface KeptIndex {
  readonly words: WordTable;
  readonly files: Map<string, KeptFile>;
  /** What was made of all files of one set. */
  readonly assembled?: KeptAssembled;
}

export interface KeptAssembled {
  /** Names the set: paths and hashes, in order. */
  readonly hash: string;
  readonly made: Assembled;
}

const hashBytes = 32;
/** Lengths of each file's path, strings (both in UTF-16 units), numbers and words. */
const lengthsPerFile = 4;

/** An index as columns, the same kind of thing of all files in one; only words that one of these files holds. */
export function columnsOf(
  files: readonly (readonly [path: string, file: KeptFile])[],
  { words, assembled }: Pick<KeptIndex, 'words' | 'assembled'>,
): Readonly<Record<string, Column | ColumnParts>> {
  const { table, idOf } = usedWords(files, words);
  const { bytes: wordBytes, starts: wordStarts } = table.packed();
  const lengths = new Uint32Array(files.length * lengthsPerFile);
  const hashes = new Uint8Array(files.length * hashBytes);
  const usedMs = new Float64Array(files.length);
  const hasSecrets = new Uint8Array(files.length);
  const strings: string[] = [];
  let numWords = 0;
  files.forEach(([path, file], i) => {
    const { packed } = file;
    lengths.set(
      [path.length, packed.strings.length, packed.numbers.length, packed.wordIds.length],
      i * lengthsPerFile,
    );
    hashes.set(Buffer.from(file.hash, 'hex'), i * hashBytes);
    usedMs[i] = file.usedMs;
    hasSecrets[i] = Number(file.hasSecrets);
    strings.push(path, packed.strings);
    numWords += packed.wordIds.length;
  });
  // The only column whose numbers change.
  const wordIds = new Uint32Array(numWords);
  let wordAt = 0;
  for (const [, { packed }] of files)
    for (const wordId of packed.wordIds) wordIds[wordAt++] = idOf[wordId];
  return {
    lengths,
    hashes,
    usedMs,
    hasSecrets,
    strings: encodeUtf8(strings.join('')),
    numbers: files.map(([, { packed }]) => packed.numbers),
    wordIds,
    wordCounts: files.map(([, { packed }]) => packed.wordCounts),
    wordBytes,
    wordStarts,
    ...(assembled === undefined
      ? {}
      : { assembledHash: encodeUtf8(assembled.hash), ...columnsOfAssembled(assembled.made) }),
  };
}

/** The opposite of `columnsOf`; what it gives shares the columns' memory. */
export function keptIndexOf(columns: ReadonlyMap<string, Column>): KeptIndex {
  const words = WordTable.of({
    bytes: columns.get('wordBytes') as Uint8Array,
    starts: columns.get('wordStarts') as Uint32Array,
  });
  const lengths = columns.get('lengths') as Uint32Array;
  const hashes = Buffer.from(columns.get('hashes') as Uint8Array).toString('hex');
  const usedMs = columns.get('usedMs') as Float64Array;
  const hasSecrets = columns.get('hasSecrets') as Uint8Array;
  const strings = decodeUtf8(columns.get('strings') as Uint8Array);
  const numbers = columns.get('numbers') as Uint32Array;
  const wordIds = columns.get('wordIds') as Uint32Array;
  const wordCounts = columns.get('wordCounts') as Uint16Array;
  const files = new Map<string, KeptFile>();
  let stringAt = 0;
  let numberAt = 0;
  let wordAt = 0;
  const stringOf = (length: number) => strings.slice(stringAt, (stringAt += length));
  for (let i = 0; i < usedMs.length; i++) {
    const [pathLength, stringLength, numNumbers, numWords] = lengths.subarray(
      i * lengthsPerFile,
      (i + 1) * lengthsPerFile,
    );
    files.set(stringOf(pathLength), {
      hash: hashes.slice(2 * i * hashBytes, 2 * (i + 1) * hashBytes),
      usedMs: usedMs[i],
      hasSecrets: hasSecrets[i] === 1,
      packed: {
        strings: stringOf(stringLength),
        numbers: numbers.subarray(numberAt, (numberAt += numNumbers)),
        wordIds: wordIds.subarray(wordAt, wordAt + numWords),
        wordCounts: wordCounts.subarray(wordAt, (wordAt += numWords)),
      },
    });
  }
  const assembledHash = columns.get('assembledHash') as Uint8Array | undefined;
  if (assembledHash === undefined) return { words, files };
  return {
    words,
    files,
    assembled: { hash: decodeUtf8(assembledHash), made: assembledOf(columns) },
  };
}

function usedWords(
  files: readonly (readonly [path: string, file: KeptFile])[],
  words: WordTable,
): { readonly table: WordTable; readonly idOf: Uint32Array } {
  const used = new Uint8Array(words.size);
  for (const [, { packed }] of files) for (const id of packed.wordIds) used[id] = 1;
  const all = words.packed();
  const table = new WordTable();
  const idOf = new Uint32Array(words.size);
  for (let id = 0; id < idOf.length; id++) {
    if (used[id] === 1) idOf[id] = table.add(all.bytes, all.starts[id], all.starts[id + 1]);
  }
  return { table, idOf };
}
