import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, utimesSync } from 'node:fs';
import path from 'node:path';
import type { ChunkLimits } from '../core/plans/chunks.ts';
import { WordTable } from '../core/search/wordTable.ts';
import { tidyCacheFolder } from './cacheFolder.ts';
import { readColumns, writeColumns } from './columnFile.ts';
import { columnsOf, keptIndexOf, type KeptIndex } from './keptColumns.ts';
import { tokenizerVersion } from './openTokenCounter.ts';
import { secretlintVersion } from './secretHints.ts';

/** Raise it when grammars, outlines, chunks or words are read in another way than before. */
const indexVersion = 6;

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
    const versions = [indexVersion, tokenizerVersion, secretlintVersion];
    this.#key = JSON.stringify([...versions, encoding, chunkLimits, root]);
    this.#file = path.join(folder, `${sha256(this.#key).slice(0, 32)}.index`);
    this.#limits = limits;
  }

  load(): KeptIndex {
    const columns = readColumns(this.#file, this.#key);
    return columns === undefined
      ? { words: new WordTable(), files: new Map() }
      : keptIndexOf(columns);
  }

  /** Writes the files that were used last. Throws what the system throws, and an Error when they are too large to keep. */
  save({ words, files, assembled }: KeptIndex): void {
    const { maxFiles, maxBytes, maxFolderBytes } = this.#limits;
    const kept = [...files].sort((a, b) => b[1].usedMs - a[1].usedMs).slice(0, maxFiles);
    const folder = path.dirname(this.#file);
    mkdirSync(folder, { recursive: true });
    const { bytes, isWritten } = writeColumns(
      this.#file,
      this.#key,
      columnsOf(kept, { words, assembled }),
      maxBytes,
    );
    if (!isWritten) {
      rmSync(this.#file, { force: true });
      throw new Error(
        `it would take ${Math.round(bytes / megabyte)} MiB, more than ${Math.round(maxBytes / megabyte)} MiB`,
      );
    }
    tidyCacheFolder(folder, '.index', maxFolderBytes, this.#file);
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
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
