import type { FileBatch, KnownContent } from './scanMessages.ts';
import type { SystemPath } from './systemPath.ts';

/** Enough that messages cost little, few enough that counting begins at once and no thread ends long after the others. */
const maxBatchFiles = 64;

/** Makes batches of the files of a folder, and hands each on when it is full. */
export class BatchBuilder {
  readonly #cacheKey: string;
  readonly #send: (batch: FileBatch) => void;
  #batch: ReturnType<typeof emptyBatch>;

  constructor(cacheKey: string, send: (batch: FileBatch) => void) {
    this.#cacheKey = cacheKey;
    this.#send = send;
    this.#batch = emptyBatch(cacheKey);
  }

  add(path: string, systemPath: SystemPath, keep: boolean, known?: KnownContent): void {
    const index = this.#batch.paths.length;
    this.#batch.paths.push(path);
    this.#batch.systemPaths.push(systemPath);
    if (keep) this.#batch.keep.add(index);
    if (known !== undefined) this.#batch.known.set(index, known);
    if (index + 1 === maxBatchFiles) this.flush();
  }

  /** Hands on what is left. */
  flush(): void {
    if (this.#batch.paths.length === 0) return;
    this.#send(this.#batch);
    this.#batch = emptyBatch(this.#cacheKey);
  }
}

function emptyBatch(cacheKey: string) {
  return {
    cacheKey,
    paths: [] as string[],
    systemPaths: [] as SystemPath[],
    keep: new Set<number>(),
    known: new Map<number, KnownContent>(),
  };
}

/** The files of a batch from an index on, without one of them where that is given. */
export function restOfBatch(batch: FileBatch, from: number, without?: number): FileBatch {
  const rest = emptyBatch(batch.cacheKey);
  for (let index = from; index < batch.paths.length; index++) {
    if (index === without) continue;
    const known = batch.known.get(index);
    if (batch.keep.has(index)) rest.keep.add(rest.paths.length);
    if (known !== undefined) rest.known.set(rest.paths.length, known);
    rest.paths.push(batch.paths[index]);
    rest.systemPaths.push(batch.systemPaths[index]);
  }
  return rest;
}

/** Batches on their way from the thread that finds files to those that count them. */
export class BatchQueue {
  readonly #batches: FileBatch[] = [];
  readonly #waiting: ((batch: FileBatch | undefined) => void)[] = [];
  #isClosed = false;

  add(batch: FileBatch): void {
    const taker = this.#waiting.shift();
    if (taker === undefined) this.#batches.push(batch);
    else taker(batch);
  }

  /** Puts back what is left of a batch that came out: it is next. */
  putBack(rest: FileBatch): void {
    if (rest.paths.length === 0) return;
    const taker = this.#waiting.shift();
    if (taker === undefined) this.#batches.unshift(rest);
    else taker(rest);
  }

  /** No more will come. */
  close(): void {
    this.#isClosed = true;
    for (const taker of this.#waiting.splice(0)) taker(undefined);
  }

  /** The next batch, as soon as there is one; undefined when no more will come. */
  next(): Promise<FileBatch | undefined> {
    const batch = this.#batches.shift();
    if (batch !== undefined || this.#isClosed) return Promise.resolve(batch);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
