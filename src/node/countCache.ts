import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { contentKinds, type ContentKind } from '../core/files/contentKind.ts';
import { tidyCacheFolder } from './cacheFolder.ts';
import { CountTable } from './countTable.ts';
import { tokenizerVersion } from './openTokenCounter.ts';
import { writeFileAtomically } from './writeFileAtomically.ts';

/** What a file's content came to; the same for the same bytes under the same name. */
export type ContentResult =
  | {
      readonly type: 'counted';
      readonly kind: ContentKind;
      readonly lines: number;
      readonly tokens: number;
      /** Bytes of a notebook's outputs, which are not counted; 0 in every other file. */
      readonly outputBytes: number;
    }
  /** Not counted, as nobody asked for it: no answer where somebody does (`answers`). */
  | { readonly type: 'minified' }
  | { readonly type: 'binary' };

/** What a file looked like to the system. */
export interface FileStamp {
  readonly bytes: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

export interface CachedCount {
  readonly stamp: FileStamp;
  /** SHA-256 of the content, hexadecimal; decides when the stamp differs. */
  readonly hash: string;
  readonly result: ContentResult;
  /**
   * When the content was read. A file that changed less than two seconds before may change again without its times
   * changing (file systems count time in steps): its stamp is not trusted, its hash is.
   */
  readonly readMs: number;
  /** When a scan last met it; the least recent go first. */
  readonly usedMs: number;
}

export interface CacheLimits {
  readonly maxEntries: number;
  /** Of all cache files in the folder. */
  readonly maxBytes: number;
}

const defaultLimits: CacheLimits = { maxEntries: 250_000, maxBytes: 128 * 1024 * 1024 };

/** Raise it when a rule by which content becomes a result gives something else than before. */
const countingVersion = 5;
const coarsestTimeStepMs = 2000;

/** Counts of one analysed folder by report path; kept in one file of the cache folder. */
export class CountCache {
  readonly #file: string;
  readonly #key: string;
  readonly #limits: CacheLimits;
  readonly #fresh = new Set<string>();
  #table: CountTable;

  /**
   * Reads what is there; what is corrupt, of another tokenizer or another version counts as nothing.
   *
   * @param counted what is counted and how: the encoding, and what the paths start with
   */
  constructor(folder: string, root: string, counted: string, limits = defaultLimits) {
    const versions = [countingVersion, tokenizerVersion, contentKinds];
    this.#key = JSON.stringify([...versions, counted, root]);
    this.#file = path.join(folder, `${sha256(this.#key).slice(0, 32)}.counts`);
    this.#limits = limits;
    this.#table = readTable(this.#file, this.#key);
  }

  get size(): number {
    return this.#table.size;
  }

  has(path: string): boolean {
    return this.#table.has(path);
  }

  /** What the file came to, if its size and times are those that were remembered and can be trusted. */
  trusted(path: string, stamp: FileStamp): ContentResult | undefined {
    const changedMs = Math.max(stamp.mtimeMs, stamp.ctimeMs);
    return this.#table.resultOf(path, stamp, changedMs + coarsestTimeStepMs);
  }

  /** What is remembered of a path: true of its content as long as that has the hash. */
  get(path: string): CachedCount | undefined {
    return this.#table.get(path);
  }

  remember(path: string, entry: CachedCount): void {
    this.#table.set(path, entry);
    this.#fresh.add(path);
  }

  /** Says that a scan met this entry as it is. */
  use(path: string, nowMs: number): void {
    // Within a day the order of use is not worth a write.
    if (nowMs - this.#table.usedMs(path) < 24 * 3600 * 1000) return;
    const entry = this.#table.get(path);
    if (entry !== undefined) this.remember(path, { ...entry, usedMs: nowMs });
  }

  /**
   * Writes what is new, with what another window wrote meanwhile. Throws what the system throws: the counts are right
   * all the same, only the next scan is slower.
   */
  save(): void {
    if (this.#fresh.size === 0) {
      touch(this.#file);
      return;
    }
    const merged = readTable(this.#file, this.#key);
    copy(this.#table, merged, (path) => this.#fresh.has(path) || !merged.has(path));
    this.#table = bounded(merged, this.#limits.maxEntries);
    this.#fresh.clear();
    mkdirSync(path.dirname(this.#file), { recursive: true });
    writeFileAtomically(this.#file, serialized(this.#key, this.#table));
    tidyCacheFolder(path.dirname(this.#file), '.counts', this.#limits.maxBytes, this.#file);
  }
}

function copy(from: CountTable, to: CountTable, isWanted: (path: string) => boolean): void {
  for (const path of from.paths()) {
    const entry = isWanted(path) ? from.get(path) : undefined;
    if (entry !== undefined) to.set(path, entry);
  }
}

function bounded(table: CountTable, maxEntries: number): CountTable {
  if (table.size <= maxEntries) return table;
  const byUse = [...table.paths()].sort((a, b) => table.usedMs(b) - table.usedMs(a));
  const kept = new Set(byUse.slice(0, maxEntries));
  const smaller = new CountTable();
  copy(table, smaller, (path) => kept.has(path));
  return smaller;
}

function touch(file: string): void {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // Nothing was ever written, or another window removed it.
  }
}

/** A line with the key, the number of rows and the check sum of what follows; the table. */
function serialized(key: string, table: CountTable): Uint8Array {
  const body = table.toBytes();
  return Buffer.concat([Buffer.from(firstLine(key, table.size, body)), body]);
}

function firstLine(key: string, size: number, body: Uint8Array): string {
  return `${JSON.stringify([key, size, sha256(body)])}\n`;
}

function readTable(file: string, key: string): CountTable {
  try {
    const bytes = readFileSync(file);
    const bodyStart = bytes.indexOf(0x0a) + 1;
    const line = bytes.toString('utf8', 0, bodyStart);
    const [, size] = JSON.parse(line) as [string, number];
    const body = bytes.subarray(bodyStart);
    if (line === firstLine(key, size, body)) return CountTable.fromBytes(body, size);
  } catch {
    // There is none, or it is no such file.
  }
  return new CountTable();
}

function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}
