import { contentKinds } from '../core/files/contentKind.ts';
import type { FileCount } from '../core/files/scanReport.ts';

/** Counted files for a message: sending a row of objects takes longer than reading them from the cache. */
export interface FileCountColumns {
  readonly paths: readonly string[];
  /** For each file its bytes, its lines, its tokens and the index of its kind. */
  readonly numbers: Float64Array;
}

const NUM_COLUMNS = 4;

export function toColumns(files: readonly FileCount[]): FileCountColumns {
  const numbers = new Float64Array(files.length * NUM_COLUMNS);
  const paths = files.map((file, index) => {
    const { path, bytes, lines, tokens, kind } = file;
    numbers.set([bytes, lines, tokens, contentKinds.indexOf(kind)], index * NUM_COLUMNS);
    return path;
  });
  return { paths, numbers };
}

export function fromColumns({ paths, numbers }: FileCountColumns): FileCount[] {
  return paths.map((path, index) => {
    const at = index * NUM_COLUMNS;
    const kind = contentKinds[numbers[at + 3]];
    return { path, bytes: numbers[at], lines: numbers[at + 1], kind, tokens: numbers[at + 2] };
  });
}
