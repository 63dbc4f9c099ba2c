import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { contentKinds, type ContentKind } from '../core/files/contentKind.ts';
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

/** Raise it when a tokenizer, or a rule by which content becomes a result, gives something else than before. */
const countingVersion = 1;
const coarsestTimeStepMs = 2000;

/** Counts of one analysed folder by report path without prefix; kept in one file of the cache folder. */
export class CountCache {
  readonly #file: string;
  readonly #key: string;
  readonly #limits: CacheLimits;
  readonly #fresh = new Set<string>();
  /** As they lie in the file: most are only compared. */
  #rows: Map<string, Row>;

  /**
   * Reads what is there; what is corrupt, of another tokenizer or another version counts as nothing.
   *
   * @param counted what is counted and how: the encoding
   */
  constructor(folder: string, root: string, counted: string, limits = defaultLimits) {
    this.#key = JSON.stringify([countingVersion, contentKinds, counted, root]);
    this.#file = path.join(folder, `${sha256(this.#key).slice(0, 32)}.counts`);
    this.#limits = limits;
    this.#rows = readRows(this.#file, this.#key);
  }

  get size(): number {
    return this.#rows.size;
  }

  has(path: string): boolean {
    return this.#rows.has(path);
  }

  /** The remembered count: `trusted` as it is, else only if the content still has its hash. */
  find(
    path: string,
    stamp: FileStamp,
  ): { readonly entry: CachedCount; readonly trusted: boolean } | undefined {
    const row = this.#rows.get(path);
    if (row === undefined) return undefined;
    const [, bytes, mtimeMs, ctimeMs, , readMs] = row;
    const trusted =
      bytes === stamp.bytes &&
      mtimeMs === stamp.mtimeMs &&
      ctimeMs === stamp.ctimeMs &&
      readMs - Math.max(stamp.mtimeMs, stamp.ctimeMs) > coarsestTimeStepMs;
    return { entry: entryOf(row), trusted };
  }

  remember(path: string, entry: CachedCount): void {
    this.#rows.set(path, rowOf(path, entry));
    this.#fresh.add(path);
  }

  /** Says that a scan met this entry as it is. */
  use(path: string, nowMs: number): void {
    const row = this.#rows.get(path);
    // Within a day the order of use is not worth a write.
    if (row === undefined || nowMs - usedMsOf(row) < 24 * 3600 * 1000) return;
    this.remember(path, { ...entryOf(row), usedMs: nowMs });
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
    const merged = readRows(this.#file, this.#key);
    for (const [path, row] of this.#rows) {
      if (this.#fresh.has(path) || !merged.has(path)) merged.set(path, row);
    }
    this.#rows = bounded(merged, this.#limits.maxEntries);
    this.#fresh.clear();
    mkdirSync(path.dirname(this.#file), { recursive: true });
    writeFileAtomically(this.#file, serialized(this.#key, this.#rows));
    removeOldest(path.dirname(this.#file), this.#limits.maxBytes, this.#file);
  }
}

function bounded(rows: Map<string, Row>, maxEntries: number): Map<string, Row> {
  if (rows.size <= maxEntries) return rows;
  const byUse = [...rows].sort((a, b) => usedMsOf(b[1]) - usedMsOf(a[1]));
  return new Map(byUse.slice(0, maxEntries));
}

/** Deletes cache files, least recently used first, until the rest is small enough; and what a crash left behind. */
function removeOldest(folder: string, maxBytes: number, keep: string): void {
  const files = readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name);
    const stats = statSync(file, { throwIfNoEntry: false });
    return stats?.isFile() === true ? [{ file, bytes: stats.size, usedMs: stats.mtimeMs }] : [];
  });
  files.sort((a, b) => b.usedMs - a.usedMs);
  let bytes = 0;
  for (const entry of files) {
    const isLeftBehind = entry.file.endsWith('.partial') && Date.now() - entry.usedMs > 3600 * 1000;
    if (!entry.file.endsWith('.counts') && !isLeftBehind) continue;
    bytes += entry.bytes;
    if (isLeftBehind || (bytes > maxBytes && entry.file !== keep))
      rmSync(entry.file, { force: true });
  }
}

function touch(file: string): void {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // Nothing was ever written, or another window removed it.
  }
}

type Row = readonly [
  path: string,
  bytes: number,
  mtimeMs: number,
  ctimeMs: number,
  hash: string,
  readMs: number,
  usedMs: number,
  /** Index in `contentKinds`; -1: binary. */
  kind: number,
  lines: number,
  tokens: number,
  outputBytes: number,
];

function usedMsOf(row: Row): number {
  return row[6];
}

/** Two lines: the key with the check sum of the second, and the rows. */
function serialized(key: string, rows: ReadonlyMap<string, Row>): string {
  const body = JSON.stringify([...rows.values()]);
  return `${JSON.stringify([key, sha256(body)])}\n${body}`;
}

function readRows(file: string, key: string): Map<string, Row> {
  const rows = new Map<string, Row>();
  try {
    const bytes = readFileSync(file);
    const end = bytes.indexOf(0x0a);
    const body = bytes.subarray(end + 1);
    if (bytes.toString('utf8', 0, end) !== JSON.stringify([key, sha256(body)])) return rows;
    for (const row of JSON.parse(body.toString()) as Row[]) rows.set(row[0], row);
    return rows;
  } catch {
    return new Map();
  }
}

function rowOf(path: string, { stamp, hash, readMs, usedMs, result }: CachedCount): Row {
  const counted = result.type === 'counted' ? result : undefined;
  return [
    path,
    stamp.bytes,
    stamp.mtimeMs,
    stamp.ctimeMs,
    hash,
    readMs,
    usedMs,
    counted === undefined ? -1 : contentKinds.indexOf(counted.kind),
    counted?.lines ?? 0,
    counted?.tokens ?? 0,
    counted?.outputBytes ?? 0,
  ];
}

function entryOf(row: Row): CachedCount {
  const [, bytes, mtimeMs, ctimeMs, hash, readMs, usedMs, kind, lines, tokens, outputBytes] = row;
  const result: ContentResult =
    kind === -1
      ? { type: 'binary' }
      : { type: 'counted', kind: contentKinds[kind], lines, tokens, outputBytes };
  return { stamp: { bytes, mtimeMs, ctimeMs }, hash, readMs, usedMs, result };
}

function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}
