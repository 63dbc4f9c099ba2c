import { contentKinds } from '../core/files/contentKind.ts';
import type { CachedCount, ContentResult, FileStamp } from './countCache.ts';

/** Columns of numbers, one after the other for each row. */
const bytes = 0, mtimeMs = 1, ctimeMs = 2, readMs = 3, usedMs = 4, kind = 5, lines = 6, tokens = 7, outputBytes = 8; // prettier-ignore
const NUM_COLUMNS = 9;
/** In the column of the kind; every other value is an index of `contentKinds`. */
const BINARY = -1;
const MINIFIED = -2;
/** Of a SHA-256. */
const HASH_BYTES = 32;
const FIRST_CAPACITY = 64;

/**
 * Remembered counts by path. In columns, in memory as on disk: a folder of thousands of files is read in a few
 * milliseconds, and most of what is remembered is only compared.
 */
export class CountTable {
  readonly #rows = new Map<string, number>();
  #numbers = new Float64Array(FIRST_CAPACITY * NUM_COLUMNS);
  #hashes = Buffer.alloc(FIRST_CAPACITY * HASH_BYTES);

  get size(): number {
    return this.#rows.size;
  }

  has(path: string): boolean {
    return this.#rows.has(path);
  }

  paths(): Iterable<string> {
    return this.#rows.keys();
  }

  get(path: string): CachedCount | undefined {
    const row = this.#rows.get(path);
    if (row === undefined) return undefined;
    const at = row * NUM_COLUMNS;
    const numbers = this.#numbers;
    return {
      stamp: {
        bytes: numbers[at + bytes],
        mtimeMs: numbers[at + mtimeMs],
        ctimeMs: numbers[at + ctimeMs],
      },
      hash: this.#hashes.toString('hex', row * HASH_BYTES, (row + 1) * HASH_BYTES),
      readMs: numbers[at + readMs],
      usedMs: numbers[at + usedMs],
      result: this.#resultAt(at),
    };
  }

  /** What the content came to that had these times; undefined when it had others, or was read before `readAfterMs`. */
  resultOf(path: string, stamp: FileStamp, readAfterMs: number): ContentResult | undefined {
    const row = this.#rows.get(path);
    if (row === undefined) return undefined;
    const at = row * NUM_COLUMNS;
    const numbers = this.#numbers;
    const isSame =
      numbers[at + bytes] === stamp.bytes &&
      numbers[at + mtimeMs] === stamp.mtimeMs &&
      numbers[at + ctimeMs] === stamp.ctimeMs &&
      numbers[at + readMs] > readAfterMs;
    return isSame ? this.#resultAt(at) : undefined;
  }

  #resultAt(at: number): ContentResult {
    const numbers = this.#numbers;
    if (numbers[at + kind] === BINARY) return { type: 'binary' };
    if (numbers[at + kind] === MINIFIED) return { type: 'minified' };
    return {
      type: 'counted',
      kind: contentKinds[numbers[at + kind]],
      lines: numbers[at + lines],
      tokens: numbers[at + tokens],
      outputBytes: numbers[at + outputBytes],
    };
  }

  set(path: string, entry: CachedCount): void {
    let row = this.#rows.get(path);
    if (row === undefined) {
      row = this.#rows.size;
      this.#reserve(row + 1);
      this.#rows.set(path, row);
    }
    const { stamp, result } = entry;
    const counted = result.type === 'counted' ? result : undefined;
    const at = row * NUM_COLUMNS;
    const numbers = this.#numbers;
    numbers[at + bytes] = stamp.bytes;
    numbers[at + mtimeMs] = stamp.mtimeMs;
    numbers[at + ctimeMs] = stamp.ctimeMs;
    numbers[at + readMs] = entry.readMs;
    numbers[at + usedMs] = entry.usedMs;
    numbers[at + kind] = kindNumber(result);
    numbers[at + lines] = counted?.lines ?? 0;
    numbers[at + tokens] = counted?.tokens ?? 0;
    numbers[at + outputBytes] = counted?.outputBytes ?? 0;
    this.#hashes.write(entry.hash, row * HASH_BYTES, HASH_BYTES, 'hex');
  }

  /** When a scan last met it; 0 when it is not there. */
  usedMs(path: string): number {
    const row = this.#rows.get(path);
    return row === undefined ? 0 : this.#numbers[row * NUM_COLUMNS + usedMs];
  }

  #reserve(rows: number): void {
    if (rows * HASH_BYTES <= this.#hashes.length) return;
    const capacity = Math.max(rows, (this.#hashes.length / HASH_BYTES) * 2);
    const numbers = new Float64Array(capacity * NUM_COLUMNS);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
    const hashes = Buffer.alloc(capacity * HASH_BYTES);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
  }

  /** The numbers of all rows, their hashes, their paths as JSON. */
  toBytes(): Uint8Array {
    const { size } = this;
    const numbers = Buffer.from(this.#numbers.buffer, 0, size * NUM_COLUMNS * 8);
    const hashes = this.#hashes.subarray(0, size * HASH_BYTES);
    return Buffer.concat([numbers, hashes, Buffer.from(JSON.stringify([...this.#rows.keys()]))]);
  }

  /** Throws when these are not the bytes of a table of so many rows; wrong numbers in them are the caller's to find out. */
  static fromBytes(file: Uint8Array, size: number): CountTable {
    const hashesStart = size * NUM_COLUMNS * 8;
    const pathsStart = hashesStart + size * HASH_BYTES;
    const paths = JSON.parse(Buffer.from(file.subarray(pathsStart)).toString()) as string[];
    if (paths.length !== size) throw new RangeError(`${paths.length} paths of ${size} rows`);
    const table = new CountTable();
    table.#reserve(size);
    new Uint8Array(table.#numbers.buffer).set(file.subarray(0, hashesStart));
    table.#hashes.set(file.subarray(hashesStart, pathsStart));
    paths.forEach((path, row) => table.#rows.set(path, row));
    return table;
  }
}

function kindNumber(result: ContentResult): number {
  switch (result.type) {
    case 'binary':
      return BINARY;
    case 'minified':
      return MINIFIED;
    case 'counted':
      return contentKinds.indexOf(result.kind);
  }
}
