import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { withWordIds, type AnalyzedFile } from '../core/plans/analyzedFile.ts';
import type { ChunkLimits } from '../core/plans/chunks.ts';
import { WordTable, type PackedWords } from '../core/search/wordTable.ts';
import { tokenizerVersion } from './openTokenCounter.ts';
import { writeFileAtomically } from './writeFileAtomically.ts';

/** Raise it when grammars, outlines, chunks or words are read in another way than before. */
const indexVersion = 1;

export interface StoreLimits {
  readonly maxFiles: number;
  /** Of one index; a larger one is not kept. */
  readonly maxBytes: number;
  /** Of all indexes in the folder; the least recently used go first. */
  readonly maxFolderBytes: number;
}

const megabyte = 1024 * 1024;
const defaultLimits: StoreLimits = {
  maxFiles: 30_000,
  maxBytes: 192 * megabyte,
  maxFolderBytes: 384 * megabyte,
};

export interface KeptFile {
  /** SHA-256 of the text. */
  readonly hash: string;
  /** When an index last held it. */
  readonly usedMs: number;
  /** Its word ids are those of the store's table. */
  readonly analyzed: AnalyzedFile;
}

export interface KeptIndex {
  readonly words: WordTable;
  readonly files: Map<string, KeptFile>;
}

interface Written {
  readonly words: PackedWords;
  readonly files: readonly (readonly [path: string, file: KeptFile])[];
}

/** What was read off the files of one root, kept in one file; what is corrupt or of another version counts as nothing. */
export class IndexStore {
  readonly #file: string;
  readonly #key: string;
  readonly #limits: StoreLimits;

  constructor(
    folder: string,
    root: string,
    encoding: string,
    chunkLimits: ChunkLimits,
    limits = defaultLimits,
  ) {
    // The bytes are those of this V8's serializer.
    const versions = [indexVersion, tokenizerVersion, process.versions.v8];
    this.#key = JSON.stringify([versions, encoding, chunkLimits, root]);
    this.#file = path.join(folder, `${sha256(this.#key).slice(0, 32)}.index`);
    this.#limits = limits;
  }

  load(): KeptIndex {
    const words = new WordTable();
    const files = new Map<string, KeptFile>();
    try {
      const content = readFileSync(this.#file);
      const end = content.indexOf(10);
      const body = content.subarray(end + 1);
      if (content.toString('utf8', 0, end) !== this.#header(body)) return { words, files };
      const written = deserialize(body) as Written;
      words.addAll(written.words);
      for (const [name, file] of written.files) files.set(name, file);
    } catch {
      return { words: new WordTable(), files: new Map() };
    }
    return { words, files };
  }

  /** Writes the files that were used last. Throws what the system throws, and an Error when they are too large to keep. */
  save({ words, files }: KeptIndex): void {
    const kept = [...files].sort((a, b) => b[1].usedMs - a[1].usedMs);
    const written = compacted(kept.slice(0, this.#limits.maxFiles), words);
    const body = serialize(written);
    if (body.length > this.#limits.maxBytes) {
      rmSync(this.#file, { force: true });
      throw new Error(
        `it would take ${Math.round(body.length / megabyte)} MiB, more than ${Math.round(this.#limits.maxBytes / megabyte)} MiB`,
      );
    }
    const folder = path.dirname(this.#file);
    mkdirSync(folder, { recursive: true });
    writeFileAtomically(this.#file, Buffer.concat([Buffer.from(`${this.#header(body)}\n`), body]));
    removeOldest(folder, this.#limits.maxFolderBytes, this.#file);
  }

  /** Says that it was used as it is. */
  touch(): void {
    try {
      const now = new Date();
      utimesSync(this.#file, now, now);
    } catch {
      // Nothing was ever written, or another window removed it.
    }
  }

  #header(body: Uint8Array): string {
    return JSON.stringify([this.#key, sha256(body)]);
  }
}

/** Only the words that the files still hold. */
function compacted(files: readonly (readonly [string, KeptFile])[], words: WordTable): Written {
  const used = new Uint8Array(words.size);
  for (const [, { analyzed }] of files) for (const id of analyzed.wordIds) used[id] = 1;
  const all = words.packed();
  const table = new WordTable();
  const idOf = new Uint32Array(words.size);
  for (let id = 0; id < idOf.length; id++) {
    if (used[id] === 1) idOf[id] = table.add(all.bytes, all.starts[id], all.starts[id + 1]);
  }
  return {
    words: table.packed(),
    files: files.map(([name, file]) => [
      name,
      { ...file, analyzed: withWordIds(file.analyzed, idOf) },
    ]),
  };
}

/** Deletes indexes, least recently used first, until the rest is small enough; and what a crash left behind. */
function removeOldest(folder: string, maxBytes: number, keep: string): void {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.index') || name.endsWith('.partial'))
    .flatMap((name) => {
      const file = path.join(folder, name);
      const stats = statSync(file, { throwIfNoEntry: false });
      return stats?.isFile() === true ? [{ file, bytes: stats.size, usedMs: stats.mtimeMs }] : [];
    })
    .sort((a, b) => b.usedMs - a.usedMs);
  let bytes = 0;
  for (const entry of files) {
    if (entry.file.endsWith('.partial')) {
      if (Date.now() - entry.usedMs > 3600 * 1000) rmSync(entry.file, { force: true });
      continue;
    }
    bytes += entry.bytes;
    if (bytes > maxBytes && entry.file !== keep) rmSync(entry.file, { force: true });
  }
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
