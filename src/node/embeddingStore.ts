import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { tidyCacheFolder } from './cacheFolder.ts';
import { readColumns, writeColumns } from './columnFile.ts';
import type { EmbeddingTarget } from './embeddingEndpoint.ts';

const storeVersion = 2;
/** What a file of vectors may take: 60,000 of 1,024 numbers. */
const maxBytes = 256 * 1024 * 1024;
/** Of all models in the folder; the least recently used go first. */
const maxFolderBytes = 512 * 1024 * 1024;

/** Characters of a text's hash. */
const hashLength = 24;

/** The name by which a text's vector is kept: nothing of the text can be read from it. */
export function textHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, hashLength);
}

/**
 * Vectors that a model gave once, by the hash of their texts, in one file for each address and model. What is corrupt or of
 * another version counts as nothing.
 */
export class EmbeddingStore {
  readonly #file: string;
  readonly #key: string;

  constructor(folder: string, { address, modelName }: EmbeddingTarget) {
    this.#key = JSON.stringify([storeVersion, address, modelName]);
    const name = createHash('sha256').update(this.#key).digest('hex').slice(0, 32);
    this.#file = path.join(folder, `${name}.embeddings`);
  }

  load(): Map<string, Float32Array> {
    const vectors = new Map<string, Float32Array>();
    const columns = readColumns(this.#file, this.#key);
    const hashes = columns?.get('hashes');
    const values = columns?.get('values');
    if (!(hashes instanceof Uint8Array && values instanceof Float32Array)) return vectors;
    const names = Buffer.from(hashes.buffer, hashes.byteOffset, hashes.length).toString('latin1');
    const count = names.length / hashLength;
    const dimensions = values.length / count;
    for (let i = 0; i < count; i++) {
      const hash = names.slice(i * hashLength, (i + 1) * hashLength);
      vectors.set(hash, values.subarray(i * dimensions, (i + 1) * dimensions));
    }
    return vectors;
  }

  /** Keeps vectors, which have one length; the last ones where all are too many. Throws what hinders it. */
  save(vectors: ReadonlyMap<string, Float32Array>): void {
    const [first] = vectors.values();
    if (first === undefined) {
      rmSync(this.#file, { force: true });
      return;
    }
    const most = Math.floor(maxBytes / (4 * first.length + hashLength));
    const kept = [...vectors].slice(-most);
    const folder = path.dirname(this.#file);
    mkdirSync(folder, { recursive: true });
    const columns = {
      hashes: Buffer.from(kept.map(([hash]) => hash).join(''), 'latin1'),
      values: kept.map(([, vector]) => vector),
    };
    writeColumns(this.#file, this.#key, columns, maxBytes + 64);
    tidyCacheFolder(folder, '.embeddings', maxFolderBytes, this.#file);
  }
}
